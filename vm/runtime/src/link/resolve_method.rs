//! Resolution of Methodref and InterfaceMethodref constants (JVMS §5.4.3.3, §5.4.3.4) and the checks of the invoke
//! instructions (§6.5).

use super::lookup::{find_in_classes, find_in_superinterfaces};
use super::{InvokeKind, access, find_interface_method, polymorphic, resolve_class};
use crate::loader::constraints::constrain_descriptor;
use crate::loader::{both_in_modules, external_method, external_method_name, in_module_of_loader_and_parent};
use crate::method_area::class::class_flags;
use crate::method_area::method::method_flags;
use crate::method_area::{ClassPtr, MethodPtr, Sym};
use crate::thread::{JResult, JavaThread, Throw};
use peaberry_classfile::model::tag;

fn incompatible(thread: &mut JavaThread, message: &str) -> Throw {
    thread.throw_new("java/lang/IncompatibleClassChangeError", message)
}

/// A symbolic reference to a method.
#[derive(Clone, Copy)]
pub struct MethodReference {
    /// The class that refers.
    pub current: ClassPtr,
    /// The class it names.
    pub resolved: ClassPtr,
    /// Method name.
    pub name: Sym,
    /// Method descriptor.
    pub descriptor: Sym,
    /// From an InterfaceMethodref; none: not from a constant (MemberName).
    pub is_interface_reference: Option<bool>,
    /// Access and loader constraints are checked.
    pub check_access: bool,
}

/// Resolves a Methodref or InterfaceMethodref with all checks of the instruction (static-ness, interface-ness, access,
/// loader constraints). For Special gives the method to run (super selection done). Signature-polymorphic methods come
/// back as their intrinsic or GENERIC declaration (`polymorphic_kind` not 0).
///
/// Virtual may give an interface's method (a default, or what an abstract class does not declare): it dispatches by
/// itable. Interface may give a method of `Object`: it dispatches by vtable.
pub fn resolve_method(thread: &mut JavaThread, class: ClassPtr, constant: u16, kind: InvokeKind) -> JResult<MethodPtr> {
    let pool = class.constants();
    let resolved = resolve_class(thread, class, pool.member_class(constant))?;
    let (name, descriptor) = pool.member_name_and_type(constant);
    let reference = MethodReference {
        current: class,
        resolved,
        name: thread.vm().symbol_bytes(name),
        descriptor: thread.vm().symbol_bytes(descriptor),
        is_interface_reference: Some(pool.tag(constant) == tag::INTERFACE_METHODREF),
        check_access: true,
    };
    resolve_reference(thread, &reference, kind)
}

/// Resolves a method of `class` by name and descriptor; access is checked when there is a caller (method handles).
pub fn resolve_method_in(
    thread: &mut JavaThread,
    caller: Option<ClassPtr>,
    class: ClassPtr,
    name: Sym,
    descriptor: Sym,
    kind: InvokeKind,
) -> JResult<MethodPtr> {
    let reference = MethodReference {
        current: caller.unwrap_or(class),
        resolved: class,
        name,
        descriptor,
        is_interface_reference: None,
        check_access: caller.is_some(),
    };
    resolve_reference(thread, &reference, kind)
}

/// Resolves a method reference that need not be a constant (method handles).
pub fn resolve_reference(thread: &mut JavaThread, reference: &MethodReference, kind: InvokeKind) -> JResult<MethodPtr> {
    let resolved = reference.resolved;
    let as_interface = match kind {
        InvokeKind::Virtual => false,
        InvokeKind::Interface => true,
        InvokeKind::Special | InvokeKind::Static => resolved.is_interface(),
    };
    let method = if as_interface {
        resolve_in_interface(thread, reference)?
    } else {
        resolve_in_class(thread, reference, kind)?
    };
    match kind {
        InvokeKind::Virtual if method.is_static() && method.polymorphic_kind == 0 => {
            let message = format!("Expecting non-static method '{}'", external_method(method));
            Err(incompatible(thread, &message))
        }
        InvokeKind::Interface if method.is_static() => {
            let message = format!("Expected instance not static method '{}'", external_method(method));
            Err(incompatible(thread, &message))
        }
        InvokeKind::Static if !method.is_static() => {
            let message = format!("Expected static method '{}'", external_method(method));
            Err(incompatible(thread, &message))
        }
        InvokeKind::Special => special(thread, reference, method),
        _ => Ok(method),
    }
}

/// invokespecial: the method of the direct superclass where the reference names a superclass.
fn special(thread: &mut JavaThread, reference: &MethodReference, method: MethodPtr) -> JResult<MethodPtr> {
    let (current, resolved) = (reference.current, reference.resolved);
    if method.is_constructor() && method.holder != resolved {
        let message = format!(
            "{}: method '{}' not found",
            resolved.external_name(),
            external_method_name("", reference.name.bytes(), reference.descriptor.bytes())
        );
        return Err(thread.throw_new("java/lang/NoSuchMethodError", &message));
    }
    if method.is_static() {
        let message = format!("Expecting non-static method '{}'", external_method(method));
        return Err(incompatible(thread, &message));
    }
    if resolved.is_interface()
        && resolved != current
        && !method.is_private()
        && current.attributes.version.0 >= 52
        && !current.interfaces.get().contains(&resolved)
        && current.is_subtype_of(resolved)
    {
        let message = format!(
            "Interface method reference: '{}', is in an indirect superinterface {}",
            external_method(method),
            resolved.external_name()
        );
        return Err(incompatible(thread, &message));
    }
    let mut selected = method;
    let is_super_call =
        !method.is_constructor() && !resolved.is_interface() && current != resolved && current.is_subtype_of(resolved);
    if is_super_call {
        let parent = current.super_class.get().unwrap_or(resolved);
        let found = super::lookup::chain(parent)
            .find_map(|c| {
                c.declared_method(reference.name, reference.descriptor)
                    .filter(|m| !m.is_static())
            })
            .or_else(|| find_in_superinterfaces(parent, reference.name, reference.descriptor).any());
        match found {
            Some(found) => selected = found,
            None => return Err(abstract_call(thread, method)),
        }
    }
    if selected.is_abstract() {
        return Err(abstract_call(thread, selected));
    }
    Ok(selected)
}

fn abstract_call(thread: &mut JavaThread, method: MethodPtr) -> Throw {
    thread.throw_new(
        "java/lang/AbstractMethodError",
        &format!("'{}'", external_method(method)),
    )
}

fn no_such_method(thread: &mut JavaThread, reference: &MethodReference) -> Throw {
    let text = external_method_name(
        &reference.resolved.external_name(),
        reference.name.bytes(),
        reference.descriptor.bytes(),
    );
    thread.throw_new("java/lang/NoSuchMethodError", &format!("'{text}'"))
}

fn reference_text(reference: &MethodReference) -> String {
    external_method_name(
        &reference.resolved.external_name(),
        reference.name.bytes(),
        reference.descriptor.bytes(),
    )
}

fn resolve_in_class(thread: &mut JavaThread, reference: &MethodReference, kind: InvokeKind) -> JResult<MethodPtr> {
    let resolved = reference.resolved;
    if kind == InvokeKind::Virtual && resolved.is_interface() {
        let message = format!("Found interface {}, but class was expected", resolved.external_name());
        return Err(incompatible(thread, &message));
    }
    if reference.is_interface_reference == Some(true) {
        let message = format!("Method '{}' must be Methodref constant", reference_text(reference));
        return Err(incompatible(thread, &message));
    }
    if resolved.has_flag(class_flags::SIGNATURE_POLYMORPHIC_HOLDER)
        && let Some(declaration) = polymorphic::declaration(resolved, reference.name)
    {
        check_access(thread, reference, declaration)?;
        return polymorphic::for_call(thread, declaration, reference.descriptor);
    }
    let mut found = find_in_classes(resolved, reference.name, reference.descriptor);
    if found.is_none() {
        let candidates = find_in_superinterfaces(resolved, reference.name, reference.descriptor);
        if candidates.conflict() && !resolved.is_abstract() {
            return Err(super::select::conflict_error(thread, &candidates));
        }
        found = candidates.any();
    }
    let Some(method) = found else {
        return Err(no_such_method(thread, reference));
    };
    check_access(thread, reference, method)?;
    check_constraints(thread, reference, method)?;
    Ok(method)
}

fn resolve_in_interface(thread: &mut JavaThread, reference: &MethodReference) -> JResult<MethodPtr> {
    let resolved = reference.resolved;
    if !resolved.is_interface() {
        let message = format!("Found class {}, but interface was expected", resolved.external_name());
        return Err(incompatible(thread, &message));
    }
    if reference.is_interface_reference == Some(false) {
        let message = format!(
            "Method '{}' must be InterfaceMethodref constant",
            reference_text(reference)
        );
        return Err(incompatible(thread, &message));
    }
    let Some(method) = find_interface_method(resolved, reference.name, reference.descriptor) else {
        return Err(no_such_method(thread, reference));
    };
    check_access(thread, reference, method)?;
    check_constraints(thread, reference, method)?;
    Ok(method)
}

fn check_access(thread: &mut JavaThread, reference: &MethodReference, method: MethodPtr) -> JResult<()> {
    let (current, resolved) = (reference.current, reference.resolved);
    let mut flags = method.access_flags;
    // Arrays have a public clone.
    if resolved.is_array() && method.name.bytes() == b"clone" {
        flags = flags & !6 | 1;
    }
    if flags & 1 != 0 || !reference.check_access {
        return Ok(());
    }
    if access::can_access_member(thread, current, resolved, method.holder, flags)? {
        return Ok(());
    }
    let message = format!(
        "class {} tried to access {}{}{}method '{}' ({}){}",
        current.external_name(),
        if method.is_abstract() { "abstract " } else { "" },
        if method.is_protected() { "protected " } else { "" },
        if method.is_private() { "private " } else { "" },
        external_method(method),
        both_in_modules(thread, current, method.holder),
        if method.is_private() {
            super::nest::host_errors(thread, current, method.holder)
        } else {
            String::new()
        }
    );
    Err(thread.throw_new("java/lang/IllegalAccessError", &message))
}

fn check_constraints(thread: &mut JavaThread, reference: &MethodReference, method: MethodPtr) -> JResult<()> {
    let (current, holder) = (reference.current, method.holder);
    if !reference.check_access || std::ptr::eq(current.loader, holder.loader) || method.has_flag(method_flags::OVERPASS)
    {
        return Ok(());
    }
    let Err(type_name) = constrain_descriptor(thread, method.descriptor, current.loader_data(), holder.loader_data())
    else {
        return Ok(());
    };
    let message = format!(
        "loader constraint violation: when resolving method '{}' the class loader {} of the current class, {}, and \
         the class loader {} for the method's defining class, {}, have different Class objects for the type \
         {type_name} used in the signature ({}; {})",
        external_method(method),
        current.loader_data().describe(thread),
        current.external_name(),
        holder.loader_data().describe(thread),
        holder.external_name(),
        in_module_of_loader_and_parent(thread, current),
        in_module_of_loader_and_parent(thread, holder)
    );
    Err(thread.throw_new("java/lang/LinkageError", &message))
}
