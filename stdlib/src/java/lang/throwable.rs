//! `java.lang.Throwable`, `StackTraceElement` and `NullPointerException`.

use peaberry_runtime::exceptions::{backtrace, null_pointer};
use peaberry_runtime::known::KnownField;
use peaberry_runtime::method_area::{Meta, Method};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};

natives! { pub NATIVES: "java/lang/Throwable" {
    "fillInStackTrace" "(I)Ljava/lang/Throwable;" => fill_in_stack_trace;
} }

natives! { pub STACK_TRACE_ELEMENT: "java/lang/StackTraceElement" {
    "initStackTraceElement" "(Ljava/lang/StackTraceElement;Ljava/lang/StackFrameInfo;)V" => init_from_frame_info;
    "initStackTraceElements" "([Ljava/lang/StackTraceElement;Ljava/lang/Throwable;)V" [until 24] => init_from_throwable;
    "initStackTraceElements" "([Ljava/lang/StackTraceElement;Ljava/lang/Object;I)V" [since 18] => init_from_backtrace;
} }

natives! { pub NULL_POINTER_EXCEPTION: "java/lang/NullPointerException" {
    "getExtendedNPEMessage" "()Ljava/lang/String;" => extended_message;
} }

fn fill_in_stack_trace(thread: &mut JavaThread, this: Obj, _dummy: i32) -> JResult<Obj> {
    backtrace::fill_in_stack_trace(thread, this);
    Ok(this)
}

fn init_from_throwable(thread: &mut JavaThread, elements: Obj, throwable: Obj) -> JResult<()> {
    if throwable.is_null() {
        return Err(thread.throw_null_pointer());
    }
    let recorded = thread.known_ref(throwable, KnownField::ThrowableBacktrace);
    let depth = thread.known::<i32>(throwable, KnownField::ThrowableDepth);
    backtrace::fill_elements(thread, elements, recorded, depth.max(0) as usize)
}

fn init_from_backtrace(thread: &mut JavaThread, elements: Obj, recorded: Obj, depth: i32) -> JResult<()> {
    if recorded.is_null() {
        return Err(thread.throw_null_pointer());
    }
    backtrace::fill_elements(thread, elements, recorded, depth.max(0) as usize)
}

/// The method a `StackFrameInfo` was filled with.
pub fn frame_info_method(thread: &JavaThread, info: Obj) -> Option<Meta<Method>> {
    let known = &thread.vm().known;
    let resolved = if known.has_field(KnownField::StackFrameInfoMemberName) {
        let member = thread.known_ref(info, KnownField::StackFrameInfoMemberName);
        if member.is_null() {
            member
        } else {
            thread.known_ref(member, KnownField::MemberNameMethod)
        }
    } else {
        thread.known_ref(info, KnownField::StackFrameInfoClassOrMemberName)
    };
    if resolved.is_null() {
        return None;
    }
    let address = thread.known::<u64>(resolved, KnownField::ResolvedMethodNameVmTarget);
    // SAFETY: the field the VM adds holds 0 or the address of a method whose class the object keeps alive.
    unsafe { Meta::from_pointer(address as *const Method) }
}

fn init_from_frame_info(thread: &mut JavaThread, element: Obj, info: Obj) -> JResult<()> {
    if element.is_null() || info.is_null() {
        return Err(thread.throw_null_pointer());
    }
    let Some(method) = frame_info_method(thread, info) else {
        return Err(thread.throw_plain("java/lang/InternalError"));
    };
    let bci = thread.known::<i32>(info, KnownField::StackFrameInfoBci);
    backtrace::fill_element(
        thread,
        element,
        backtrace::TraceFrame {
            method,
            bci: bci.max(0) as u32,
        },
    )
}

fn extended_message(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    if !thread.vm().options.null_pointer_details {
        return Ok(Obj::NULL);
    }
    match null_pointer::extended_message(thread, this) {
        Some(text) => thread.new_string(&text),
        None => Ok(Obj::NULL),
    }
}
