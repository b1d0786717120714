//! `java.io.ObjectStreamClass`.

use crate::support::{class_argument, nothing};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};

natives! { pub NATIVES: "java/io/ObjectStreamClass" {
    "initNative" "()V" => nothing;
    "hasStaticInitializer" "(Ljava/lang/Class;)Z" => has_static_initializer;
} }

fn has_static_initializer(thread: &mut JavaThread, class: Obj) -> JResult<bool> {
    Ok(class_argument(thread, class)?.initializer.get().is_some())
}
