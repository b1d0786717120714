//! `jdk.internal.util.SystemProps$Raw`: the system properties the VM and the platform give.

use crate::VM_NAME;
use crate::support::new_string_array;
use peaberry_runtime::method_area::ClassPtr;
use peaberry_runtime::{JResult, JavaThread, Obj, loader, natives};

natives! { pub NATIVES: "jdk/internal/util/SystemProps$Raw" {
    "vmProperties" "()[Ljava/lang/String;" => vm_properties;
    "platformProperties" "()[Ljava/lang/String;" => platform_properties;
} }

/// What the compilation bean calls the compiler.
const COMPILER_NAME: &str = "Peaberry 64-Bit Compiler";

/// What the VM says of itself and the user may not say otherwise.
const FIXED: [&str; 10] = [
    "java.vm.specification.name",
    "java.vm.specification.vendor",
    "java.vm.specification.version",
    "java.vm.name",
    "java.vm.version",
    "java.vm.vendor",
    "java.vm.info",
    "java.vm.compressedOopsMode",
    "jdk.debug",
    "sun.management.compiler",
];

/// Keys and values alternating: what the VM says of itself, then what the user said.
fn vm_properties(thread: &mut JavaThread) -> JResult<Obj> {
    let vm = thread.vm();
    let options = &vm.options;
    let home = options.java_home.display().to_string();
    let release = vm.release().to_string();
    let library_path = std::env::var("LD_LIBRARY_PATH").ok().filter(|path| !path.is_empty());
    let default_path = "/usr/java/packages/lib:/usr/lib64:/lib64:/lib:/usr/lib";
    let library_path = library_path.map_or_else(|| default_path.to_owned(), |path| format!("{path}:{default_path}"));
    let mode = match (options.interpreter_only, options.compile_at_once) {
        (true, _) => "interpreted mode",
        (false, true) => "compiled mode",
        (false, false) => "mixed mode",
    };
    let mut properties: Vec<(&str, String)> = vec![
        (
            "java.vm.specification.name",
            "Java Virtual Machine Specification".to_owned(),
        ),
        ("java.vm.specification.vendor", "Oracle Corporation".to_owned()),
        ("java.vm.specification.version", release),
        ("java.vm.name", VM_NAME.to_owned()),
        ("java.vm.version", env!("CARGO_PKG_VERSION").to_owned()),
        ("java.vm.vendor", "Peaberry".to_owned()),
        ("java.vm.info", mode.to_owned()),
        // References are always narrow, and shifted without a base.
        ("java.vm.compressedOopsMode", "Zero based".to_owned()),
        ("jdk.debug", "release".to_owned()),
        ("sun.boot.library.path", format!("{home}/lib")),
        ("java.library.path", library_path),
        ("java.home", home),
        ("java.class.path", options.class_path.clone()),
        ("sun.nio.PageAlignDirectMemory", "false".to_owned()),
    ];
    if !options.interpreter_only {
        properties.push(("sun.management.compiler", COMPILER_NAME.to_owned()));
    }
    let appended: Vec<_> = options
        .boot_append
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    if !appended.is_empty() {
        properties.push(("jdk.boot.class.path.append", appended.join(":")));
    }
    let given = options.properties.iter();
    for (key, value) in given.filter(|(key, _)| !FIXED.contains(&key.as_str())) {
        properties.push((key, value.clone()));
    }
    let mut texts: Vec<Option<String>> = Vec::with_capacity(properties.len() * 2 + 2);
    for (key, value) in properties {
        texts.push(Some(key.to_owned()));
        texts.push(Some(value));
    }
    texts.extend([None, None]);
    new_string_array(thread, &texts)
}

/// `language_COUNTRY.encoding@variant` of a locale variable's value.
struct Locale {
    language: String,
    country: Option<String>,
    encoding: Option<String>,
}

fn locale(category: &str) -> Locale {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let value = variable("LC_ALL")
        .or_else(|| variable(category))
        .or_else(|| variable("LANG"));
    let value = value
        .filter(|value| value != "C" && value != "POSIX")
        .unwrap_or_else(|| "en".to_owned());
    let value = value.split('@').next().unwrap_or("en").to_owned();
    let (name, encoding) = match value.split_once('.') {
        Some((name, encoding)) => (name.to_owned(), Some(encoding.to_owned())),
        None => (value, None),
    };
    let (language, country) = match name.split_once('_') {
        Some((language, country)) => (language.to_owned(), Some(country.to_owned())),
        None => (name, None),
    };
    let language = if matches!(language.as_str(), "C" | "POSIX" | "") {
        "en".to_owned()
    } else {
        language
    };
    Locale {
        language,
        country,
        encoding,
    }
}

/// The character set's name as the class library spells it.
fn encoding(locale: &Locale) -> String {
    match locale.encoding.as_deref() {
        None => "ANSI_X3.4-1968".to_owned(),
        Some(name) if name.eq_ignore_ascii_case("utf8") || name.eq_ignore_ascii_case("utf-8") => "UTF-8".to_owned(),
        Some(name) => name.to_owned(),
    }
}

fn user() -> (String, String) {
    let home_variable = std::env::var("HOME").ok().filter(|home| home.len() > 2);
    let (name, home) = if peaberry_sys::FOR_GUESTS {
        of_password_file()
    } else {
        of_name_services()
    };
    let home = home.filter(|home| home.len() > 2).or(home_variable);
    (
        name.unwrap_or_else(|| "?".to_owned()),
        home.unwrap_or_else(|| "?".to_owned()),
    )
}

/// Name and home directory of the user in the only place that a statically linked program has for them: the C library's name services
/// are libraries to be loaded.
fn of_password_file() -> (Option<String>, Option<String>) {
    let Ok(text) = std::fs::read("/etc/passwd") else {
        return (None, None);
    };
    // SAFETY: always succeeds.
    of_passwords(&text, unsafe { libc::getuid() })
}

/// A user's name and home directory in a password file.
fn of_passwords(text: &[u8], user: u32) -> (Option<String>, Option<String>) {
    for line in text.split(|&byte| byte == b'\n') {
        let fields: Vec<&[u8]> = line.split(|&byte| byte == b':').collect();
        let field = |index: usize| {
            fields
                .get(index)
                .map(|field| String::from_utf8_lossy(field).into_owned())
        };
        if field(2).and_then(|number| number.parse().ok()) == Some(user) {
            return (field(0), field(5));
        }
    }
    (None, None)
}

/// Name and home directory of the user, as the system's name services have them.
fn of_name_services() -> (Option<String>, Option<String>) {
    let mut record: libc::passwd = passwd_zero();
    let mut buffer = vec![0 as libc::c_char; 16 * 1024];
    let mut found: *mut libc::passwd = std::ptr::null_mut();
    // SAFETY: the record and the buffer are written by the call; the strings are read while the buffer lives.
    unsafe {
        let result = libc::getpwuid_r(
            libc::getuid(),
            &mut record,
            buffer.as_mut_ptr(),
            buffer.len(),
            &mut found,
        );
        let text = |pointer: *const libc::c_char| {
            (!pointer.is_null()).then(|| std::ffi::CStr::from_ptr(pointer).to_string_lossy().into_owned())
        };
        if result == 0 && !found.is_null() {
            (text(record.pw_name), text(record.pw_dir))
        } else {
            (None, None)
        }
    }
}

fn passwd_zero() -> libc::passwd {
    // SAFETY: all-zero is a valid value of this structure of pointers and numbers.
    unsafe { std::mem::zeroed() }
}

/// (system name, release) of the operating system.
fn system_names() -> (String, String) {
    // SAFETY: all-zero is valid, and the call fills the arrays with terminated strings.
    unsafe {
        let mut names: libc::utsname = std::mem::zeroed();
        if libc::uname(&mut names) != 0 {
            return ("Linux".to_owned(), "unknown".to_owned());
        }
        let text = |bytes: &[libc::c_char]| std::ffi::CStr::from_ptr(bytes.as_ptr()).to_string_lossy().into_owned();
        (text(&names.sysname), text(&names.release))
    }
}

/// The indexes the class library gives the properties: its `_name_NDX` constants.
fn indexes(class: ClassPtr) -> (Vec<(String, usize)>, usize) {
    let constants = class.constants();
    let mut indexes = Vec::new();
    let mut length = 0;
    let fields = class.fields.get();
    for field in fields.iter().filter(|f| f.is_static() && f.constant_value != 0) {
        let value = constants.u32_at(field.constant_value, 0) as usize;
        let name = field.name.text();
        if name == "FIXED_LENGTH" {
            length = value;
        } else if let Some(name) = name.strip_prefix('_').and_then(|rest| rest.strip_suffix("_NDX")) {
            indexes.push((name.to_owned(), value));
        }
    }
    (indexes, length)
}

fn platform_properties(thread: &mut JavaThread) -> JResult<Obj> {
    let name = thread.vm().symbol("jdk/internal/util/SystemProps$Raw");
    let class = loader::load_class(thread, thread.vm().boot_loader(), name)?;
    let (indexes, length) = indexes(class);
    let (display, format) = (locale("LC_MESSAGES"), locale("LC_CTYPE"));
    let native_encoding = encoding(&format);
    let (user_name, user_home) = user();
    let (os_name, os_version) = system_names();
    let Ok(directory) = std::env::current_dir() else {
        let text = "Properties init: Could not determine current working directory.";
        return Err(thread.throw_new("java/lang/Error", text));
    };
    let directory = directory.to_string_lossy().into_owned();
    // SAFETY: asks about descriptors only.
    let terminal = |descriptor: i32| unsafe { libc::isatty(descriptor) } == 1;
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        other => other,
    };
    let mut texts: Vec<Option<String>> = vec![None; length];
    for (name, index) in indexes {
        let text = match name.as_str() {
            "display_language" => Some(display.language.clone()),
            "display_country" => display.country.clone(),
            "format_language" => (format.language != display.language).then(|| format.language.clone()),
            "format_country" => (format.country != display.country)
                .then(|| format.country.clone())
                .flatten(),
            "file_encoding" | "native_encoding" | "sun_jnu_encoding" => Some(native_encoding.clone()),
            "sun_stdout_encoding" | "stdout_encoding" => terminal(1).then(|| native_encoding.clone()),
            "sun_stderr_encoding" | "stderr_encoding" => terminal(2).then(|| native_encoding.clone()),
            "stdin_encoding" => terminal(0).then(|| native_encoding.clone()),
            "file_separator" => Some("/".to_owned()),
            "path_separator" => Some(":".to_owned()),
            "line_separator" => Some("\n".to_owned()),
            "java_io_tmpdir" => Some("/tmp".to_owned()),
            "os_arch" => Some(architecture.to_owned()),
            "os_name" => Some(os_name.clone()),
            "os_version" => Some(os_version.clone()),
            "sun_arch_data_model" => Some("64".to_owned()),
            "sun_cpu_endian" => Some("little".to_owned()),
            "sun_io_unicode_encoding" => Some("UnicodeLittle".to_owned()),
            "user_dir" => Some(directory.clone()),
            "user_home" => Some(user_home.clone()),
            "user_name" => Some(user_name.clone()),
            _ => None,
        };
        if let Some(slot) = texts.get_mut(index) {
            *slot = text;
        }
    }
    new_string_array(thread, &texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_number() {
        let text = b"root:x:0:0:root:/root:/bin/sh\n# a remark\nhalf:x:7\nana:x:1000:1000:Ana,,,:/home/ana:/bin/sh\n";
        let found = |name: &str, home: &str| (Some(name.to_owned()), Some(home.to_owned()));
        assert_eq!(of_passwords(text, 0), found("root", "/root"));
        assert_eq!(of_passwords(text, 1000), found("ana", "/home/ana"));
        assert_eq!(of_passwords(text, 7), (Some("half".to_owned()), None));
        assert_eq!(of_passwords(text, 1), (None, None));
        assert_eq!(of_passwords(b"", 0), (None, None));
    }
}
