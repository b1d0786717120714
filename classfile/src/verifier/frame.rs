//! The type state the checker carries from instruction to instruction.

use super::types::Type;

/// Locals and operand stack before or inside an instruction.
#[derive(Default)]
pub(super) struct Frame {
    pub bci: usize,
    /// `this` is not initialized yet (flagThisUninit).
    pub uninitialized_this: bool,
    /// max_locals slots; those behind `locals_size` are top.
    pub locals: Vec<Type>,
    pub locals_size: usize,
    /// max_stack slots; those behind `stack_size` are left-overs, of use in messages only.
    pub stack: Vec<Type>,
    pub stack_size: usize,
    /// `stack_size` before the instruction.
    pub stack_mark: usize,
    /// Locals or flags changed since the exception handlers were last matched.
    pub dirty: bool,
}

impl Frame {
    /// An empty frame for a method.
    pub fn reset(&mut self, max_locals: usize, max_stack: usize) {
        self.bci = 0;
        self.uninitialized_this = false;
        self.locals.clear();
        self.locals.resize(max_locals, Type::TOP);
        self.locals_size = 0;
        self.stack.clear();
        self.stack.resize(max_stack, Type::TOP);
        self.stack_size = 0;
        self.stack_mark = 0;
        self.dirty = true;
    }

    /// Takes over a stack map frame.
    pub fn replace(&mut self, locals: &[Type], stack: &[Type], uninitialized_this: bool) {
        let old = self.locals_size;
        self.locals[..locals.len()].copy_from_slice(locals);
        if old > locals.len() {
            self.locals[locals.len()..old].fill(Type::TOP);
        }
        self.locals_size = locals.len();
        self.stack[..stack.len()].copy_from_slice(stack);
        self.stack_size = stack.len();
        self.uninitialized_this = uninitialized_this;
        self.dirty = true;
    }

    /// Stores into local `index`, which exists, and spoils longs and doubles that it cuts in half.
    pub fn set_local(&mut self, index: usize, ty: Type) {
        let old = self.locals[index];
        if old == ty {
            // A long half is never stored by itself, so nothing is cut.
            if index >= self.locals_size {
                self.locals_size = index + 1;
            }
            return;
        }
        if old.is_category_2() && index + 1 < self.locals.len() {
            self.locals[index + 1] = Type::TOP;
        }
        if old.is_high() && index > 0 {
            self.locals[index - 1] = Type::TOP;
        }
        self.locals[index] = ty;
        self.locals_size = self.locals_size.max(index + 1);
        self.dirty = true;
    }

    /// Stores a long or double into locals `index` and `index + 1`, which exist.
    pub fn set_local_2(&mut self, index: usize, ty: Type) {
        if self.locals[index + 1].is_category_2() && index + 2 < self.locals.len() {
            self.locals[index + 2] = Type::TOP;
        }
        if self.locals[index].is_high() && index > 0 {
            self.locals[index - 1] = Type::TOP;
        }
        self.locals[index] = ty;
        self.locals[index + 1] = ty.high();
        self.locals_size = self.locals_size.max(index + 2);
        self.dirty = true;
    }

    /// Every copy of the uninitialized object becomes initialized.
    pub fn initialize(&mut self, from: Type, to: Type) {
        let stack = &mut self.stack[..self.stack_size];
        for slot in self.locals.iter_mut().chain(stack) {
            if *slot == from {
                *slot = to;
            }
        }
        if from == Type::UNINITIALIZED_THIS {
            self.uninitialized_this = false;
        }
        self.dirty = true;
    }
}
