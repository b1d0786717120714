//! `java.lang.reflect.Array`.

use crate::jdk::internal::reflect::accessors::widen;
use crate::support::class_argument;
use peaberry_gc::layout::array_base_offset;
use peaberry_runtime::basic_type::BasicType;
use peaberry_runtime::method_area::ClassPtr;
use peaberry_runtime::native::SlotValue;
use peaberry_runtime::object::{
    array_get_ref, array_length, array_set_ref, class_of, is_instance, read_slot, write_slot,
};
use peaberry_runtime::thread::Throw;
use peaberry_runtime::{JResult, JavaThread, Obj, link, natives};

natives! { pub NATIVES: "java/lang/reflect/Array" {
    "getLength" "(Ljava/lang/Object;)I" => get_length;
    "get" "(Ljava/lang/Object;I)Ljava/lang/Object;" => get;
    "set" "(Ljava/lang/Object;ILjava/lang/Object;)V" => set;
    "getBoolean" "(Ljava/lang/Object;I)Z" => get_boolean;
    "getByte" "(Ljava/lang/Object;I)B" => get_byte;
    "getChar" "(Ljava/lang/Object;I)C" => get_char;
    "getShort" "(Ljava/lang/Object;I)S" => get_short;
    "getInt" "(Ljava/lang/Object;I)I" => get_int;
    "getLong" "(Ljava/lang/Object;I)J" => get_long;
    "getFloat" "(Ljava/lang/Object;I)F" => get_float;
    "getDouble" "(Ljava/lang/Object;I)D" => get_double;
    "setBoolean" "(Ljava/lang/Object;IZ)V" => set_boolean;
    "setByte" "(Ljava/lang/Object;IB)V" => set_byte;
    "setChar" "(Ljava/lang/Object;IC)V" => set_char;
    "setShort" "(Ljava/lang/Object;IS)V" => set_short;
    "setInt" "(Ljava/lang/Object;II)V" => set_int;
    "setLong" "(Ljava/lang/Object;IJ)V" => set_long;
    "setFloat" "(Ljava/lang/Object;IF)V" => set_float;
    "setDouble" "(Ljava/lang/Object;ID)V" => set_double;
    "newArray" "(Ljava/lang/Class;I)Ljava/lang/Object;" => new_array;
    "multiNewArray" "(Ljava/lang/Class;[I)Ljava/lang/Object;" => multi_new_array;
} }

fn type_mismatch(thread: &mut JavaThread) -> Throw {
    thread.throw_new("java/lang/IllegalArgumentException", "argument type mismatch")
}

/// The class of an array argument.
fn array_argument(thread: &mut JavaThread, array: Obj) -> JResult<ClassPtr> {
    if array.is_null() {
        return Err(thread.throw_null_pointer());
    }
    let class = class_of(array);
    if !class.is_array() {
        return Err(thread.throw_new("java/lang/IllegalArgumentException", "Argument is not an array"));
    }
    Ok(class)
}

fn element(thread: &mut JavaThread, array: Obj, index: i32) -> JResult<(ClassPtr, usize)> {
    let class = array_argument(thread, array)?;
    let length = array_length(array);
    match usize::try_from(index).ok().filter(|&i| i < length) {
        Some(index) => Ok((class, index)),
        None => Err(thread.throw_plain("java/lang/ArrayIndexOutOfBoundsException")),
    }
}

fn get_length(thread: &mut JavaThread, array: Obj) -> JResult<i32> {
    array_argument(thread, array)?;
    Ok(array_length(array) as i32)
}

fn offset(basic_type: BasicType, index: usize) -> usize {
    array_base_offset(basic_type.size_shift()) + (index << basic_type.size_shift())
}

fn get(thread: &mut JavaThread, array: Obj, index: i32) -> JResult<Obj> {
    let (class, index) = element(thread, array, index)?;
    if class.basic_type.is_reference() {
        return Ok(array_get_ref(array, index));
    }
    let value = read_slot(array, offset(class.basic_type, index), class.basic_type);
    thread.new_box(class.basic_type, value)
}

fn set(thread: &mut JavaThread, array: Obj, index: i32, value: Obj) -> JResult<()> {
    let (class, index) = element(thread, array, index)?;
    if class.basic_type.is_reference() {
        let wanted = class.element_class;
        if !value.is_null() && wanted.is_some_and(|wanted| !is_instance(value, wanted)) {
            return Err(thread.throw_new("java/lang/IllegalArgumentException", "array element type mismatch"));
        }
        array_set_ref(thread, array, index, value);
        return Ok(());
    }
    if value.is_null() {
        return Err(thread.throw_plain("java/lang/IllegalArgumentException"));
    }
    match thread
        .unbox(value)
        .and_then(|(from, value)| widen(from, value, class.basic_type))
    {
        Some(value) => {
            write_slot(thread, array, offset(class.basic_type, index), class.basic_type, value);
            Ok(())
        }
        None => Err(type_mismatch(thread)),
    }
}

/// Reads an element widened to `wanted`.
fn get_as(thread: &mut JavaThread, array: Obj, index: i32, wanted: BasicType) -> JResult<u64> {
    let class = array_argument(thread, array)?;
    if class.basic_type.is_reference() {
        return Err(thread.throw_new(
            "java/lang/IllegalArgumentException",
            "Argument is not an array of primitive type",
        ));
    }
    let (class, index) = element(thread, array, index)?;
    let value = read_slot(array, offset(class.basic_type, index), class.basic_type);
    match widen(class.basic_type, value, wanted) {
        Some(value) => Ok(value),
        None => Err(type_mismatch(thread)),
    }
}

/// Writes an element, widening from `given`.
fn set_as(thread: &mut JavaThread, array: Obj, index: i32, given: BasicType, value: u64) -> JResult<()> {
    let class = array_argument(thread, array)?;
    if class.basic_type.is_reference() {
        return Err(thread.throw_new(
            "java/lang/IllegalArgumentException",
            "Argument is not an array of primitive type",
        ));
    }
    let (class, index) = element(thread, array, index)?;
    match widen(given, value, class.basic_type) {
        Some(value) => {
            write_slot(thread, array, offset(class.basic_type, index), class.basic_type, value);
            Ok(())
        }
        None => Err(type_mismatch(thread)),
    }
}

macro_rules! typed {
    ($($get:ident $set:ident $java:ty, $basic_type:ident;)*) => {
        $(fn $get(thread: &mut JavaThread, array: Obj, index: i32) -> JResult<$java> {
            get_as(thread, array, index, BasicType::$basic_type).map(<$java>::from_slot)
        }
        fn $set(thread: &mut JavaThread, array: Obj, index: i32, value: $java) -> JResult<()> {
            set_as(thread, array, index, BasicType::$basic_type, value.into_slot())
        })*
    };
}
typed! {
    get_boolean set_boolean bool, Boolean;
    get_byte set_byte i8, Byte;
    get_char set_char u16, Char;
    get_short set_short i16, Short;
    get_int set_int i32, Int;
    get_long set_long i64, Long;
    get_float set_float f32, Float;
    get_double set_double f64, Double;
}

fn new_array(thread: &mut JavaThread, class: Obj, length: i32) -> JResult<Obj> {
    let class = class_argument(thread, class)?;
    if length < 0 {
        return Err(thread.throw_new("java/lang/NegativeArraySizeException", &length.to_string()));
    }
    if class.is_primitive() && class.basic_type == BasicType::Void || class.dimensions == 255 {
        return Err(thread.throw_plain("java/lang/IllegalArgumentException"));
    }
    let array_class = link::array_class_of(thread, class)?;
    thread.allocate_array(array_class, length as usize)
}

fn multi_new_array(thread: &mut JavaThread, class: Obj, lengths: Obj) -> JResult<Obj> {
    let class = class_argument(thread, class)?;
    if lengths.is_null() {
        return Err(thread.throw_null_pointer());
    }
    // SAFETY: an int[]; copied at once.
    let lengths = unsafe { peaberry_runtime::object::array_slice::<i32>(lengths) }.to_vec();
    if lengths.is_empty() {
        return Err(thread.throw_plain("java/lang/IllegalArgumentException"));
    }
    if class.is_primitive() && class.basic_type == BasicType::Void
        || lengths.len() + usize::from(class.dimensions) > 255
    {
        return Err(thread.throw_plain("java/lang/IllegalArgumentException"));
    }
    if let Some(negative) = lengths.iter().find(|length| **length < 0) {
        return Err(thread.throw_new("java/lang/NegativeArraySizeException", &negative.to_string()));
    }
    let mut array_class = class;
    for _ in 0..lengths.len() {
        array_class = link::array_class_of(thread, array_class)?;
    }
    thread.allocate_multi_array(array_class, &lengths)
}
