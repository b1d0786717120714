//! `java.lang.Class`: names, supertypes, nesting and attributes.

use super::class_members as members;
use super::class_nesting as nesting;
use crate::support::{bytes_or_null, class_argument, mirror_or_null, new_class_array, new_known, not_null, nothing};
use peaberry_runtime::exceptions::backtrace::class_name;
use peaberry_runtime::known::{KnownClass, KnownField};
use peaberry_runtime::method_area::ClassPtr;
use peaberry_runtime::method_area::class::class_flags;
use peaberry_runtime::object::{class_of_mirror, is_instance as instance_of};
use peaberry_runtime::{JResult, JavaThread, Obj, loader, natives, strings};

natives! { pub NATIVES: "java/lang/Class" {
    "registerNatives" "()V" => nothing;
    "desiredAssertionStatus0" "(Ljava/lang/Class;)Z" => desired_assertion_status;
    "forName0" "(Ljava/lang/String;ZLjava/lang/ClassLoader;Ljava/lang/Class;)Ljava/lang/Class;" => for_name;
    "getClassAccessFlagsRaw0" "()I" [since 18] => access_flags_raw;
    "getClassFileVersion0" "()I" [since 18] => class_file_version;
    "getConstantPool" "()Ljdk/internal/reflect/ConstantPool;" => constant_pool;
    "getDeclaredClasses0" "()[Ljava/lang/Class;" => nesting::declared_classes;
    "getDeclaredConstructors0" "(Z)[Ljava/lang/reflect/Constructor;" => members::declared_constructors;
    "getDeclaredFields0" "(Z)[Ljava/lang/reflect/Field;" => members::declared_fields;
    "getDeclaredMethods0" "(Z)[Ljava/lang/reflect/Method;" => members::declared_methods;
    "getDeclaringClass0" "()Ljava/lang/Class;" => nesting::declaring_class;
    "getEnclosingMethod0" "()[Ljava/lang/Object;" => nesting::enclosing_method;
    "getGenericSignature0" "()Ljava/lang/String;" => generic_signature;
    "getInterfaces0" "()[Ljava/lang/Class;" => interfaces;
    "getModifiers" "()I" [until 24] [leaf] => modifiers;
    "getNestHost0" "()Ljava/lang/Class;" => nesting::nest_host;
    "getNestMembers0" "()[Ljava/lang/Class;" => nesting::nest_members;
    "getPermittedSubclasses0" "()[Ljava/lang/Class;" => nesting::permitted_subclasses;
    "getPrimitiveClass" "(Ljava/lang/String;)Ljava/lang/Class;" => primitive_class;
    "getProtectionDomain0" "()Ljava/security/ProtectionDomain;" [until 24] => protection_domain;
    "getRawAnnotations" "()[B" => raw_annotations;
    "getRawTypeAnnotations" "()[B" => raw_type_annotations;
    "getRecordComponents0" "()[Ljava/lang/reflect/RecordComponent;" => members::record_components;
    "getSigners" "()[Ljava/lang/Object;" [until 24] => signers;
    "getSimpleBinaryName0" "()Ljava/lang/String;" => nesting::simple_binary_name;
    "getSuperclass" "()Ljava/lang/Class;" [leaf] => superclass;
    "initClassName" "()Ljava/lang/String;" => init_class_name;
    "isArray" "()Z" [until 24] [leaf] => is_array;
    "isAssignableFrom" "(Ljava/lang/Class;)Z" => is_assignable_from;
    "isHidden" "()Z" [leaf] => is_hidden;
    "isInstance" "(Ljava/lang/Object;)Z" [leaf] => is_instance;
    "isInterface" "()Z" [until 24] [leaf] => is_interface;
    "isPrimitive" "()Z" [until 24] [leaf] => is_primitive;
    "isRecord0" "()Z" [leaf] => is_record;
    "setSigners" "([Ljava/lang/Object;)V" [until 24] => set_signers;
} }

fn init_class_name(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    class_name(thread, class_of_mirror(this))
}

fn for_name(thread: &mut JavaThread, name: Obj, initialize: bool, class_loader: Obj, _caller: Obj) -> JResult<Obj> {
    let name = not_null(thread, name)?;
    let name = strings::to_mutf8(thread, name);
    Ok(loader::class_for_name(thread, &name, initialize, class_loader)?.mirror())
}

fn primitive_class(thread: &mut JavaThread, name: Obj) -> JResult<Obj> {
    use peaberry_runtime::basic_type::BasicType;
    let name = not_null(thread, name)?;
    let text = strings::to_rust(thread, name);
    let mut types = BasicType::PRIMITIVES.iter().chain(&[BasicType::Void]);
    match types.find(|t| t.keyword() == text) {
        Some(&basic_type) => Ok(thread.vm().known.primitive(basic_type).mirror()),
        None => Err(thread.throw_new("java/lang/ClassNotFoundException", &text)),
    }
}

fn is_instance(_: &mut JavaThread, this: Obj, object: Obj) -> JResult<bool> {
    let class = class_of_mirror(this);
    Ok(!class.is_primitive() && instance_of(object, class))
}

fn is_assignable_from(thread: &mut JavaThread, this: Obj, other: Obj) -> JResult<bool> {
    let other = class_argument(thread, other)?;
    let class = class_of_mirror(this);
    Ok(class == other || (!class.is_primitive() && !other.is_primitive() && other.is_subtype_of(class)))
}

fn is_interface(_: &mut JavaThread, this: Obj) -> JResult<bool> {
    let class = class_of_mirror(this);
    Ok(class.is_instance() && class.is_interface())
}

fn is_array(_: &mut JavaThread, this: Obj) -> JResult<bool> {
    Ok(class_of_mirror(this).is_array())
}

fn is_hidden(_: &mut JavaThread, this: Obj) -> JResult<bool> {
    Ok(class_of_mirror(this).has_flag(class_flags::HIDDEN))
}

fn is_primitive(_: &mut JavaThread, this: Obj) -> JResult<bool> {
    Ok(class_of_mirror(this).is_primitive())
}

fn is_record(thread: &mut JavaThread, this: Obj) -> JResult<bool> {
    let class = class_of_mirror(this);
    let record = thread.vm().known.class_if_present(KnownClass::Record);
    let of_record = class
        .super_class
        .get()
        .is_some_and(|s| Some(s) == record || s.name.bytes() == b"java/lang/Record");
    Ok(class.has_flag(class_flags::RECORD) && class.access_flags & 0x10 != 0 && of_record)
}

fn superclass(_: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let class = class_of_mirror(this);
    if class.is_primitive() || (class.is_instance() && class.is_interface()) {
        return Ok(Obj::NULL);
    }
    Ok(mirror_or_null(class.super_class.get()))
}

fn interfaces(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let class = class_of_mirror(this);
    if class.is_array() {
        let both = [
            thread.known_class(KnownClass::Cloneable),
            thread.known_class(KnownClass::Serializable),
        ];
        return new_class_array(thread, &both);
    }
    let interfaces = class.interfaces.get();
    new_class_array(thread, &interfaces)
}

/// `Class.getModifiers` as the VM computes it.
pub fn modifiers_of(class: ClassPtr) -> i32 {
    if class.is_primitive() {
        return 0x0411;
    }
    match class.element_class {
        Some(element) => modifiers_of(element) & 0x7 | 0x0410,
        None => (class.modifier_flags & 0x7fff & !0x20) as i32,
    }
}

fn modifiers(_: &mut JavaThread, this: Obj) -> JResult<i32> {
    Ok(modifiers_of(class_of_mirror(this)))
}

fn access_flags_raw(_: &mut JavaThread, this: Obj) -> JResult<i32> {
    let class = class_of_mirror(this);
    Ok(if class.is_instance() {
        (class.access_flags & 0xffff) as i32
    } else {
        modifiers_of(class)
    })
}

fn class_file_version(_: &mut JavaThread, this: Obj) -> JResult<i32> {
    let (major, minor) = class_of_mirror(this).attributes.version;
    Ok(i32::from(minor) << 16 | i32::from(major))
}

fn signers(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let signers = thread.known_ref(this, KnownField::ClassSigners);
    if signers.is_null() {
        return Ok(signers);
    }
    thread.clone_object(signers)
}

fn set_signers(thread: &mut JavaThread, this: Obj, signers: Obj) -> JResult<()> {
    if class_of_mirror(this).is_instance() {
        thread.set_known_ref(this, KnownField::ClassSigners, signers);
    }
    Ok(())
}

fn protection_domain(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let class = class_of_mirror(this);
    if class.is_primitive() || !thread.vm().known.has_field(KnownField::ClassProtectionDomain) {
        return Ok(Obj::NULL);
    }
    let mut class = class;
    while let Some(element) = class.element_class {
        class = element;
    }
    Ok(thread.known_ref(class.mirror(), KnownField::ClassProtectionDomain))
}

fn generic_signature(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let class = class_of_mirror(this);
    if !class.is_instance() || class.attributes.signature == 0 {
        return Ok(Obj::NULL);
    }
    thread.new_string_mutf8(class.constants().utf8(class.attributes.signature))
}

fn raw_annotations(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    bytes_or_null(thread, class_of_mirror(this).attributes.annotations)
}

fn raw_type_annotations(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    bytes_or_null(thread, class_of_mirror(this).attributes.type_annotations)
}

fn constant_pool(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    if !class_of_mirror(this).is_instance() {
        return Ok(Obj::NULL);
    }
    let pool = new_known(thread, KnownClass::ReflectConstantPool)?;
    thread.set_known_ref(pool, KnownField::ReflectConstantPoolOop, this);
    Ok(pool)
}

fn desired_assertion_status(thread: &mut JavaThread, class: Obj) -> JResult<bool> {
    let class = class_argument(thread, class)?;
    Ok(assertion_status(thread, class))
}

/// What `-ea`, `-da`, `-esa` and `-dsa` say about a class: the last matching class switch, else the last matching
/// package switch of the nearest package, else the default.
fn assertion_status(thread: &JavaThread, class: ClassPtr) -> bool {
    let options = &thread.vm().options;
    let name = class.external_name();
    if let Some((_, _, enabled)) = options
        .assertion_scopes
        .iter()
        .rev()
        .find(|(scope, is_package, _)| !is_package && *scope == name)
    {
        return *enabled;
    }
    let mut package = name.rfind('.').map_or("", |at| &name[..at]);
    loop {
        let found = options
            .assertion_scopes
            .iter()
            .rev()
            .find(|(scope, is_package, _)| *is_package && scope == package);
        if let Some((_, _, enabled)) = found {
            return *enabled;
        }
        match package.rfind('.') {
            Some(at) => package = &package[..at],
            // "..." stands for the unnamed package alone, never for all packages.
            None => break,
        }
    }
    if class.loader_data().id == 0 {
        options.system_assertions
    } else {
        options.assertions
    }
}
