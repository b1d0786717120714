//! `java.io.Console`.

use crate::io_support::throw_io_text;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::file;

natives! { pub NATIVES: "java/io/Console" {
    "encoding" "()Ljava/lang/String;" [until 21] => encoding;
    "istty" "()Z" [until 22] => is_terminal;
    "echo" "(Z)Z" [until 18] => echo;
    "ttyStatus" "()I" => terminals;
} }

fn encoding(_: &mut JavaThread) -> JResult<Obj> {
    // The class library then takes the platform's.
    Ok(Obj::NULL)
}

/// Bit n: stream n is a terminal and not redirected by an embedding.
fn terminals(thread: &mut JavaThread) -> JResult<i32> {
    let options = &thread.vm().options;
    let redirected = [
        options.stdin.is_some(),
        options.stdout.is_some(),
        options.stderr.is_some(),
    ];
    let terminal = |stream: i32| !redirected[stream as usize] && file::is_terminal(stream) == Ok(1);
    Ok((0..3)
        .filter(|&stream| terminal(stream))
        .map(|stream| 1 << stream)
        .sum())
}

fn is_terminal(thread: &mut JavaThread) -> JResult<bool> {
    Ok(terminals(thread)? & 3 == 3)
}

/// Switches the terminal's echo; answers whether it was on.
pub fn echo(thread: &mut JavaThread, on: bool) -> JResult<bool> {
    file::set_echo(0, on).map_err(|_| throw_io_text(thread, "tcgetattr failed"))
}
