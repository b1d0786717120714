//! From a declared native method to its function.

use super::{NativeFunction, NativeRow};
use crate::loader::external_method;
use crate::log::{Level, TagSet};
use crate::method_area::{ClassPtr, MethodPtr, Sym};
use crate::thread::{JResult, JavaThread};
use crate::vm::{Library, Vm};
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::atomic::Ordering;

type Key = (&'static str, &'static str, &'static str);

/// Index over the library's rows, and what `registerNatives`-like calls or an embedding added.
pub struct NativeRegistry {
    rows: HashMap<Key, (NativeFunction, bool)>,
    intrinsics: HashMap<&'static str, Vec<&'static NativeRow>>,
    added: RwLock<HashMap<(String, String, String), NativeFunction>>,
}

impl NativeRegistry {
    /// The rows of a library that apply to a release of the class library.
    pub fn new(library: &Library, release: u16) -> Self {
        let rows = rows_for(library, release)
            .map(|row| ((row.class, row.name, row.descriptor), (row.function, row.leaf)))
            .collect();
        let mut intrinsics: HashMap<_, Vec<_>> = HashMap::new();
        for row in library.intrinsics.iter().flat_map(|table| table.iter()) {
            if row.versions.has(release) {
                intrinsics.entry(row.class).or_default().push(row);
            }
        }
        NativeRegistry {
            rows,
            intrinsics,
            added: Default::default(),
        }
    }
    /// Adds a native (class in internal form), or replaces one, for methods linked from now on. An added native comes
    /// before the library's.
    pub fn add(&self, class: &str, name: &str, descriptor: &str, function: NativeFunction) {
        self.added
            .write()
            .insert((class.to_owned(), name.to_owned(), descriptor.to_owned()), function);
    }
    /// The function for a native, if there is one.
    pub fn find(&self, class: &str, name: &str, descriptor: &str) -> Option<NativeFunction> {
        let added = self.added.read();
        if !added.is_empty() {
            let key = (class.to_owned(), name.to_owned(), descriptor.to_owned());
            if let Some(&function) = added.get(&key) {
                return Some(function);
            }
        }
        drop(added);
        self.rows.get(&(class, name, descriptor)).map(|row| row.0)
    }
    fn is_leaf(&self, class: &str, name: &str, descriptor: &str) -> bool {
        self.added.read().is_empty() && self.rows.get(&(class, name, descriptor)).is_some_and(|row| row.1)
    }
    /// Gives the methods of a class that have a Rust version the entry that calls it. For the boot loader's classes, once
    /// their entries are set.
    pub fn install_intrinsics(&self, class: ClassPtr) {
        let Some(rows) = self.intrinsics.get(&*class.name.text()) else {
            return;
        };
        for method in class.methods.get().iter() {
            let (name, descriptor) = (method.name.bytes(), method.descriptor.bytes());
            let row = rows
                .iter()
                .find(|r| r.name.as_bytes() == name && r.descriptor.as_bytes() == descriptor);
            if let Some(row) = row.filter(|_| !method.is_abstract() && !method.is_synchronized()) {
                method.native.store(row.function as usize, Ordering::Release);
                method.entry.store(crate::interp::leaf_entry(), Ordering::Release);
            }
        }
    }
}

/// The library's rows that apply to a release of the class library, in the library's order.
pub fn rows_for(library: &Library, release: u16) -> impl Iterator<Item = &'static NativeRow> + use<> {
    library
        .natives
        .iter()
        .flat_map(|table| table.iter())
        .filter(move |row| row.versions.has(release))
}

/// Writes the rows that apply, one a line: class, name, descriptor (for `--print-natives`).
pub fn write_rows(vm: &Vm, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    for row in rows_for(&vm.class_library, vm.release()) {
        writeln!(out, "{} {} {}", row.class, row.name, row.descriptor)?;
    }
    Ok(())
}

/// Finds (and keeps in `Method::native`) the function of a native method; UnsatisfiedLinkError naming class, method and
/// descriptor.
pub fn link_native(thread: &mut JavaThread, method: MethodPtr) -> JResult<NativeFunction> {
    let vm = thread.vm();
    let text = |symbol: Sym| symbol.text::<'static>();
    let (class, name, descriptor) = (text(method.holder.name), text(method.name), text(method.descriptor));
    if let Some(function) = vm.natives.find(&class, &name, &descriptor) {
        if vm.log.enabled(TagSet::JniResolve, Level::Debug) {
            let line = format!(
                "[Dynamic-linking native method {}.{name} ... JNI]",
                method.holder.external_name()
            );
            vm.log.write(TagSet::JniResolve, Level::Debug, &line);
        }
        method.native.store(function as usize, Ordering::Release);
        if vm.natives.is_leaf(&class, &name, &descriptor) && !method.is_synchronized() {
            method.entry.store(crate::interp::leaf_entry(), Ordering::Release);
        }
        return Ok(function);
    }
    let mut message = format!("'{}'", external_method(method));
    if method.holder.loader_data().id == 0 {
        // A native of the class library that this VM does not have.
        message.push_str(&format!(" ({class}.{name}{descriptor})"));
    }
    Err(thread.throw_new("java/lang/UnsatisfiedLinkError", &message))
}

/// Registers the function of one method, as JNI's `RegisterNatives` does.
pub fn register_native(method: MethodPtr, function: NativeFunction) {
    method.native.store(function as usize, Ordering::Release);
}
