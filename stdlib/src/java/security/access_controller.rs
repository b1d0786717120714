//! `java.security.AccessController`: the protection domains of the classes on the stack.

use crate::io_support::{class_named, set_field, set_ref_field};
use crate::support::{class_argument, new_class_array};
use peaberry_runtime::known::{KnownClass, KnownField};
use peaberry_runtime::method_area::ClassPtr;
use peaberry_runtime::method_area::method::method_flags;
use peaberry_runtime::object::{array_set_ref, class_of_mirror};
use peaberry_runtime::stack::WalkedFrame;
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

/// The class whose privileges an activation of `AccessController.executePrivileged` uses, and the context that narrows
/// them (null for none).
fn privileged_frame(walked: &WalkedFrame) -> Option<(ClassPtr, Obj)> {
    let method = walked.method;
    if method.name.bytes() != b"executePrivileged" || method.holder.name.bytes() != b"java/security/AccessController" {
        return None;
    }
    // SAFETY: static, with the action, the context and the caller as arguments, which the method keeps to its end.
    let (context, caller) = unsafe { (*walked.locals().add(1), *walked.locals().add(2)) };
    let caller = Obj(caller as usize);
    (!caller.is_null()).then(|| (class_of_mirror(caller), Obj(context as usize)))
}

/// The context of the domains of the classes on the stack, down to the innermost privileged activation. Null when all
/// of them are the system's.
fn stack_context(thread: &mut JavaThread) -> JResult<Obj> {
    // A domain is kept alive by its class, and that by the activation.
    let mut classes: Vec<ClassPtr> = Vec::new();
    let (mut is_privileged, mut privileged_context, mut last) = (false, Obj::NULL, Obj::NULL);
    for walked in stack::StackWalker::new(thread) {
        let mut class = walked.method.holder;
        if let Some((caller, context)) = privileged_frame(&walked) {
            (is_privileged, privileged_context, class) = (true, context, caller);
        }
        let domain = domain_of(thread, class);
        if !domain.is_null() && domain != last {
            classes.push(class);
            last = domain;
        }
        if is_privileged {
            break;
        }
    }
    if classes.is_empty() && is_privileged && privileged_context.is_null() {
        return Ok(Obj::NULL);
    }
    let mut domains = Obj::NULL;
    if !classes.is_empty() {
        let element = thread.known_class(KnownClass::ProtectionDomain);
        domains = thread.allocate_reference_array(element, classes.len())?;
        for (index, &class) in classes.iter().enumerate() {
            array_set_ref(thread, domains, index, domain_of(thread, class));
        }
    }
    let class = class_named(thread, "java/security/AccessControlContext")?;
    let context = thread.allocate_instance(class)?;
    set_ref_field(thread, context, "context", domains);
    set_ref_field(thread, context, "privilegedContext", privileged_context);
    set_field(context, "isPrivileged", u8::from(is_privileged));
    set_field(context, "isAuthorized", 1u8);
    Ok(context)
}

fn domain_of(thread: &JavaThread, class: ClassPtr) -> Obj {
    thread.known_ref(class.mirror(), KnownField::ClassProtectionDomain)
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
    Ok(domain_of(thread, class))
}

fn ignore_object(_: &mut JavaThread, _: Obj) -> JResult<()> {
    Ok(())
}
