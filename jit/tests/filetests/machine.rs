//! A machine to run test programs on: values, a heap, and an interpreter of bytecode that is the reference for what the
//! compiler makes of it, and goes on where compiled code leaves.

use crate::values::{Datum, binary, branch, convert, kind_of_code, letters, local, pop, push, shuffle, small_constant};
use crate::world::World;
use peaberry_classfile::opcodes::{Instruction, Operands, decode};
use peaberry_jit::query::{CallTarget, ClassId, Constant, Kind, MethodId, Runtime};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Longer arrays find no memory.
const MOST_ELEMENTS: i32 = 1000;

#[derive(Clone, Debug)]
pub struct Object {
    pub class: ClassId,
    /// By offset.
    pub fields: BTreeMap<u64, Datum>,
    pub elements: Vec<Datum>,
    pub locks: i32,
}

/// How a method ended.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Outcome {
    Value(Option<Datum>),
    Thrown(u32),
}

/// The program ran too long.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OutOfFuel;

/// A frame of the interpreter.
#[derive(Clone, Debug)]
pub struct Frame {
    pub method: MethodId,
    pub bci: u32,
    pub locals: Vec<Datum>,
    pub stack: Vec<Datum>,
    /// Objects it has locked, the synchronized method's first.
    pub locks: Vec<u32>,
}

/// Where to stop for on-stack replacement.
#[derive(Clone, Copy, Debug)]
pub struct LoopEntry {
    pub method: MethodId,
    pub bci: u32,
    /// Arrivals to let pass.
    pub after: u32,
}

pub struct Machine<'w> {
    pub world: &'w World,
    pub heap: Vec<Object>,
    pub statics: BTreeMap<u64, Datum>,
    pub pending: Option<u32>,
    pub fuel: u32,
    pub loop_entry: Option<LoopEntry>,
    /// The frame that reached the loop entry.
    pub replaced: Option<Frame>,
    /// Objects at fixed addresses.
    fixed: BTreeMap<u64, u32>,
}

enum Step {
    Next,
    Jump(u32),
    Return(Option<Datum>),
    Throw(u32),
    Call(MethodId, Vec<Datum>),
}

impl<'w> Machine<'w> {
    pub fn new(world: &'w World) -> Machine<'w> {
        let null = Object {
            class: ClassId(0),
            fields: BTreeMap::new(),
            elements: Vec::new(),
            locks: 0,
        };
        Machine {
            world,
            heap: vec![null],
            statics: BTreeMap::new(),
            pending: None,
            fuel: 20_000,
            loop_entry: None,
            replaced: None,
            fixed: BTreeMap::new(),
        }
    }
    pub fn burn(&mut self) -> Result<(), OutOfFuel> {
        self.fuel = self.fuel.checked_sub(1).ok_or(OutOfFuel)?;
        Ok(())
    }
    pub fn object(&self, reference: u32) -> &Object {
        assert!(reference != 0, "access through null");
        &self.heap[reference as usize]
    }
    pub fn object_mut(&mut self, reference: u32) -> &mut Object {
        assert!(reference != 0, "access through null");
        &mut self.heap[reference as usize]
    }
    pub fn allocate(&mut self, class: ClassId) -> u32 {
        self.heap.push(Object {
            class,
            fields: BTreeMap::new(),
            elements: Vec::new(),
            locks: 0,
        });
        self.heap.len() as u32 - 1
    }
    pub fn element_kind(&self, array_class: ClassId) -> Kind {
        self.world
            .class(array_class)
            .primitive
            .map_or(Kind::Reference, kind_of_code)
    }
    /// A new array, or the exception.
    pub fn allocate_array(&mut self, class: ClassId, length: i32) -> Result<u32, u32> {
        if length < 0 {
            return Err(self.exception("NegativeArraySizeException"));
        }
        if length > MOST_ELEMENTS {
            return Err(self.exception("OutOfMemoryError"));
        }
        let zero = Datum::zero(self.element_kind(class));
        let array = self.allocate(class);
        self.object_mut(array).elements = vec![zero; length as usize];
        Ok(array)
    }
    pub fn allocate_arrays(&mut self, class: ClassId, lengths: &[i32]) -> Result<u32, u32> {
        if lengths.iter().any(|length| *length < 0) {
            return Err(self.exception("NegativeArraySizeException"));
        }
        let array = self.allocate_array(class, lengths[0])?;
        if let (Some(element), false) = (self.world.class(class).element, lengths.len() == 1) {
            for index in 0..lengths[0] as usize {
                let inner = self.allocate_arrays(element, &lengths[1..])?;
                self.object_mut(array).elements[index] = Datum::Reference(inner);
            }
        }
        Ok(array)
    }
    pub fn exception(&mut self, name: &str) -> u32 {
        let class = self.world.class_named(name);
        self.allocate(class.unwrap_or_else(|| panic!("no class {name}")))
    }
    pub fn fixed_object(&mut self, address: u64) -> u32 {
        if let Some(&object) = self.fixed.get(&address) {
            return object;
        }
        let object = self.allocate(ClassId(1));
        self.fixed.insert(address, object);
        object
    }
    pub fn is_instance(&self, object: u32, class: ClassId) -> bool {
        object != 0 && self.world.is_subtype(self.object(object).class, class)
    }
    pub fn load_field(&self, object: u32, offset: u64, kind: Kind) -> Datum {
        let value = self.object(object).fields.get(&offset).copied();
        value.unwrap_or(Datum::zero(kind))
    }
    pub fn load_static(&self, address: u64, kind: Kind) -> Datum {
        self.statics.get(&address).copied().unwrap_or(Datum::zero(kind))
    }
    pub fn element(&self, array: u32, index: i32) -> Datum {
        self.object(array).elements[index as usize]
    }
    pub fn set_element(&mut self, array: u32, index: i32, value: Datum) {
        let kind = self.element_kind(self.object(array).class);
        self.object_mut(array).elements[index as usize] = value.stored(kind);
    }
    pub fn may_store(&self, array: u32, value: u32) -> bool {
        let element = self.world.class(self.object(array).class).element;
        value == 0 || element.is_some_and(|element| self.is_instance(value, element))
    }

    pub fn constant(&mut self, constant: Constant) -> Datum {
        match constant {
            Constant::Int(value) => Datum::Int(value),
            Constant::Long(value) => Datum::Long(value),
            Constant::Float(bits) => Datum::Float(bits),
            Constant::Double(bits) => Datum::Double(bits),
            Constant::Slot(address) | Constant::Fixed(address) => Datum::Reference(self.fixed_object(address)),
            Constant::Unresolved => panic!("constant is not resolved"),
        }
    }

    /// Calls a method.
    pub fn call(&mut self, method: MethodId, arguments: &[Datum]) -> Result<Outcome, OutOfFuel> {
        let frame = self.enter(method, arguments);
        self.interpret(vec![frame], None)
    }

    fn enter(&mut self, method: MethodId, arguments: &[Datum]) -> Frame {
        let info = &self.world.method_data(method).info;
        assert!(info.has_code, "{} has no code", info.name);
        let mut locals = Vec::new();
        for &argument in arguments {
            locals.push(argument);
            if argument.is_wide() {
                locals.push(Datum::Dead);
            }
        }
        locals.resize(usize::from(info.max_locals), Datum::Dead);
        let mut locks = Vec::new();
        if info.is_synchronized {
            let object = if info.is_static {
                self.fixed_object(self.world.mirror(info.holder))
            } else {
                arguments[0].as_reference()
            };
            self.object_mut(object).locks += 1;
            locks.push(object);
        }
        Frame {
            method,
            bci: 0,
            locals,
            stack: Vec::new(),
            locks,
        }
    }

    /// Runs frames, outermost first, until the outermost one ends. With `thrown` the innermost one's instruction has
    /// thrown that exception.
    pub fn interpret(&mut self, mut frames: Vec<Frame>, thrown: Option<u32>) -> Result<Outcome, OutOfFuel> {
        if let Some(exception) = thrown
            && let Some(outcome) = self.unwind(&mut frames, exception)
        {
            return Ok(outcome);
        }
        loop {
            self.burn()?;
            let frame = frames.last_mut().expect("a frame");
            if let Some(entry) = &mut self.loop_entry
                && (entry.method, entry.bci) == (frame.method, frame.bci)
                && frames.len() == 1
            {
                if entry.after == 0 {
                    self.loop_entry = None;
                    self.replaced = frames.pop();
                    return Ok(Outcome::Value(None));
                }
                entry.after -= 1;
            }
            let frame = frames.last_mut().expect("a frame");
            let code = &self.world.method_data(frame.method).code;
            let instruction = decode(code, frame.bci as usize).expect("an instruction");
            match self.step(frame, &instruction) {
                Step::Next => frame.bci = instruction.next_bci() as u32,
                Step::Jump(target) => frame.bci = target,
                Step::Call(method, arguments) => {
                    let callee = self.enter(method, &arguments);
                    frames.push(callee);
                }
                Step::Throw(exception) => {
                    if let Some(outcome) = self.unwind(&mut frames, exception) {
                        return Ok(outcome);
                    }
                }
                Step::Return(value) => {
                    let returning = frames.pop().expect("a frame");
                    self.release(&returning);
                    let Some(caller) = frames.last_mut() else {
                        return Ok(Outcome::Value(value));
                    };
                    if let Some(value) = value {
                        push(&mut caller.stack, value);
                    }
                    let code = &self.world.method_data(caller.method).code;
                    let call = decode(code, caller.bci as usize).expect("a call");
                    caller.bci = call.next_bci() as u32;
                }
            }
        }
    }

    /// Releases the lock of a synchronized method.
    fn release(&mut self, frame: &Frame) {
        if self.world.method_data(frame.method).info.is_synchronized {
            self.object_mut(frame.locks[0]).locks -= 1;
        }
    }

    fn unwind(&mut self, frames: &mut Vec<Frame>, exception: u32) -> Option<Outcome> {
        while let Some(frame) = frames.last_mut() {
            let handlers = &self.world.method_data(frame.method).info.handlers;
            let handler = handlers.iter().find(|(start, end, _, catch)| {
                u32::from(*start) <= frame.bci
                    && frame.bci < u32::from(*end)
                    && (*catch == 0 || self.is_instance(exception, ClassId((*catch).into())))
            });
            if let Some((_, _, handler, _)) = handler {
                frame.bci = u32::from(*handler);
                frame.stack = vec![Datum::Reference(exception)];
                return None;
            }
            let left = frames.pop().expect("a frame");
            self.release(&left);
        }
        Some(Outcome::Thrown(exception))
    }

    fn step(&mut self, frame: &mut Frame, instruction: &Instruction<'_>) -> Step {
        let name = instruction.opcode.name();
        let stack = &mut frame.stack;
        macro_rules! throw {
            ($name:literal) => {
                return Step::Throw(self.exception($name))
            };
        }
        macro_rules! not_null {
            ($object:expr) => {{
                let object = $object.as_reference();
                if object == 0 {
                    throw!("NullPointerException");
                }
                object
            }};
        }
        let site = self.world.site(frame.method, frame.bci);
        if let Some(letter) = name.strip_prefix("ldc").map(|_| ()) {
            let () = letter;
            let constant = site.and_then(|site| site.constant).expect("a constant");
            let value = self.constant(constant);
            push(stack, value);
            return Step::Next;
        }
        match name {
            "nop" => {}
            "aconst_null" => push(stack, Datum::Reference(0)),
            "bipush" | "sipush" => {
                if let Operands::Immediate(value) = instruction.operands {
                    push(stack, Datum::Int(value.into()));
                }
            }
            "iinc" => {
                if let Operands::Iinc { local, increment } = instruction.operands {
                    let local = &mut frame.locals[usize::from(local)];
                    *local = Datum::Int(local.as_int().wrapping_add(increment.into()));
                }
            }
            "pop" | "pop2" | "dup" | "dup_x1" | "dup_x2" | "dup2" | "dup2_x1" | "dup2_x2" | "swap" => {
                shuffle(stack, name);
            }
            "goto" | "goto_w" => return Step::Jump(branch(instruction)),
            "ifnull" | "ifnonnull" => {
                let null = pop(stack).as_reference() == 0;
                if null == (name == "ifnull") {
                    return Step::Jump(branch(instruction));
                }
            }
            "if_acmpeq" | "if_acmpne" => {
                let same = pop(stack).as_reference() == pop(stack).as_reference();
                if same == (name == "if_acmpeq") {
                    return Step::Jump(branch(instruction));
                }
            }
            "tableswitch" | "lookupswitch" => {
                let key = pop(stack).as_int();
                let target = match instruction.operands {
                    Operands::TableSwitch(table) => {
                        let found = (table.low..).zip(table.targets()).find(|(case, _)| *case == key);
                        found.map_or(table.default, |(_, target)| target)
                    }
                    Operands::LookupSwitch(table) => {
                        let found = table.pairs().find(|(case, _)| *case == key);
                        found.map_or(table.default, |(_, target)| target)
                    }
                    _ => panic!("no switch"),
                };
                return Step::Jump(target as u32);
            }
            "return" => return Step::Return(None),
            "ireturn" | "lreturn" | "freturn" | "dreturn" | "areturn" => {
                let value = pop(stack);
                let (_, result) = letters(&self.world.method_data(frame.method).info.descriptor);
                let kind = match result {
                    b'Z' => Kind::Boolean,
                    b'B' => Kind::Byte,
                    b'C' => Kind::Char,
                    b'S' => Kind::Short,
                    _ => return Step::Return(Some(value)),
                };
                return Step::Return(Some(value.stored(kind)));
            }
            "getstatic" | "putstatic" | "getfield" | "putfield" => {
                let index = site.and_then(|site| site.field).expect("a field");
                let field = self.world.fields[index].info;
                match name {
                    "getstatic" => {
                        let value = match self.world.fields[index].value {
                            Some(value) => self.constant(value),
                            None => self.load_static(field.location, field.kind),
                        };
                        push(stack, value);
                    }
                    "putstatic" => {
                        let value = pop(stack).stored(field.kind);
                        self.statics.insert(field.location, value);
                    }
                    "getfield" => {
                        let object = not_null!(pop(stack));
                        push(stack, self.load_field(object, field.location, field.kind));
                    }
                    _ => {
                        let value = pop(stack).stored(field.kind);
                        let object = not_null!(pop(stack));
                        self.object_mut(object).fields.insert(field.location, value);
                    }
                }
            }
            "invokevirtual" | "invokespecial" | "invokestatic" | "invokeinterface" | "invokedynamic" => {
                let site = site.expect("a call");
                let (parameters, _) = letters(site.descriptor.as_bytes());
                let receiver = usize::from(!matches!(name, "invokestatic" | "invokedynamic"));
                let mut arguments: Vec<Datum> = (0..parameters.len() + receiver).map(|_| pop(stack)).collect();
                arguments.reverse();
                if receiver == 1 {
                    not_null!(arguments[0]);
                }
                let method = match site.call.expect("a target") {
                    CallTarget::Direct(method) => method,
                    CallTarget::Virtual { declared, .. } | CallTarget::Interface { declared } => {
                        let class = self.object(arguments[0].as_reference()).class;
                        self.world.selected(class, declared).expect("a selected method")
                    }
                    CallTarget::Linked { adapter, appendix_slot } => {
                        if appendix_slot != 0 {
                            arguments.push(Datum::Reference(self.fixed_object(appendix_slot)));
                        }
                        adapter
                    }
                    CallTarget::Unresolved => panic!("call is not resolved"),
                };
                return Step::Call(method, arguments);
            }
            "new" => {
                let class = site.and_then(|site| site.class).expect("a class");
                let object = self.allocate(class);
                push(stack, Datum::Reference(object));
            }
            "newarray" | "anewarray" | "multianewarray" => {
                let class = match instruction.operands {
                    Operands::NewArray(code) => self.world.primitive_array_class(code),
                    Operands::MultiANewArray { .. } => site.and_then(|site| site.class),
                    _ => site
                        .and_then(|site| site.class)
                        .and_then(|class| self.world.array_class_of(class)),
                };
                let count = match instruction.operands {
                    Operands::MultiANewArray { dimensions, .. } => usize::from(dimensions),
                    _ => 1,
                };
                let mut lengths: Vec<i32> = (0..count).map(|_| pop(stack).as_int()).collect();
                lengths.reverse();
                match self.allocate_arrays(class.expect("an array class"), &lengths) {
                    Ok(array) => push(stack, Datum::Reference(array)),
                    Err(exception) => return Step::Throw(exception),
                }
            }
            "arraylength" => {
                let array = not_null!(pop(stack));
                push(stack, Datum::Int(self.object(array).elements.len() as i32));
            }
            "athrow" => return Step::Throw(not_null!(pop(stack))),
            "checkcast" => {
                let class = site.and_then(|site| site.class).expect("a class");
                let object = stack.last().expect("an operand").as_reference();
                if object != 0 && !self.is_instance(object, class) {
                    throw!("ClassCastException");
                }
            }
            "instanceof" => {
                let class = site.and_then(|site| site.class).expect("a class");
                let object = pop(stack).as_reference();
                push(stack, Datum::Int(i32::from(self.is_instance(object, class))));
            }
            "monitorenter" => {
                let object = not_null!(pop(stack));
                self.object_mut(object).locks += 1;
                frame.locks.push(object);
            }
            "monitorexit" => {
                let object = not_null!(pop(stack));
                self.object_mut(object).locks -= 1;
                frame.locks.pop();
            }
            _ if name.ends_with("aload") && name.len() == 6 => {
                let index = pop(stack).as_int();
                let array = not_null!(pop(stack));
                if index < 0 || index as usize >= self.object(array).elements.len() {
                    throw!("ArrayIndexOutOfBoundsException");
                }
                push(stack, self.element(array, index));
            }
            _ if name.ends_with("astore") && name.len() == 7 => {
                let value = pop(stack);
                let index = pop(stack).as_int();
                let array = not_null!(pop(stack));
                if index < 0 || index as usize >= self.object(array).elements.len() {
                    throw!("ArrayIndexOutOfBoundsException");
                }
                if let Datum::Reference(value) = value
                    && !self.may_store(array, value)
                {
                    throw!("ArrayStoreException");
                }
                self.set_element(array, index, value);
            }
            _ if name[1..].starts_with("load") => {
                let value = frame.locals[local(name, instruction)];
                assert!(value != Datum::Dead, "{name} at {} reads a dead local", frame.bci);
                push(stack, value);
            }
            _ if name[1..].starts_with("store") => {
                let value = pop(stack);
                let local = local(name, instruction);
                frame.locals[local] = value;
                if value.is_wide() {
                    frame.locals[local + 1] = Datum::Dead;
                }
            }
            _ if name[1..].starts_with("const_") => push(stack, small_constant(name)),
            _ if name.starts_with("if") => {
                let right = if name.starts_with("if_icmp") {
                    pop(stack).as_int()
                } else {
                    0
                };
                let left = pop(stack).as_int();
                let holds = match &name[name.len() - 2..] {
                    "eq" => left == right,
                    "ne" => left != right,
                    "lt" => left < right,
                    "ge" => left >= right,
                    "gt" => left > right,
                    _ => left <= right,
                };
                if holds {
                    return Step::Jump(branch(instruction));
                }
            }
            _ => return self.compute(stack, name),
        }
        Step::Next
    }

    /// Arithmetic, comparisons, conversions.
    fn compute(&mut self, stack: &mut Vec<Datum>, name: &str) -> Step {
        let value = match &name[1..] {
            "neg" => match pop(stack) {
                Datum::Int(value) => Datum::Int(value.wrapping_neg()),
                Datum::Long(value) => Datum::Long(value.wrapping_neg()),
                Datum::Float(bits) => Datum::float(-f32::from_bits(bits)),
                other => Datum::double(-other.as_double()),
            },
            "shl" | "shr" | "ushr" => {
                let count = pop(stack).as_int() as u32;
                match (&name[1..], pop(stack)) {
                    ("shl", Datum::Int(value)) => Datum::Int(value.wrapping_shl(count)),
                    ("shr", Datum::Int(value)) => Datum::Int(value.wrapping_shr(count)),
                    (_, Datum::Int(value)) => Datum::Int((value as u32).wrapping_shr(count) as i32),
                    ("shl", value) => Datum::Long(value.as_long().wrapping_shl(count)),
                    ("shr", value) => Datum::Long(value.as_long().wrapping_shr(count)),
                    (_, value) => Datum::Long((value.as_long() as u64).wrapping_shr(count) as i64),
                }
            }
            "cmp" => {
                let (right, left) = (pop(stack).as_long(), pop(stack).as_long());
                Datum::Int(left.cmp(&right) as i32)
            }
            "cmpl" | "cmpg" => {
                let (right, left) = (pop(stack), pop(stack));
                let order = match (left, right) {
                    (Datum::Float(left), Datum::Float(right)) => {
                        f32::from_bits(left).partial_cmp(&f32::from_bits(right))
                    }
                    _ => left.as_double().partial_cmp(&right.as_double()),
                };
                let unordered = if name.ends_with('g') { 1 } else { -1 };
                Datum::Int(order.map_or(unordered, |order| order as i32))
            }
            _ if name.as_bytes()[1] == b'2' => convert(name, pop(stack)),
            operation => {
                let (right, left) = (pop(stack), pop(stack));
                let divides = matches!(operation, "div" | "rem");
                if divides && matches!(right, Datum::Int(0) | Datum::Long(0)) {
                    return Step::Throw(self.exception("ArithmeticException"));
                }
                binary(operation, left, right)
            }
        };
        push(stack, value);
        Step::Next
    }

    /// What can be reached from an outcome, the statics and some objects, as text that does not name addresses.
    pub fn digest(&self, outcome: Outcome, roots: &[Datum]) -> String {
        let mut text = String::new();
        let mut numbers: BTreeMap<u32, usize> = BTreeMap::new();
        let mut work = Vec::new();
        let mut name = |value: Datum, work: &mut Vec<u32>| match value {
            Datum::Reference(0) => "null".to_owned(),
            Datum::Reference(object) => {
                let next = numbers.len();
                let number = *numbers.entry(object).or_insert_with(|| {
                    work.push(object);
                    next
                });
                format!("object {number}")
            }
            other => format!("{other:?}"),
        };
        let _ = match outcome {
            Outcome::Value(None) => writeln!(text, "returns"),
            Outcome::Value(Some(value)) => writeln!(text, "returns {}", name(value, &mut work)),
            Outcome::Thrown(exception) => writeln!(text, "throws {}", name(Datum::Reference(exception), &mut work)),
        };
        for root in roots {
            let _ = writeln!(text, "root {}", name(*root, &mut work));
        }
        for (address, value) in &self.statics {
            let _ = writeln!(text, "static {address:x} {}", name(*value, &mut work));
        }
        let mut at = 0;
        while at < work.len() {
            let object = self.object(work[at]);
            let _ = write!(text, "{at}: class {} locks {}", object.class.0, object.locks);
            // Fields that nobody stored are zero, too.
            for (offset, value) in object.fields.iter().filter(|(_, value)| !value.is_zero()) {
                let _ = write!(text, " {offset}={}", name(*value, &mut work));
            }
            for element in &object.elements {
                let _ = write!(text, " {}", name(*element, &mut work));
            }
            text.push('\n');
            at += 1;
        }
        text
    }
}
