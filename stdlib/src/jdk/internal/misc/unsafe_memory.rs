//! `jdk.internal.misc.Unsafe`: raw memory, classes, fields' places, parking.

use crate::java::lang::class_loader;
use crate::java::lang::reflect::make;
use crate::support::{class_argument, not_null, nothing};
use peaberry_gc::layout::array_base_offset;
use peaberry_runtime::known::KnownClass;
use peaberry_runtime::method_area::{ClassPtr, ClassState, FieldPtr};
use peaberry_runtime::object::{array_data, array_length, set};
use peaberry_runtime::{JResult, JavaThread, Obj, link, loader, natives, strings};

natives! { pub NATIVES: "jdk/internal/misc/Unsafe" {
    "registerNatives" "()V" => register_natives;
    "allocateInstance" "(Ljava/lang/Class;)Ljava/lang/Object;" => allocate_instance;
    "allocateMemory0" "(J)J" => allocate_memory;
    "reallocateMemory0" "(JJ)J" => reallocate_memory;
    "freeMemory0" "(J)V" => free_memory;
    "setMemory0" "(Ljava/lang/Object;JJB)V" => set_memory;
    "copyMemory0" "(Ljava/lang/Object;JLjava/lang/Object;JJ)V" => copy_memory;
    "copySwapMemory0" "(Ljava/lang/Object;JLjava/lang/Object;JJJ)V" => copy_swap_memory;
    "arrayBaseOffset0" "(Ljava/lang/Class;)I" => array_base;
    "arrayIndexScale0" "(Ljava/lang/Class;)I" => array_scale;
    "defineClass0" "(Ljava/lang/String;[BIILjava/lang/ClassLoader;Ljava/security/ProtectionDomain;)Ljava/lang/Class;" => define_class;
    "ensureClassInitialized0" "(Ljava/lang/Class;)V" => ensure_class_initialized;
    "shouldBeInitialized0" "(Ljava/lang/Class;)Z" => should_be_initialized;
    "getLoadAverage0" "([DI)I" => load_average;
    "objectFieldOffset0" "(Ljava/lang/reflect/Field;)J" => object_field_offset;
    "objectFieldOffset1" "(Ljava/lang/Class;Ljava/lang/String;)J" => object_field_offset_by_name;
    "staticFieldBase0" "(Ljava/lang/reflect/Field;)Ljava/lang/Object;" => static_field_base;
    "staticFieldOffset0" "(Ljava/lang/reflect/Field;)J" => static_field_offset;
    "throwException" "(Ljava/lang/Throwable;)V" => throw_exception;
    "park" "(ZJ)V" [blocks] => park;
    "unpark" "(Ljava/lang/Object;)V" => unpark;
    "writeback0" "(J)V" => writeback;
    "writebackPreSync0" "()V" => sync;
    "writebackPostSync0" "()V" => sync;
} }

/// Fills in `jdk.internal.misc.UnsafeConstants`, from which Unsafe's own constants are initialized right after.
fn register_natives(thread: &mut JavaThread) -> JResult<()> {
    let name = thread.vm().symbol("jdk/internal/misc/UnsafeConstants");
    let constants = loader::load_class(thread, thread.vm().boot_loader(), name)?;
    link::initialize_class(thread, constants)?;
    let mirror = constants.mirror();
    let fields = constants.fields.get();
    for field in fields.iter().filter(|f| f.is_static()) {
        let offset = field.offset.get() as usize;
        match field.name.bytes() {
            b"ADDRESS_SIZE0" => set(mirror, offset, 8i32),
            b"PAGE_SIZE" => set(mirror, offset, peaberry_sys::memory::page_size() as i32),
            b"BIG_ENDIAN" => set(mirror, offset, u8::from(cfg!(target_endian = "big"))),
            b"UNALIGNED_ACCESS" => set(mirror, offset, u8::from(cfg!(target_arch = "x86_64"))),
            b"DATA_CACHE_LINE_FLUSH_SIZE" => set(mirror, offset, 0i32),
            _ => {}
        }
    }
    nothing(thread)
}

/// The class as one of which instances can be made.
pub fn check_instantiable(thread: &mut JavaThread, class: ClassPtr) -> JResult<()> {
    let of_class = class == thread.known_class(KnownClass::Class);
    if class.is_primitive() {
        return Err(thread.throw_plain("java/lang/InstantiationException"));
    }
    if !class.is_instance() || class.is_abstract() || class.is_interface() {
        return Err(thread.throw_new("java/lang/InstantiationException", &class.external_name()));
    }
    if of_class {
        return Err(thread.throw_new("java/lang/IllegalAccessException", &class.external_name()));
    }
    Ok(())
}

fn allocate_instance(thread: &mut JavaThread, _: Obj, class: Obj) -> JResult<Obj> {
    let class = class_argument(thread, class)?;
    check_instantiable(thread, class)?;
    link::initialize_class(thread, class)?;
    thread.allocate_instance(class)
}

fn allocate_memory(_: &mut JavaThread, _: Obj, bytes: i64) -> JResult<i64> {
    // SAFETY: malloc of any size; the class library frees it through freeMemory0.
    Ok(unsafe { libc::malloc((bytes as usize).max(1)) } as i64)
}

fn reallocate_memory(_: &mut JavaThread, _: Obj, address: i64, bytes: i64) -> JResult<i64> {
    // SAFETY: the address is 0 or came from allocateMemory0, for which the class library vouches.
    Ok(unsafe { libc::realloc(address as *mut libc::c_void, (bytes as usize).max(1)) } as i64)
}

fn free_memory(_: &mut JavaThread, _: Obj, address: i64) -> JResult<()> {
    // SAFETY: as above.
    unsafe { libc::free(address as *mut libc::c_void) };
    Ok(())
}

fn address(object: Obj, offset: i64) -> *mut u8 {
    object.0.wrapping_add(offset as usize) as *mut u8
}

fn set_memory(_: &mut JavaThread, _: Obj, object: Obj, offset: i64, bytes: i64, value: i8) -> JResult<()> {
    // SAFETY: the class library has checked the range.
    unsafe { std::ptr::write_bytes(address(object, offset), value as u8, bytes as usize) };
    Ok(())
}

fn copy_memory(
    _: &mut JavaThread,
    _: Obj,
    from: Obj,
    from_offset: i64,
    to: Obj,
    to_offset: i64,
    bytes: i64,
) -> JResult<()> {
    // SAFETY: the class library has checked both ranges.
    unsafe { std::ptr::copy(address(from, from_offset), address(to, to_offset), bytes as usize) };
    Ok(())
}

#[allow(clippy::too_many_arguments)]
fn copy_swap_memory(
    _: &mut JavaThread,
    _: Obj,
    from: Obj,
    from_offset: i64,
    to: Obj,
    to_offset: i64,
    bytes: i64,
    element: i64,
) -> JResult<()> {
    let (bytes, element) = (bytes as usize, (element as usize).max(1));
    // SAFETY: the class library has checked both ranges, and that `bytes` is a multiple of `element`.
    unsafe {
        let target = address(to, to_offset);
        std::ptr::copy(address(from, from_offset), target, bytes);
        for chunk in std::slice::from_raw_parts_mut(target, bytes).chunks_exact_mut(element) {
            chunk.reverse();
        }
    }
    Ok(())
}

fn array_shift(thread: &mut JavaThread, class: Obj) -> JResult<u32> {
    let class = class_argument(thread, class)?;
    if !class.is_array() {
        return Err(thread.throw_plain("java/lang/InvalidClassException"));
    }
    Ok(u32::from(class.prefix.element_shift))
}

fn array_base(thread: &mut JavaThread, _: Obj, class: Obj) -> JResult<i32> {
    Ok(array_base_offset(array_shift(thread, class)?) as i32)
}

fn array_scale(thread: &mut JavaThread, _: Obj, class: Obj) -> JResult<i32> {
    Ok(1 << array_shift(thread, class)?)
}

#[allow(clippy::too_many_arguments)]
fn define_class(
    thread: &mut JavaThread,
    _: Obj,
    name: Obj,
    bytes: Obj,
    offset: i32,
    length: i32,
    class_loader: Obj,
    domain: Obj,
) -> JResult<Obj> {
    let copy = class_loader::class_bytes(thread, bytes, offset, length)?;
    Ok(class_loader::define(thread, class_loader, name, &copy, domain, Obj::NULL)?.mirror())
}

fn ensure_class_initialized(thread: &mut JavaThread, _: Obj, class: Obj) -> JResult<()> {
    let class = class_argument(thread, class)?;
    if class.is_instance() {
        link::initialize_class(thread, class)
    } else {
        Ok(())
    }
}

fn should_be_initialized(thread: &mut JavaThread, _: Obj, class: Obj) -> JResult<bool> {
    let class = class_argument(thread, class)?;
    Ok(class.is_instance() && class.state() != ClassState::Initialized)
}

fn load_average(_: &mut JavaThread, _: Obj, averages: Obj, wanted: i32) -> JResult<i32> {
    let mut values = [0f64; 3];
    let wanted = wanted.clamp(0, 3);
    // SAFETY: room for three values.
    let got = unsafe { libc::getloadavg(values.as_mut_ptr(), wanted) };
    if got > 0 && !averages.is_null() {
        let count = (got as usize).min(array_length(averages));
        // SAFETY: a double[] with at least `count` elements.
        unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), array_data(averages).cast::<f64>(), count) };
    }
    Ok(got)
}

/// The field behind a `java.lang.reflect.Field` argument, of the wanted kind.
fn field_argument(thread: &mut JavaThread, field: Obj, is_static: bool) -> JResult<FieldPtr> {
    let field = not_null(thread, field)?;
    match make::field_of(thread, field).filter(|f| f.is_static() == is_static) {
        Some(field) => Ok(field),
        None => Err(thread.throw_plain("java/lang/IllegalArgumentException")),
    }
}

fn object_field_offset(thread: &mut JavaThread, _: Obj, field: Obj) -> JResult<i64> {
    let field = field_argument(thread, field, false)?;
    link::link_class(thread, field.holder)?;
    Ok(i64::from(field.offset.get()))
}

fn static_field_offset(thread: &mut JavaThread, _: Obj, field: Obj) -> JResult<i64> {
    let field = field_argument(thread, field, true)?;
    link::link_class(thread, field.holder)?;
    Ok(i64::from(field.offset.get()))
}

fn static_field_base(thread: &mut JavaThread, _: Obj, field: Obj) -> JResult<Obj> {
    Ok(field_argument(thread, field, true)?.holder.mirror())
}

fn object_field_offset_by_name(thread: &mut JavaThread, _: Obj, class: Obj, name: Obj) -> JResult<i64> {
    let class = class_argument(thread, class)?;
    let name = not_null(thread, name)?;
    let name = strings::to_mutf8(thread, name);
    let fields = class.fields.get();
    match fields.iter().find(|f| !f.injected && f.name.bytes() == name) {
        Some(field) => Ok(i64::from(field.offset.get())),
        None => Err(thread.throw_plain("java/lang/InternalError")),
    }
}

fn throw_exception(thread: &mut JavaThread, _: Obj, exception: Obj) -> JResult<()> {
    let exception = not_null(thread, exception)?;
    Err(thread.throw(exception))
}

fn park(thread: &mut JavaThread, _: Obj, is_absolute: bool, time: i64) -> JResult<()> {
    peaberry_runtime::thread::park::park(thread, is_absolute, time);
    Ok(())
}

fn unpark(thread: &mut JavaThread, _: Obj, target: Obj) -> JResult<()> {
    if !target.is_null() {
        peaberry_runtime::thread::park::unpark(thread.vm(), target);
    }
    Ok(())
}

/// Memory of mapped files on persistent memory: nothing is supported that would need it.
fn writeback(thread: &mut JavaThread, _: Obj, _line: i64) -> JResult<()> {
    Err(thread.throw_new("java/lang/RuntimeException", "Unsafe.writeback0 is not supported"))
}

fn sync(_: &mut JavaThread, _: Obj) -> JResult<()> {
    Ok(())
}
