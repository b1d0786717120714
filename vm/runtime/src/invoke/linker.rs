//! Linking of invokedynamic instructions, signature-polymorphic calls, and the constants that need the class library.

use super::bootstrap::resolve_bootstrap_arguments;
use super::method_type::{call_known, class_of_field_descriptor, method_type_of};
use super::reference_kind::*;
use super::{Site, target};
use crate::known::{KnownClass, KnownMethod};
use crate::link;
use crate::method_area::{CallSite, ClassPtr, Meta, MethodPtr};
use crate::object::{array_get_ref, is_instance};
use crate::thread::{JResult, JavaThread, Throw};
use peaberry_gc::layout::Obj;
use std::sync::Arc;

fn slot(object: Obj) -> u64 {
    object.0 as u64
}

/// Some upcalls of older class libraries take the constant's index as their second argument.
fn takes_index(thread: &JavaThread, method: KnownMethod) -> bool {
    thread
        .vm()
        .known
        .method(method)
        .is_some_and(|m| m.descriptor.bytes().starts_with(b"(Ljava/lang/Object;I"))
}

/// Links the invokedynamic instruction at `bci` of `caller`. Each instruction is linked once; racing threads get the
/// same call site, and a failure is thrown again each time (JVMS §6.5 invokedynamic).
pub fn link_invokedynamic(
    thread: &mut JavaThread,
    caller: MethodPtr,
    bci: u32,
    constant: u16,
) -> JResult<Meta<CallSite>> {
    let vm = thread.vm();
    let key = (caller.address(), bci);
    let known = vm.invoke.sites.lock().get(&key).cloned();
    if let Some(known) = known {
        return known_outcome(thread, known);
    }
    let outcome = link_site(thread, caller.holder, constant);
    let mut sites = vm.invoke.sites.lock();
    if let Some(earlier) = sites.get(&key).cloned() {
        drop(sites);
        thread.take_exception();
        return known_outcome(thread, earlier);
    }
    match outcome {
        Ok(site) => {
            sites.insert(key, Site::Linked(site));
            Ok(site)
        }
        Err(Throw) => {
            drop(sites);
            wrap_bootstrap_exception(thread);
            // Only linkage errors are final: resource exhaustion may pass.
            let error = thread.exception;
            if is_instance(error, thread.known_class(KnownClass::LinkageError)) {
                let kept = Arc::new(link::errors::kept_error(thread, caller.holder, error, None));
                vm.invoke.sites.lock().entry(key).or_insert(Site::Failed(kept));
            }
            Err(Throw)
        }
    }
}

fn known_outcome(thread: &mut JavaThread, site: Site) -> JResult<Meta<CallSite>> {
    match site {
        Site::Linked(site) => Ok(site),
        Site::Failed(kept) => Err(link::errors::throw_kept(thread, &kept)),
    }
}

/// Exceptions that are not errors are wrapped (JVMS §5.4.3.6).
fn wrap_bootstrap_exception(thread: &mut JavaThread) {
    let error = thread.exception;
    if !error.is_null() && !is_instance(error, thread.known_class(KnownClass::Error)) {
        let cause = thread.take_exception();
        thread.throw_with_cause("java/lang/BootstrapMethodError", None, cause);
    }
}

fn link_site(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<Meta<CallSite>> {
    let pool = class.constants();
    let Some((method_handle, arguments)) = pool.bootstrap(constant) else {
        return Err(thread.throw_new("java/lang/BootstrapMethodError", "no such bootstrap method"));
    };
    let (name, descriptor) = pool.member_name_and_type(constant);
    let bootstrap = link::resolve_loadable(thread, class, method_handle)?;
    let name = thread.intern_mutf8(name)?;
    let method_type = method_type_of(thread, class, descriptor)?;
    let statics = resolve_bootstrap_arguments(thread, class, &arguments)?;
    let appendix = thread.allocate_reference_array(thread.known_class(KnownClass::Object), 1)?;
    let mut slots = vec![slot(class.mirror())];
    if takes_index(thread, KnownMethod::LinkCallSite) {
        slots.push(u64::from(constant));
    }
    slots.extend([
        slot(bootstrap),
        slot(name),
        slot(method_type),
        slot(statics),
        slot(appendix),
    ]);
    let member = call_known(thread, KnownMethod::LinkCallSite, &slots)?;
    make_site(
        thread,
        class,
        constant,
        descriptor,
        false,
        member,
        array_get_ref(appendix, 0),
    )
}

fn make_site(
    thread: &mut JavaThread,
    class: ClassPtr,
    constant: u16,
    descriptor: &[u8],
    has_receiver: bool,
    member: Obj,
    appendix: Obj,
) -> JResult<Meta<CallSite>> {
    let adapter = if member.is_null() {
        None
    } else {
        target::vm_target(thread, member)
    };
    let Some(adapter) = adapter else {
        return Err(thread.throw_new("java/lang/LinkageError", "bad method handle linkage result"));
    };
    link::initialize_class(thread, adapter.holder)?;
    // The adapter's class may be a hidden one that only the member name keeps alive.
    crate::loader::roots::new_root(thread, class, adapter.holder.mirror());
    let appendix = crate::loader::roots::new_root(thread, class, appendix);
    let parsed = peaberry_classfile::descriptors::MethodDescriptor::parse(descriptor);
    let argument_slots = parsed.map_or(0, |d| d.parameter_slots() as u16) + u16::from(has_receiver);
    let site = thread.vm().arena_of(class).place(CallSite {
        adapter,
        appendix,
        constant,
        argument_slots,
    });
    // SAFETY: just placed in the method area.
    Ok(unsafe { Meta::new(site) })
}

/// Links an invokevirtual of a signature-polymorphic method through `MethodHandleNatives.linkMethod`.
pub fn link_invokehandle(thread: &mut JavaThread, caller: ClassPtr, constant: u16) -> JResult<Meta<CallSite>> {
    let pool = caller.constants();
    let (name, descriptor) = pool.member_name_and_type(constant);
    let defining = link::resolve_class(thread, caller, pool.member_class(constant))?;
    let name = thread.intern_mutf8(name)?;
    let method_type = method_type_of(thread, caller, descriptor)?;
    let appendix = thread.allocate_reference_array(thread.known_class(KnownClass::Object), 1)?;
    let slots = [
        slot(caller.mirror()),
        u64::from(INVOKE_VIRTUAL),
        slot(defining.mirror()),
        slot(name),
        slot(method_type),
        slot(appendix),
    ];
    let member = call_known(thread, KnownMethod::LinkMethod, &slots)?;
    make_site(
        thread,
        caller,
        constant,
        descriptor,
        true,
        member,
        array_get_ref(appendix, 0),
    )
}

/// Resolves a MethodType constant.
pub fn resolve_method_type_constant(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<Obj> {
    method_type_of(thread, class, class.constants().name_of(constant))
}

/// Resolves a MethodHandle constant.
pub fn resolve_method_handle_constant(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<Obj> {
    let pool = class.constants();
    let (kind, reference) = pool.method_handle(constant);
    let defining = link::resolve_class(thread, class, pool.member_class(reference))?;
    let (name, descriptor) = pool.member_name_and_type(reference);
    let member_type = if kind <= PUT_STATIC {
        let access = match kind {
            GET_FIELD => link::FieldAccess::Get,
            GET_STATIC => link::FieldAccess::GetStatic,
            PUT_FIELD => link::FieldAccess::Put,
            _ => link::FieldAccess::PutStatic,
        };
        link::check_field_reference(thread, class, reference, access)?;
        class_of_field_descriptor(thread, class, descriptor)?.mirror()
    } else {
        let invoke = match kind {
            INVOKE_VIRTUAL => link::InvokeKind::Virtual,
            INVOKE_STATIC => link::InvokeKind::Static,
            INVOKE_INTERFACE => link::InvokeKind::Interface,
            _ => link::InvokeKind::Special,
        };
        let is_polymorphic = kind == INVOKE_VIRTUAL && link::is_signature_polymorphic_holder(thread, defining);
        if !is_polymorphic {
            link::resolve_method(thread, class, reference, invoke)?;
        }
        method_type_of(thread, class, descriptor)?
    };
    let name = thread.intern_mutf8(name)?;
    let slots = [
        slot(class.mirror()),
        u64::from(kind),
        slot(defining.mirror()),
        slot(name),
        slot(member_type),
    ];
    call_known(thread, KnownMethod::LinkMethodHandleConstant, &slots)
}

/// Resolves a Dynamic constant; primitives come boxed, null is possible.
pub fn resolve_dynamic_constant(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<Obj> {
    let outcome = dynamic_constant(thread, class, constant);
    if outcome.is_err() {
        wrap_bootstrap_exception(thread);
    }
    outcome
}

fn dynamic_constant(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<Obj> {
    // A constant may be its own argument.
    link::check_stack(thread)?;
    let pool = class.constants();
    let Some((method_handle, arguments)) = pool.bootstrap(constant) else {
        return Err(thread.throw_new("java/lang/BootstrapMethodError", "no such bootstrap method"));
    };
    let (name, descriptor) = pool.member_name_and_type(constant);
    let bootstrap = link::resolve_loadable(thread, class, method_handle)?;
    let name = thread.intern_mutf8(name)?;
    let constant_type = class_of_field_descriptor(thread, class, descriptor)?;
    let statics = resolve_bootstrap_arguments(thread, class, &arguments)?;
    let mut slots = vec![slot(class.mirror())];
    if takes_index(thread, KnownMethod::LinkDynamicConstant) {
        slots.push(u64::from(constant));
    }
    slots.extend([slot(bootstrap), slot(name), slot(constant_type.mirror()), slot(statics)]);
    call_known(thread, KnownMethod::LinkDynamicConstant, &slots)
}
