//! Verification by type inference (JVMS §4.10.2), the way of class files before version 50: data-flow analysis to a
//! fixed point, subroutines (`jsr`, `ret`) included.

mod dataflow;
mod merge;
mod operands;
mod registers;
mod stack;

use super::context::{Checked, Context, Stop, widen};
use super::types::{Type, well_known};
use super::{Hierarchy, VerifyError};
use crate::descriptors::MethodDescriptor;
use crate::model::{CodeAttribute, FieldFlags, Method, MethodFlags, tag};
use crate::mutf8::to_string_lossy;
use std::rc::Rc;

/// Verifies all methods with code.
pub(super) fn verify<H: Hierarchy>(context: &mut Context<'_, '_, H>) -> Checked<()> {
    let class = context.class;
    let hidden = FieldFlags::PRIVATE | FieldFlags::PROTECTED;
    for field in class.fields.iter().rev() {
        if field.access_flags.contains(FieldFlags::PUBLIC) && field.access_flags.intersects(hidden) {
            let text = format!(
                "(class: {}, field: {}) Inconsistent access bits.",
                to_string_lossy(class.name),
                to_string_lossy(field.name)
            );
            return Err(context.fail(VerifyError::Verify(text)));
        }
    }
    for method in class.methods.iter().rev() {
        let Some(code) = &method.code else { continue };
        if method
            .access_flags
            .intersects(MethodFlags::NATIVE | MethodFlags::ABSTRACT)
        {
            continue;
        }
        Inference {
            cx: context,
            method,
            code,
            bytes: code.code,
            number_of: Vec::new(),
            instructions: Vec::new(),
            handlers: Vec::new(),
            nodes: Vec::new(),
            registers: Vec::new(),
            return_type: Type::TOP,
            swap: [Type::TOP; 4],
            initialized: (Type::TOP, Type::TOP),
        }
        .method()?;
    }
    Ok(())
}

/// Register slots all states of a method may have together.
const MAX_REGISTER_SLOTS: usize = 32 << 20;
/// Operand stack entries all states of a method may have together.
const MAX_STACK_NODES: usize = 16 << 20;

/// No operand stack entry.
const EMPTY: u32 = u32::MAX;

/// An operand stack entry (long and double take one) in a list that states share.
#[derive(Clone, Copy)]
struct Node {
    ty: Type,
    next: u32,
}

/// An operand stack.
#[derive(Clone, Copy, PartialEq)]
struct Stack {
    top: u32,
    /// In slots.
    size: u32,
}

/// Locals: a slice of [`Inference::registers`].
#[derive(Clone, Copy, PartialEq)]
struct Registers {
    start: u32,
    count: u32,
}

/// A subroutine being executed, and the locals it has touched.
#[derive(Clone, PartialEq)]
struct Mask {
    /// Instruction number of its entry.
    entry: u32,
    modified: Vec<u32>,
}

/// The subroutines being executed, outermost first.
type Masks = Option<Rc<Vec<Mask>>>;

mod flag {
    /// A constructor of this class or its superclass must be called first.
    pub const NEED_CONSTRUCTOR: u8 = 2;
    /// The method must end with an exception.
    pub const NO_RETURN: u8 = 4;
    /// Of the flags all paths have: the constructor was called.
    pub const CONSTRUCTED: u8 = 1;
}

/// What is known about an operand.
#[derive(Clone)]
enum Operand {
    None,
    /// Local variable.
    Local(u32),
    /// Instruction number of a branch target.
    Target(u32),
    /// Instruction numbers: the default target last.
    Targets(Rc<[u32]>),
    /// Constant-pool index.
    Constant(u16),
    /// The type an instruction makes; a count beside it (dimensions).
    Type(Type, u32),
    /// Constant-pool index of a method, and the class it names.
    Method(u16, Type),
}

/// State before an instruction, and the instruction.
struct Instruction {
    bci: u32,
    /// With `wide`, `xload_n` and `xstore_n` turned into the plain form; a constructor call is [`INVOKE_INIT`].
    opcode: u8,
    changed: bool,
    /// A protected member of a superclass in another package.
    protected: bool,
    operand: Operand,
    /// Of a `jsr`: instruction number of the `ret` that ends it.
    ret: Option<u32>,
    stack: Option<Stack>,
    registers: Option<Registers>,
    masks: Masks,
    any_flags: u8,
    all_flags: u8,
}

/// Not an opcode of class files: `invokespecial` of a constructor.
const INVOKE_INIT: u8 = 0xfe;

struct Handler {
    start: u32,
    end: u32,
    handler: u32,
    stack: Stack,
}

struct Inference<'c, 'a, 'h, H: Hierarchy> {
    cx: &'c mut Context<'a, 'h, H>,
    method: &'a Method<'a>,
    code: &'a CodeAttribute<'a>,
    bytes: &'a [u8],
    /// Instruction number at each bci; `u32::MAX` inside instructions.
    number_of: Vec<u32>,
    instructions: Vec<Instruction>,
    handlers: Vec<Handler>,
    nodes: Vec<Node>,
    registers: Vec<Type>,
    return_type: Type,
    /// Values a stack instruction popped, by position.
    swap: [Type; 4],
    /// What a `new` or constructor call turns into what.
    initialized: (Type, Type),
}

impl<'a, H: Hierarchy> Inference<'_, 'a, '_, H> {
    fn method(&mut self) -> Checked<()> {
        let hidden = MethodFlags::PRIVATE | MethodFlags::PROTECTED;
        let flags = self.method.access_flags;
        if flags.contains(MethodFlags::PUBLIC) && flags.intersects(hidden) {
            return Err(self.fail("Inconsistent access bits."));
        }
        self.number_instructions()?;
        if self.instructions.is_empty() {
            return Err(self.fail("Empty code"));
        }
        for number in 0..self.instructions.len() {
            self.operands(number)?;
        }
        self.exception_table()?;
        self.entry_state()?;
        self.run()?;
        for class in self.method.exceptions.iter() {
            self.constant(class, 1 << tag::CLASS)?;
        }
        Ok(())
    }

    fn exception_table(&mut self) -> Checked<()> {
        let rows: Vec<_> = self.code.exception_table.iter().collect();
        if self.code.max_stack < 1 && !rows.is_empty() {
            return Err(self.fail("Stack size too large"));
        }
        for row in rows.into_iter().rev() {
            let (start, end) = (i64::from(row.start_pc), i64::from(row.end_pc));
            let at_end = end == self.bytes.len() as i64;
            if start >= end || self.target(start).is_none() || !(at_end || self.target(end).is_some()) {
                return Err(self.format_error("Illegal exception table range"));
            }
            let Some(handler) = self.target(row.handler_pc.into()).filter(|handler| *handler > 0) else {
                return Err(self.format_error("Illegal exception table handler"));
            };
            let throwable = Type::object(well_known::THROWABLE);
            let caught = match row.catch_type {
                0 => throwable,
                class => self.cx.class_entry(class),
            };
            if !self.assignable(caught, throwable)? {
                return Err(self.fail("catch_type not a subclass of Throwable"));
            }
            let top = self.node(caught, EMPTY)?;
            self.handlers.push(Handler {
                start: self.target(start).unwrap_or(0),
                end: self.target(end).unwrap_or(self.instructions.len() as u32),
                handler,
                stack: Stack { top, size: 1 },
            });
        }
        Ok(())
    }

    fn entry_state(&mut self) -> Checked<()> {
        let Some(descriptor) = MethodDescriptor::parse(self.method.descriptor) else {
            return Err(self.fail("Illegal signature"));
        };
        let mut any_flags = 0;
        self.registers.clear();
        if !self.method.access_flags.contains(MethodFlags::STATIC) {
            let this = self.cx.this_type;
            if self.method.is_constructor() && this.payload() != well_known::OBJECT {
                self.registers.push(Type::UNINITIALIZED_THIS);
                any_flags |= flag::NEED_CONSTRUCTOR;
            } else {
                self.registers.push(this);
            }
        }
        for parameter in descriptor.parameters() {
            let ty = widen(self.cx.names.field_type(parameter));
            self.registers.push(ty);
            if ty.is_category_2() {
                self.registers.push(ty.high());
            }
        }
        if self.registers.len() > usize::from(self.code.max_locals) {
            return Err(self.format_error("Arguments can't fit into locals"));
        }
        self.return_type = widen(self.cx.names.field_type(descriptor.return_type));
        let count = self.registers.len() as u32;
        let first = &mut self.instructions[0];
        first.stack = Some(Stack { top: EMPTY, size: 0 });
        first.registers = Some(Registers { start: 0, count });
        first.all_flags = 0;
        first.any_flags = any_flags;
        first.changed = true;
        Ok(())
    }

    /// Instruction number at a bci, when an instruction starts there.
    fn target(&self, bci: i64) -> Option<u32> {
        let number = *self.number_of.get(usize::try_from(bci).ok()?)?;
        (number != u32::MAX).then_some(number)
    }

    fn node(&mut self, ty: Type, next: u32) -> Checked<u32> {
        if self.nodes.len() >= MAX_STACK_NODES {
            return Err(self.too_costly());
        }
        self.nodes.push(Node { ty, next });
        Ok(self.nodes.len() as u32 - 1)
    }

    fn register_slice(&self, registers: Registers) -> &[Type] {
        &self.registers[registers.start as usize..][..registers.count as usize]
    }

    fn spend(&mut self, steps: usize) -> Checked<()> {
        if self.cx.afford(steps) {
            Ok(())
        } else {
            Err(self.too_costly())
        }
    }

    #[cold]
    fn too_costly(&mut self) -> Stop {
        self.fail("Method is too complex to verify by type inference")
    }

    /// The message with class and method, cut where HotSpot's buffer ends.
    #[cold]
    fn message(&self, text: &str) -> String {
        let mut message = format!(
            "(class: {}, method: {} signature: {}) {text}",
            to_string_lossy(self.cx.class.name),
            to_string_lossy(self.method.name),
            to_string_lossy(self.method.descriptor)
        );
        let mut end = message.len().min(self.cx.class.name.len() + 1023);
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        message.truncate(end);
        message
    }

    #[cold]
    fn fail(&mut self, text: &str) -> Stop {
        let message = self.message(text);
        self.cx.fail(VerifyError::Verify(message))
    }

    #[cold]
    fn format_error(&mut self, text: &str) -> Stop {
        let message = self.message(text);
        self.cx.fail(VerifyError::ClassFormat(message))
    }
}
