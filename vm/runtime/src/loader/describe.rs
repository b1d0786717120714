//! The phrases with which HotSpot's messages name classes, loaders and modules.

use super::LoaderData;
use crate::known::{KnownClass, KnownField};
use crate::method_area::{ClassPtr, MethodPtr};
use crate::strings;
use crate::thread::JavaThread;
use peaberry_classfile::descriptors::{FieldType, MethodDescriptor};
use std::fmt::Write;

impl LoaderData {
    /// `'app'`, `'bootstrap'`, `'name' @1b2c3d`, `pkg.Loader @1b2c3d`.
    pub fn describe(&self, thread: &JavaThread) -> String {
        if self.is_boot() {
            return "'bootstrap'".to_owned();
        }
        let loader = self.object();
        if loader.is_null() {
            return "<unloaded>".to_owned();
        }
        if thread.vm().known.has_field(KnownField::ClassLoaderNameAndId) {
            let text = thread.known_ref(loader, KnownField::ClassLoaderNameAndId);
            if !text.is_null() {
                return strings::to_rust(thread, text);
            }
        }
        format!(
            "{} @{:x}",
            crate::object::class_of(loader).external_name(),
            crate::monitor::identity_hash(thread, loader)
        )
    }
    /// The loader's plain name: `app`, `bootstrap`, or its class name.
    pub fn plain_name(&self, thread: &JavaThread) -> String {
        if self.is_boot() {
            return "bootstrap".to_owned();
        }
        let name = thread.known_ref(self.object(), KnownField::ClassLoaderName);
        if name.is_null() {
            crate::object::class_of(self.object()).external_name()
        } else {
            strings::to_rust(thread, name)
        }
    }
}

/// The module of a class; arrays of primitives are in `java.base`.
fn module_of(thread: &JavaThread, class: ClassPtr) -> Option<&'static super::ModuleEntry> {
    let bottom = class.bottom_class.get().unwrap_or(class);
    if bottom.is_primitive() {
        Some(&thread.vm().loaders.java_base)
    } else {
        super::modules::module_of(class)
    }
}

/// `, parent loader 'app'` for a loader that is not one of the class library's own three.
fn parent_phrase(thread: &JavaThread, loader: &LoaderData) -> String {
    let object = loader.object();
    let builtin = thread.vm().known.class_if_present(KnownClass::BuiltinClassLoader);
    if object.is_null() || builtin.is_some_and(|b| crate::object::class_of(object).is_subtype_of(b)) {
        return String::new();
    }
    let parent = thread.known_ref(object, KnownField::ClassLoaderParent);
    format!(
        ", parent loader {}",
        super::loader_data_for(thread, parent).describe(thread)
    )
}

/// `A is in unnamed module of loader 'x' @1b2c3d, parent loader 'app'`.
pub(crate) fn in_module_of_loader_and_parent(thread: &JavaThread, class: ClassPtr) -> String {
    in_module_of_loader(thread, class) + &parent_phrase(thread, class.loader_data())
}

/// `module java.base of loader 'bootstrap'`, `unnamed module of loader 'app'`.
fn module_of_loader(thread: &JavaThread, class: ClassPtr) -> String {
    let loader = class.loader_data().describe(thread);
    match module_of(thread, class).filter(|m| m.is_named()) {
        Some(module) => format!("module {} of loader {loader}", module.name_and_version(thread)),
        None => format!("unnamed module of loader {loader}"),
    }
}

/// `A is in unnamed module of loader 'app'`.
pub(crate) fn in_module_of_loader(thread: &JavaThread, class: ClassPtr) -> String {
    format!("{} is in {}", class.external_name(), module_of_loader(thread, class))
}

/// `A and B are in unnamed module of loader 'app'`, or each by itself.
pub(crate) fn both_in_modules(thread: &JavaThread, first: ClassPtr, second: ClassPtr) -> String {
    let module = |c: ClassPtr| module_of(thread, c).map(std::ptr::from_ref);
    if module(first) == module(second) {
        let (a, b) = (first.external_name(), second.external_name());
        format!("{a} and {b} are in {}", module_of_loader(thread, first))
    } else {
        format!(
            "{}; {}",
            in_module_of_loader(thread, first),
            in_module_of_loader(thread, second)
        )
    }
}

fn external_type(field_type: FieldType<'_>) -> String {
    match field_type {
        FieldType::Object(name) => String::from_utf8_lossy(name).replace('/', "."),
        FieldType::Array(_) => match field_type.array_element() {
            Some((element, dimensions)) => external_type(element) + &"[]".repeat(dimensions),
            None => "[]".to_owned(),
        },
        other => crate::basic_type::BasicType::from_descriptor_char(other.tag())
            .map_or("?", crate::basic_type::BasicType::keyword)
            .to_owned(),
    }
}

/// A field descriptor as Java source has it.
pub fn external_descriptor(descriptor: &[u8]) -> String {
    peaberry_classfile::descriptors::parse_field(descriptor).map_or_else(String::new, external_type)
}

/// `void p.A.m(int, java.lang.String)`; without holder for the empty one.
pub fn external_method_name(holder: &str, name: &[u8], descriptor: &[u8]) -> String {
    let mut text = String::new();
    let parsed = MethodDescriptor::parse(descriptor);
    if let Some(parsed) = &parsed {
        text.push_str(&external_type(parsed.return_type));
        text.push(' ');
    }
    if !holder.is_empty() {
        let _ = write!(text, "{holder}.");
    }
    let _ = write!(text, "{}(", String::from_utf8_lossy(name));
    if let Some(parsed) = &parsed {
        let parameters: Vec<String> = parsed.parameters().map(external_type).collect();
        text.push_str(&parameters.join(", "));
    }
    text.push(')');
    text
}

/// `void p.A.m(int, java.lang.String)` of a method.
pub fn external_method(method: MethodPtr) -> String {
    external_method_name(
        &method.holder.external_name(),
        method.name.bytes(),
        method.descriptor.bytes(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_in_java() {
        let check = |holder: &str, name: &str, descriptor: &str, expect: &str| {
            assert_eq!(
                external_method_name(holder, name.as_bytes(), descriptor.as_bytes()),
                expect
            );
        };
        check(
            "p.A",
            "m",
            "(ILjava/lang/String;)V",
            "void p.A.m(int, java.lang.String)",
        );
        check("p.A", "<init>", "()V", "void p.A.<init>()");
        check("", "get", "([[J)[Ljava/util/List;", "java.util.List[] get(long[][])");
        assert_eq!(external_descriptor(b"[Z"), "boolean[]");
    }
}
