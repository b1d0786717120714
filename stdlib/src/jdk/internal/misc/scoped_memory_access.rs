//! `jdk.internal.misc.ScopedMemoryAccess`: closing a memory scope that other threads may be using.

use crate::support::nothing;
use peaberry_runtime::method_area::method::method_flags;
use peaberry_runtime::safepoint;
use peaberry_runtime::stack::StackWalker;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use std::time::Duration;

natives! { pub NATIVES: "jdk/internal/misc/ScopedMemoryAccess" {
    "registerNatives" "()V" => nothing;
    "closeScope0" "(Ljdk/internal/misc/ScopedMemoryAccess$Scope;Ljdk/internal/misc/ScopedMemoryAccess$Scope$ScopedAccessError;)Z" [until 18] => try_close;
    "closeScope0" "(Ljdk/internal/foreign/MemorySessionImpl;Ljdk/internal/misc/ScopedMemoryAccess$ScopedAccessError;)V" [since 22] => close;
} }

/// Frames a scoped access may have above it.
const CRITICAL_DEPTH: usize = 10;

/// What a stopped thread does with a scope.
#[derive(PartialEq)]
enum Access {
    /// Nothing.
    None,
    /// It is in the middle of an access through it.
    Certain,
    /// It is in the middle of an access in compiled code, whose locals are not to be had.
    Unknown,
}

/// Methods annotated `@Scoped` are accesses: they have the scope among their locals.
fn access(thread: &JavaThread, scope: Obj) -> Access {
    let Some(walked) = StackWalker::new(thread)
        .take(CRITICAL_DEPTH)
        .find(|walked| walked.method.has_flag(method_flags::SCOPED))
    else {
        return Access::None;
    };
    if walked.is_compiled() {
        return Access::Unknown;
    }
    // SAFETY: the world is stopped; an interpreted frame has that many locals.
    let has_scope =
        (0..usize::from(walked.method.max_locals)).any(|slot| unsafe { *walked.locals().add(slot) } == scope.0 as u64);
    if has_scope { Access::Certain } else { Access::None }
}

/// Calls `found` with the other threads that are accessing the scope, all threads stopped. Accesses in compiled code are let
/// end: since the scope has been marked as closing before, none begins, and none goes on for long.
fn for_each_accessing(thread: &mut JavaThread, scope: Obj, mut found: impl FnMut(&JavaThread)) -> JResult<()> {
    // The scope may move while the world goes on.
    let handle = thread.vm().handles.add(scope);
    let mut pause = Duration::from_micros(20);
    let outcome = loop {
        let mut unknown = false;
        let scope = thread.vm().handles.get(handle);
        safepoint::with_world_stopped(thread, |thread| {
            let own: *const JavaThread = thread;
            thread.vm().threads.for_each_stopped(|other| {
                if std::ptr::eq(other, own) {
                    return;
                }
                match access(other, scope) {
                    Access::None => {}
                    Access::Certain => found(other),
                    Access::Unknown => unknown = true,
                }
            });
        });
        if !unknown {
            break Ok(());
        }
        thread.blocking(|| std::thread::sleep(pause));
        pause = (pause * 2).min(Duration::from_millis(10));
        if let Err(thrown) = safepoint::poll(thread) {
            break Err(thrown);
        }
    };
    thread.vm().handles.remove(handle);
    outcome
}

/// True when nobody was in the middle of an access.
fn try_close(thread: &mut JavaThread, _this: Obj, scope: Obj, _error: Obj) -> JResult<bool> {
    let mut idle = true;
    for_each_accessing(thread, scope, |_| idle = false)?;
    Ok(idle)
}

/// Those in the middle of an access are thrown out of it.
fn close(thread: &mut JavaThread, _this: Obj, scope: Obj, error: Obj) -> JResult<()> {
    let error = thread.vm().handles.add(error);
    let outcome = for_each_accessing(thread, scope, |other| {
        safepoint::post_async_exception(other, other.vm().handles.get(error));
    });
    thread.vm().handles.remove(error);
    outcome
}
