//! `java.lang.System`: clocks, array copies, the standard streams.

use crate::support::nothing;
use peaberry_runtime::known::KnownClass;
use peaberry_runtime::method_area::ClassPtr;
use peaberry_runtime::object::{
    array_data, array_get_ref, array_length, array_set_ref, class_of, is_instance, set_ref,
};
use peaberry_runtime::thread::Throw;
use peaberry_runtime::{JResult, JavaThread, Obj, monitor, natives, strings};

natives! { pub NATIVES: "java/lang/System" {
    "registerNatives" "()V" => nothing;
    "arraycopy" "(Ljava/lang/Object;ILjava/lang/Object;II)V" => arraycopy;
    "identityHashCode" "(Ljava/lang/Object;)I" => identity_hash_code;
    "currentTimeMillis" "()J" [leaf] => current_time_millis;
    "nanoTime" "()J" [leaf] => nano_time;
    "mapLibraryName" "(Ljava/lang/String;)Ljava/lang/String;" => map_library_name;
    "setIn0" "(Ljava/io/InputStream;)V" => set_in;
    "setOut0" "(Ljava/io/PrintStream;)V" => set_out;
    "setErr0" "(Ljava/io/PrintStream;)V" => set_err;
} }

fn identity_hash_code(thread: &mut JavaThread, object: Obj) -> JResult<i32> {
    Ok(if object.is_null() {
        0
    } else {
        monitor::identity_hash(thread, object)
    })
}

fn current_time_millis(_: &mut JavaThread) -> JResult<i64> {
    let (seconds, nanoseconds) = peaberry_sys::time::wall_clock();
    Ok(seconds * 1000 + nanoseconds / 1_000_000)
}

fn nano_time(_: &mut JavaThread) -> JResult<i64> {
    Ok(peaberry_sys::time::monotonic_nanoseconds())
}

fn map_library_name(thread: &mut JavaThread, name: Obj) -> JResult<Obj> {
    if name.is_null() {
        return Err(thread.throw_null_pointer());
    }
    let name = strings::to_rust(thread, name);
    if name.len() > 240 {
        return Err(thread.throw_new("java/lang/IllegalArgumentException", "name too long"));
    }
    thread.new_string(&format!("lib{name}.so"))
}

/// Writes one of System's final streams.
fn set_stream(thread: &mut JavaThread, name: &str, descriptor: &str, stream: Obj) -> JResult<()> {
    let system = thread.known_class(KnownClass::System);
    let vm = thread.vm();
    if let Some(field) = system.declared_field(vm.symbol(name), vm.symbol(descriptor)) {
        set_ref(thread, system.mirror(), field.offset.get() as usize, stream);
    }
    Ok(())
}

fn set_in(thread: &mut JavaThread, stream: Obj) -> JResult<()> {
    set_stream(thread, "in", "Ljava/io/InputStream;", stream)
}

fn set_out(thread: &mut JavaThread, stream: Obj) -> JResult<()> {
    set_stream(thread, "out", "Ljava/io/PrintStream;", stream)
}

fn set_err(thread: &mut JavaThread, stream: Obj) -> JResult<()> {
    set_stream(thread, "err", "Ljava/io/PrintStream;", stream)
}

/// What arraycopy's texts call an array's elements: `int`, `object array`.
fn element_kind(class: ClassPtr) -> &'static str {
    if class.basic_type.is_reference() {
        "object array"
    } else {
        class.basic_type.keyword()
    }
}

#[cold]
fn store_error(thread: &mut JavaThread, message: &str) -> Throw {
    thread.throw_new("java/lang/ArrayStoreException", &format!("arraycopy: {message}"))
}

#[cold]
fn bounds_error(thread: &mut JavaThread, message: &str) -> Throw {
    thread.throw_new(
        "java/lang/ArrayIndexOutOfBoundsException",
        &format!("arraycopy: {message}"),
    )
}

/// Checks what can be wrong with ranges, in HotSpot's order.
fn check_ranges(thread: &mut JavaThread, from: Obj, from_at: i32, to: Obj, to_at: i32, count: i32) -> JResult<()> {
    let (from_length, to_length) = (array_length(from), array_length(to));
    let in_range = |at: i32, length: usize| at >= 0 && (at as i64 + count as i64) <= length as i64;
    if count >= 0 && in_range(from_at, from_length) && in_range(to_at, to_length) {
        return Ok(());
    }
    let (from_kind, to_kind) = (element_kind(class_of(from)), element_kind(class_of(to)));
    let message = if from_at < 0 {
        format!("source index {from_at} out of bounds for {from_kind}[{from_length}]")
    } else if to_at < 0 {
        format!("destination index {to_at} out of bounds for {to_kind}[{to_length}]")
    } else if count < 0 {
        format!("length {count} is negative")
    } else if !in_range(from_at, from_length) {
        let last = from_at as u32 + count as u32;
        format!("last source index {last} out of bounds for {from_kind}[{from_length}]")
    } else {
        let last = to_at as u32 + count as u32;
        format!("last destination index {last} out of bounds for {to_kind}[{to_length}]")
    };
    Err(bounds_error(thread, &message))
}

/// `System.arraycopy`.
pub fn arraycopy(thread: &mut JavaThread, from: Obj, from_at: i32, to: Obj, to_at: i32, count: i32) -> JResult<()> {
    if from.is_null() || to.is_null() {
        return Err(thread.throw_null_pointer());
    }
    let (from_class, to_class) = (class_of(from), class_of(to));
    if !from_class.is_array() {
        let message = format!("source type {} is not an array", from_class.external_name());
        return Err(store_error(thread, &message));
    }
    if !to_class.is_array() {
        let message = format!("destination type {} is not an array", to_class.external_name());
        return Err(store_error(thread, &message));
    }
    let references = from_class.basic_type.is_reference();
    if from_class != to_class && !(references && to_class.basic_type.is_reference()) {
        let message = type_mismatch(from_class, to_class);
        return Err(store_error(thread, &message));
    }
    check_ranges(thread, from, from_at, to, to_at, count)?;
    if count == 0 {
        return Ok(());
    }
    let (from_at, to_at, count) = (from_at as usize, to_at as usize, count as usize);
    if !references {
        let shift = u32::from(from_class.prefix.element_shift);
        // SAFETY: both ranges were checked; elements are copied in units of their size, so none is torn.
        unsafe {
            let (source, target) = (array_data(from), array_data(to));
            match shift {
                0 => std::ptr::copy(source.add(from_at), target.add(to_at), count),
                1 => std::ptr::copy(
                    source.cast::<u16>().add(from_at),
                    target.cast::<u16>().add(to_at),
                    count,
                ),
                2 => std::ptr::copy(
                    source.cast::<u32>().add(from_at),
                    target.cast::<u32>().add(to_at),
                    count,
                ),
                _ => std::ptr::copy(
                    source.cast::<u64>().add(from_at),
                    target.cast::<u64>().add(to_at),
                    count,
                ),
            }
        }
        return Ok(());
    }
    let (Some(from_element), Some(to_element)) = (from_class.element_class, to_class.element_class) else {
        return Ok(());
    };
    if from == to || from_element.is_subtype_of(to_element) {
        copy_references(thread, from, from_at, to, to_at, count);
        return Ok(());
    }
    for index in 0..count {
        let value = array_get_ref(from, from_at + index);
        if !value.is_null() && !is_instance(value, to_element) {
            let (from_name, to_name) = (from_element.external_name(), to_element.external_name());
            let message = if to_element.is_subtype_of(from_element) {
                format!(
                    "element type mismatch: can not cast one of the elements of {from_name}[] to the type of the \
                     destination array, {to_name}"
                )
            } else {
                format!("type mismatch: can not copy {from_name}[] into {to_name}[]")
            };
            return Err(store_error(thread, &message));
        }
        array_set_ref(thread, to, to_at + index, value);
    }
    Ok(())
}

fn type_mismatch(from: ClassPtr, to: ClassPtr) -> String {
    let reference = |class: ClassPtr| class.basic_type.is_reference();
    match (reference(from), reference(to)) {
        (false, false) => format!(
            "type mismatch: can not copy {}[] into {}[]",
            from.basic_type.keyword(),
            to.basic_type.keyword()
        ),
        (false, true) => format!(
            "type mismatch: can not copy {}[] into object array[]",
            from.basic_type.keyword()
        ),
        _ => format!(
            "type mismatch: can not copy object array[] into {}[]",
            to.basic_type.keyword()
        ),
    }
}

/// Moves references and marks the cards of the target.
fn copy_references(thread: &mut JavaThread, from: Obj, from_at: usize, to: Obj, to_at: usize, count: usize) {
    // SAFETY: both ranges were checked by the caller; the card table covers the heap the array is in.
    unsafe {
        let target = array_data(to).cast::<u32>().add(to_at);
        std::ptr::copy(array_data(from).cast::<u32>().add(from_at), target, count);
        peaberry_gc::barrier::card_mark_range(thread.card_table, target as usize, count);
    }
}
