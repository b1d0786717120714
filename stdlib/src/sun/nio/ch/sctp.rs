//! `sun.nio.ch.sctp`: SCTP needs a library of the system that this VM does not use; a socket cannot be made.

use crate::support::nothing;
use peaberry_runtime::{JResult, JavaThread, natives};

natives! { pub NATIVES: "sun/nio/ch/sctp/SctpNet" {
    "init" "()V" => nothing;
    "socket0" "(Z)I" => new_socket;
} }
natives! { pub CHANNEL: "sun/nio/ch/sctp/SctpChannelImpl" {
    "initIDs" "()V" => nothing;
} }

fn new_socket(thread: &mut JavaThread, _one_to_one: bool) -> JResult<i32> {
    Err(thread.throw_new(
        "java/lang/UnsupportedOperationException",
        "SCTP is not supported by this VM",
    ))
}
