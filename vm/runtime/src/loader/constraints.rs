//! Loader constraints (JVMS §5.3.4): loaders that must mean the same class by a name.

use super::LoaderData;
use super::describe::in_module_of_loader_and_parent;
use super::unload::Dying;
use crate::method_area::symbol::{QuickMap, QuickSet};
use crate::method_area::{ClassPtr, Sym};
use crate::thread::{JResult, JavaThread};
use peaberry_classfile::descriptors::{FieldType, MethodDescriptor, parse_field};

/// Only the boot and platform loaders may define classes of these packages, and neither does twice.
const UNIQUE: &[u8] = b"java/";

/// All constraints of a VM.
#[derive(Default)]
pub struct Constraints {
    by_name: QuickMap<Sym, Vec<Constraint>>,
}

struct Constraint {
    class: Option<ClassPtr>,
    /// Ids of the loaders.
    loaders: Vec<u32>,
}

impl Constraints {
    fn find(&self, name: Sym, loader: u32) -> Option<&Constraint> {
        self.by_name.get(&name)?.iter().find(|c| c.loaders.contains(&loader))
    }
    /// Adds `name` means the same to both; false when it does not already.
    fn add(&mut self, name: Sym, a: (u32, Option<ClassPtr>), b: (u32, Option<ClassPtr>)) -> bool {
        let constrained = |side: (u32, Option<ClassPtr>)| self.find(name, side.0).and_then(|c| c.class);
        let mut class = None;
        for found in [a.1, b.1, constrained(a), constrained(b)].into_iter().flatten() {
            if *class.get_or_insert(found) != found {
                return false;
            }
        }
        let list = self.by_name.entry(name).or_default();
        let mut merged = Constraint {
            class,
            loaders: vec![a.0, b.0],
        };
        list.retain(|c| {
            let touches = c.loaders.contains(&a.0) || c.loaders.contains(&b.0);
            if touches {
                merged.loaders.extend(&c.loaders);
            }
            !touches
        });
        merged.loaders.sort_unstable();
        merged.loaders.dedup();
        list.push(merged);
        true
    }
    /// Forgets loaders and classes that are going.
    pub(super) fn purge(&mut self, loaders: &QuickSet<u32>, dying: &Dying) {
        self.by_name.retain(|_, list| {
            list.retain_mut(|c| {
                c.loaders.retain(|l| !loaders.contains(l));
                c.class = c.class.filter(|class| !dying.contains(class.address()));
                c.loaders.len() > 1
            });
            !list.is_empty()
        });
    }
    /// The names that constraints are about.
    pub(super) fn names(&self) -> impl Iterator<Item = Sym> + '_ {
        self.by_name.keys().copied()
    }
}

/// Enters a class in a loader's dictionary, as its definer or as an initiating loader, unless a constraint forbids it
/// (LinkageError). Answers the class that is in the dictionary then.
pub(super) fn register(thread: &mut JavaThread, loader: &'static LoaderData, class: ClassPtr) -> JResult<ClassPtr> {
    let mut constraints = thread.vm().loaders.constraints.lock();
    let mut other = None;
    if let Some(list) = constraints.by_name.get_mut(&class.name)
        && let Some(constraint) = list.iter_mut().find(|c| c.loaders.contains(&loader.id))
    {
        match constraint.class {
            Some(existing) if existing != class => other = Some(existing),
            _ => constraint.class = Some(class),
        }
    }
    if other.is_none() {
        let mut dictionary = loader.dictionary.write();
        let entry = *dictionary.entry(class.name).or_insert(class);
        return Ok(entry);
    }
    drop(constraints);
    let kind = if class.is_interface() { "interface" } else { "class" };
    let existing = other.unwrap_or(class);
    let message = format!(
        "loader constraint violation: loader {} wants to load {kind} {}. A different {} with the same name was previously \
         loaded by {}. ({})",
        loader.describe(thread),
        class.external_name(),
        if existing.is_interface() { "interface" } else { "class" },
        existing.loader_data().describe(thread),
        in_module_of_loader_and_parent(thread, existing),
    );
    Err(thread.throw_new("java/lang/LinkageError", &message))
}

/// Asks that a type name mean the same to both loaders.
fn constrain(thread: &JavaThread, name: &[u8], a: &LoaderData, b: &LoaderData) -> bool {
    if name.starts_with(UNIQUE) {
        return true;
    }
    let vm = thread.vm();
    let name = vm.symbol_bytes(name);
    let mut constraints = vm.loaders.constraints.lock();
    let class_in = |loader: &LoaderData| loader.dictionary.read().get(&name).copied();
    constraints.add(name, (a.id, class_in(a)), (b.id, class_in(b)))
}

/// The class name a constraint is about; none for primitives and their arrays.
fn constrained_name(field_type: FieldType<'_>) -> Option<&[u8]> {
    match field_type {
        FieldType::Object(name) => Some(name),
        FieldType::Array(_) => match field_type.array_element()?.0 {
            FieldType::Object(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// Can loaders mean different classes by a type of a descriptor at all?
pub fn may_differ(descriptor: Sym) -> bool {
    let mut rest = descriptor.bytes();
    while let Some(start) = rest.iter().position(|b| *b == b'L') {
        rest = &rest[start + 1..];
        if !rest.starts_with(UNIQUE) {
            return true;
        }
        let end = rest.iter().position(|b| *b == b';');
        rest = &rest[end.unwrap_or(rest.len())..];
    }
    false
}

/// Constrains all types of a field or method descriptor; answers the first type on which the loaders differ.
pub fn constrain_descriptor(
    thread: &JavaThread,
    descriptor: Sym,
    a: &LoaderData,
    b: &LoaderData,
) -> Result<(), String> {
    if a.id == b.id {
        return Ok(());
    }
    let check = |field_type: FieldType<'_>| match constrained_name(field_type) {
        Some(name) if !constrain(thread, name, a, b) => Err(String::from_utf8_lossy(name).replace('/', ".")),
        _ => Ok(()),
    };
    let bytes = descriptor.bytes();
    if bytes.first() != Some(&b'(') {
        return parse_field(bytes).map_or(Ok(()), check);
    }
    let Some(parsed) = MethodDescriptor::parse(bytes) else {
        return Ok(());
    };
    parsed.parameters().chain([parsed.return_type]).try_for_each(check)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method_area::{Arena, Meta, MethodArea, Owner, Space, SymbolTable};

    #[test]
    fn merging_and_conflicts() {
        let reservation = peaberry_sys::memory::Reservation::reserve_anywhere(1 << 20).expect("address space");
        let (area, space) = (MethodArea::new(reservation.range(), false), Space::new(Owner::Vm));
        let arena = Arena::new(&area, &space);
        let symbols = SymbolTable::new();
        let (name, other) = (symbols.intern(&arena, b"p/A"), symbols.intern(&arena, b"p/B"));
        // SAFETY: only compared, never followed.
        let class = |address: usize| Some(unsafe { Meta::new(address as *const crate::method_area::Class) });
        let mut constraints = Constraints::default();
        assert!(constraints.add(name, (1, None), (2, None)));
        assert!(constraints.add(name, (3, None), (4, class(8))));
        // Joins both groups, and with them the class.
        assert!(constraints.add(name, (2, None), (3, None)));
        assert_eq!(constraints.find(name, 1).and_then(|c| c.class), class(8));
        assert!(!constraints.add(name, (1, class(16)), (5, None)));
        assert!(!constraints.add(name, (1, None), (5, class(16))));
        assert!(constraints.add(other, (1, class(16)), (5, None)));
        assert!(constraints.find(name, 5).is_none());
    }
}
