//! A check of the method area, for the debugging options that verify the heap: after classes have died, nothing that
//! belongs to a live class may lead into memory that was given back.

use crate::method_area::class::ClassKind;
use crate::method_area::{ClassPtr, MethodPtr};
use crate::vm::Vm;
use peaberry_classfile::model::tag;
use peaberry_classfile::opcodes::{Instructions, op};
use std::sync::atomic::Ordering;

/// Ends the process with a message when the check fails: there is no way to go on.
pub(super) fn check(vm: &Vm) {
    let checker = Checker { vm };
    vm.loaders.for_each_class(|class| checker.class(class));
    vm.invoke.for_each_site(|method, site| {
        checker.address("call site", method.holder, site.address());
        checker.address("call site's adapter", method.holder, site.adapter.address());
    });
}

struct Checker<'v> {
    vm: &'v Vm,
}

impl Checker<'_> {
    fn address(&self, what: &str, of: ClassPtr, address: usize) {
        if self.vm.method_area.is_freed(address) {
            fail(&format!(
                "{what} of {} leads to unloaded {address:#x}",
                of.external_name()
            ));
        }
    }
    fn class(&self, class: ClassPtr) {
        if self.vm.method_area.is_freed(class.address()) {
            fail(&format!("a loader lists unloaded {:#x}", class.address()));
        }
        let check = |what, address| self.address(what, class, address);
        check("name", class.name.address());
        check(
            "superclass",
            class.super_class.get().map_or(0, |parent| parent.address()),
        );
        for interface in class.secondary_supers.get().iter() {
            check("interface", interface.address());
        }
        check("array class", class.array_class.load(Ordering::Relaxed) as usize);
        check(
            "element class",
            class.element_class.map_or(0, |element| element.address()),
        );
        check("subclass list", class.first_subclass.load(Ordering::Relaxed) as usize);
        check("sibling list", class.next_sibling.load(Ordering::Relaxed) as usize);
        check("nest host", class.nest_host.load(Ordering::Relaxed) as usize);
        check(
            "last supertype found",
            class.secondary_cache.load(Ordering::Relaxed) as usize,
        );
        for method in class.vtable.get().iter() {
            check("vtable", method.address());
        }
        for entry in class.itable.get().iter() {
            check("itable", entry.interface.address());
            check("itable", entry.methods as usize);
        }
        if class.kind == ClassKind::Instance {
            self.constants(class);
            class
                .methods
                .get()
                .iter()
                .for_each(|method| self.profile(class, *method));
        }
    }
    fn constants(&self, class: ClassPtr) {
        let pool = class.constants();
        for index in 0..pool.length {
            if matches!(
                pool.tag(index),
                tag::CLASS | tag::FIELDREF | tag::METHODREF | tag::INTERFACE_METHODREF
            ) {
                self.address("constant", class, pool.resolved(index) as usize);
            }
        }
    }
    /// Classes that profiles name.
    fn profile(&self, class: ClassPtr, method: MethodPtr) {
        if method.profile.load(Ordering::Relaxed).is_null() {
            return;
        }
        for instruction in Instructions::new(&method.bytecode).flatten() {
            if matches!(
                instruction.opcode as u8,
                op::INVOKEVIRTUAL | op::INVOKEINTERFACE | op::CHECKCAST | op::INSTANCEOF
            ) {
                let profile = method.type_profile(instruction.bci as u32).unwrap_or_default();
                for (seen, _) in profile.classes.into_iter().flatten() {
                    self.address("profile", class, seen.address());
                }
            }
        }
    }
}

fn fail(problem: &str) -> ! {
    eprintln!("peaberry: method area verification failed: {problem}");
    std::process::abort()
}
