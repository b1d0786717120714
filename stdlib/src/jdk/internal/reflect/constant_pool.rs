//! `jdk.internal.reflect.ConstantPool`: constants of a class, for annotations above all.

use crate::java::lang::reflect::make;
use peaberry_runtime::known::KnownClass;
use peaberry_runtime::link::InvokeKind;
use peaberry_runtime::method_area::{ClassPtr, ConstantPool};
use peaberry_runtime::object::{array_set_ref, class_of_mirror};
use peaberry_runtime::thread::Throw;
use peaberry_runtime::{JResult, JavaThread, Obj, link, loader, natives};

natives! { pub NATIVES: "jdk/internal/reflect/ConstantPool" {
    "getSize0" "(Ljava/lang/Object;)I" => size;
    "getTagAt0" "(Ljava/lang/Object;I)B" => tag_at;
    "getClassAt0" "(Ljava/lang/Object;I)Ljava/lang/Class;" => class_at;
    "getClassAtIfLoaded0" "(Ljava/lang/Object;I)Ljava/lang/Class;" => class_at_if_loaded;
    "getClassRefIndexAt0" "(Ljava/lang/Object;I)I" => class_ref_index_at;
    "getMethodAt0" "(Ljava/lang/Object;I)Ljava/lang/reflect/Member;" => method_at;
    "getMethodAtIfLoaded0" "(Ljava/lang/Object;I)Ljava/lang/reflect/Member;" => method_at_if_loaded;
    "getFieldAt0" "(Ljava/lang/Object;I)Ljava/lang/reflect/Field;" => field_at;
    "getFieldAtIfLoaded0" "(Ljava/lang/Object;I)Ljava/lang/reflect/Field;" => field_at_if_loaded;
    "getMemberRefInfoAt0" "(Ljava/lang/Object;I)[Ljava/lang/String;" => member_ref_info_at;
    "getNameAndTypeRefIndexAt0" "(Ljava/lang/Object;I)I" => name_and_type_ref_index_at;
    "getNameAndTypeRefInfoAt0" "(Ljava/lang/Object;I)[Ljava/lang/String;" => name_and_type_ref_info_at;
    "getIntAt0" "(Ljava/lang/Object;I)I" => int_at;
    "getLongAt0" "(Ljava/lang/Object;I)J" => long_at;
    "getFloatAt0" "(Ljava/lang/Object;I)F" => float_at;
    "getDoubleAt0" "(Ljava/lang/Object;I)D" => double_at;
    "getStringAt0" "(Ljava/lang/Object;I)Ljava/lang/String;" => string_at;
    "getUTF8At0" "(Ljava/lang/Object;I)Ljava/lang/String;" => utf8_at;
} }

/// JVMS §4.4 tags.
mod tag {
    pub const UTF8: u8 = 1;
    pub const INTEGER: u8 = 3;
    pub const FLOAT: u8 = 4;
    pub const LONG: u8 = 5;
    pub const DOUBLE: u8 = 6;
    pub const CLASS: u8 = 7;
    pub const STRING: u8 = 8;
    pub const FIELDREF: u8 = 9;
    pub const METHODREF: u8 = 10;
    pub const INTERFACE_METHODREF: u8 = 11;
    pub const NAME_AND_TYPE: u8 = 12;
    pub const DYNAMIC: u8 = 17;
    pub const INVOKE_DYNAMIC: u8 = 18;
}

fn refuse(thread: &mut JavaThread, text: &str) -> Throw {
    thread.throw_new("java/lang/IllegalArgumentException", text)
}

/// The class whose pool it is, and the index once its tag is one of `tags` (any for none).
fn entry(thread: &mut JavaThread, pool: Obj, index: i32, tags: &[u8]) -> JResult<(ClassPtr, u16)> {
    let class = class_of_mirror(pool);
    let constants = class.constants();
    if index <= 0 || index >= i32::from(constants.length) {
        return Err(refuse(thread, "Constant pool index out of bounds"));
    }
    let index = index as u16;
    if !tags.is_empty() && !tags.contains(&constants.tag(index)) {
        return Err(refuse(thread, "Wrong type at constant pool index"));
    }
    Ok((class, index))
}

fn size(_: &mut JavaThread, _: Obj, pool: Obj) -> JResult<i32> {
    Ok(i32::from(class_of_mirror(pool).constants().length))
}

fn tag_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<i8> {
    let (class, index) = entry(thread, pool, index, &[])?;
    Ok(class.constants().tag(index) as i8)
}

fn class_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<Obj> {
    let (class, index) = entry(thread, pool, index, &[tag::CLASS])?;
    Ok(link::resolve_class(thread, class, index)?.mirror())
}

/// A class constant's class if the class's loader has it already.
fn loaded(thread: &mut JavaThread, class: ClassPtr, index: u16) -> JResult<Option<ClassPtr>> {
    let constants = class.constants();
    if let Some(resolved) = constants.resolved_class(index) {
        return Ok(Some(resolved));
    }
    let name = thread.vm().symbol_bytes(constants.name_of(index));
    loader::find_loaded(thread, class.loader_data(), name)
}

fn class_at_if_loaded(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<Obj> {
    let (class, index) = entry(thread, pool, index, &[tag::CLASS])?;
    Ok(loaded(thread, class, index)?.map_or(Obj::NULL, |class| class.mirror()))
}

const MEMBERS: [u8; 3] = [tag::FIELDREF, tag::METHODREF, tag::INTERFACE_METHODREF];
const METHODS: [u8; 2] = [tag::METHODREF, tag::INTERFACE_METHODREF];

fn class_ref_index_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<i32> {
    let (class, index) = entry(thread, pool, index, &MEMBERS)?;
    Ok(i32::from(class.constants().member_class(index)))
}

fn name_and_type_ref_index_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<i32> {
    let with_dynamic = [
        tag::FIELDREF,
        tag::METHODREF,
        tag::INTERFACE_METHODREF,
        tag::DYNAMIC,
        tag::INVOKE_DYNAMIC,
    ];
    let (class, index) = entry(thread, pool, index, &with_dynamic)?;
    Ok(i32::from(class.constants().u16_at(index, 2)))
}

fn method(thread: &mut JavaThread, pool: Obj, index: i32, load: bool) -> JResult<Obj> {
    let (class, index) = entry(thread, pool, index, &METHODS)?;
    let constants = class.constants();
    if !load && loaded(thread, class, constants.member_class(index))?.is_none() {
        return Ok(Obj::NULL);
    }
    link::resolve_class(thread, class, constants.member_class(index))?;
    let kind = match constants.tag(index) {
        tag::INTERFACE_METHODREF => InvokeKind::Interface,
        _ => InvokeKind::Virtual,
    };
    let found = match link::resolve_method(thread, class, index, kind) {
        Ok(found) => found,
        Err(_) => {
            thread.take_exception();
            link::resolve_method(thread, class, index, InvokeKind::Static)?
        }
    };
    make::new_executable(thread, found)
}

fn method_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<Obj> {
    method(thread, pool, index, true)
}

fn method_at_if_loaded(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<Obj> {
    method(thread, pool, index, false)
}

fn field(thread: &mut JavaThread, pool: Obj, index: i32, load: bool) -> JResult<Obj> {
    let (class, index) = entry(thread, pool, index, &[tag::FIELDREF])?;
    let constants = class.constants();
    if !load && loaded(thread, class, constants.member_class(index))?.is_none() {
        return Ok(Obj::NULL);
    }
    let holder = link::resolve_class(thread, class, constants.member_class(index))?;
    let (name, descriptor) = constants.member_name_and_type(index);
    let (name_symbol, descriptor) = (thread.vm().symbol_bytes(name), thread.vm().symbol_bytes(descriptor));
    match link::find_field(holder, name_symbol, descriptor) {
        Some(found) => make::new_field(thread, found),
        None => Err(thread.throw_new("java/lang/NoSuchFieldError", &String::from_utf8_lossy(name))),
    }
}

fn field_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<Obj> {
    field(thread, pool, index, true)
}

fn field_at_if_loaded(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<Obj> {
    field(thread, pool, index, false)
}

fn strings(thread: &mut JavaThread, texts: &[&[u8]]) -> JResult<Obj> {
    let array = thread.allocate_reference_array(thread.known_class(KnownClass::String), texts.len())?;
    for (index, text) in texts.iter().enumerate() {
        let string = thread.new_string_mutf8(text)?;
        array_set_ref(thread, array, index, string);
    }
    Ok(array)
}

fn member_ref_info_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<Obj> {
    let (class, index) = entry(thread, pool, index, &MEMBERS)?;
    let constants = class.constants();
    let (name, descriptor) = constants.member_name_and_type(index);
    let class_name: Vec<u8> = constants
        .name_of(constants.member_class(index))
        .iter()
        .map(|&b| if b == b'/' { b'.' } else { b })
        .collect();
    strings(thread, &[&class_name, name, descriptor])
}

fn name_and_type_ref_info_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<Obj> {
    let (class, index) = entry(thread, pool, index, &[tag::NAME_AND_TYPE])?;
    let (name, descriptor) = class.constants().name_and_type(index);
    strings(thread, &[name, descriptor])
}

fn int_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<i32> {
    let (class, index) = entry(thread, pool, index, &[tag::INTEGER])?;
    Ok(class.constants().u32_at(index, 0) as i32)
}

fn float_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<f32> {
    let (class, index) = entry(thread, pool, index, &[tag::FLOAT])?;
    Ok(f32::from_bits(class.constants().u32_at(index, 0)))
}

fn wide(constants: &ConstantPool, index: u16) -> u64 {
    u64::from(constants.u32_at(index, 0)) << 32 | u64::from(constants.u32_at(index, 4))
}

fn long_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<i64> {
    let (class, index) = entry(thread, pool, index, &[tag::LONG])?;
    Ok(wide(&class.constants(), index) as i64)
}

fn double_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<f64> {
    let (class, index) = entry(thread, pool, index, &[tag::DOUBLE])?;
    Ok(f64::from_bits(wide(&class.constants(), index)))
}

fn string_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<Obj> {
    let (class, index) = entry(thread, pool, index, &[tag::STRING])?;
    link::resolve_loadable(thread, class, index)
}

fn utf8_at(thread: &mut JavaThread, _: Obj, pool: Obj, index: i32) -> JResult<Obj> {
    let (class, index) = entry(thread, pool, index, &[tag::UTF8])?;
    thread.intern_mutf8(class.constants().utf8(index))
}
