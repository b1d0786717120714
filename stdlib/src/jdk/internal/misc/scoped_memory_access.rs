//! `jdk.internal.misc.ScopedMemoryAccess`: closing of shared scopes.

use peaberry_runtime::natives;
use peaberry_runtime::safepoint::scoped::accessed_by_other_thread;
use peaberry_runtime::{JResult, JavaThread, Obj};

natives! { pub NATIVES: "jdk/internal/misc/ScopedMemoryAccess" {
    "registerNatives" "()V" => register_natives;
    "closeScope0" "(Ljdk/internal/misc/ScopedMemoryAccess$Scope;Ljdk/internal/misc/ScopedMemoryAccess$Scope$ScopedAccessError;)Z" [until 18] => close_scope;
    "closeScope0" "(Ljdk/internal/foreign/MemorySessionImpl;Ljdk/internal/misc/ScopedMemoryAccess$ScopedAccessError;)V" [since 22] => close_session;
} }

fn register_natives(_thread: &mut JavaThread) -> JResult<()> {
    Ok(())
}

fn close_scope(thread: &mut JavaThread, scope: Obj, _error: Obj) -> JResult<bool> {
    Ok(!accessed_by_other_thread(thread, scope))
}

/// Newer class libraries want the accesses under way to be over when this returns: they are short, so wait for them.
fn close_session(thread: &mut JavaThread, session: Obj, _error: Obj) -> JResult<()> {
    while accessed_by_other_thread(thread, session) {
        peaberry_runtime::safepoint::poll_slow(thread)?;
        thread.blocking(std::thread::yield_now);
    }
    Ok(())
}
