//! `java.lang.Object`: class, identity hash, copies, monitors.

use peaberry_runtime::known::KnownClass;
use peaberry_runtime::object::class_of;
use peaberry_runtime::{JResult, JavaThread, Obj, monitor, natives};

natives! { pub NATIVES: "java/lang/Object" {
    "getClass" "()Ljava/lang/Class;" [leaf] => get_class;
    "hashCode" "()I" => hash_code;
    "clone" "()Ljava/lang/Object;" => clone;
    "notify" "()V" => notify;
    "notifyAll" "()V" => notify_all;
    "wait" "(J)V" [until 18] [blocks] => wait;
    "wait0" "(J)V" [since 19] [blocks] => wait;
} }

fn get_class(_: &mut JavaThread, this: Obj) -> JResult<Obj> {
    Ok(class_of(this).mirror())
}

fn hash_code(thread: &mut JavaThread, this: Obj) -> JResult<i32> {
    Ok(monitor::identity_hash(thread, this))
}

fn clone(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let class = class_of(this);
    let known = |id| thread.known_class(id);
    let is_reference = class.is_instance() && class.is_subtype_of(known(KnownClass::Reference));
    if is_reference || !(class.is_array() || class.is_subtype_of(known(KnownClass::Cloneable))) {
        return Err(thread.throw_new("java/lang/CloneNotSupportedException", &class.external_name()));
    }
    thread.clone_object(this)
}

fn notify(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    monitor::notify(thread, this, false)
}

fn notify_all(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    monitor::notify(thread, this, true)
}

fn wait(thread: &mut JavaThread, this: Obj, millis: i64) -> JResult<()> {
    monitor::wait(thread, this, millis)
}
