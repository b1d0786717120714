//! `jdk.internal.misc.Signal`.

use crate::support::not_null;
use peaberry_runtime::thread::signals;
use peaberry_runtime::{JResult, JavaThread, Obj, natives, strings};

natives! { pub NATIVES: "jdk/internal/misc/Signal" {
    "findSignal0" "(Ljava/lang/String;)I" => find_signal;
    "handle0" "(IJ)J" => handle;
    "raise0" "(I)V" => raise;
} }

fn find_signal(thread: &mut JavaThread, name: Obj) -> JResult<i32> {
    let name = not_null(thread, name)?;
    Ok(peaberry_sys::signal::number(&strings::to_rust(thread, name)).unwrap_or(-1))
}

fn handle(thread: &mut JavaThread, number: i32, handler: i64) -> JResult<i64> {
    Ok(signals::set_handler(thread.vm(), number, handler))
}

fn raise(_: &mut JavaThread, number: i32) -> JResult<()> {
    // The class library only raises signals that have a handler of its own.
    let _ = peaberry_sys::signal::raise(number);
    Ok(())
}
