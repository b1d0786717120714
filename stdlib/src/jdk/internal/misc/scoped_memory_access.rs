//! `jdk.internal.misc.ScopedMemoryAccess`: closing a memory scope that other threads may be using.

use crate::support::nothing;
use peaberry_runtime::method_area::method::method_flags;
use peaberry_runtime::safepoint;
use peaberry_runtime::stack::StackWalker;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};

natives! { pub NATIVES: "jdk/internal/misc/ScopedMemoryAccess" {
    "registerNatives" "()V" => nothing;
    "closeScope0" "(Ljdk/internal/misc/ScopedMemoryAccess$Scope;Ljdk/internal/misc/ScopedMemoryAccess$Scope$ScopedAccessError;)Z" [until 18] => try_close;
    "closeScope0" "(Ljdk/internal/foreign/MemorySessionImpl;Ljdk/internal/misc/ScopedMemoryAccess$ScopedAccessError;)V" [since 22] => close;
} }

/// Frames a scoped access may have above it.
const CRITICAL_DEPTH: usize = 10;

/// Is the stopped thread in the middle of an access through this scope? Methods annotated `@Scoped` have it among
/// their locals.
fn is_accessing(thread: &JavaThread, scope: Obj) -> bool {
    let Some(walked) = StackWalker::new(thread)
        .take(CRITICAL_DEPTH)
        .find(|walked| walked.method.has_flag(method_flags::SCOPED))
    else {
        return false;
    };
    // SAFETY: the world is stopped; an interpreted frame has that many locals.
    (0..usize::from(walked.method.max_locals)).any(|slot| unsafe { *walked.locals().add(slot) } == scope.0 as u64)
}

/// Calls `found` with the other threads that are accessing the scope, all threads stopped.
fn for_each_accessing(thread: &mut JavaThread, scope: Obj, mut found: impl FnMut(&JavaThread)) {
    safepoint::with_world_stopped(thread, |thread| {
        let own: *const JavaThread = thread;
        thread.vm().threads.for_each_stopped(|other| {
            if !std::ptr::eq(other, own) && is_accessing(other, scope) {
                found(other);
            }
        });
    });
}

/// True when nobody was in the middle of an access.
fn try_close(thread: &mut JavaThread, _this: Obj, scope: Obj, _error: Obj) -> JResult<bool> {
    let mut idle = true;
    for_each_accessing(thread, scope, |_| idle = false);
    Ok(idle)
}

/// Those in the middle of an access are thrown out of it.
fn close(thread: &mut JavaThread, _this: Obj, scope: Obj, error: Obj) -> JResult<()> {
    for_each_accessing(thread, scope, |other| safepoint::post_async_exception(other, error));
    Ok(())
}
