//! `--disassemble Class.method`: what becomes of a method in the compiler.

use super::method_at;
use crate::method_area::{ClassPtr, MethodPtr};
use crate::vm::Vm;
use parking_lot::Mutex;
use peaberry_jit::code::{Entry, Refusal};
use peaberry_jit::compile::Artifacts;
use std::collections::BTreeMap;

/// The methods asked for.
pub(super) struct Watched {
    /// `Class.method`, maybe with a descriptor.
    patterns: Vec<String>,
    /// Those that ran, by address: were they shown?
    methods: Mutex<BTreeMap<usize, bool>>,
}

impl Watched {
    pub(super) fn new(patterns: &[String]) -> Watched {
        Watched {
            patterns: patterns
                .iter()
                .map(|text| text.replace("::", ".").replace('/', "."))
                .collect(),
            methods: Mutex::default(),
        }
    }

    /// Was the method asked for?
    pub(super) fn matches(&self, method: MethodPtr) -> bool {
        if self.patterns.is_empty() {
            return false;
        }
        let name = format!("{}.{}", method.holder.external_name(), method.name);
        let described = format!("{name}{}", method.descriptor).replace('/', ".");
        self.patterns
            .iter()
            .any(|pattern| *pattern == name || *pattern == described)
    }

    /// A method is about to run for the first time.
    pub(super) fn note(&self, method: MethodPtr) {
        if self.matches(method) {
            self.methods.lock().entry(method.address()).or_default();
        }
    }

    /// Methods that ran and were not shown, since they did not get hot.
    pub(super) fn not_shown(&self) -> Vec<MethodPtr> {
        let methods = self.methods.lock();
        let cold = methods.iter().filter(|(_, shown)| !**shown);
        // SAFETY: methods of dead classes are taken out before they are given back.
        cold.map(|(address, _)| unsafe { method_at(*address) }).collect()
    }

    pub(super) fn classes_die(&self, mut is_live: impl FnMut(ClassPtr) -> bool) {
        let mut methods = self.methods.lock();
        // SAFETY: methods of dead classes are given back only after this.
        methods.retain(|address, _| is_live(unsafe { method_at(*address) }.holder));
    }

    /// Prints what a compilation made.
    pub(super) fn show(&self, vm: &Vm, method: MethodPtr, entry: Entry, made: Result<&Artifacts, &Refusal>) {
        self.methods.lock().insert(method.address(), true);
        let at = match entry {
            Entry::Normal => String::new(),
            Entry::Loop(bci) => format!(" @ {bci}"),
        };
        let mut text = format!(
            "== {}.{}{}{at}\n",
            method.holder.external_name(),
            method.name,
            method.descriptor
        );
        match made {
            Ok(texts) => {
                let parts = [
                    ("SSA", &texts.ssa),
                    ("CLIF", &texts.clif),
                    ("Machine code", &texts.assembly),
                ];
                for (title, part) in parts {
                    text += &format!("-- {title}\n{}\n", part.trim_end());
                }
            }
            Err(refusal) => text += &format!("not compiled: {refusal}\n"),
        }
        vm.print(&text);
    }
}
