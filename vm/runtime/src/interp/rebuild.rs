//! Interpreter frames made from what compiled code leaves behind.

use super::code_header::CodeHeader;
use super::quick_opcodes::{IINC_GOTO, QUICK_OPCODES};
use super::slow::reload;
use super::{materialize, prepare, run_entry, unwind};
use crate::compiled::give_up;
use crate::method_area::{Meta, Method, MethodPtr};
use crate::stack::{FRAME_SLOTS, Frame, FrameKind};
use crate::thread::{JResult, JavaThread, LockRecord};
use peaberry_classfile::opcodes::{Instructions, op};
use peaberry_gc::layout::Obj;
use peaberry_jit::code::{Exit, ExitFrame, ExitLock, Resume, SlotSource};
use peaberry_sys::thread::current_stack_pointer;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::Ordering;

/// An exit that is being taken.
pub(crate) struct Leave {
    /// The exit.
    pub exit: Exit,
    /// Its values, and room for the addresses of objects that are allocated now.
    pub buffer: *mut u64,
    /// What names the compiled frame in lock records.
    pub owner: *mut Frame,
    /// The compiled frame's part of the native stack.
    pub stack: Range<usize>,
}

/// Slots of a method's locals, in a frame.
pub(super) fn local_slots(method: &Method) -> usize {
    usize::from(method.max_locals.max(method.argument_slots))
}

/// # Safety
/// The frame's method is live.
unsafe fn method_of(frame: &ExitFrame) -> MethodPtr {
    // SAFETY: methods of an exit live as long as its code.
    unsafe { Meta::new(frame.method.0 as *const Method) }
}

/// Is this the opcode of a load fused with the next instruction?
fn is_fused_load(opcode: u8) -> bool {
    QUICK_OPCODES
        .iter()
        .any(|row| row.0 == opcode && matches!(row.2, op::ILOAD | op::ALOAD))
}

/// A load that is fused with the instruction at a bci.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct FusedLoad {
    /// Where the load stands.
    bci: u32,
    /// The local it loads.
    local: usize,
    /// Slots it pushes.
    slots: usize,
}

/// The load that the instruction at `bci` is fused with in quickened code, if it is the second of such a pair.
fn fused_load(method: &Method, bci: u32) -> Option<FusedLoad> {
    let code = method.code.load(Ordering::Acquire);
    if code.is_null() {
        return None;
    }
    let mut instructions = Instructions::new(&method.bytecode).flatten();
    while let Some(instruction) = instructions.next() {
        if instruction.bci as u32 >= bci {
            return None;
        }
        // SAFETY: quickened code is as long as the bytecode.
        let opcode = unsafe { *code.add(instruction.bci) };
        if opcode == IINC_GOTO {
            // The goto stands there as it was.
            instructions.next();
        } else if is_fused_load(opcode) {
            let second = instructions.next()?;
            if second.bci as u32 == bci {
                let original = instruction.opcode as u8;
                let (local, slots) = loaded(original, method.bytecode[instruction.bci + 1])?;
                return Some(FusedLoad {
                    bci: instruction.bci as u32,
                    local,
                    slots,
                });
            }
        }
    }
    None
}

/// Index and slots of a load instruction.
fn loaded(opcode: u8, operand: u8) -> Option<(usize, usize)> {
    Some(match opcode {
        op::ILOAD | op::FLOAD | op::ALOAD => (usize::from(operand), 1),
        op::LLOAD | op::DLOAD => (usize::from(operand), 2),
        op::ILOAD_0..=op::ILOAD_3 => (usize::from(opcode - op::ILOAD_0), 1),
        op::LLOAD_0..=op::LLOAD_3 => (usize::from(opcode - op::LLOAD_0), 2),
        op::FLOAD_0..=op::FLOAD_3 => (usize::from(opcode - op::FLOAD_0), 1),
        op::DLOAD_0..=op::DLOAD_3 => (usize::from(opcode - op::DLOAD_0), 2),
        op::ALOAD_0..=op::ALOAD_3 => (usize::from(opcode - op::ALOAD_0), 1),
        _ => return None,
    })
}

/// The bci of the instruction that the load at a bci is fused with, if there is one.
pub(crate) fn fused_second(method: &Method, bci: u32) -> Option<u32> {
    let next = Instructions::new(&method.bytecode)
        .flatten()
        .map(|instruction| instruction.bci as u32)
        .find(|other| *other > bci)?;
    fused_load(method, next).filter(|load| load.bci == bci).map(|_| next)
}

/// Where the interpreter can resume before the instruction at a bci: there, or at the load it is fused with.
pub(crate) fn resume_bci(method: &Method, bci: u32) -> u32 {
    fused_load(method, bci).map_or(bci, |load| load.bci)
}

/// Bytes of the invoke instruction at a bci.
fn call_length(method: &Method, bci: u32) -> usize {
    match method.bytecode.get(bci as usize) {
        Some(&(op::INVOKEINTERFACE | op::INVOKEDYNAMIC)) => 5,
        _ => 3,
    }
}

/// First slot behind all that rebuilt frames need when the outermost's locals begin at `base`; `None` when a method has
/// no code to run.
fn end_of_frames(thread: &mut JavaThread, exit: &Exit, base: *mut u64) -> Option<*mut u64> {
    let (mut locals, mut end) = (base, base);
    for frame in &exit.frames {
        // SAFETY: methods of an exit live as long as its code.
        let method = unsafe { method_of(frame) };
        if method.code.load(Ordering::Acquire).is_null() && !prepare::prepare(thread.vm(), method) {
            return None;
        }
        // SAFETY: prepared code has a header.
        let bytes = unsafe { (*CodeHeader::of(method.code.load(Ordering::Acquire))).frame_bytes };
        let header = locals.wrapping_add(local_slots(&method));
        end = header.wrapping_byte_add(bytes as usize);
        locals = header.wrapping_add(FRAME_SLOTS + frame.stack.len());
    }
    Some(end)
}

/// Rebuilds the frames of an exit on top of an entry frame, runs them to the end, and answers the outermost method's
/// result as a slot.
///
/// # Safety
/// The buffer holds the exit's values until this returns; the compiled frame is not walked any more.
pub(crate) unsafe fn leave(thread: &mut JavaThread, leave: Leave) -> JResult<u64> {
    let exit = leave.exit;
    let Some(outermost) = exit.frames.first() else {
        return Err(thread.throw_new("java/lang/InternalError", "an exit without frames"));
    };
    // SAFETY: methods of an exit live as long as its code.
    let method = unsafe { method_of(outermost) };
    let pending = thread.exception;
    let entry = super::free_stack(thread).cast::<Frame>();
    let base = Frame::stack_base(entry);
    match end_of_frames(thread, &exit, base) {
        Some(end) if end <= thread.java_stack_limit => {}
        Some(_) => {
            thread.take_exception();
            thread.throw_stack_overflow();
            return Err(give_up(thread, leave.owner));
        }
        None => {
            thread.take_exception();
            thread.throw_out_of_memory("Metaspace");
            return Err(give_up(thread, leave.owner));
        }
    }
    // SAFETY: the buffer is the exit's.
    if unsafe { materialize::objects(thread, &exit, leave.buffer) }.is_err() {
        return Err(give_up(thread, leave.owner));
    }
    debug_assert_eq!(pending, thread.exception);
    let caller = thread.top_frame;
    // SAFETY: there is room; the frames are as the exit says.
    unsafe {
        entry.write(Frame {
            caller,
            method,
            locals: base,
            pc: unwind::LEAVE_CODE.as_ptr(),
            resume_pc: unwind::LEAVE_CODE.as_ptr(),
            sp: base,
            pool: std::ptr::null(),
            profile: 0,
            kind: FrameKind::Entry,
            saved_words: 0,
            reserved: [0; 6],
        });
        let mut writer = Writer {
            buffer: leave.buffer,
            locks: materialize::Locks::new(thread, leave.owner),
        };
        let (mut outer, mut locals) = (entry, base);
        for (index, frame) in exit.frames.iter().enumerate() {
            let innermost = index + 1 == exit.frames.len();
            let at = innermost && exit.resume == Resume::At;
            outer = writer.frame(thread, outer, locals, frame, at);
            if !innermost {
                let method = (*outer).method;
                (*outer).resume_pc = (*outer).pc.add(call_length(&method, frame.bci));
            }
            locals = (*outer).sp;
        }
        thread.top_frame = outer;
        writer.locks.take(thread);
        set_dead(thread, leave.stack.clone());
        if let Some(in_progress) = thread.exits.last_mut() {
            in_progress.entry = entry;
        }
        let resume = exit.resume;
        // What runs now may run for long.
        drop(exit);
        if resume == Resume::Exception {
            if !thread.has_exception() {
                thread.throw_new("java/lang/InternalError", "an exit for no exception");
            }
            unwind::dispatch(thread);
        }
        let above = current_stack_pointer()..leave.stack.end;
        set_dead(thread, above);
        let left = catch_unwind(AssertUnwindSafe(|| {
            run_entry(thread, entry, caller, |thread| reload(thread).dispatch())
        }));
        // What deals with a panic makes an exception where these frames are now.
        set_dead(thread, leave.stack);
        left.unwrap_or_else(|payload| resume_unwind(payload))?;
        Ok(if method.return_type.slots() == 0 { 0 } else { *base })
    }
}

/// Sets what part of the native stack holds no references because of the innermost exit.
fn set_dead(thread: &mut JavaThread, dead: Range<usize>) {
    if let Some(in_progress) = thread.exits.last_mut() {
        in_progress.dead = dead;
    }
}

struct Writer {
    buffer: *const u64,
    locks: materialize::Locks,
}

impl Writer {
    /// # Safety
    /// The buffer holds the exit's values.
    unsafe fn value(&self, source: SlotSource) -> u64 {
        // SAFETY: the caller vouches for the buffer.
        unsafe { materialize::value(self.buffer, source) }
    }

    /// Writes a frame whose locals begin at `locals`.
    ///
    /// # Safety
    /// There is room for it; `caller` is a frame.
    unsafe fn frame(
        &mut self,
        thread: &mut JavaThread,
        caller: *mut Frame,
        locals: *mut u64,
        source: &ExitFrame,
        at: bool,
    ) -> *mut Frame {
        // SAFETY: the caller vouches for the room.
        unsafe {
            let method = method_of(source);
            let count = local_slots(&method);
            for slot in 0..count {
                let value = source.locals.get(slot).map_or(0, |from| self.value(*from));
                *locals.add(slot) = value;
            }
            let frame = locals.add(count).cast::<Frame>();
            let base = Frame::stack_base(frame);
            for (slot, from) in source.stack.iter().enumerate() {
                *base.add(slot) = self.value(*from);
            }
            let mut sp = base.add(source.stack.len());
            let mut bci = source.bci;
            if at && let Some(load) = fused_load(&method, bci) {
                // The load is done again; whether its local is live behind it the compiler did not have to care.
                sp = sp.sub(load.slots);
                *locals.add(load.local) = *sp;
                bci = load.bci;
            }
            let code = method.code.load(Ordering::Acquire);
            let header = CodeHeader::of(code);
            frame.write(Frame {
                caller,
                method,
                locals,
                pc: code.add(bci as usize),
                resume_pc: code.add(bci as usize),
                sp,
                pool: (*header).pool,
                profile: (*header).profile.load(Ordering::Relaxed),
                kind: FrameKind::Interpreted,
                saved_words: 0,
                reserved: [0; 6],
            });
            for lock in &source.locks {
                match *lock {
                    ExitLock::Held => self.locks.held(thread, frame),
                    ExitLock::Elided(object) => {
                        let object = Obj(self.value(object) as usize);
                        self.locks.elided(thread, LockRecord { object, frame });
                    }
                }
            }
            frame
        }
    }
}
