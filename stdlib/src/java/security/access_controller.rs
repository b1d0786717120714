//! `java.security.AccessController`: there is no security manager, every frame is trusted.

use crate::support::{class_argument, new_class_array};
use peaberry_runtime::known::KnownField;
use peaberry_runtime::method_area::method::method_flags;
use peaberry_runtime::{JResult, JavaThread, Obj, natives, stack};

natives! { pub NATIVES: "java/security/AccessController" {
    "getStackAccessControlContext" "()Ljava/security/AccessControlContext;" [until 23] => stack_context;
    "getInheritedAccessControlContext" "()Ljava/security/AccessControlContext;" [until 23] => inherited_context;
    "getProtectionDomain" "(Ljava/lang/Class;)Ljava/security/ProtectionDomain;" [until 23] => protection_domain;
    "ensureMaterializedForStackWalk" "(Ljava/lang/Object;)V" [until 23] => ignore_object;
} }

natives! { pub SECURITY_MANAGER: "java/lang/SecurityManager" {
    "getClassContext" "()[Ljava/lang/Class;" [until 24] => class_context;
} }

/// The classes on the stack, the security manager's own first.
fn class_context(thread: &mut JavaThread, _: Obj) -> JResult<Obj> {
    let frames = stack::StackWalker::new(thread).skip(1);
    let visible = frames.filter(|frame| !frame.method.has_flag(method_flags::HIDDEN) && !frame.is_native());
    let classes: Vec<_> = visible.map(|frame| frame.method.holder).collect();
    new_class_array(thread, &classes)
}

/// Null: nothing but trusted code is on the stack.
fn stack_context(_: &mut JavaThread) -> JResult<Obj> {
    Ok(Obj::NULL)
}

fn inherited_context(thread: &mut JavaThread) -> JResult<Obj> {
    if !thread
        .vm()
        .known
        .has_field(KnownField::ThreadInheritedAccessControlContext)
    {
        return Ok(Obj::NULL);
    }
    Ok(thread.known_ref(thread.java_thread, KnownField::ThreadInheritedAccessControlContext))
}

fn protection_domain(thread: &mut JavaThread, class: Obj) -> JResult<Obj> {
    let class = class_argument(thread, class)?;
    Ok(thread.known_ref(class.mirror(), KnownField::ClassProtectionDomain))
}

fn ignore_object(_: &mut JavaThread, _: Obj) -> JResult<()> {
    Ok(())
}
