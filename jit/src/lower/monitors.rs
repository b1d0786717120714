//! Monitors: thin locks that nobody else holds are taken and left inline.

use super::{Lowering, TRUSTED};
use crate::layout::RuntimeCall;
use crate::ssa::Value;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, MemFlagsData, condcodes::IntCC, types};
use peaberry_gc::layout::{MARK_OFFSET, mark};

/// log2 of the bytes of a lock record.
const RECORD_SHIFT: i64 = 4;
/// Offset of the frame in a lock record.
const RECORD_FRAME: i32 = 8;

/// The largest count of recursions in a mark word.
const MOST_RECURSION: i64 = (mark::RECURSION_MASK >> mark::RECURSION_SHIFT) as i64;

/// What both ways of a monitor need.
struct Monitor {
    object: ir::Value,
    frame: ir::Value,
    thread: ir::Value,
    /// Address of the mark word.
    mark: ir::Value,
    /// What it holds.
    old: ir::Value,
    /// That without the collector's bits: 0 when nobody holds the lock.
    held: ir::Value,
    /// The mark word of a lock of this thread's, the collector's bits left out.
    own: ir::Value,
    /// Number of lock records.
    count: ir::Value,
    slow: ir::Block,
    next: ir::Block,
}

impl Lowering<'_, '_> {
    fn begin_monitor(&mut self, value: Value) -> Monitor {
        let object = self.value(self.function.nodes[value].arguments[0]);
        let layout = *self.runtime.layout();
        let (slow, next) = (self.new_cold_block(), self.builder.create_block());
        let frame = self.builder.ins().get_frame_pointer(types::I64);
        let thread = self.thread();
        let mark = self.builder.ins().iadd_imm_s(object, MARK_OFFSET as i64);
        // Other threads write it: not to be taken from an earlier look.
        let old = self
            .builder
            .ins()
            .atomic_load(types::I32, MemFlagsData::trusted(), mark);
        let held = self.builder.ins().band_imm_s(old, i64::from(!mark::GC_MASK as i32));
        let id = self.builder.ins().load(types::I32, TRUSTED, thread, layout.thread_id);
        let owner = self.builder.ins().ishl_imm_u(id, i64::from(mark::OWNER_SHIFT));
        let own = self.builder.ins().bor_imm_s(owner, i64::from(mark::THIN));
        let count = self
            .builder
            .ins()
            .load(types::I64, TRUSTED, thread, layout.thread_lock_count);
        Monitor {
            object,
            frame,
            thread,
            mark,
            old,
            held,
            own,
            count,
            slow,
            next,
        }
    }

    /// Goes on where the condition holds, else to the slow path.
    fn unless_slow(&mut self, condition: ir::Value, slow: ir::Block) {
        let fast = self.builder.create_block();
        self.builder.ins().brif(condition, fast, &[], slow, &[]);
        self.enter(fast);
    }

    /// Puts a new mark word in place of the old one.
    fn replace_mark(&mut self, monitor: &Monitor, new: ir::Value) {
        let found = self.builder.ins().atomic_cas(TRUSTED, monitor.mark, monitor.old, new);
        let same = self.builder.ins().icmp(IntCC::Equal, found, monitor.old);
        self.unless_slow(same, monitor.slow);
    }

    fn record(&mut self, thread: ir::Value, index: ir::Value) -> ir::Value {
        let records = self.runtime.layout().thread_lock_records;
        let records = self.builder.ins().load(types::I64, TRUSTED, thread, records);
        let offset = self.builder.ins().ishl_imm_u(index, RECORD_SHIFT);
        self.builder.ins().iadd(records, offset)
    }

    fn set_lock_count(&mut self, monitor: &Monitor, count: ir::Value) {
        let offset = self.runtime.layout().thread_lock_count;
        self.builder.ins().store(TRUSTED, count, monitor.thread, offset);
    }

    fn end_monitor(&mut self, value: Value, monitor: &Monitor, call: RuntimeCall) {
        self.builder.ins().jump(monitor.next, &[]);
        self.enter(monitor.slow);
        self.runtime_call(call, &[monitor.object, monitor.frame]);
        self.check_pending(value, None);
        self.builder.ins().jump(monitor.next, &[]);
        self.enter(monitor.next);
    }

    /// How often beyond the first this thread holds the lock, or more than a lock can count if it does not.
    fn recursion(&mut self, monitor: &Monitor) -> ir::Value {
        let differing = self.builder.ins().bxor(monitor.held, monitor.own);
        // The bits of other fields come to lie above those of the count.
        self.builder
            .ins()
            .rotr_imm_u(differing, i64::from(mark::RECURSION_SHIFT))
    }

    pub(super) fn monitor_enter(&mut self, value: Value) {
        let monitor = self.begin_monitor(value);
        let capacity = self.runtime.layout().thread_lock_capacity;
        let capacity = self.builder.ins().load(types::I64, TRUSTED, monitor.thread, capacity);
        let room = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedLessThan, monitor.count, capacity);
        self.unless_slow(room, monitor.slow);
        let (again, replace) = (self.builder.create_block(), self.builder.create_block());
        let new = self.builder.append_block_param(replace, types::I32);
        let first = self.builder.ins().bor(monitor.old, monitor.own);
        self.builder
            .ins()
            .brif(monitor.held, again, &[], replace, &[BlockArg::Value(first)]);
        self.enter(again);
        let recursion = self.recursion(&monitor);
        let counts = self
            .builder
            .ins()
            .icmp_imm_u(IntCC::UnsignedLessThan, recursion, MOST_RECURSION);
        self.unless_slow(counts, monitor.slow);
        let more = self
            .builder
            .ins()
            .iadd_imm_s(monitor.old, i64::from(mark::RECURSION_ONE));
        self.builder.ins().jump(replace, &[BlockArg::Value(more)]);
        self.enter(replace);
        self.replace_mark(&monitor, new);
        let record = self.record(monitor.thread, monitor.count);
        self.builder.ins().store(TRUSTED, monitor.object, record, 0);
        self.builder.ins().store(TRUSTED, monitor.frame, record, RECORD_FRAME);
        let count = self.builder.ins().iadd_imm_s(monitor.count, 1);
        self.set_lock_count(&monitor, count);
        self.end_monitor(value, &monitor, RuntimeCall::MonitorEnter);
    }

    /// The record of a lock that the interpreter took becomes this frame's.
    pub(super) fn take_lock_over(&mut self, value: Value, from_last: u16) {
        let thread = self.thread();
        let count = self.runtime.layout().thread_lock_count;
        let count = self.builder.ins().load(types::I64, TRUSTED, thread, count);
        let index = self.builder.ins().iadd_imm_s(count, -1 - i64::from(from_last));
        let record = self.record(thread, index);
        let object = self.builder.ins().load(types::I64, TRUSTED, record, 0);
        let frame = self.builder.ins().get_frame_pointer(types::I64);
        self.builder.ins().store(TRUSTED, frame, record, RECORD_FRAME);
        self.define(value, object);
    }

    pub(super) fn monitor_exit(&mut self, value: Value) {
        let monitor = self.begin_monitor(value);
        let recursion = self.recursion(&monitor);
        let own = self
            .builder
            .ins()
            .icmp_imm_u(IntCC::UnsignedLessThanOrEqual, recursion, MOST_RECURSION);
        self.unless_slow(own, monitor.slow);
        // A lock this thread holds has a record: there is a last one.
        let last = self.builder.ins().iadd_imm_s(monitor.count, -1);
        let record = self.record(monitor.thread, last);
        let object = self.builder.ins().load(types::I64, TRUSTED, record, 0);
        let same_object = self.builder.ins().icmp(IntCC::Equal, object, monitor.object);
        self.unless_slow(same_object, monitor.slow);
        let frame = self.builder.ins().load(types::I64, TRUSTED, record, RECORD_FRAME);
        let same_frame = self.builder.ins().icmp(IntCC::Equal, frame, monitor.frame);
        self.unless_slow(same_frame, monitor.slow);
        let less = self
            .builder
            .ins()
            .iadd_imm_s(monitor.old, -i64::from(mark::RECURSION_ONE));
        let free = self.builder.ins().band_imm_s(monitor.old, i64::from(mark::GC_MASK));
        let new = self.builder.ins().select(recursion, less, free);
        self.replace_mark(&monitor, new);
        self.set_lock_count(&monitor, last);
        self.end_monitor(value, &monitor, RuntimeCall::MonitorExit);
    }
}
