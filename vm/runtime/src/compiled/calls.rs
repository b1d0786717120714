//! What compiled code calls: the functions of `peaberry_jit::layout::RuntimeCall`.

use super::leaves;
use super::subtype::is_subtype_stub;
use super::trampoline::{call_stub, exit_stub, preserving_call_stub};
use super::unwind;
use crate::exceptions::{array_index_message, array_store_message, class_cast_message};
use crate::interp;
use crate::invoke;
use crate::known::KnownClass;
use crate::link;
use crate::method_area::{Class, Meta, Method, MethodPtr};
use crate::monitor;
use crate::native::NativeFunction;
use crate::object::class_of;
use crate::safepoint;
use crate::stack::Frame;
use crate::thread::{JResult, JavaThread, LockRecord};
use peaberry_gc::layout::{NARROW_SHIFT, Obj};
use peaberry_jit::layout::{ImplicitException, RuntimeCall, interface_cache_index};
use std::ptr;
use std::sync::atomic::Ordering;

/// Address of what compiled code calls: the stub in front of the function, or the function.
pub(super) fn address(call: RuntimeCall) -> usize {
    let function = match call {
        RuntimeCall::Exit => exit_stub as *const (),
        RuntimeCall::Poll => poll_stub as *const (),
        RuntimeCall::NewInstance => new_instance_stub as *const (),
        RuntimeCall::NewArray => new_array_stub as *const (),
        RuntimeCall::NewMultiArray => new_multi_array_stub as *const (),
        RuntimeCall::MonitorEnter => monitor_enter_stub as *const (),
        RuntimeCall::MonitorExit => monitor_exit_stub as *const (),
        RuntimeCall::CallSlots => call_slots_stub as *const (),
        RuntimeCall::CloneObject => clone_object_stub as *const (),
        RuntimeCall::BasicTarget => basic_target_stub as *const (),
        RuntimeCall::LinkTarget => link_target_stub as *const (),
        RuntimeCall::ThrowImplicit => throw_implicit_stub as *const (),
        RuntimeCall::ThrowStackOverflow => throw_stack_overflow_stub as *const (),
        RuntimeCall::Unwind => unwind_stub as *const (),
        RuntimeCall::IsSubtype => is_subtype_stub as *const (),
        RuntimeCall::FindInterface => find_interface as *const (),
        RuntimeCall::CopyArray => leaves::copy_array as *const (),
        RuntimeCall::EqualArrays => leaves::equal_arrays as *const (),
        RuntimeCall::HasNegatives => leaves::has_negatives as *const (),
        RuntimeCall::CountPositives => leaves::count_positives as *const (),
        RuntimeCall::IndexOfByte => leaves::index_of_byte as *const (),
        RuntimeCall::IndexOfChar => leaves::index_of_char as *const (),
        RuntimeCall::IndexOfBytes => leaves::index_of_bytes as *const (),
        RuntimeCall::IndexOfChars => leaves::index_of_chars as *const (),
        RuntimeCall::IndexOfLatin1 => leaves::index_of_latin1 as *const (),
        RuntimeCall::FindBytes => leaves::find_bytes as *const (),
        RuntimeCall::FindChars => leaves::find_chars as *const (),
        RuntimeCall::FindLatin1 => leaves::find_latin1 as *const (),
        RuntimeCall::CompareBytes => leaves::compare_bytes as *const (),
        RuntimeCall::CompareChars => leaves::compare_chars as *const (),
        RuntimeCall::CompareBytesWithChars => leaves::compare_bytes_with_chars as *const (),
        RuntimeCall::CompareCharsWithBytes => leaves::compare_chars_with_bytes as *const (),
        RuntimeCall::MismatchOfWords => leaves::mismatch_of_words as *const (),
        RuntimeCall::HashOfElements => leaves::hash_of_elements as *const (),
        RuntimeCall::Inflate => leaves::inflate as *const (),
        RuntimeCall::Compress => leaves::compress as *const (),
        RuntimeCall::EncodeLatin1 => leaves::encode_latin1 as *const (),
        RuntimeCall::EncodeAscii => leaves::encode_ascii as *const (),
        RuntimeCall::GetChars => leaves::get_chars as *const (),
        RuntimeCall::IsAssignable => leaves::is_assignable as *const (),
        RuntimeCall::IsInstance => leaves::is_instance as *const (),
        RuntimeCall::IdentityHash => leaves::identity_hash as *const (),
        RuntimeCall::CurrentThread => leaves::current_thread as *const (),
        RuntimeCall::NanoTime => leaves::nano_time as *const (),
        RuntimeCall::TimeMillis => leaves::time_millis as *const (),
        RuntimeCall::RemainderFloat => remainder_float as *const (),
        RuntimeCall::RemainderDouble => remainder_double as *const (),
    };
    function as usize
}

preserving_call_stub!(poll_stub => poll);
preserving_call_stub!(new_instance_stub => new_instance);
preserving_call_stub!(new_array_stub => new_array);
call_stub!(new_multi_array_stub => new_multi_array);
preserving_call_stub!(monitor_enter_stub => monitor_enter);
preserving_call_stub!(monitor_exit_stub => monitor_exit);
call_stub!(call_slots_stub => call_slots);
call_stub!(clone_object_stub => clone_object);
call_stub!(basic_target_stub => basic_target);
call_stub!(link_target_stub => link_target);
call_stub!(throw_implicit_stub => throw_implicit);
call_stub!(throw_stack_overflow_stub => throw_stack_overflow);
call_stub!(unwind_stub => unwind_frame);

/// Runs the work of a call; a panic in it becomes an exception. `None`: an exception is pending.
///
/// # Safety
/// The thread is the running one, called by a stub.
unsafe fn guarded<R>(thread: *mut JavaThread, work: impl FnOnce(&mut JavaThread) -> JResult<R>) -> Option<R> {
    // SAFETY: the caller vouches for the thread.
    let thread = unsafe { &mut *thread };
    let frame = thread.top_frame;
    interp::catching(thread, frame, work).ok()
}

/// # Safety
/// The address is a live class.
unsafe fn class_at(address: usize) -> crate::ClassPtr {
    // SAFETY: the caller vouches for it.
    unsafe { Meta::new(address as *const Class) }
}

/// # Safety
/// The address is a live method.
unsafe fn method_at(address: usize) -> MethodPtr {
    // SAFETY: the caller vouches for it.
    unsafe { Meta::new(address as *const Method) }
}

// SAFETY (of all functions here): compiled code passes the running thread, live objects, and classes and methods that
// its code keeps alive.

unsafe extern "C" fn poll(thread: *mut JavaThread) {
    // SAFETY: as above.
    unsafe { guarded(thread, safepoint::poll_slow) };
}

/// Allocates for compiled code: what lies below its frame on the native stack is no reference, whatever earlier calls
/// left there.
fn allocating(thread: &mut JavaThread, allocate: impl FnOnce(&mut JavaThread) -> JResult<Obj>) -> JResult<Obj> {
    // SAFETY: the stub has noted the compiled frame that called it.
    thread.no_references_below = unsafe { (*thread.top_frame).profile };
    let made = allocate(thread);
    thread.no_references_below = 0;
    made
}

unsafe extern "C" fn new_instance(thread: *mut JavaThread, class: usize) -> usize {
    // SAFETY: as above.
    let made = unsafe {
        let class = class_at(class);
        guarded(thread, |thread| {
            if !class.is_instance() || class.is_abstract() || class.is_interface() {
                return Err(thread.throw_new("java/lang/InstantiationError", &class.external_name()));
            }
            link::initialize_class(thread, class)?;
            if class.prefix.has_finalizer != 0 {
                return thread.allocate_instance(class);
            }
            allocating(thread, |thread| thread.allocate_instance(class))
        })
    };
    made.unwrap_or(Obj::NULL).0
}

fn checked_length(thread: &mut JavaThread, length: i32) -> JResult<usize> {
    usize::try_from(length).map_err(|_| thread.throw_new("java/lang/NegativeArraySizeException", &length.to_string()))
}

unsafe extern "C" fn new_array(thread: *mut JavaThread, class: usize, length: i32) -> usize {
    // SAFETY: as above.
    let made = unsafe {
        let class = class_at(class);
        guarded(thread, |thread| {
            let length = checked_length(thread, length)?;
            allocating(thread, |thread| thread.allocate_array(class, length))
        })
    };
    made.unwrap_or(Obj::NULL).0
}

unsafe extern "C" fn new_multi_array(thread: *mut JavaThread, class: usize, count: u32, lengths: *const i32) -> usize {
    // SAFETY: as above; the lengths are in the compiled frame.
    let made = unsafe {
        let class = class_at(class);
        let lengths = std::slice::from_raw_parts(lengths, count as usize);
        guarded(thread, |thread| thread.allocate_multi_array(class, lengths))
    };
    made.unwrap_or(Obj::NULL).0
}

unsafe extern "C" fn monitor_enter(thread: *mut JavaThread, object: usize, owner: *mut Frame) {
    // SAFETY: as above.
    unsafe {
        guarded(thread, |thread| {
            let object = Obj(object);
            monitor::enter(thread, object);
            thread.locks.push(LockRecord { object, frame: owner });
            Ok(())
        })
    };
}

unsafe extern "C" fn monitor_exit(thread: *mut JavaThread, object: usize, owner: *mut Frame) {
    // SAFETY: as above.
    unsafe {
        guarded(thread, |thread| {
            let object = Obj(object);
            let held = thread
                .locks
                .iter()
                .rposition(|record| record.object == object && ptr::eq(record.frame, owner));
            let Some(position) = held else {
                return Err(thread.throw_plain("java/lang/IllegalMonitorStateException"));
            };
            thread.locks.remove(position);
            // A pending exception is kept: compiled code leaves monitors on its way out, too.
            let pending = thread.take_exception();
            let left = monitor::exit(thread, object);
            if !pending.is_null() {
                thread.exception = pending;
                return Ok(());
            }
            left
        })
    };
}

unsafe extern "C" fn call_slots(thread: *mut JavaThread, method: usize, slots: *const u64) -> u64 {
    // SAFETY: as above; the slots are in the compiled frame, as many as the method has.
    unsafe {
        let (thread, method) = (&mut *thread, method_at(method));
        let result = if method.entry.load(Ordering::Relaxed) == interp::leaf_entry() {
            let address = method.native.load(Ordering::Acquire);
            let function = std::mem::transmute::<usize, NativeFunction>(address);
            let frame = thread.top_frame;
            interp::catching(thread, frame, |thread| function(thread, slots))
        } else {
            interp::call_from_compiled(thread, method, |to| {
                ptr::copy_nonoverlapping(slots, to, usize::from(method.argument_slots));
            })
        };
        result.unwrap_or_else(|_| {
            unwind::to_caller(thread);
            0
        })
    }
}

unsafe extern "C" fn clone_object(thread: *mut JavaThread, object: usize) -> usize {
    // SAFETY: as above.
    let made = unsafe {
        guarded(thread, |thread| {
            let class = class_of(Obj(object));
            let known = |id| thread.known_class(id);
            let simple = class.is_array()
                || (class.is_subtype_of(known(KnownClass::Cloneable))
                    && !class.is_subtype_of(known(KnownClass::Reference)));
            if simple {
                thread.clone_object(Obj(object))
            } else {
                Ok(Obj::NULL)
            }
        })
    };
    made.unwrap_or(Obj::NULL).0
}

unsafe extern "C" fn basic_target(thread: *mut JavaThread, handle: usize) -> usize {
    // SAFETY: as above.
    let target = unsafe {
        guarded(thread, |thread| {
            match invoke::method_handle_target(thread, Obj(handle)) {
                Some(target) => Ok(target),
                None => Err(thread.throw_new("java/lang/InternalError", "invokeBasic of an unlinked method handle")),
            }
        })
    };
    target.map_or(0, Meta::address)
}

unsafe extern "C" fn link_target(thread: *mut JavaThread, method: usize, member: usize, first: usize) -> usize {
    // SAFETY: as above.
    let target = unsafe {
        let kind = method_at(method).polymorphic_kind;
        guarded(thread, |thread| {
            let is_static = kind == invoke::polymorphic_kind::LINK_TO_STATIC;
            if !is_static && first == 0 {
                return Err(thread.throw_null_pointer());
            }
            let receiver = if is_static { Obj::NULL } else { Obj(first) };
            invoke::member_name_target(thread, Obj(member), kind, receiver)
        })
    };
    target.map_or(0, Meta::address)
}

unsafe extern "C" fn throw_implicit(thread: *mut JavaThread, kind: u32, first: usize, second: usize) {
    // SAFETY: as above; the details are what the kind of exception has.
    unsafe {
        guarded::<()>(thread, |thread| {
            Err(match kind {
                k if k == ImplicitException::NullPointer as u32 => thread.throw_null_pointer(),
                k if k == ImplicitException::ArrayIndex as u32 => {
                    let text = array_index_message(first as i32, second as u32 as usize);
                    thread.throw_new("java/lang/ArrayIndexOutOfBoundsException", &text)
                }
                k if k == ImplicitException::DivisionByZero as u32 => {
                    thread.throw_new("java/lang/ArithmeticException", "/ by zero")
                }
                k if k == ImplicitException::ClassCast as u32 => {
                    let text = class_cast_message(thread, class_of(Obj(first)), class_at(second));
                    thread.throw_new("java/lang/ClassCastException", &text)
                }
                k if k == ImplicitException::ArrayStore as u32 => {
                    let text = array_store_message(class_of(Obj(second)));
                    thread.throw_new("java/lang/ArrayStoreException", &text)
                }
                k if k == ImplicitException::NegativeArraySize as u32 => {
                    thread.throw_new("java/lang/NegativeArraySizeException", &(first as i32).to_string())
                }
                _ => thread.throw_new("java/lang/InternalError", "unknown implicit exception"),
            })
        })
    };
}

unsafe extern "C" fn throw_stack_overflow(thread: *mut JavaThread) {
    // SAFETY: as above.
    unsafe {
        guarded::<()>(thread, |thread| Err(thread.throw_stack_overflow()));
        unwind::out_of_caller(&mut *thread);
    }
}

unsafe extern "C" fn unwind_frame(thread: *mut JavaThread) {
    // SAFETY: as above.
    unsafe { unwind::out_of_caller(&mut *thread) };
}

unsafe extern "C" fn find_interface(class: usize, declared: usize) -> usize {
    // SAFETY: as above.
    unsafe {
        let (class, declared) = (class_at(class), method_at(declared));
        let Some(found) = super::query_classes::implementation(class, declared) else {
            return 0;
        };
        if !declared.holder.is_interface() || declared.is_private() || declared.is_static() {
            return found.address();
        }
        // Both lie where narrow pointers reach, and live as long as the class.
        let narrow = |method: MethodPtr| (method.address() >> NARROW_SHIFT) as u64;
        let entry = &class.interface_cache[interface_cache_index(declared.address() as u64)];
        entry.store(narrow(found) << 32 | narrow(declared), Ordering::Release);
        found.address()
    }
}

extern "C" fn remainder_float(a: f32, b: f32) -> f32 {
    a % b
}

extern "C" fn remainder_double(a: f64, b: f64) -> f64 {
    a % b
}
