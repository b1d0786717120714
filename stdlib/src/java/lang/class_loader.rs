//! `java.lang.ClassLoader`: defining and finding classes.

use crate::support::{not_null, nothing};
use peaberry_runtime::known::{KnownClass, KnownField};
use peaberry_runtime::loader::{self, ClassBytes, DefineOptions};
use peaberry_runtime::method_area::ClassPtr;
use peaberry_runtime::object::{array_length, array_set_ref, array_slice, class_of_mirror, set};
use peaberry_runtime::{JResult, JavaThread, Obj, link, natives, strings};

natives! { pub NATIVES: "java/lang/ClassLoader" {
    "registerNatives" "()V" => nothing;
    "defineClass0" "(Ljava/lang/ClassLoader;Ljava/lang/Class;Ljava/lang/String;[BIILjava/security/ProtectionDomain;ZILjava/lang/Object;)Ljava/lang/Class;" => define_class_0;
    "defineClass1" "(Ljava/lang/ClassLoader;Ljava/lang/String;[BIILjava/security/ProtectionDomain;Ljava/lang/String;)Ljava/lang/Class;" => define_class_1;
    "defineClass2" "(Ljava/lang/ClassLoader;Ljava/lang/String;Ljava/nio/ByteBuffer;IILjava/security/ProtectionDomain;Ljava/lang/String;)Ljava/lang/Class;" => define_class_2;
    "findBootstrapClass" "(Ljava/lang/String;)Ljava/lang/Class;" => find_bootstrap_class;
    "findLoadedClass0" "(Ljava/lang/String;)Ljava/lang/Class;" => find_loaded_class;
    "retrieveDirectives" "()Ljava/lang/AssertionStatusDirectives;" => retrieve_directives;
} }

/// Flags of `Lookup.defineClass` and `defineHiddenClass`.
mod lookup_flags {
    pub const NESTMATE: i32 = 1;
    pub const HIDDEN: i32 = 2;
    pub const STRONG: i32 = 4;
    pub const ACCESS_VM_ANNOTATIONS: i32 = 8;
}

/// A name with dots as an internal name; `None` for null.
pub fn internal_name(thread: &JavaThread, name: Obj) -> Option<Vec<u8>> {
    if name.is_null() {
        return None;
    }
    let text = strings::to_mutf8(thread, name);
    Some(text.iter().map(|&b| if b == b'.' { b'/' } else { b }).collect())
}

/// The wanted part of a `byte[]`, copied: it must not change while it is parsed.
pub fn class_bytes(thread: &mut JavaThread, bytes: Obj, offset: i32, length: i32) -> JResult<Vec<u8>> {
    let bytes = not_null(thread, bytes)?;
    if length < 0 {
        return Err(thread.throw_plain("java/lang/ArrayIndexOutOfBoundsException"));
    }
    let end = i64::from(offset) + i64::from(length);
    let all = array_length(bytes);
    if offset < 0 || end > all as i64 {
        let text = format!("Array region {offset}..{end} out of bounds for length {all}");
        return Err(thread.throw_new("java/lang/ArrayIndexOutOfBoundsException", &text));
    }
    // SAFETY: the range was checked and is copied at once; the array is held by the caller's frame.
    Ok(unsafe { array_slice::<u8>(bytes)[offset as usize..end as usize].to_vec() })
}

/// Defines a class as `ClassLoader.defineClass` and `Unsafe.defineClass` do.
pub fn define(
    thread: &mut JavaThread,
    class_loader: Obj,
    name: Obj,
    bytes: &[u8],
    domain: Obj,
    source: Obj,
) -> JResult<ClassPtr> {
    let name = internal_name(thread, name);
    let source = (!source.is_null()).then(|| strings::to_rust(thread, source));
    let data = loader::loader_data_for(thread, class_loader);
    let options = DefineOptions {
        protection_domain: domain,
        ..DefineOptions::default()
    };
    loader::define_class(
        thread,
        data,
        name.as_deref(),
        ClassBytes::Copied(bytes),
        source.as_deref(),
        &options,
    )
}

#[allow(clippy::too_many_arguments)]
fn define_class_1(
    thread: &mut JavaThread,
    class_loader: Obj,
    name: Obj,
    bytes: Obj,
    offset: i32,
    length: i32,
    domain: Obj,
    source: Obj,
) -> JResult<Obj> {
    let bytes = class_bytes(thread, bytes, offset, length)?;
    Ok(define(thread, class_loader, name, &bytes, domain, source)?.mirror())
}

#[allow(clippy::too_many_arguments)]
fn define_class_2(
    thread: &mut JavaThread,
    class_loader: Obj,
    name: Obj,
    buffer: Obj,
    offset: i32,
    length: i32,
    domain: Obj,
    source: Obj,
) -> JResult<Obj> {
    let buffer = not_null(thread, buffer)?;
    let address = thread.known::<i64>(buffer, KnownField::BufferAddress) as usize;
    if address == 0 {
        return Err(thread.throw_null_pointer());
    }
    if length < 0 {
        return Err(thread.throw_plain("java/lang/ArrayIndexOutOfBoundsException"));
    }
    // SAFETY: a direct buffer's memory, whose bounds the class library has checked; it is copied at once.
    let bytes =
        unsafe { std::slice::from_raw_parts((address as *const u8).offset(offset as isize), length as usize).to_vec() };
    Ok(define(thread, class_loader, name, &bytes, domain, source)?.mirror())
}

#[allow(clippy::too_many_arguments)]
fn define_class_0(
    thread: &mut JavaThread,
    class_loader: Obj,
    lookup: Obj,
    name: Obj,
    bytes: Obj,
    offset: i32,
    length: i32,
    domain: Obj,
    initialize: bool,
    flags: i32,
    class_data: Obj,
) -> JResult<Obj> {
    use lookup_flags::{ACCESS_VM_ANNOTATIONS, HIDDEN, NESTMATE, STRONG};
    let refuse =
        |thread: &mut JavaThread, text: &str| Err(thread.throw_new("java/lang/IllegalArgumentException", text));
    if lookup.is_null() {
        return refuse(thread, "Lookup class is null");
    }
    let bytes = class_bytes(thread, bytes, offset, length)?;
    let lookup = class_of_mirror(lookup);
    let hidden = flags & HIDDEN != 0;
    if !hidden {
        if !class_data.is_null() {
            return refuse(thread, "classData is only applicable for hidden classes");
        }
        if flags & NESTMATE != 0 {
            return refuse(thread, "dynamic nestmate is only applicable for hidden classes");
        }
        if flags & STRONG == 0 {
            return refuse(
                thread,
                "an ordinary class must be strongly referenced by its defining loader",
            );
        }
        if flags & ACCESS_VM_ANNOTATIONS != 0 {
            return refuse(thread, "vm annotations only allowed for hidden classes");
        }
        if flags != STRONG {
            return refuse(thread, &format!("invalid flag 0x{flags:x}"));
        }
    }
    let nest_host = if flags & NESTMATE != 0 {
        Some(link::nest_host(thread, lookup)?)
    } else {
        None
    };
    let name = internal_name(thread, name);
    let data = loader::loader_data_for(thread, class_loader);
    let options = DefineOptions {
        protection_domain: domain,
        hidden,
        strong: flags & STRONG != 0,
        nest_host,
        class_data,
        trusted: flags & ACCESS_VM_ANNOTATIONS != 0,
        host: Some(lookup),
    };
    let source = "__JVM_LookupDefineClass__";
    let class = loader::define_class(
        thread,
        data,
        name.as_deref(),
        ClassBytes::Copied(&bytes),
        Some(source),
        &options,
    )?;
    let mirror = class.mirror();
    if initialize {
        link::initialize_class(thread, class)?;
    } else {
        link::link_class(thread, class)?;
    }
    Ok(mirror)
}

/// The parent of all loaders: null when the boot loader does not have the class.
fn find_bootstrap_class(thread: &mut JavaThread, name: Obj) -> JResult<Obj> {
    let Some(name) = internal_name(thread, name) else {
        return Ok(Obj::NULL);
    };
    if name.is_empty() || name[0] == b'[' {
        return Ok(Obj::NULL);
    }
    let name = thread.vm().symbol_bytes(&name);
    Ok(loader::find_boot_class(thread, name)?.map_or(Obj::NULL, |class| class.mirror()))
}

fn find_loaded_class(thread: &mut JavaThread, this: Obj, name: Obj) -> JResult<Obj> {
    let Some(name) = internal_name(thread, name) else {
        return Ok(Obj::NULL);
    };
    let Some(name) = thread.vm().symbols.find(&name) else {
        return Ok(Obj::NULL);
    };
    let data = loader::loader_data_for(thread, this);
    Ok(loader::find_loaded(thread, data, name)?.map_or(Obj::NULL, |class| class.mirror()))
}

/// `AssertionStatusDirectives` of the command line, for loaders other than the boot loader.
fn retrieve_directives(thread: &mut JavaThread) -> JResult<Obj> {
    let vm = thread.vm();
    let directives = crate::support::new_known(thread, KnownClass::AssertionStatusDirectives)?;
    for (is_package, names, switches) in [
        (false, KnownField::AssertionClasses, KnownField::AssertionClassEnabled),
        (true, KnownField::AssertionPackages, KnownField::AssertionPackageEnabled),
    ] {
        let scopes: Vec<_> = vm
            .options
            .assertion_scopes
            .iter()
            .filter(|scope| scope.1 == is_package)
            .collect();
        let texts = thread.allocate_reference_array(thread.known_class(KnownClass::String), scopes.len())?;
        thread.set_known_ref(directives, names, texts);
        let flags = thread.allocate_primitive_array(peaberry_runtime::basic_type::BasicType::Boolean, scopes.len())?;
        thread.set_known_ref(directives, switches, flags);
        for (index, (name, _, enabled)) in scopes.into_iter().enumerate() {
            let text = thread.new_string(name)?;
            array_set_ref(thread, texts, index, text);
            set(
                flags,
                peaberry_gc::layout::array_base_offset(0) + index,
                u8::from(*enabled),
            );
        }
    }
    thread.set_known(
        directives,
        KnownField::AssertionDefault,
        u8::from(vm.options.assertions),
    );
    Ok(directives)
}
