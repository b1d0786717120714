//! What natives of files, sockets and processes share: fields by name, strings of the system, exceptions of errors.

use peaberry_runtime::method_area::{ClassPtr, FieldPtr};
use peaberry_runtime::object::{array_data, array_length, class_of, get, get_ref, set, set_ref};
use peaberry_runtime::thread::Throw;
use peaberry_runtime::{JResult, JavaThread, Obj, interp, link, loader, strings};
use peaberry_sys::errno::Errno;
use peaberry_sys::file;
use std::ffi::CString;

/// An instance field of an object by name, its class's before those of superclasses.
pub fn field(object: Obj, name: &str) -> Option<FieldPtr> {
    let mut class = Some(class_of(object));
    while let Some(current) = class {
        let fields = current.fields.get();
        if let Some(&field) = fields
            .iter()
            .find(|f| !f.is_static() && f.name.bytes() == name.as_bytes())
        {
            return Some(field);
        }
        class = current.super_class.get();
    }
    None
}

/// Value of a field; the type's default when this class library has no such field.
pub fn get_field<T: Copy + Default>(object: Obj, name: &str) -> T {
    field(object, name).map_or(T::default(), |field| get(object, field.offset.get() as usize))
}

/// Sets a field that is no reference, if there is one of this name.
pub fn set_field<T: Copy>(object: Obj, name: &str, value: T) {
    if let Some(field) = field(object, name) {
        set(object, field.offset.get() as usize, value);
    }
}

/// Value of a reference field.
pub fn get_ref_field(object: Obj, name: &str) -> Obj {
    field(object, name).map_or(Obj::NULL, |field| get_ref(object, field.offset.get() as usize))
}

/// Sets a reference field, if there is one of this name.
pub fn set_ref_field(thread: &JavaThread, object: Obj, name: &str, value: Obj) {
    if let Some(field) = field(object, name) {
        set_ref(thread, object, field.offset.get() as usize, value);
    }
}

/// A class of the boot loader, initialized.
pub fn class_named(thread: &mut JavaThread, name: &str) -> JResult<ClassPtr> {
    let name = thread.vm().symbol(name);
    let class = loader::load_class(thread, thread.vm().boot_loader(), name)?;
    link::initialize_class(thread, class)?;
    Ok(class)
}

/// A new object of a boot class whose constructor runs.
pub fn construct(thread: &mut JavaThread, class: &str, descriptor: &str, arguments: &[u64]) -> JResult<Obj> {
    let class = class_named(thread, class)?;
    let vm = thread.vm();
    let Some(constructor) = class.declared_method(vm.symbol("<init>"), vm.symbol(descriptor)) else {
        let message = format!("{}.<init>{descriptor}", class.external_name());
        return Err(thread.throw_new("java/lang/NoSuchMethodError", &message));
    };
    let object = thread.allocate_instance(class)?;
    let mut slots = vec![object.0 as u64];
    slots.extend_from_slice(arguments);
    interp::call(thread, constructor, &slots)?;
    Ok(object)
}

/// A string as the system wants it: UTF-8, what is not encodable replaced. NullPointerException if null.
pub fn system_bytes(thread: &mut JavaThread, string: Obj) -> JResult<Vec<u8>> {
    if string.is_null() {
        return Err(thread.throw_null_pointer());
    }
    let units = strings::to_utf16(thread, string);
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('?')).collect();
    Ok(text.into_bytes())
}

/// The same as a C string, cut at an embedded zero.
pub fn system_path(thread: &mut JavaThread, string: Obj) -> JResult<CString> {
    Ok(file::c_path(&system_bytes(thread, string)?))
}

/// A string of bytes of the system.
pub fn system_string(thread: &mut JavaThread, bytes: &[u8]) -> JResult<Obj> {
    thread.new_string(&String::from_utf8_lossy(bytes))
}

/// IOException with the system's text.
#[cold]
pub fn throw_io(thread: &mut JavaThread, error: Errno) -> Throw {
    thread.throw_new("java/io/IOException", &error.text())
}

/// IOException of what the VM itself found.
#[cold]
pub fn throw_io_text(thread: &mut JavaThread, text: &str) -> Throw {
    thread.throw_new("java/io/IOException", text)
}

/// InternalError with the system's text.
#[cold]
pub fn throw_internal(thread: &mut JavaThread, error: Errno) -> Throw {
    thread.throw_new("java/lang/InternalError", &error.text())
}

/// `sun.nio.fs.UnixException` with the error number.
#[cold]
pub fn throw_unix(thread: &mut JavaThread, error: Errno) -> Throw {
    match construct(thread, "sun/nio/fs/UnixException", "(I)V", &[error.0 as u32 as u64]) {
        Ok(exception) => thread.throw(exception),
        Err(thrown) => thrown,
    }
}

/// The exception for a failed socket call, as the class library's own C code chooses it.
#[cold]
pub fn throw_socket(thread: &mut JavaThread, error: Errno) -> Throw {
    let class = match error.0 {
        libc::EPROTO => "java/net/ProtocolException",
        libc::ECONNREFUSED | libc::ETIMEDOUT | libc::ENOTCONN => "java/net/ConnectException",
        libc::EHOSTUNREACH => "java/net/NoRouteToHostException",
        libc::EADDRINUSE | libc::EADDRNOTAVAIL | libc::EACCES => "java/net/BindException",
        _ => "java/net/SocketException",
    };
    thread.throw_new(class, &error.text())
}

/// Address of a range of a `byte[]`; NullPointerException and IndexOutOfBoundsException as bulk reads and writes throw.
pub fn byte_range(thread: &mut JavaThread, array: Obj, offset: i32, length: i32) -> JResult<*mut u8> {
    if array.is_null() {
        return Err(thread.throw_null_pointer());
    }
    if offset < 0 || length < 0 || i64::from(offset) + i64::from(length) > array_length(array) as i64 {
        return Err(thread.throw_plain("java/lang/IndexOutOfBoundsException"));
    }
    Ok(array_data(array).wrapping_add(offset as usize))
}

/// [`JavaThread::blocking`] for a call on memory of an array, which this frame pins.
#[inline(never)]
pub fn blocking_on_array<R>(thread: &mut JavaThread, array: Obj, operation: impl FnOnce() -> R) -> R {
    let pinned = array;
    std::hint::black_box(&pinned);
    let result = thread.blocking(operation);
    std::hint::black_box(&pinned);
    result
}

/// A call again and again while signals interrupt it.
pub fn restarting<T>(mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(Errno(libc::EINTR)) => {}
            result => return result,
        }
    }
}
