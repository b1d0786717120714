//! `java.security.AccessController`: there is no security manager, every frame is trusted.

use crate::support::class_argument;
use peaberry_runtime::known::KnownField;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};

natives! { pub NATIVES: "java/security/AccessController" {
    "getStackAccessControlContext" "()Ljava/security/AccessControlContext;" [until 23] => stack_context;
    "getInheritedAccessControlContext" "()Ljava/security/AccessControlContext;" [until 23] => inherited_context;
    "getProtectionDomain" "(Ljava/lang/Class;)Ljava/security/ProtectionDomain;" [until 23] => protection_domain;
    "ensureMaterializedForStackWalk" "(Ljava/lang/Object;)V" [until 23] => ignore_object;
} }

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
