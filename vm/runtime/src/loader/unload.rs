//! Unloading (JLS §12.7): what loaders keep alive; finding the classes that die in a collection, telling everybody who
//! keeps their addresses, and giving their memory back.
//!
//! A loader that the collection did not reach dies with all its classes; a hidden class that is not tied to its loader
//! dies when it was not reached. In order, with the world stopped and after references have been processed:
//!
//! 1. [`Dying`] is collected. The classes are readable still.
//! 2. [`announce`]: whoever keeps an address of a dying class, or of something that belongs to it, forgets it.
//! 3. The chunks go back to the method area, the loaders' data to the allocator.
//! 4. Symbols that nobody refers to any more are freed, once enough have been made since the last time.

use super::{LoaderData, Loaders};
use crate::log::{Level, Log, TagSet};
use crate::method_area::ClassPtr;
use crate::method_area::class::class_flags;
use crate::method_area::symbol::QuickSet;
use crate::vm::Vm;
use peaberry_gc::{Liveness, Tracer};
use std::ops::Range;
use std::sync::atomic::Ordering;

impl LoaderData {
    /// Hands over all that lives as long as the loader: its classes, those it is an initiating loader of, and modules.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        for class in self.defined.lock().iter().filter(|c| !c.lives_by_itself()) {
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
    }
    /// Takes dead classes out of the profiles of the loader's methods.
    fn clear_dead_profile_classes(&self, liveness: &Liveness<'_>) {
        for class in self.defined.lock().iter() {
            for method in class.methods.get().iter() {
                // SAFETY: dying classes are readable until their memory goes back.
                method.clear_dead_profile_classes(|class| unsafe { liveness.is_class_live(&class.prefix) });
            }
        }
    }
}

/// The classes that die in a collection, and all the memory that belongs to them.
pub(crate) struct Dying {
    classes: Vec<ClassPtr>,
    #[expect(clippy::vec_box, reason = "pointed at by their classes")]
    loaders: Vec<Box<LoaderData>>,
    /// By address.
    chunks: Vec<Range<usize>>,
}

impl Dying {
    /// Does the address lie in memory of a dying class: is it the class itself, one of its methods, its code …?
    #[inline]
    pub fn contains(&self, address: usize) -> bool {
        let after = self.chunks.partition_point(|chunk| chunk.start <= address);
        after != 0 && address < self.chunks[after - 1].end
    }
    /// The classes, arrays included. They can be read.
    pub fn classes(&self) -> &[ClassPtr] {
        &self.classes
    }
}

/// Unloads what the collection did not reach. `held` are words of native stacks that lead into the method area.
pub(crate) fn unload(vm: &Vm, liveness: &Liveness<'_>, held: &[usize]) {
    let dying = vm.loaders.find_dying(vm, liveness);
    if !dying.classes.is_empty() || !dying.loaders.is_empty() {
        announce(vm, &dying, liveness);
        free(vm, dying);
        if vm.method_area.is_checked() {
            super::check::check(vm);
        }
    }
    if vm.symbols.wants_sweep() {
        vm.loaders.sweep_symbols(vm, held);
    }
    vm.method_area.note_collection();
}

/// Tells of classes that die, before their memory is given to others. Everything outside of the dying classes that
/// knows an address inside of them is to forget it here. What one class's code knows of another needs no care: a class
/// keeps alive what its constants resolve to.
fn announce(vm: &Vm, dying: &Dying, liveness: &Liveness<'_>) {
    for class in dying.classes() {
        class.set_flag(class_flags::DYING);
        log_unloading(*class, &vm.log);
    }
    vm.compiled.classes_die(vm, |class| !dying.contains(class.address()));
    vm.loaders.forget(dying, liveness);
    vm.invoke.forget(dying);
    vm.reference_maps.lock().forget(dying);
}

fn free(vm: &Vm, dying: Dying) {
    tracing::debug!("{} classes unloaded", dying.classes.len());
    vm.management.note_unloading(dying.classes.len());
    let mut spaces: Vec<_> = dying
        .classes
        .iter()
        .filter(|class| class.is_instance() && class.lives_by_itself())
        .map(|class| class.space)
        .collect();
    spaces.extend(dying.loaders.iter().map(|data| std::ptr::from_ref(&data.space)));
    for space in spaces {
        // SAFETY: the classes in there are dead, and all who knew of them have forgotten them.
        unsafe { vm.method_area.release(space) };
    }
    vm.method_area.trim();
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
    /// Takes what is dead off the lists of loaders and classes, and follows moved loaders.
    fn find_dying(&self, vm: &Vm, liveness: &Liveness<'_>) -> Dying {
        let mut dying = Dying {
            classes: Vec::new(),
            loaders: Vec::new(),
            chunks: Vec::new(),
        };
        take_dead_hidden(self.boot(), liveness, &mut dying.classes);
        let mut others = self.others.lock();
        let (live, dead): (Vec<_>, Vec<_>) = std::mem::take(&mut *others).into_iter().partition(|data| match liveness
            .resolve(data.object())
        {
            Some(at) => {
                data.loader.store(at);
                true
            }
            None => false,
        });
        *others = live;
        for data in others.iter() {
            take_dead_hidden(data, liveness, &mut dying.classes);
        }
        for data in dead {
            let mut classes = std::mem::take(&mut *data.defined.lock());
            let published: QuickSet<usize> = classes.iter().map(|class| class.address()).collect();
            let hidden = std::mem::take(&mut *data.weak_hidden.lock());
            classes.extend(hidden.iter().filter(|class| !published.contains(&class.address())));
            dying.classes.extend(classes);
            dying.chunks.extend(vm.method_area.chunks_of(&data.space));
            dying.loaders.push(data);
        }
        for class in dying
            .classes
            .iter()
            .filter(|class| class.is_instance() && class.lives_by_itself())
        {
            // SAFETY: the class's own space.
            dying.chunks.extend(vm.method_area.chunks_of(unsafe { &*class.space }));
        }
        dying.chunks.sort_unstable_by_key(|chunk| chunk.start);
        dying
    }
    /// Forgets dying classes and loaders.
    fn forget(&self, dying: &Dying, liveness: &Liveness<'_>) {
        forget_subclasses(dying);
        self.errors.lock().retain(|(pool, _), _| !dying.contains(*pool));
        self.nest_host_errors.lock().retain(|class, _| !dying.contains(*class));
        self.init_errors.lock().retain(|class, _| !dying.contains(*class));
        self.for_each(|data| data.clear_dead_profile_classes(liveness));
        if dying.loaders.is_empty() {
            return;
        }
        let ids = dying.loaders.iter().map(|data| data.id).collect();
        self.constraints.lock().purge(&ids, dying);
        let mut modules: QuickSet<u32> = dying.loaders.iter().map(|data| data.unnamed_module.id).collect();
        for data in &dying.loaders {
            modules.extend(data.modules.lock().iter().map(|module| module.id));
        }
        self.java_base.forget(&modules);
        self.for_each(|data| {
            data.modules.lock().iter().for_each(|module| module.forget(&modules));
            data.packages
                .read()
                .values()
                .for_each(|package| package.forget(&modules));
        });
    }
}

/// Takes the dead among the hidden classes of a live loader, and their arrays, which live as long as they.
fn take_dead_hidden(data: &LoaderData, liveness: &Liveness<'_>, dead: &mut Vec<ClassPtr>) {
    // SAFETY: the loader's lists hold classes whose memory is not yet given back.
    let is_live = |class: &ClassPtr| unsafe { liveness.is_class_live(&class.prefix) };
    let before = dead.len();
    data.weak_hidden.lock().retain(|class| {
        let live = is_live(class);
        if !live {
            dead.push(*class);
        }
        live
    });
    if dead.len() == before {
        return;
    }
    let dies = |class: &ClassPtr| class.lives_by_itself() && !is_live(&class.bottom_class.get().unwrap_or(*class));
    data.built.lock().retain(|class| !dies(class));
    data.defined.lock().retain(|class| {
        let dies = dies(class);
        if dies && class.is_array() {
            dead.push(*class);
        }
        !dies
    });
}

/// Takes dying classes out of the lists of their superclasses.
fn forget_subclasses(dying: &Dying) {
    let mut parents: Vec<ClassPtr> = dying
        .classes()
        .iter()
        .filter(|class| class.is_instance() && !class.is_interface())
        .filter_map(|class| class.super_class.get())
        .filter(|parent| !parent.has_flag(class_flags::DYING))
        .collect();
    parents.sort_unstable_by_key(|parent| parent.address());
    parents.dedup();
    for parent in parents {
        let mut link = &parent.first_subclass;
        // SAFETY: the lists hold classes that live, or die only now.
        while let Some(class) = unsafe { link.load(Ordering::Relaxed).as_ref() } {
            if class.has_flag(class_flags::DYING) {
                link.store(class.next_sibling.load(Ordering::Relaxed), Ordering::Relaxed);
            } else {
                link = &class.next_sibling;
            }
        }
    }
}

fn log_unloading(class: ClassPtr, log: &Log) {
    if log.enabled(TagSet::ClassUnload, Level::Info) {
        let line = format!("unloading class {} {:#018x}", class.external_name(), class.address());
        log.write(TagSet::ClassUnload, Level::Info, &line);
    }
}
