//! Resolution of Fieldref constants (JVMS §5.4.3.2) and the checks of the field instructions (§6.5).

use super::{FieldAccess, access, find_field, resolve_class};
use crate::loader::constraints::constrain_descriptor;
use crate::loader::{both_in_modules, external_descriptor, in_module_of_loader_and_parent};
use crate::method_area::{ClassPtr, FieldPtr, MethodPtr, Sym};
use crate::thread::{JResult, JavaThread};

/// Resolves a Fieldref as used by `method` (final-field rule), all checks; no initialization, resolved word not
/// published (the interpreter quickens).
pub fn resolve_field(
    thread: &mut JavaThread,
    method: MethodPtr,
    constant: u16,
    access: FieldAccess,
) -> JResult<FieldPtr> {
    let current = method.constants.holder.get().unwrap_or(method.holder);
    check_reference(thread, current, Some(method), constant, access)
}

/// The same for a method handle constant's Fieldref, which no method uses.
pub fn check_field_reference(
    thread: &mut JavaThread,
    class: ClassPtr,
    constant: u16,
    access: FieldAccess,
) -> JResult<FieldPtr> {
    check_reference(thread, class, None, constant, access)
}

fn check_reference(
    thread: &mut JavaThread,
    current: ClassPtr,
    method: Option<MethodPtr>,
    constant: u16,
    access: FieldAccess,
) -> JResult<FieldPtr> {
    let (resolved, field) = resolve_field_constant(thread, current, constant)?;
    let holder = field.holder;
    let full_name = format_args!("{}.{}", resolved.external_name(), field.name).to_string();
    if field.is_static() != access.is_static() {
        let expected = if access.is_static() { "static" } else { "non-static" };
        let message = format!("Expected {expected} field {full_name}");
        return Err(thread.throw_new("java/lang/IncompatibleClassChangeError", &message));
    }
    if access.is_put() && field.is_final() {
        let kind = if field.is_static() { "static" } else { "non-static" };
        if current != holder {
            let message = format!(
                "Update to {kind} final field {full_name} attempted from a different class ({}) than the field's \
                 declaring class",
                current.external_name()
            );
            return Err(thread.throw_new("java/lang/IllegalAccessError", &message));
        }
        // Only since version 53 is the method checked too.
        let initializer = if field.is_static() { "<clinit>" } else { "<init>" };
        if let Some(method) = method
            && current.attributes.version.0 >= 53
            && method.name.bytes() != initializer.as_bytes()
        {
            let message = format!(
                "Update to {kind} final field {full_name} attempted from a different method ({}) than the initializer \
                 method {initializer} ",
                method.name
            );
            return Err(thread.throw_new("java/lang/IllegalAccessError", &message));
        }
    }
    Ok(field)
}

/// Resolves a Fieldref without the instruction's checks: the class it names, and the field. Access and loader
/// constraints are checked.
pub fn resolve_field_constant(
    thread: &mut JavaThread,
    current: ClassPtr,
    constant: u16,
) -> JResult<(ClassPtr, FieldPtr)> {
    let pool = current.constants();
    let resolved = resolve_class(thread, current, pool.member_class(constant))?;
    let (name, descriptor) = pool.member_name_and_type(constant);
    let field = find_and_check(thread, Some(current), resolved, name, descriptor)?;
    Ok((resolved, field))
}

/// Resolves a field of `resolved` by name and descriptor; access is checked when there is a caller.
pub fn resolve_field_in(
    thread: &mut JavaThread,
    caller: Option<ClassPtr>,
    resolved: ClassPtr,
    name: Sym,
    descriptor: Sym,
) -> JResult<FieldPtr> {
    find_and_check(thread, caller, resolved, name.bytes(), descriptor.bytes())
}

fn find_and_check(
    thread: &mut JavaThread,
    caller: Option<ClassPtr>,
    resolved: ClassPtr,
    name: &[u8],
    descriptor: &[u8],
) -> JResult<FieldPtr> {
    let vm = thread.vm();
    let found = match (vm.symbols.find(name), vm.symbols.find(descriptor)) {
        (Some(name), Some(descriptor)) => find_field(resolved, name, descriptor),
        _ => None,
    };
    let Some(field) = found else {
        let name = String::from_utf8_lossy(name);
        let message = if vm.release() >= 21 {
            let kind = external_descriptor(descriptor);
            format!(
                "Class {} does not have member field '{kind} {name}'",
                resolved.external_name()
            )
        } else {
            name.into_owned()
        };
        return Err(thread.throw_new("java/lang/NoSuchFieldError", &message));
    };
    let holder = field.holder;
    let Some(current) = caller else { return Ok(field) };
    if !access::can_access_member(thread, current, resolved, holder, field.access_flags)? {
        let visibility = match field.access_flags & 7 {
            2 => "private ",
            4 => "protected ",
            _ => "",
        };
        let message = format!(
            "class {} tried to access {visibility}field {}.{} ({}){}",
            current.external_name(),
            holder.external_name(),
            field.name,
            both_in_modules(thread, current, holder),
            if field.access_flags & 2 != 0 {
                super::nest::host_errors(thread, current, holder)
            } else {
                String::new()
            }
        );
        return Err(thread.throw_new("java/lang/IllegalAccessError", &message));
    }
    if !std::ptr::eq(current.loader, holder.loader)
        && let Err(type_name) =
            constrain_descriptor(thread, field.descriptor, current.loader_data(), holder.loader_data())
    {
        let message = format!(
            "loader constraint violation: when resolving field \"{}\" of type {type_name}, the class loader {} of the \
             current class, {}, and the class loader {} for the field's defining type, {}, have different Class \
             objects for type {type_name} ({}; {})",
            field.name,
            current.loader_data().describe(thread),
            current.external_name(),
            holder.loader_data().describe(thread),
            holder.external_name(),
            in_module_of_loader_and_parent(thread, current),
            in_module_of_loader_and_parent(thread, holder)
        );
        return Err(thread.throw_new("java/lang/LinkageError", &message));
    }
    Ok(field)
}
