//! `jdk.internal.loader`: native libraries. The class library's own are built in; others would come through JNI.

use crate::support::not_null;
use peaberry_runtime::object::{class_of, set};
use peaberry_runtime::{JResult, JavaThread, Obj, natives, strings};

natives! { pub NATIVES: "jdk/internal/loader/NativeLibraries" {
    "findBuiltinLib" "(Ljava/lang/String;)Ljava/lang/String;" => find_builtin;
    "load" "(Ljdk/internal/loader/NativeLibraries$NativeLibraryImpl;Ljava/lang/String;ZZZ)Z" [until 18] => load_17;
    "load" "(Ljdk/internal/loader/NativeLibraries$NativeLibraryImpl;Ljava/lang/String;ZZ)Z" [since 19] => load;
    "unload" "(Ljava/lang/String;ZZJ)V" [until 18] => unload_17;
    "unload" "(Ljava/lang/String;ZJ)V" [since 19] => unload;
    "findEntry0" "(Ljdk/internal/loader/NativeLibraries$NativeLibraryImpl;Ljava/lang/String;)J" [until 18] => find_entry_17;
} }

natives! { pub NATIVE_LIBRARY: "jdk/internal/loader/NativeLibrary" {
    "findEntry0" "(JLjava/lang/String;)J" [since 18] => find_entry;
} }

natives! { pub RAW_NATIVE_LIBRARIES: "jdk/internal/loader/RawNativeLibraries" {
    "load0" "(Ljdk/internal/loader/RawNativeLibraries$RawNativeLibraryImpl;Ljava/lang/String;)Z" [since 18] => load_raw;
    "unload0" "(Ljava/lang/String;J)V" [since 18] => unload_raw;
} }

/// Libraries of the class library whose natives are Rust functions of this crate.
const BUILT_IN: &[&str] = &[
    "java",
    "jimage",
    "net",
    "nio",
    "zip",
    "verify",
    "extnet",
    "management",
    "management_ext",
    "instrument",
    "prefs",
    "rmi",
    "sctp",
    "awt",
    "jaas",
    "management_agent",
];

/// What a built-in library's handle is; nothing is behind it.
const BUILT_IN_HANDLE: i64 = 1;
/// `JNI_VERSION_1_8`.
const JNI_VERSION: i32 = 0x0001_0008;

/// `libnet.so` is the built-in `net`; null for all others.
fn find_builtin(thread: &mut JavaThread, name: Obj) -> JResult<Obj> {
    let name = not_null(thread, name)?;
    let name = strings::to_rust(thread, name);
    match name
        .strip_prefix("lib")
        .and_then(|rest| rest.strip_suffix(".so"))
        .filter(|name| BUILT_IN.contains(name))
    {
        Some(name) => thread.new_string(name),
        None => Ok(Obj::NULL),
    }
}

fn open(thread: &mut JavaThread, library: Obj, name: Obj, built_in: bool, must: bool) -> JResult<bool> {
    if built_in {
        let fields = class_of(library).fields.get();
        for field in fields.iter().filter(|f| !f.is_static()) {
            match field.name.bytes() {
                b"handle" => set(library, field.offset.get() as usize, BUILT_IN_HANDLE),
                b"jniVersion" => set(library, field.offset.get() as usize, JNI_VERSION),
                _ => {}
            }
        }
        return Ok(true);
    }
    if must {
        let text = format!(
            "{}: JNI libraries cannot be loaded by this VM",
            strings::to_rust(thread, name)
        );
        return Err(thread.throw_new("java/lang/UnsatisfiedLinkError", &text));
    }
    Ok(false)
}

fn load_17(thread: &mut JavaThread, library: Obj, name: Obj, built_in: bool, _jni: bool, must: bool) -> JResult<bool> {
    open(thread, library, name, built_in, must)
}

fn load(thread: &mut JavaThread, library: Obj, name: Obj, built_in: bool, must: bool) -> JResult<bool> {
    open(thread, library, name, built_in, must)
}

fn unload_17(_: &mut JavaThread, _name: Obj, _built_in: bool, _jni: bool, _handle: i64) -> JResult<()> {
    Ok(())
}

fn unload(_: &mut JavaThread, _name: Obj, _built_in: bool, _handle: i64) -> JResult<()> {
    Ok(())
}

/// Natives of built-in libraries are found by class and method, never by symbol.
fn find_entry(_: &mut JavaThread, _handle: i64, _symbol: Obj) -> JResult<i64> {
    Ok(0)
}

fn find_entry_17(_: &mut JavaThread, _library: Obj, _symbol: Obj) -> JResult<i64> {
    Ok(0)
}

fn load_raw(_: &mut JavaThread, _library: Obj, _name: Obj) -> JResult<bool> {
    Ok(false)
}

fn unload_raw(_: &mut JavaThread, _name: Obj, _handle: i64) -> JResult<()> {
    Ok(())
}
