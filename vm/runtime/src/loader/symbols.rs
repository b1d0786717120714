//! Which symbols are in use: those of the classes there are, of their loaders' records, and those native frames hold.

use super::{LoaderData, Loaders};
use crate::method_area::{ClassPtr, MethodArea, Sym};
use crate::vm::Vm;

/// Symbols are aligned so.
const ALIGNMENT: usize = 8;

/// One bit for each place in the method area where a symbol may begin.
struct Marks {
    start: usize,
    bits: Vec<u64>,
}

impl Marks {
    fn new(area: &MethodArea) -> Marks {
        Marks {
            start: area.range().start,
            bits: vec![0; area.committed() / (64 * ALIGNMENT) + 1],
        }
    }
    fn mark(&mut self, symbol: Sym) {
        let index = (symbol.address() - self.start) / ALIGNMENT;
        self.bits[index / 64] |= 1 << (index % 64);
    }
    fn is_marked(&self, address: usize) -> bool {
        let index = (address - self.start) / ALIGNMENT;
        self.bits[index / 64] & 1 << (index % 64) != 0
    }
    fn mark_class(&mut self, class: ClassPtr) {
        self.mark(class.name);
        self.mark(class.package);
        for method in class.methods.get().iter() {
            self.mark(method.name);
            self.mark(method.descriptor);
        }
        for field in class.fields.get().iter() {
            self.mark(field.name);
            self.mark(field.descriptor);
        }
    }
    fn mark_loader(&mut self, data: &LoaderData) {
        for list in [&data.defined, &data.built, &data.weak_hidden] {
            list.lock().iter().for_each(|class| self.mark_class(*class));
        }
        for (name, package) in data.packages.read().iter() {
            self.mark(*name);
            self.mark(package.name);
        }
        data.dictionary.read().keys().for_each(|name| self.mark(*name));
        data.modules
            .lock()
            .iter()
            .filter_map(|module| module.name())
            .for_each(|name| self.mark(name));
    }
}

impl Loaders {
    /// Frees the symbols nobody refers to. The world is stopped, dead classes are forgotten; `held`, sorted, are the
    /// words of native stacks that lead into the method area.
    pub(super) fn sweep_symbols(&self, vm: &Vm, held: &[usize]) {
        let mut marks = Marks::new(&vm.method_area);
        self.for_each(|data| marks.mark_loader(data));
        vm.known.for_each_primitive(|class| marks.mark_class(class));
        self.java_base.name().into_iter().for_each(|name| marks.mark(name));
        self.constraints.lock().names().for_each(|name| marks.mark(name));
        self.in_progress.for_each_name(|name| marks.mark(name));
        for method in self.intrinsics.lock().values() {
            marks.mark(method.name);
            marks.mark(method.descriptor);
        }
        let is_held = |address: usize, bytes: usize| {
            let at = held.partition_point(|word| *word < address);
            // A slice of no bytes may stand right behind the symbol.
            held.get(at).is_some_and(|word| *word <= address + bytes)
        };
        // SAFETY: all that is kept of symbols was marked; what native frames hold is among the words of their stacks.
        unsafe {
            vm.symbols.sweep(
                |address, bytes| marks.is_marked(address) || is_held(address, bytes),
                vm.method_area.is_checked(),
            )
        };
    }
}
