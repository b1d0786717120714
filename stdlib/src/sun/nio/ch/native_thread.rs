//! `sun.nio.ch.NativeThread`: waking threads out of blocking calls.

use peaberry_runtime::{JResult, JavaThread, natives};
use peaberry_sys::wakeup;

natives! { pub NATIVES: "sun/nio/ch/NativeThread" {
    "init" "()V" => init;
    "current" "()J" [until 18] => current;
    "current0" "()J" [since 19] => current;
    "signal" "(J)V" [until 18] => signal;
    "signal0" "(J)V" [since 19] => signal;
    "supportPendingSignals0" "()Z" => supports_pending_signals;
} }

fn init(_: &mut JavaThread) -> JResult<()> {
    wakeup::install();
    Ok(())
}

fn current(_: &mut JavaThread) -> JResult<i64> {
    Ok(wakeup::current() as i64)
}

fn signal(thread: &mut JavaThread, target: i64) -> JResult<()> {
    // SAFETY: the class library signals threads that it knows to be inside an operation.
    if unsafe { wakeup::wake(target as u64) } {
        Ok(())
    } else {
        Err(thread.throw_new("java/io/IOException", "Thread signal failed"))
    }
}

fn supports_pending_signals(_: &mut JavaThread) -> JResult<bool> {
    Ok(false)
}
