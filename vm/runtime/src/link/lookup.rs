//! Member look-up (JVMS §5.4.3.2 to §5.4.3.4), without access checks.

use crate::method_area::{ClassPtr, FieldPtr, MethodPtr, Sym};

/// The class and its superclasses, innermost first.
pub(super) fn chain(class: ClassPtr) -> impl Iterator<Item = ClassPtr> {
    std::iter::successors(Some(class), |c| c.super_class.get())
}

/// Method look-up in a class and its supertypes (JVMS §5.4.3.3 without access checks).
pub fn find_method(class: ClassPtr, name: Sym, descriptor: Sym) -> Option<MethodPtr> {
    find_in_classes(class, name, descriptor).or_else(|| find_in_superinterfaces(class, name, descriptor).any())
}

/// Look-up in the class and its superclasses only.
pub fn find_in_classes(class: ClassPtr, name: Sym, descriptor: Sym) -> Option<MethodPtr> {
    chain(class).find_map(|c| c.declared_method(name, descriptor))
}

/// Interface method look-up (JVMS §5.4.3.4).
pub fn find_interface_method(class: ClassPtr, name: Sym, descriptor: Sym) -> Option<MethodPtr> {
    if let Some(found) = class.declared_method(name, descriptor) {
        return Some(found);
    }
    if let Some(object) = class.super_class.get()
        && let Some(found) = object.declared_method(name, descriptor)
        && found.is_public()
        && !found.is_static()
    {
        return Some(found);
    }
    find_in_superinterfaces(class, name, descriptor).any()
}

/// Methods of superinterfaces: the maximally-specific ones (JVMS §5.4.3.3).
pub(super) struct Candidates {
    pub methods: Vec<MethodPtr>,
}

impl Candidates {
    /// The one non-abstract method, if there is exactly one.
    pub fn only_default(&self) -> Option<MethodPtr> {
        let mut defaults = self.methods.iter().filter(|m| !m.is_abstract());
        match (defaults.next(), defaults.next()) {
            (Some(only), None) => Some(*only),
            _ => None,
        }
    }
    /// Several non-abstract methods.
    pub fn conflict(&self) -> bool {
        self.methods.iter().filter(|m| !m.is_abstract()).nth(1).is_some()
    }
    /// What resolution finds: the one default, else any.
    pub fn any(&self) -> Option<MethodPtr> {
        self.only_default().or_else(|| self.methods.first().copied())
    }
}

/// Maximally-specific superinterface methods of a class or interface.
pub(super) fn find_in_superinterfaces(class: ClassPtr, name: Sym, descriptor: Sym) -> Candidates {
    let mut methods: Vec<MethodPtr> = Vec::new();
    for interface in class.secondary_supers.get().iter().filter(|i| **i != class) {
        let found = interface.declared_method(name, descriptor);
        if let Some(found) = found.filter(|m| !m.is_private() && !m.is_static()) {
            methods.push(found);
        }
    }
    if methods.len() > 1 {
        let all = methods.clone();
        let overridden = |m: &MethodPtr| {
            all.iter()
                .any(|other| other != m && other.holder.secondary_supers.get().contains(&m.holder))
        };
        methods.retain(|m| !overridden(m));
    }
    Candidates { methods }
}

/// Field look-up in a class, its interfaces and superclasses (JVMS §5.4.3.2).
pub fn find_field(class: ClassPtr, name: Sym, descriptor: Sym) -> Option<FieldPtr> {
    chain(class).find_map(|c| {
        c.declared_field(name, descriptor)
            .or_else(|| find_interface_field(c, name, descriptor))
    })
}

fn find_interface_field(class: ClassPtr, name: Sym, descriptor: Sym) -> Option<FieldPtr> {
    class.interfaces.get().iter().find_map(|interface| {
        interface
            .declared_field(name, descriptor)
            .or_else(|| find_interface_field(*interface, name, descriptor))
    })
}
