//! Allocation and type checks.

use super::{Lowering, TRUSTED};
use crate::code::{ExitReason, Resume};
use crate::layout::RuntimeCall;
use crate::query::ClassId;
use crate::ssa::{Op, Value};
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, StackSlotData, StackSlotKind, condcodes::IntCC, types};
use peaberry_gc::layout::{ARRAY_LENGTH_OFFSET, NARROW_SHIFT, array_base_offset};

/// Arrays of more elements are allocated by the runtime.
const INLINE_ELEMENTS: i64 = 1 << 13;
/// Superclasses in the display.
const DISPLAY_SIZE: i64 = 8;

impl Lowering<'_, '_> {
    /// Takes memory from the thread's buffer, or goes to `slow`.
    fn bump(&mut self, bytes: ir::Value, slow: ir::Block) -> ir::Value {
        let layout = *self.runtime.layout();
        let thread = self.thread();
        let flags = TRUSTED;
        let cursor = self
            .builder
            .ins()
            .load(types::I64, flags, thread, layout.thread_tlab_cursor);
        let limit = self
            .builder
            .ins()
            .load(types::I64, flags, thread, layout.thread_tlab_limit);
        let end = self.builder.ins().iadd(cursor, bytes);
        let full = self.builder.ins().icmp(IntCC::UnsignedGreaterThan, end, limit);
        let fits = self.builder.create_block();
        self.builder.ins().brif(full, slow, &[], fits, &[]);
        self.enter(fits);
        self.builder.ins().store(flags, end, thread, layout.thread_tlab_cursor);
        cursor
    }

    /// Writes the header of fresh memory: the class, and a mark word of zero.
    fn write_header(&mut self, object: ir::Value, class: ClassId) {
        let word = self.builder.ins().iconst(types::I64, (class.0 >> NARROW_SHIFT) as i64);
        let flags = TRUSTED;
        self.builder.ins().store(flags, word, object, 0);
    }

    /// The slow half of an allocation, which joins the fast one.
    fn allocate_slowly(
        &mut self,
        value: Value,
        slow: ir::Block,
        join: ir::Block,
        call: RuntimeCall,
        arguments: &[ir::Value],
    ) {
        self.enter(slow);
        if let Some(object) = self.runtime_call(call, arguments) {
            self.check_pending(value, Some(object));
            self.builder.ins().jump(join, &[BlockArg::Value(object)]);
        }
    }

    pub(super) fn new_instance(&mut self, value: Value, class: ClassId, bytes: u32) {
        let (slow, join) = (self.new_cold_block(), self.builder.create_block());
        let result = self.builder.append_block_param(join, types::I64);
        let size = self.builder.ins().iconst(types::I64, i64::from(bytes));
        let address = self.builder.ins().iconst(types::I64, class.0 as i64);
        let object = self.bump(size, slow);
        self.write_header(object, class);
        self.builder.ins().jump(join, &[BlockArg::Value(object)]);
        self.allocate_slowly(value, slow, join, RuntimeCall::NewInstance, &[address]);
        self.enter(join);
        self.define(value, result);
    }

    pub(super) fn new_array(&mut self, value: Value, class: ClassId, shift: u32) {
        let length = self.value(self.function.nodes[value].arguments[0]);
        let (slow, join) = (self.new_cold_block(), self.builder.create_block());
        let result = self.builder.append_block_param(join, types::I64);
        let address = self.builder.ins().iconst(types::I64, class.0 as i64);
        let small = self
            .builder
            .ins()
            .icmp_imm_s(IntCC::UnsignedLessThanOrEqual, length, INLINE_ELEMENTS);
        let fast = self.builder.create_block();
        self.builder.ins().brif(small, fast, &[], slow, &[]);
        self.enter(fast);
        let wide = self.builder.ins().uextend(types::I64, length);
        let scaled = self.builder.ins().ishl_imm_u(wide, i64::from(shift));
        let bytes = self
            .builder
            .ins()
            .iadd_imm_s(scaled, array_base_offset(shift) as i64 + 7);
        let bytes = self.builder.ins().band_imm_s(bytes, -8);
        let object = self.bump(bytes, slow);
        self.write_header(object, class);
        let flags = TRUSTED;
        self.builder
            .ins()
            .store(flags, length, object, ARRAY_LENGTH_OFFSET as i32);
        self.builder.ins().jump(join, &[BlockArg::Value(object)]);
        self.allocate_slowly(value, slow, join, RuntimeCall::NewArray, &[address, length]);
        self.enter(join);
        self.define(value, result);
    }

    pub(super) fn new_multi_array(&mut self, value: Value, class: ClassId) {
        let lengths: Vec<ir::Value> = self.function.nodes[value]
            .arguments
            .iter()
            .map(|argument| self.value(*argument))
            .collect();
        let slot = self.builder.create_sized_stack_slot(StackSlotData::new(
            StackSlotKind::ExplicitSlot,
            4 * lengths.len() as u32,
            3,
        ));
        for (index, &length) in lengths.iter().enumerate() {
            self.builder
                .ins()
                .stack_store(types::I64, length, slot, 4 * index as i32);
        }
        let address = self.builder.ins().iconst(types::I64, class.0 as i64);
        let count = self.builder.ins().iconst(types::I32, lengths.len() as i64);
        let memory = self.builder.ins().stack_addr(types::I64, slot, 0);
        if let Some(object) = self.runtime_call(RuntimeCall::NewMultiArray, &[address, count, memory]) {
            self.check_pending(value, Some(object));
            self.define(value, object);
        }
    }

    /// Goes to `yes` or `no` by whether instances of a class (by address) are instances of `target`.
    fn subtype_branch(&mut self, class: ir::Value, target: ClassId, yes: ir::Block, no: ir::Block) {
        self.facts.classes.insert(target);
        let wanted = self.builder.ins().iconst(types::I64, target.0 as i64);
        if self.runtime.is_exact(target) {
            let same = self.builder.ins().icmp(IntCC::Equal, class, wanted);
            self.builder.ins().brif(same, yes, &[], no, &[]);
            return;
        }
        let layout = *self.runtime.layout();
        if let Some(depth) = self.runtime.display_depth(target) {
            let readonly = TRUSTED.with_readonly();
            let offset = layout.class_display + 8 * depth as i32;
            let super_class = self.builder.ins().load(types::I64, readonly, class, offset);
            let same = self.builder.ins().icmp(IntCC::Equal, super_class, wanted);
            self.builder.ins().brif(same, yes, &[], no, &[]);
            return;
        }
        let flags = TRUSTED;
        let cached = self
            .builder
            .ins()
            .load(types::I64, flags, class, layout.class_secondary_cache);
        let hit = self.builder.ins().icmp(IntCC::Equal, cached, wanted);
        let slow = self.builder.create_block();
        self.builder.ins().brif(hit, yes, &[], slow, &[]);
        self.enter(slow);
        if let Some(found) = self.runtime_call(RuntimeCall::IsSubtype, &[class, wanted]) {
            self.builder.ins().brif(found, yes, &[], no, &[]);
        }
    }

    pub(super) fn instance_of(&mut self, value: Value, class: ClassId) {
        let object = self.value(self.function.nodes[value].arguments[0]);
        let (test, yes, no, join) = (
            self.builder.create_block(),
            self.builder.create_block(),
            self.builder.create_block(),
            self.builder.create_block(),
        );
        let result = self.builder.append_block_param(join, types::I32);
        self.builder.ins().brif(object, test, &[], no, &[]);
        self.enter(test);
        let actual = self.class_of(object);
        self.subtype_branch(actual, class, yes, no);
        for (block, answer) in [(yes, 1), (no, 0)] {
            self.enter(block);
            let answer = self.builder.ins().iconst(types::I32, answer);
            self.builder.ins().jump(join, &[BlockArg::Value(answer)]);
        }
        self.enter(join);
        self.define(value, result);
    }

    pub(super) fn check_cast(&mut self, value: Value, class: ClassId) {
        let node = &self.function.nodes[value];
        let (object, Some(state)) = (self.value(node.arguments[0]), node.state) else {
            return;
        };
        let exit = self.exit_block(state, ExitReason::CastCheck, Resume::At, None);
        let (test, next) = (self.builder.create_block(), self.builder.create_block());
        self.builder.ins().brif(object, test, &[], next, &[]);
        self.enter(test);
        let actual = self.class_of(object);
        self.subtype_branch(actual, class, next, exit);
        self.enter(next);
        self.may_force_exit(state);
    }

    pub(super) fn store_check(&mut self, value: Value) {
        let node = &self.function.nodes[value];
        let (array, stored) = (self.value(node.arguments[0]), self.value(node.arguments[1]));
        let Some(state) = node.state else { return };
        let layout = *self.runtime.layout();
        let exit = self.exit_block(state, ExitReason::StoreCheck, Resume::At, None);
        let (test, next) = (self.builder.create_block(), self.builder.create_block());
        self.builder.ins().brif(stored, test, &[], next, &[]);
        self.enter(test);
        let readonly = TRUSTED.with_readonly();
        let array_class = self.class_of(array);
        let element = self
            .builder
            .ins()
            .load(types::I64, readonly, array_class, layout.class_element_class);
        let actual = self.class_of(stored);
        let depth = self.builder.ins().uload32(readonly, element, layout.class_depth);
        let shallow = self
            .builder
            .ins()
            .icmp_imm_s(IntCC::UnsignedLessThan, depth, DISPLAY_SIZE);
        let (display, slow) = (self.builder.create_block(), self.builder.create_block());
        self.builder.ins().brif(shallow, display, &[], slow, &[]);
        self.enter(display);
        let offset = self.builder.ins().ishl_imm_u(depth, 3);
        let at = self.builder.ins().iadd(actual, offset);
        let super_class = self.builder.ins().load(types::I64, readonly, at, layout.class_display);
        let same = self.builder.ins().icmp(IntCC::Equal, super_class, element);
        self.builder.ins().brif(same, next, &[], slow, &[]);
        self.enter(slow);
        if let Some(found) = self.runtime_call(RuntimeCall::IsSubtype, &[actual, element]) {
            self.builder.ins().brif(found, next, &[], exit, &[]);
        }
        self.enter(next);
        self.may_force_exit(state);
    }

    pub(super) fn initialization_check(&mut self, value: Value, class: ClassId) {
        let Some(state) = self.function.nodes[value].state else {
            return;
        };
        debug_assert!(matches!(self.function.nodes[value].op, Op::InitializationCheck(_)));
        let layout = *self.runtime.layout();
        let exit = self.exit_block(state, ExitReason::Unresolved, Resume::At, None);
        let (own, next) = (self.new_cold_block(), self.builder.create_block());
        let class = self.builder.ins().iconst(types::I64, class.0 as i64);
        let address = self.builder.ins().iadd_imm_s(class, i64::from(layout.class_state));
        let flags = TRUSTED;
        let now = self.builder.ins().atomic_load(types::I8, flags, address);
        let done = self
            .builder
            .ins()
            .icmp_imm_u(IntCC::Equal, now, i64::from(layout.class_state_initialized));
        self.builder.ins().brif(done, next, &[], own, &[]);
        self.enter(own);
        let being = self
            .builder
            .ins()
            .icmp_imm_u(IntCC::Equal, now, i64::from(layout.class_state_being_initialized));
        let mine = self.new_cold_block();
        self.builder.ins().brif(being, mine, &[], exit, &[]);
        self.enter(mine);
        let initializer = self
            .builder
            .ins()
            .load(types::I64, flags, class, layout.class_initializing_thread);
        let thread = self.thread();
        let id = self.builder.ins().uload32(flags, thread, layout.thread_id);
        let same = self.builder.ins().icmp(IntCC::Equal, initializer, id);
        self.builder.ins().brif(same, next, &[], exit, &[]);
        self.enter(next);
        self.may_force_exit(state);
    }
}
