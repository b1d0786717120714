//! `java.lang.invoke.MemberName`: the VM's half of `MethodHandleNatives`.

use super::method_type::{class_of_field_descriptor, method_type_of};
use super::reference_kind::*;
use super::{polymorphic_kind, target};
use crate::known::{KnownClass, KnownField};
use crate::link::{self, InvokeKind};
use crate::method_area::method::method_flags;
use crate::method_area::{ClassPtr, FieldPtr, MethodPtr, Sym};
use crate::object::{class_of, class_of_mirror, get, is_instance};
use crate::strings;
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;

/// Bits of `MemberName.flags` beyond the member's modifiers.
pub mod flags {
    /// Method, not a constructor.
    pub const IS_METHOD: i32 = 0x0001_0000;
    /// Constructor.
    pub const IS_CONSTRUCTOR: i32 = 0x0002_0000;
    /// Field.
    pub const IS_FIELD: i32 = 0x0004_0000;
    /// Nested type.
    pub const IS_TYPE: i32 = 0x0008_0000;
    /// `@CallerSensitive`.
    pub const CALLER_SENSITIVE: i32 = 0x0010_0000;
    /// A final field nobody may write.
    pub const TRUSTED_FINAL: i32 = 0x0020_0000;
    /// Shift of the reference kind.
    pub const REFERENCE_KIND_SHIFT: u32 = 24;
    /// All kinds of members.
    pub const ALL_KINDS: i32 = IS_METHOD | IS_CONSTRUCTOR | IS_FIELD | IS_TYPE;
}
use flags::*;

/// Modifiers of methods that Java code may see.
const METHOD_MODIFIERS: i32 = 0x0fff;
/// Modifiers of fields that Java code may see.
const FIELD_MODIFIERS: i32 = 0x50df;

fn fill(thread: &mut JavaThread, member: Obj, flags: i32, vmindex: i64, resolved: Obj, class: ClassPtr) {
    thread.set_known(member, KnownField::MemberNameFlags, flags);
    thread.set_known(member, KnownField::MemberNameVmIndex, vmindex);
    thread.set_known_ref(member, KnownField::MemberNameMethod, resolved);
    thread.set_known_ref(member, KnownField::MemberNameClazz, class.mirror());
}

/// Fills a member name with a method as resolved against `resolved_class` by `kind`.
pub fn set_method(
    thread: &mut JavaThread,
    member: Obj,
    method: MethodPtr,
    resolved_class: ClassPtr,
    kind: InvokeKind,
) -> JResult<()> {
    let mut flags = i32::from(method.access_flags) & METHOD_MODIFIERS;
    if method.has_flag(method_flags::CALLER_SENSITIVE) {
        flags |= CALLER_SENSITIVE;
    }
    let direct = |kind: u8, bit: i32| {
        (
            i64::from(crate::method_area::method::NONVIRTUAL),
            kind,
            bit,
            method.holder,
        )
    };
    let is_final = method.is_private() || method.is_final() || method.holder.access_flags & 0x0010 != 0;
    let (vmindex, reference_kind, bit, class) = if method.is_static() {
        direct(INVOKE_STATIC, IS_METHOD)
    } else if method.is_constructor() {
        direct(INVOKE_SPECIAL, IS_CONSTRUCTOR)
    } else if kind == InvokeKind::Special || is_final {
        direct(INVOKE_SPECIAL, IS_METHOD)
    } else if method.holder.is_interface() && resolved_class.is_interface() {
        (
            i64::from(method.itable_index.get()),
            INVOKE_INTERFACE,
            IS_METHOD,
            method.holder,
        )
    } else {
        // A Miranda or default method reached through a class is called through that class's vtable.
        let (index, class) = if method.holder.is_interface() {
            (link::vtable_index_in(resolved_class, method), resolved_class)
        } else {
            (method.vtable_index.get(), method.holder)
        };
        if index < 0 {
            direct(INVOKE_SPECIAL, IS_METHOD)
        } else {
            (i64::from(index), INVOKE_VIRTUAL, IS_METHOD, class)
        }
    };
    let resolved = thread.allocate_instance(thread.known_class(KnownClass::ResolvedMethodName))?;
    thread.set_known(
        resolved,
        KnownField::ResolvedMethodNameVmTarget,
        method.address() as u64,
    );
    thread.set_known_ref(resolved, KnownField::ResolvedMethodNameHolder, method.holder.mirror());
    let flags = flags | bit | i32::from(reference_kind) << REFERENCE_KIND_SHIFT;
    fill(thread, member, flags, vmindex, resolved, class);
    Ok(())
}

/// Fills a member name with a field.
pub fn set_field(thread: &mut JavaThread, member: Obj, field: FieldPtr, is_setter: bool) {
    let mut flags = i32::from(field.access_flags) & FIELD_MODIFIERS | IS_FIELD;
    let kind = match (field.is_static(), is_setter) {
        (false, false) => GET_FIELD,
        (true, false) => GET_STATIC,
        (false, true) => PUT_FIELD,
        (true, true) => PUT_STATIC,
    };
    if is_trusted_final(field) {
        flags |= TRUSTED_FINAL;
    }
    flags |= i32::from(kind) << REFERENCE_KIND_SHIFT;
    fill(
        thread,
        member,
        flags,
        i64::from(field.offset.get()),
        Obj::NULL,
        field.holder,
    );
}

/// Final fields that reflection may never write: static ones, and those of records and hidden classes.
pub fn is_trusted_final(field: FieldPtr) -> bool {
    use crate::method_area::class::class_flags::{HIDDEN, RECORD};
    field.is_final() && (field.is_static() || field.holder.has_flag(HIDDEN) || field.holder.has_flag(RECORD))
}

/// `MethodHandleNatives.init`: fills a member name from a reflective object.
pub fn init(thread: &mut JavaThread, member: Obj, reflected: Obj) -> JResult<()> {
    if member.is_null() || reflected.is_null() {
        return Err(thread.throw_new("java/lang/InternalError", "bad init"));
    }
    let known = &thread.vm().known;
    let class = class_of(reflected);
    let is = |id| known.class_if_present(id) == Some(class);
    let (class_field, slot_field) = if is(KnownClass::ReflectField) {
        (KnownField::FieldClazz, KnownField::FieldSlot)
    } else if is(KnownClass::ReflectMethod) {
        (KnownField::MethodClazz, KnownField::MethodSlot)
    } else if is(KnownClass::ReflectConstructor) {
        (KnownField::ConstructorClazz, KnownField::ConstructorSlot)
    } else if is_instance(reflected, thread.known_class(KnownClass::MemberName)) {
        return Ok(());
    } else {
        return Err(thread.throw_new("java/lang/InternalError", "unrecognized type in MemberName.init"));
    };
    let holder = class_of_mirror(thread.known_ref(reflected, class_field));
    let slot: i32 = thread.known(reflected, slot_field);
    link::link_class(thread, holder)?;
    if class_field == KnownField::FieldClazz {
        if let Some(&field) = holder.fields.get().get(slot as usize) {
            set_field(thread, member, field, false);
        }
        return Ok(());
    }
    let Some(&method) = holder.methods.get().get(slot as usize) else {
        return Ok(());
    };
    let kind = if holder.is_interface() {
        InvokeKind::Interface
    } else {
        InvokeKind::Virtual
    };
    set_method(thread, member, method, holder, kind)
}

/// The descriptor a member name's `type` stands for: a String, a MethodType, or a Class.
fn type_descriptor(thread: &mut JavaThread, object: Obj) -> JResult<Option<Vec<u8>>> {
    if object.is_null() {
        return Ok(None);
    }
    let class = class_of(object);
    if class == thread.known_class(KnownClass::String) {
        return Ok(Some(strings::to_mutf8(thread, object)));
    }
    if class == thread.known_class(KnownClass::Class) {
        return Ok(Some(descriptor_of_class(class_of_mirror(object))));
    }
    if class == thread.known_class(KnownClass::MethodType) {
        return Ok(Some(descriptor_of_method_type(thread, object)));
    }
    Ok(None)
}

/// Field descriptor of a class.
pub fn descriptor_of_class(class: ClassPtr) -> Vec<u8> {
    if class.is_primitive() {
        return vec![class.basic_type.descriptor_char()];
    }
    let name = class.name.bytes();
    if class.is_array() {
        name.to_vec()
    } else {
        [b"L", name, b";"].concat()
    }
}

/// Method descriptor of a `MethodType`.
pub fn descriptor_of_method_type(thread: &JavaThread, method_type: Obj) -> Vec<u8> {
    let parameters = thread.known_ref(method_type, KnownField::MethodTypePtypes);
    let mut descriptor = vec![b'('];
    for index in 0..crate::object::array_length(parameters) {
        descriptor.extend(descriptor_of_class(class_of_mirror(crate::object::array_get_ref(
            parameters, index,
        ))));
    }
    descriptor.push(b')');
    descriptor.extend(descriptor_of_class(class_of_mirror(
        thread.known_ref(method_type, KnownField::MethodTypeRtype),
    )));
    descriptor
}

/// `MethodHandleNatives.resolve`: null when the member cannot be found and `speculative` is set.
pub fn resolve(thread: &mut JavaThread, member: Obj, caller: Option<ClassPtr>, speculative: bool) -> JResult<Obj> {
    if member.is_null() {
        return Err(thread.throw_new("java/lang/InternalError", "nothing to resolve"));
    }
    match resolve_member(thread, member, caller) {
        Ok(true) => Ok(member),
        Ok(false) => Ok(Obj::NULL),
        Err(_) if speculative && is_instance(thread.exception, thread.known_class(KnownClass::LinkageError)) => {
            thread.take_exception();
            Ok(Obj::NULL)
        }
        Err(throw) => Err(throw),
    }
}

fn resolve_member(thread: &mut JavaThread, member: Obj, caller: Option<ClassPtr>) -> JResult<bool> {
    let mirror = thread.known_ref(member, KnownField::MemberNameClazz);
    let name = thread.known_ref(member, KnownField::MemberNameName);
    let member_type = thread.known_ref(member, KnownField::MemberNameType);
    let flags: i32 = thread.known(member, KnownField::MemberNameFlags);
    let reference_kind = (flags >> REFERENCE_KIND_SHIFT) as u8 & 0x0f;
    if mirror.is_null() || name.is_null() || member_type.is_null() || reference_kind == 0 {
        return Err(thread.throw_new("java/lang/IllegalArgumentException", "nothing to resolve"));
    }
    let mut class = class_of_mirror(mirror);
    if class.is_primitive() {
        return Ok(false);
    }
    if class.is_array() {
        class = thread.known_class(KnownClass::Object);
    }
    let Some(descriptor) = type_descriptor(thread, member_type)? else {
        return Err(thread.throw_new("java/lang/InternalError", "unrecognized type"));
    };
    let vm = thread.vm();
    let name = vm.symbol_bytes(&strings::to_mutf8(thread, name));
    let descriptor = vm.symbol_bytes(&descriptor);
    link::link_class(thread, class)?;
    match flags & ALL_KINDS {
        IS_METHOD => resolve_method_member(thread, member, caller, class, name, descriptor, reference_kind),
        IS_CONSTRUCTOR => {
            let method = link::resolve_method_in(thread, caller, class, name, descriptor, InvokeKind::Special)?;
            set_method(thread, member, method, class, InvokeKind::Special).map(|()| true)
        }
        IS_FIELD => {
            // Access to fields is the class library's to check.
            let field = link::resolve_field_in(thread, None, class, name, descriptor)?;
            set_field(
                thread,
                member,
                field,
                reference_kind == PUT_FIELD || reference_kind == PUT_STATIC,
            );
            Ok(true)
        }
        _ => Err(thread.throw_new("java/lang/InternalError", "unrecognized MemberName format")),
    }
}

fn resolve_method_member(
    thread: &mut JavaThread,
    member: Obj,
    caller: Option<ClassPtr>,
    class: ClassPtr,
    name: Sym,
    descriptor: Sym,
    reference_kind: u8,
) -> JResult<bool> {
    let kind = match reference_kind {
        INVOKE_STATIC => InvokeKind::Static,
        INVOKE_INTERFACE => InvokeKind::Interface,
        INVOKE_SPECIAL | NEW_INVOKE_SPECIAL => InvokeKind::Special,
        INVOKE_VIRTUAL => InvokeKind::Virtual,
        _ => return Err(thread.throw_new("java/lang/InternalError", "obsolete MemberName format")),
    };
    if let Some(method) = link::polymorphic_intrinsic(thread, class, name, descriptor)?
        && method.polymorphic_kind != polymorphic_kind::GENERIC
    {
        let kind = if method.is_static() {
            InvokeKind::Static
        } else {
            InvokeKind::Special
        };
        return set_method(thread, member, method, class, kind).map(|()| true);
    }
    let method = link::resolve_method_in(thread, caller, class, name, descriptor, kind)?;
    set_method(thread, member, method, class, kind).map(|()| true)
}

/// `MethodHandleNatives.expand`: fills name and type of a resolved member name.
pub fn expand(thread: &mut JavaThread, member: Obj) -> JResult<()> {
    if member.is_null() {
        return Err(thread.throw_new("java/lang/InternalError", "nothing to expand"));
    }
    let flags: i32 = thread.known(member, KnownField::MemberNameFlags);
    if flags & (IS_METHOD | IS_CONSTRUCTOR) != 0 {
        let Some(method) = target::vm_target(thread, member) else {
            return Err(thread.throw_new("java/lang/IllegalArgumentException", "nothing to expand"));
        };
        if thread.known_ref(member, KnownField::MemberNameName).is_null() {
            let name = thread.intern_mutf8(method.name.bytes())?;
            thread.set_known_ref(member, KnownField::MemberNameName, name);
        }
        if thread.known_ref(member, KnownField::MemberNameType).is_null() {
            let descriptor = thread.intern_mutf8(method.descriptor.bytes())?;
            thread.set_known_ref(member, KnownField::MemberNameType, descriptor);
        }
        return Ok(());
    }
    let mirror = thread.known_ref(member, KnownField::MemberNameClazz);
    if flags & IS_FIELD == 0 || mirror.is_null() {
        return Err(thread.throw_new("java/lang/InternalError", "unrecognized type"));
    }
    let offset: i64 = thread.known(member, KnownField::MemberNameVmIndex);
    let is_static = flags & 0x0008 != 0;
    let class = class_of_mirror(mirror);
    let found = class
        .fields
        .get()
        .iter()
        .copied()
        .find(|f| f.is_static() == is_static && i64::from(f.offset.get()) == offset);
    let Some(field) = found else {
        return Err(thread.throw_new("java/lang/InternalError", "field to expand not found"));
    };
    if thread.known_ref(member, KnownField::MemberNameName).is_null() {
        let name = thread.intern_mutf8(field.name.bytes())?;
        thread.set_known_ref(member, KnownField::MemberNameName, name);
    }
    if thread.known_ref(member, KnownField::MemberNameType).is_null() {
        let field_type = class_of_field_descriptor(thread, class, field.descriptor.bytes())?;
        thread.set_known_ref(member, KnownField::MemberNameType, field_type.mirror());
    }
    Ok(())
}

/// `vmindex` of a field's member name: its byte offset.
pub fn field_offset(thread: &mut JavaThread, member: Obj, is_static: bool) -> JResult<i64> {
    let flags: i32 = if member.is_null() {
        0
    } else {
        thread.known(member, KnownField::MemberNameFlags)
    };
    if flags & IS_FIELD == 0 || (flags & 0x0008 != 0) != is_static {
        let text = if is_static {
            "static field required"
        } else {
            "non-static field required"
        };
        return Err(thread.throw_new("java/lang/InternalError", text));
    }
    Ok(get(member, thread.vm().known.offset(KnownField::MemberNameVmIndex)))
}

/// `MethodHandleNatives.getMemberVMInfo`: `{vmindex boxed, vmtarget as an object}`.
pub fn vm_info(thread: &mut JavaThread, member: Obj) -> JResult<Obj> {
    if member.is_null() {
        return Ok(Obj::NULL);
    }
    let array = thread.allocate_reference_array(thread.known_class(KnownClass::Object), 2)?;
    let vmindex: i64 = thread.known(member, KnownField::MemberNameVmIndex);
    let vmindex = thread.new_box(crate::basic_type::BasicType::Long, vmindex as u64)?;
    crate::object::array_set_ref(thread, array, 0, vmindex);
    let flags: i32 = thread.known(member, KnownField::MemberNameFlags);
    let second = if flags & IS_FIELD != 0 {
        thread.known_ref(member, KnownField::MemberNameClazz)
    } else {
        member
    };
    crate::object::array_set_ref(thread, array, 1, second);
    Ok(array)
}

/// The `MethodType` of a method, in its holder's context.
pub fn method_type(thread: &mut JavaThread, method: MethodPtr) -> JResult<Obj> {
    method_type_of(thread, method.holder, method.descriptor.bytes())
}
