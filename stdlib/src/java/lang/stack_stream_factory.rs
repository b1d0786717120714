//! `java.lang.StackStreamFactory`: the VM's half of `StackWalker`.
//!
//! A walk lives in the native frame of `callStackWalk`; its address is the *anchor* the class library hands back when
//! it asks for more frames from inside the call to `doStackWalk`.

use super::live_stack_frame;
use super::throwable::frame_info_method;
use peaberry_runtime::interp;
use peaberry_runtime::known::{KnownClass, KnownField, KnownMethod};
use peaberry_runtime::link::InvokeKind;
use peaberry_runtime::method_area::MethodPtr;
use peaberry_runtime::method_area::method::method_flags;
use peaberry_runtime::object::{array_get_ref, array_length, array_set_ref, class_of};
use peaberry_runtime::stack::{StackWalker, WalkedFrame};
use peaberry_runtime::{JResult, JavaThread, Obj, invoke, natives};

natives! { pub NATIVES: "java/lang/StackStreamFactory" {
    "checkStackWalkModes" "()Z" => check_modes;
} }

natives! { pub WALKER: "java/lang/StackStreamFactory$AbstractStackWalker" {
    "callStackWalk" "(JIII[Ljava/lang/Object;)Ljava/lang/Object;" [until 24] => call_17;
    "fetchStackFrames" "(JJII[Ljava/lang/Object;)I" [until 24] => fetch_17;
    "callStackWalk" "(JILjdk/internal/vm/ContinuationScope;Ljdk/internal/vm/Continuation;II[Ljava/lang/Object;)Ljava/lang/Object;" [since 19] [until 21] => call_21;
    "callStackWalk" "(IILjdk/internal/vm/ContinuationScope;Ljdk/internal/vm/Continuation;II[Ljava/lang/Object;)Ljava/lang/Object;" [since 18] => call_25;
    "fetchStackFrames" "(IJIII[Ljava/lang/Object;)I" [since 18] => fetch_25;
    "setContinuation" "(J[Ljava/lang/Object;Ljdk/internal/vm/Continuation;)V" [since 18] => set_continuation;
} }

natives! { pub STACK_FRAME_INFO: "java/lang/StackFrameInfo" {
    "expandStackFrameInfo" "()V" [since 18] => expand_frame_info;
} }

/// Only classes are asked for.
const CLASSES_ONLY: i64 = 0x2;
/// `StackWalker.getCallerClass` of class libraries that leave its checks to the VM.
const GET_CALLER_CLASS: i64 = 0x4;
/// Hidden frames too.
const SHOW_HIDDEN_FRAMES: i64 = 0x20;
/// Locals and operands too.
const LIVE_FRAMES: i64 = 0x100;
/// `MemberName` flag of hidden methods.
const HIDDEN_MEMBER: i32 = 0x0040_0000;
/// Marks a live [`Walk`].
const MAGIC: u64 = 0x5741_4c4b_4652_414d;

struct Walk {
    magic: u64,
    frames: std::iter::Peekable<StackWalker>,
}

fn check_modes(_: &mut JavaThread) -> JResult<bool> {
    Ok(true)
}

fn call_17(
    thread: &mut JavaThread,
    this: Obj,
    mode: i64,
    skip: i32,
    batch: i32,
    start: i32,
    buffer: Obj,
) -> JResult<Obj> {
    call(thread, this, mode, skip, (batch, start), buffer)
}

#[allow(clippy::too_many_arguments)]
fn call_21(
    thread: &mut JavaThread,
    this: Obj,
    mode: i64,
    skip: i32,
    _scope: Obj,
    _continuation: Obj,
    batch: i32,
    start: i32,
    buffer: Obj,
) -> JResult<Obj> {
    call(thread, this, mode, skip, (batch, start), buffer)
}

#[allow(clippy::too_many_arguments)]
fn call_25(
    thread: &mut JavaThread,
    this: Obj,
    mode: i32,
    skip: i32,
    _scope: Obj,
    _continuation: Obj,
    batch: i32,
    start: i32,
    buffer: Obj,
) -> JResult<Obj> {
    call(thread, this, i64::from(mode), skip, (batch, start), buffer)
}

fn set_continuation(_: &mut JavaThread, _this: Obj, _anchor: i64, _frames: Obj, _continuation: Obj) -> JResult<()> {
    Ok(())
}

/// First batch and the call back into the class library.
fn call(
    thread: &mut JavaThread,
    this: Obj,
    mode: i64,
    skip: i32,
    (batch, start): (i32, i32),
    buffer: Obj,
) -> JResult<Obj> {
    if buffer.is_null() {
        return Err(thread.throw_new("java/lang/NullPointerException", "frames_array is NULL"));
    }
    let mut walk = Walk {
        magic: MAGIC,
        frames: StackWalker::new(thread).peekable(),
    };
    let abstract_walker = thread.vm().known.class_if_present(KnownClass::AbstractStackWalker);
    let walker = class_of(this);
    while walk
        .frames
        .next_if(|frame| is_walker_frame(frame, walker, abstract_walker))
        .is_some()
    {}
    for _ in 0..skip.max(0) {
        walk.frames.next();
    }
    let end = fill(thread, &mut walk, mode, (batch, start), buffer)?;
    if end <= start {
        return Err(thread.throw_new("java/lang/InternalError", "stack walk: decode failed"));
    }
    let Some(callback) = thread
        .vm()
        .known
        .method(KnownMethod::StackWalkerDoStackWalk)
        .or_else(|| {
            let class = abstract_walker?;
            class.declared_method(
                thread.vm().symbol("doStackWalk"),
                thread.vm().symbol("(JIIII)Ljava/lang/Object;"),
            )
        })
    else {
        return Err(thread.throw_new("java/lang/InternalError", "doStackWalk not found"));
    };
    let anchor = std::ptr::from_mut(&mut walk) as u64;
    let arguments = [
        this.0 as u64,
        anchor,
        0,
        skip as u32 as u64,
        (end - start) as u32 as u64,
        start as u32 as u64,
        end as u32 as u64,
    ];
    let result = interp::call(thread, callback, &arguments);
    // The anchor must not be taken for a walk after its frame is gone.
    // SAFETY: a volatile write to a local that is still alive.
    unsafe { std::ptr::write_volatile(&mut walk.magic, 0) };
    result.map(|slot| Obj(slot as usize))
}

fn is_walker_frame(
    frame: &WalkedFrame,
    walker: peaberry_runtime::ClassPtr,
    abstract_walker: Option<peaberry_runtime::ClassPtr>,
) -> bool {
    let holder = frame.method.holder;
    let name = holder.name.bytes();
    holder == walker
        || Some(holder) == abstract_walker
        || (abstract_walker.is_some() && holder.super_class.get() == abstract_walker)
        || name == b"java/lang/StackStreamFactory$AbstractStackWalker"
        || name == b"java/lang/StackWalker"
}

fn fetch_17(
    thread: &mut JavaThread,
    _this: Obj,
    mode: i64,
    anchor: i64,
    batch: i32,
    start: i32,
    buffer: Obj,
) -> JResult<i32> {
    fetch(thread, mode, anchor, (batch, start), buffer)
}

#[allow(clippy::too_many_arguments)]
fn fetch_25(
    thread: &mut JavaThread,
    _this: Obj,
    mode: i32,
    anchor: i64,
    _last_batch: i32,
    batch: i32,
    start: i32,
    buffer: Obj,
) -> JResult<i32> {
    // Newer class libraries want the number of frames, older ones the index after the last.
    fetch(thread, i64::from(mode), anchor, (batch, start), buffer).map(|end| end - start)
}

fn fetch(thread: &mut JavaThread, mode: i64, anchor: i64, range: (i32, i32), buffer: Obj) -> JResult<i32> {
    if buffer.is_null() {
        return Err(thread.throw_new("java/lang/NullPointerException", "frames_array is NULL"));
    }
    let bounds = thread.native_stack_limit.min(thread.native_stack_base)..thread.native_stack_base;
    let address = anchor as usize;
    if !bounds.contains(&address) || !address.is_multiple_of(std::mem::align_of::<Walk>()) {
        return Err(thread.throw_new("java/lang/InternalError", "doStackWalk: corrupted buffers"));
    }
    // SAFETY: an aligned address on this thread's native stack, above this frame; the class library hands it out only
    // during `call`, and the magic word is cleared at its end.
    let walk = unsafe { &mut *(address as *mut Walk) };
    if walk.magic != MAGIC {
        return Err(thread.throw_new("java/lang/InternalError", "doStackWalk: corrupted buffers"));
    }
    fill(thread, walk, mode, range, buffer)
}

/// Fills `buffer` from index `start` on with at most `batch` frames; answers the index after the last.
fn fill(thread: &mut JavaThread, walk: &mut Walk, mode: i64, (batch, start): (i32, i32), buffer: Obj) -> JResult<i32> {
    let mut at = start.max(0) as usize;
    let end = (at + batch.max(0) as usize).min(array_length(buffer));
    while at < end {
        let Some(frame) = walk.frames.next() else { break };
        if mode & SHOW_HIDDEN_FRAMES == 0 && frame.method.has_flag(method_flags::HIDDEN) {
            continue;
        }
        fill_frame(thread, mode, frame.method, frame.bci, buffer, at, at == start as usize)?;
        if mode & LIVE_FRAMES != 0 {
            live_stack_frame::fill(thread, array_get_ref(buffer, at), &frame)?;
        }
        at += 1;
    }
    Ok(at as i32)
}

fn fill_frame(
    thread: &mut JavaThread,
    mode: i64,
    method: MethodPtr,
    bci: u32,
    buffer: Obj,
    index: usize,
    first: bool,
) -> JResult<()> {
    let known = &thread.vm().known;
    let caller_sensitive = method.has_flag(method_flags::CALLER_SENSITIVE);
    if known.has_field(KnownField::StackFrameInfoMemberName) {
        // Class libraries up to 21: an array of classes, or of frames with member names.
        if mode & CLASSES_ONLY != 0 {
            if mode & GET_CALLER_CLASS != 0 && first && caller_sensitive {
                let text = format!(
                    "StackWalker::getCallerClass called from @CallerSensitive '{}' method",
                    peaberry_runtime::loader::describe::external_method(method)
                );
                return Err(thread.throw_new("java/lang/UnsupportedOperationException", &text));
            }
            array_set_ref(thread, buffer, index, method.holder.mirror());
            return Ok(());
        }
        let info = array_get_ref(buffer, index);
        let member = thread.known_ref(info, KnownField::StackFrameInfoMemberName);
        invoke::member_name::set_method(thread, member, method, method.holder, InvokeKind::Virtual)?;
        thread.set_known(info, KnownField::StackFrameInfoBci, bci as i32);
        return Ok(());
    }
    let info = array_get_ref(buffer, index);
    let kind = if method.is_constructor() {
        0x0002_0000
    } else {
        0x0001_0000
    };
    let mut flags = thread.known::<i32>(info, KnownField::StackFrameInfoFlags);
    flags |= i32::from(method.access_flags) | kind;
    if caller_sensitive {
        flags |= 0x0010_0000;
    }
    if method.has_flag(method_flags::HIDDEN) {
        flags |= HIDDEN_MEMBER;
    }
    thread.set_known(info, KnownField::StackFrameInfoFlags, flags);
    if mode & CLASSES_ONLY != 0 {
        thread.set_known_ref(
            info,
            KnownField::StackFrameInfoClassOrMemberName,
            method.holder.mirror(),
        );
        return Ok(());
    }
    let resolved = thread.allocate_instance(thread.known_class(KnownClass::ResolvedMethodName))?;
    thread.set_known(
        resolved,
        KnownField::ResolvedMethodNameVmTarget,
        method.address() as u64,
    );
    thread.set_known_ref(resolved, KnownField::ResolvedMethodNameHolder, method.holder.mirror());
    thread.set_known_ref(info, KnownField::StackFrameInfoClassOrMemberName, resolved);
    thread.set_known(info, KnownField::StackFrameInfoBci, bci as i32);
    Ok(())
}

/// Fills name and descriptor of a frame.
fn expand_frame_info(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    let Some(method) = frame_info_method(thread, this) else {
        return Err(thread.throw_plain("java/lang/InternalError"));
    };
    if thread.known_ref(this, KnownField::StackFrameInfoName).is_null() {
        let name = thread.intern_mutf8(method.name.bytes())?;
        thread.set_known_ref(this, KnownField::StackFrameInfoName, name);
    }
    if thread.known_ref(this, KnownField::StackFrameInfoType).is_null() {
        let descriptor = thread.intern_mutf8(method.descriptor.bytes())?;
        thread.set_known_ref(this, KnownField::StackFrameInfoType, descriptor);
    }
    Ok(())
}
