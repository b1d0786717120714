//! `java.io.ObjectStreamClass`.

use crate::support::{class_argument, nothing};
use peaberry_runtime::{JResult, JavaThread, Obj, link, natives};

natives! { pub NATIVES: "java/io/ObjectStreamClass" {
    "initNative" "()V" => nothing;
    "hasStaticInitializer" "(Ljava/lang/Class;)Z" => has_static_initializer;
} }

/// The class is initialized by the question, as JNI does when it looks for a static method.
fn has_static_initializer(thread: &mut JavaThread, class: Obj) -> JResult<bool> {
    let class = class_argument(thread, class)?;
    link::initialize_class(thread, class)?;
    Ok(class.initializer.get().is_some())
}
