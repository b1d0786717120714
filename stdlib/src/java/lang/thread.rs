//! `java.lang.Thread`.

use crate::support::{not_null, nothing};
use peaberry_runtime::known::{KnownClass, KnownField};
use peaberry_runtime::object::{array_length, set};
use peaberry_runtime::safepoint::{self, handshake};
use peaberry_runtime::stack::StackWalker;
use peaberry_runtime::thread::{interrupt, lifecycle, stack_trace};
use peaberry_runtime::{JResult, JavaThread, Obj, monitor, natives, strings};

natives! { pub NATIVES: "java/lang/Thread" {
    "registerNatives" "()V" => nothing;
    "currentThread" "()Ljava/lang/Thread;" [leaf] => current_thread;
    "start0" "()V" => start;
    "interrupt0" "()V" => interrupt_thread;
    "clearInterruptEvent" "()V" => clear_interrupt_event;
    "holdsLock" "(Ljava/lang/Object;)Z" => holds_lock;
    "setPriority0" "(I)V" => set_priority;
    "setNativeName" "(Ljava/lang/String;)V" => set_native_name;
    "getThreads" "()[Ljava/lang/Thread;" => get_threads;
    "dumpThreads" "([Ljava/lang/Thread;)[[Ljava/lang/StackTraceElement;" => dump_threads;
    "sleep" "(J)V" [until 18] [blocks] => sleep_millis;
    "yield" "()V" [until 18] [blocks] => yield_processor;
    "suspend0" "()V" [until 19] => suspend;
    "resume0" "()V" [until 19] => resume;
    "stop0" "(Ljava/lang/Object;)V" [until 19] => stop;
    "sleepNanos0" "(J)V" [since 22] [blocks] => sleep_nanos;
    "yield0" "()V" [since 19] [blocks] => yield_processor;
    "currentCarrierThread" "()Ljava/lang/Thread;" [since 19] [leaf] => current_carrier_thread;
    "setCurrentThread" "(Ljava/lang/Thread;)V" [since 19] => set_current_thread;
    "getStackTrace0" "()Ljava/lang/Object;" [since 20] => get_stack_trace;
    "getNextThreadIdOffset" "()J" [since 19] => next_identifier_address;
    "scopedValueCache" "()[Ljava/lang/Object;" [since 20] [leaf] => scoped_value_cache;
    "setScopedValueCache" "([Ljava/lang/Object;)V" [since 20] => set_scoped_value_cache;
    "ensureMaterializedForStackWalk" "(Ljava/lang/Object;)V" [since 20] => ensure_materialized;
    "findScopedValueBindings" "()Ljava/lang/Object;" [since 20] => find_scoped_value_bindings;
} }

fn current_thread(thread: &mut JavaThread) -> JResult<Obj> {
    Ok(thread.java_thread)
}

fn current_carrier_thread(thread: &mut JavaThread) -> JResult<Obj> {
    Ok(thread.carrier_thread)
}

fn set_current_thread(thread: &mut JavaThread, _this: Obj, current: Obj) -> JResult<()> {
    thread.java_thread = current;
    Ok(())
}

fn start(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    lifecycle::start(thread, this)
}

fn interrupt_thread(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    interrupt::interrupt(thread, this);
    Ok(())
}

/// The class library has cleared its field already, which is the one the VM looks at.
fn clear_interrupt_event(thread: &mut JavaThread) -> JResult<()> {
    thread.interrupted.store(0, std::sync::atomic::Ordering::SeqCst);
    Ok(())
}

fn holds_lock(thread: &mut JavaThread, object: Obj) -> JResult<bool> {
    let object = not_null(thread, object)?;
    Ok(monitor::holds(thread, object))
}

/// Priorities have no effect, as in HotSpot on Linux by default.
fn set_priority(_: &mut JavaThread, _this: Obj, _priority: i32) -> JResult<()> {
    Ok(())
}

/// The system's name for debuggers and `ps`; only a thread's own can be set.
fn set_native_name(thread: &mut JavaThread, this: Obj, name: Obj) -> JResult<()> {
    if this == thread.carrier_thread && !name.is_null() {
        peaberry_sys::thread::set_name(&strings::to_rust(thread, name));
    }
    Ok(())
}

fn get_threads(thread: &mut JavaThread) -> JResult<Obj> {
    stack_trace::living_threads(thread)
}

fn dump_threads(thread: &mut JavaThread, threads: Obj) -> JResult<Obj> {
    let threads = not_null(thread, threads)?;
    if array_length(threads) == 0 {
        return Err(thread.throw_plain("java/lang/IllegalArgumentException"));
    }
    stack_trace::of_threads(thread, threads)
}

fn get_stack_trace(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    stack_trace::of_thread(thread, this)
}

fn sleep_millis(thread: &mut JavaThread, millis: i64) -> JResult<()> {
    match u64::try_from(millis) {
        Ok(millis) => interrupt::sleep(thread, millis.saturating_mul(1_000_000)),
        Err(_) => Err(thread.throw_new("java/lang/IllegalArgumentException", "timeout value is negative")),
    }
}

fn sleep_nanos(thread: &mut JavaThread, nanos: i64) -> JResult<()> {
    match u64::try_from(nanos) {
        Ok(nanos) => interrupt::sleep(thread, nanos),
        Err(_) => Err(thread.throw_new(
            "java/lang/IllegalArgumentException",
            "nanosecond timeout value out of range",
        )),
    }
}

fn yield_processor(thread: &mut JavaThread) -> JResult<()> {
    interrupt::yield_now(thread);
    Ok(())
}

fn suspend(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    thread.vm().threads.with_live(thread.vm(), this, handshake::suspend);
    safepoint::poll(thread)
}

fn resume(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    thread.vm().threads.with_live(thread.vm(), this, handshake::resume);
    Ok(())
}

/// A thread that has not been started yet is not stopped.
fn stop(thread: &mut JavaThread, this: Obj, exception: Obj) -> JResult<()> {
    let exception = not_null(thread, exception)?;
    let vm = thread.vm();
    let posted = vm
        .threads
        .with_live(vm, this, |target| safepoint::post_async_exception(target, exception));
    if posted.is_none() && vm.known.has_field(KnownField::ThreadStillborn) {
        // If it is started yet, it will do nothing.
        set(this, vm.known.offset(KnownField::ThreadStillborn), true);
    }
    safepoint::poll(thread)
}

/// Address of the counter of thread identifiers, which the class library adds to through `Unsafe`.
fn next_identifier_address(thread: &mut JavaThread) -> JResult<i64> {
    Ok(std::ptr::from_ref(&thread.vm().threads.next_identifier) as i64)
}

fn scoped_value_cache(thread: &mut JavaThread) -> JResult<Obj> {
    Ok(thread.scoped_value_cache)
}

fn set_scoped_value_cache(thread: &mut JavaThread, cache: Obj) -> JResult<()> {
    thread.scoped_value_cache = cache;
    Ok(())
}

/// Locals of interpreted frames are always there to be found.
fn ensure_materialized(_: &mut JavaThread, _object: Obj) -> JResult<()> {
    Ok(())
}

/// The bindings that the innermost `runWith` of a thread or of a scoped-value carrier got as its first argument.
fn find_scoped_value_bindings(thread: &mut JavaThread) -> JResult<Obj> {
    let vm = thread.vm();
    let thread_class = thread.known_class(KnownClass::Thread);
    let virtual_thread = vm.known.class_if_present(KnownClass::VirtualThread);
    for walked in StackWalker::new(thread) {
        let method = walked.method;
        if method.name.bytes() != b"runWith" || !method.holder.loader_data().is_boot() {
            continue;
        }
        let holder = method.holder;
        if holder == thread_class
            || Some(holder) == virtual_thread
            || holder.name.bytes() == b"java/lang/ScopedValue$Carrier"
        {
            let slot = usize::from(!method.is_static());
            // SAFETY: a frame of this thread with that many arguments, the first of which is a reference that the
            // method keeps alive to its end.
            return Ok(Obj(unsafe { *walked.locals().add(slot) } as usize));
        }
    }
    Ok(Obj::NULL)
}
