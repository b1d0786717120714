//! A small class-file writer that can write wrong ones.

/// A class file in pieces. The default is a valid public class `T` with superclass `java/lang/Object`.
pub struct Builder {
    pub magic: u32,
    pub minor: u16,
    pub major: u16,
    pool: Vec<Vec<u8>>,
    /// Slots used, entry 0 included.
    slots: u16,
    /// Written instead of the number of slots.
    pub pool_count: Option<u16>,
    pub access: u16,
    pub this_class: u16,
    pub super_class: u16,
    pub interfaces: Vec<u16>,
    pub fields: Vec<Vec<u8>>,
    pub methods: Vec<Vec<u8>>,
    pub attributes: Vec<Vec<u8>>,
    pub tail: Vec<u8>,
}

fn be(value: u16) -> [u8; 2] {
    value.to_be_bytes()
}

/// Shorts in big-endian order.
pub fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| be(*value)).collect()
}

impl Default for Builder {
    fn default() -> Self {
        let mut builder = Self {
            magic: 0xcafe_babe,
            minor: 0,
            major: 61,
            pool: Vec::new(),
            slots: 1,
            pool_count: None,
            access: 0x21,
            this_class: 0,
            super_class: 0,
            interfaces: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            attributes: Vec::new(),
            tail: Vec::new(),
        };
        builder.this_class = builder.class("T");
        builder.super_class = builder.class("java/lang/Object");
        builder
    }
}

impl Builder {
    /// Appends a raw constant-pool entry; answers its index.
    pub fn constant(&mut self, tag: u8, content: &[u8]) -> u16 {
        let index = self.slots;
        self.pool.push([&[tag], content].concat());
        self.slots += if matches!(tag, 5 | 6) { 2 } else { 1 };
        index
    }

    pub fn utf8_bytes(&mut self, bytes: &[u8]) -> u16 {
        let content = [&be(bytes.len() as u16)[..], bytes].concat();
        self.constant(1, &content)
    }

    pub fn utf8(&mut self, text: &str) -> u16 {
        self.utf8_bytes(text.as_bytes())
    }

    pub fn class(&mut self, name: &str) -> u16 {
        let name = self.utf8(name);
        self.constant(7, &be(name))
    }

    pub fn name_and_type(&mut self, name: &str, descriptor: &str) -> u16 {
        let (name, descriptor) = (self.utf8(name), self.utf8(descriptor));
        self.constant(12, &words(&[name, descriptor]))
    }

    /// Fieldref 9, Methodref 10, InterfaceMethodref 11.
    pub fn member(&mut self, tag: u8, class: &str, name: &str, descriptor: &str) -> u16 {
        let class = self.class(class);
        let name_and_type = self.name_and_type(name, descriptor);
        self.constant(tag, &words(&[class, name_and_type]))
    }

    pub fn method_handle(&mut self, kind: u8, reference: u16) -> u16 {
        let [high, low] = be(reference);
        self.constant(15, &[kind, high, low])
    }

    pub fn attribute(&mut self, name: &str, content: &[u8]) -> Vec<u8> {
        let name = self.utf8(name);
        [&be(name)[..], &(content.len() as u32).to_be_bytes(), content].concat()
    }

    pub fn class_attribute(&mut self, name: &str, content: &[u8]) {
        let attribute = self.attribute(name, content);
        self.attributes.push(attribute);
    }

    fn member_info(&mut self, access: u16, name: &str, descriptor: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
        let (name, descriptor) = (self.utf8(name), self.utf8(descriptor));
        [
            words(&[access, name, descriptor, attributes.len() as u16]),
            attributes.concat(),
        ]
        .concat()
    }

    pub fn field(&mut self, access: u16, name: &str, descriptor: &str, attributes: &[Vec<u8>]) {
        let field = self.member_info(access, name, descriptor, attributes);
        self.fields.push(field);
    }

    pub fn method(&mut self, access: u16, name: &str, descriptor: &str, attributes: &[Vec<u8>]) {
        let method = self.member_info(access, name, descriptor, attributes);
        self.methods.push(method);
    }

    /// A static method `m()V` with this body.
    pub fn method_with(&mut self, code: Code) {
        let code = self.code(code);
        self.method(0x9, "m", "()V", &[code]);
    }

    /// A Code attribute.
    pub fn code(&mut self, code: Code) -> Vec<u8> {
        let handlers: Vec<u8> = code.handlers.iter().flat_map(|row| words(row)).collect();
        let content = [
            &words(&[code.max_stack, code.max_locals])[..],
            &code.code_length.unwrap_or(code.bytes.len() as u32).to_be_bytes(),
            &code.bytes,
            &be(code.handlers.len() as u16),
            &handlers,
            &be(code.attributes.len() as u16),
            &code.attributes.concat(),
        ]
        .concat();
        self.attribute("Code", &content)
    }

    pub fn build(&self) -> Vec<u8> {
        let list = |items: &[Vec<u8>]| [&be(items.len() as u16)[..], &items.concat()].concat();
        [
            &self.magic.to_be_bytes()[..],
            &words(&[self.minor, self.major, self.pool_count.unwrap_or(self.slots)]),
            &self.pool.concat(),
            &words(&[
                self.access,
                self.this_class,
                self.super_class,
                self.interfaces.len() as u16,
            ]),
            &words(&self.interfaces),
            &list(&self.fields),
            &list(&self.methods),
            &list(&self.attributes),
            &self.tail,
        ]
        .concat()
    }
}

/// A method body; the default is a single `return`.
pub struct Code {
    pub max_stack: u16,
    pub max_locals: u16,
    pub code_length: Option<u32>,
    pub bytes: Vec<u8>,
    pub handlers: Vec<[u16; 4]>,
    pub attributes: Vec<Vec<u8>>,
}

impl Default for Code {
    fn default() -> Self {
        Self {
            max_stack: 2,
            max_locals: 2,
            code_length: None,
            bytes: vec![0xb1],
            handlers: Vec::new(),
            attributes: Vec::new(),
        }
    }
}
