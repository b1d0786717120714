//! `jdk.internal.io`.

use crate::java::io::console::echo;
use peaberry_runtime::natives;

natives! { pub NATIVES: "jdk/internal/io/JdkConsoleImpl" {
    "echo" "(Z)Z" [since 19] => echo;
} }
