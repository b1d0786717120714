//! Writes class files of straight-line code: what is needed to lay out tables as Java code does.

use std::collections::HashMap;

/// Opcodes used.
mod op {
    pub const ACONST_NULL: u8 = 0x01;
    pub const ICONST_0: u8 = 0x03;
    pub const SIPUSH: u8 = 0x11;
    pub const LDC_W: u8 = 0x13;
    pub const AASTORE: u8 = 0x53;
    pub const ALOAD_0: u8 = 0x2a;
    pub const DUP: u8 = 0x59;
    pub const ARETURN: u8 = 0xb0;
    pub const IRETURN: u8 = 0xac;
    pub const RETURN: u8 = 0xb1;
    pub const GETSTATIC: u8 = 0xb2;
    pub const INVOKEVIRTUAL: u8 = 0xb6;
    pub const INVOKESPECIAL: u8 = 0xb7;
    pub const INVOKESTATIC: u8 = 0xb8;
    pub const NEW: u8 = 0xbb;
    pub const ANEWARRAY: u8 = 0xbd;
}

/// `ACC_PUBLIC`.
pub const PUBLIC: u16 = 1;
/// `ACC_STATIC`.
pub const STATIC: u16 = 8;
/// `ACC_FINAL | ACC_SUPER`.
const FINAL_CLASS: u16 = 0x30;
/// Deepest operand stack of what is written: an array in an array in a call, with what is under construction.
const MAX_STACK: u16 = 24;

/// A class under construction.
pub struct ClassWriter {
    pool: Vec<u8>,
    count: u16,
    places: HashMap<Vec<u8>, u16>,
    head: Vec<u8>,
    methods: Vec<u8>,
    method_count: u16,
    major: u16,
    /// More constants than a class file can have were asked for.
    overflow: bool,
}

/// Code of a method under construction.
pub struct Code<'a> {
    class: &'a mut ClassWriter,
    bytes: Vec<u8>,
}

impl ClassWriter {
    /// A final class of this internal name and class file version.
    pub fn new(major: u16, name: &str, superclass: &str, interfaces: &[&str]) -> ClassWriter {
        let mut class = ClassWriter {
            pool: Vec::new(),
            count: 1,
            places: HashMap::new(),
            head: Vec::new(),
            methods: Vec::new(),
            method_count: 0,
            major,
            overflow: false,
        };
        let mut words = vec![
            FINAL_CLASS,
            class.class(name),
            class.class(superclass),
            interfaces.len() as u16,
        ];
        words.extend(interfaces.iter().map(|one| class.class(one)));
        // No fields.
        words.push(0);
        class.head = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        class
    }

    fn constant(&mut self, bytes: Vec<u8>) -> u16 {
        if let Some(&place) = self.places.get(&bytes) {
            return place;
        }
        let place = self.count;
        self.overflow |= place == u16::MAX;
        self.count = place.saturating_add(1);
        self.pool.extend(&bytes);
        self.places.insert(bytes, place);
        place
    }

    fn tagged(&mut self, tag: u8, words: &[u16]) -> u16 {
        let mut bytes = vec![tag];
        bytes.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        self.constant(bytes)
    }

    /// Text without zero and beyond U+FFFF, as names are.
    fn utf8(&mut self, text: &str) -> u16 {
        let mut bytes = vec![1];
        self.overflow |= text.len() > usize::from(u16::MAX);
        bytes.extend((text.len() as u16).to_be_bytes());
        bytes.extend(text.as_bytes());
        self.constant(bytes)
    }

    fn class(&mut self, name: &str) -> u16 {
        let name = self.utf8(name);
        self.tagged(7, &[name])
    }

    fn member(&mut self, tag: u8, class: &str, name: &str, descriptor: &str) -> u16 {
        let (name, descriptor) = (self.utf8(name), self.utf8(descriptor));
        let both = self.tagged(12, &[name, descriptor]);
        let class = self.class(class);
        self.tagged(tag, &[class, both])
    }

    /// Adds a method; `write` writes its code.
    pub fn method(&mut self, flags: u16, name: &str, descriptor: &str, write: impl FnOnce(&mut Code<'_>)) {
        let mut code = Code {
            class: self,
            bytes: Vec::new(),
        };
        write(&mut code);
        let bytes = code.bytes;
        self.overflow |= bytes.len() > usize::from(u16::MAX);
        let words = [flags, self.utf8(name), self.utf8(descriptor), 1, self.utf8("Code")];
        self.methods.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        self.methods.extend((bytes.len() as u32 + 12).to_be_bytes());
        for word in [MAX_STACK, 1] {
            self.methods.extend(word.to_be_bytes());
        }
        self.methods.extend((bytes.len() as u32).to_be_bytes());
        self.methods.extend(bytes);
        // No handlers, no attributes.
        self.methods.extend([0; 4]);
        self.method_count += 1;
    }

    /// A constructor without arguments.
    pub fn constructor(&mut self, superclass: &str) {
        self.method(0, "<init>", "()V", |code| {
            code.bytes.push(op::ALOAD_0);
            code.call(op::INVOKESPECIAL, 10, superclass, "<init>", "()V");
            code.bytes.push(op::RETURN);
        });
    }

    /// The class file; `None` when it would be too big.
    pub fn finish(self) -> Option<Vec<u8>> {
        let mut bytes = 0xcafe_babe_u32.to_be_bytes().to_vec();
        for word in [0, self.major, self.count] {
            bytes.extend(word.to_be_bytes());
        }
        bytes.extend(self.pool);
        bytes.extend(self.head);
        bytes.extend(self.method_count.to_be_bytes());
        bytes.extend(self.methods);
        bytes.extend([0; 2]);
        (!self.overflow).then_some(bytes)
    }
}

impl Code<'_> {
    fn with_word(&mut self, opcode: u8, word: u16) {
        self.bytes.push(opcode);
        self.bytes.extend(word.to_be_bytes());
    }

    fn call(&mut self, opcode: u8, tag: u8, class: &str, name: &str, descriptor: &str) {
        let member = self.class.member(tag, class, name, descriptor);
        self.with_word(opcode, member);
    }

    /// Pushes a string.
    pub fn text(&mut self, text: &str) {
        let text = self.class.utf8(text);
        let string = self.class.tagged(8, &[text]);
        self.with_word(op::LDC_W, string);
    }

    /// Pushes a string or null.
    pub fn text_or_null(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    /// Pushes null.
    pub fn null(&mut self) {
        self.bytes.push(op::ACONST_NULL);
    }

    /// Pushes a number.
    pub fn number(&mut self, number: i32) {
        match (u8::try_from(number), i16::try_from(number)) {
            (Ok(small @ 0..=5), _) => self.bytes.push(op::ICONST_0 + small),
            (_, Ok(short)) => self.with_word(op::SIPUSH, short as u16),
            _ => {
                let mut bytes = vec![3];
                bytes.extend(number.to_be_bytes());
                let constant = self.class.constant(bytes);
                self.with_word(op::LDC_W, constant);
            }
        }
    }

    /// Pushes an array of a class, whose elements `push` pushes.
    pub fn array<T>(&mut self, class: &str, elements: &[T], mut push: impl FnMut(&mut Self, &T)) {
        self.number(elements.len() as i32);
        let class = self.class.class(class);
        self.with_word(op::ANEWARRAY, class);
        for (index, element) in elements.iter().enumerate() {
            self.bytes.push(op::DUP);
            self.number(index as i32);
            push(self, element);
            self.bytes.push(op::AASTORE);
        }
    }

    /// Pushes a static field of an object type.
    pub fn field(&mut self, class: &str, name: &str, descriptor: &str) {
        let member = self.class.member(9, class, name, descriptor);
        self.with_word(op::GETSTATIC, member);
    }

    /// Calls a static method of a class.
    pub fn call_static(&mut self, class: &str, name: &str, descriptor: &str) {
        self.call(op::INVOKESTATIC, 10, class, name, descriptor);
    }

    /// Calls a static method of an interface.
    pub fn call_interface(&mut self, class: &str, name: &str, descriptor: &str) {
        self.call(op::INVOKESTATIC, 11, class, name, descriptor);
    }

    /// Calls a method of an object.
    pub fn call_method(&mut self, class: &str, name: &str, descriptor: &str) {
        self.call(op::INVOKEVIRTUAL, 10, class, name, descriptor);
    }

    /// Pushes a new object, made of the arguments that `push` pushes.
    pub fn new_object(&mut self, class: &str, descriptor: &str, push: impl FnOnce(&mut Self)) {
        let index = self.class.class(class);
        self.with_word(op::NEW, index);
        self.bytes.push(op::DUP);
        push(self);
        self.call(op::INVOKESPECIAL, 10, class, "<init>", descriptor);
    }

    /// Returns an object.
    pub fn return_object(&mut self) {
        self.bytes.push(op::ARETURN);
    }

    /// Returns a number.
    pub fn return_number(&mut self) {
        self.bytes.push(op::IRETURN);
    }
}
