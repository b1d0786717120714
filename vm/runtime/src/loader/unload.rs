//! What the collector asks of loaders: what they keep alive, and to forget what is dead (JLS §12.7).

use super::{LoaderData, Loaders};
use crate::log::{Level, Log, TagSet};
use crate::method_area::ClassPtr;
use crate::method_area::class::class_flags;
use peaberry_gc::{Liveness, Tracer};
use std::sync::atomic::Ordering;

/// A hidden class that lives as long as something refers to it, or an array of such.
fn lives_by_itself(class: ClassPtr) -> bool {
    let class = class.bottom_class.get().unwrap_or(class);
    class.has_flag(class_flags::HIDDEN) && !class.has_flag(class_flags::STRONG_HIDDEN)
}

impl LoaderData {
    /// Hands over all that lives as long as the loader: its classes, those it is an initiating loader of, modules and
    /// roots.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        for class in self.defined.lock().iter().filter(|c| !lives_by_itself(**c)) {
            // SAFETY: a class of this loader.
            unsafe { tracer.class(&class.prefix) };
        }
        for class in self.initiated.lock().iter() {
            // SAFETY: kept alive by this very visit.
            unsafe { tracer.class(&class.prefix) };
        }
        for module in self.modules.lock().iter() {
            tracer.narrow(&module.module);
        }
        tracer.narrow(&self.unnamed_module.module);
        for chunk in self.roots.lock().iter() {
            for slot in chunk.slots.iter() {
                tracer.narrow(slot);
            }
        }
    }
}

impl LoaderData {
    /// Takes dead classes out of the profiles of the loader's methods.
    fn clear_dead_profile_classes(&self, liveness: &Liveness<'_>) {
        for class in self.defined.lock().iter() {
            for method in class.methods.get().iter() {
                // SAFETY: classes stay readable in the method area, dead or alive.
                method.clear_dead_profile_classes(|class| unsafe { liveness.is_class_live(&class.prefix) });
            }
        }
    }
}

impl Loaders {
    /// Hands over what lives as long as the VM: the boot loader's.
    pub fn trace_strong(&self, tracer: &mut Tracer<'_>) {
        self.boot().trace(tracer);
        tracer.narrow(&self.java_base.module);
    }
    /// Hands over what all loaders keep alive, for a collection that must unload nothing.
    pub fn trace_all(&self, tracer: &mut Tracer<'_>) {
        let trace = |data: &LoaderData, tracer: &mut Tracer<'_>| {
            data.trace(tracer);
            tracer.narrow(&data.loader);
            for class in data.defined.lock().iter() {
                // SAFETY: a class of this loader.
                unsafe { tracer.class(&class.prefix) };
            }
        };
        trace(self.boot(), tracer);
        for data in self.others.lock().iter() {
            trace(data, tracer);
        }
    }
    /// Hands over what a live loader object keeps alive (`RootSource::loader_reached`).
    pub fn trace_loader(&self, loader: peaberry_gc::Obj, tracer: &mut Tracer<'_>) {
        let offset = self.loader_data_offset.get() as usize;
        // SAFETY: `java.lang.ClassLoader` has an injected long there: 0 or the address of the loader's data.
        let data = unsafe { Self::data_at(loader.read::<u64>(offset)) };
        if let Some(data) = data {
            // The tracer asks once for each loader; the object itself is alive.
            data.trace(tracer);
        }
    }
    /// Forgets dead loaders and classes and follows moved loaders; world stopped. Answers the number of classes
    /// unloaded.
    pub fn sweep(&self, liveness: &Liveness<'_>, log: &Log) -> usize {
        let mut unloaded = sweep_hidden(self.boot(), liveness, log);
        let mut others = self.others.lock();
        let mut dead = Vec::new();
        others.retain_mut(|data| match liveness.resolve(data.object()) {
            Some(at) => {
                data.loader.store(at);
                true
            }
            None => {
                dead.push(data.id);
                let classes = std::mem::take(&mut *data.defined.lock());
                unloaded += classes.len();
                for class in classes {
                    log_unloading(class, log);
                    self.forget(class);
                }
                false
            }
        });
        for data in others.iter() {
            unloaded += sweep_hidden(data, liveness, log);
        }
        if unloaded != 0 {
            self.boot().clear_dead_profile_classes(liveness);
            others.iter().for_each(|data| data.clear_dead_profile_classes(liveness));
        }
        if !dead.is_empty() {
            let mut constraints = self.constraints.lock();
            dead.iter().for_each(|id| constraints.purge(*id));
        }
        unloaded
    }
    /// Takes a dead class out of its superclass's list.
    fn forget(&self, class: ClassPtr) {
        self.init_errors.lock().remove(&class.address());
        unlink(class);
        if let Some(pool) = class.constants.get() {
            self.errors.lock().retain(|(address, _), _| *address != pool.address());
        }
    }
}

fn unlink(class: ClassPtr) {
    let Some(parent) = class
        .super_class
        .get()
        .filter(|_| class.is_instance() && !class.is_interface())
    else {
        return;
    };
    let mut link = &parent.first_subclass;
    loop {
        let current = link.load(Ordering::Relaxed);
        if current.is_null() {
            return;
        }
        if current == class.as_ptr() {
            link.store(class.next_sibling.load(Ordering::Relaxed), Ordering::Relaxed);
            return;
        }
        // SAFETY: classes stay readable in the method area, dead or alive.
        link = unsafe { &(*current).next_sibling };
    }
}

fn log_unloading(class: ClassPtr, log: &Log) {
    if log.enabled(TagSet::ClassUnload, Level::Info) {
        let line = format!("unloading class {} {:#018x}", class.external_name(), class.address());
        log.write(TagSet::ClassUnload, Level::Info, &line);
    }
}

/// Drops the dead hidden classes of a live loader.
fn sweep_hidden(data: &LoaderData, liveness: &Liveness<'_>, log: &Log) -> usize {
    let mut defined = data.defined.lock();
    let before = defined.len();
    defined.retain(|class| {
        // SAFETY: classes stay readable in the method area, dead or alive.
        let live = !lives_by_itself(*class) || unsafe { liveness.is_class_live(&class.prefix) };
        if !live {
            log_unloading(*class, log);
            unlink(*class);
        }
        live
    });
    before - defined.len()
}
