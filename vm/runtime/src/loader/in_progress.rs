//! Loads that are under way: who loads what, to find circles and to let only one thread load a class where its loader does
//! not allow more.

use super::LoaderData;
use crate::method_area::Sym;
use crate::monitor;
use crate::thread::{JResult, JavaThread};
use parking_lot::{Condvar, Mutex};
use peaberry_gc::layout::Obj;

/// What a thread does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It asks a Java loader, whose lock it has, for the class.
    Class,
    /// It loads this supertype of the class.
    Supertype(Sym),
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Load {
    thread: u32,
    loader: u32,
    name: Sym,
    kind: Kind,
}

/// The loads under way in a VM.
#[derive(Default)]
pub(crate) struct InProgress {
    loads: Mutex<Vec<Load>>,
    /// Told when one has ended.
    ended: Condvar,
}

impl InProgress {
    /// Hands out the names in use: no table of the VM need have them otherwise.
    pub(super) fn for_each_name(&self, mut visit: impl FnMut(Sym)) {
        for load in self.loads.lock().iter() {
            visit(load.name);
            if let Kind::Supertype(supertype) = load.kind {
                visit(supertype);
            }
        }
    }

    /// The supertype of a class that some thread loads for its definition by a loader.
    pub(super) fn supertype_of(&self, loader: &LoaderData, name: Sym) -> Option<Sym> {
        let loads = self.loads.lock();
        let mut loads = loads
            .iter()
            .filter(|load| load.loader == loader.id && load.name == name);
        loads.find_map(|load| match load.kind {
            Kind::Supertype(name) => Some(name),
            Kind::Class => None,
        })
    }

    /// Waits, without letting the world stop, for a load of a class by another thread to end.
    fn wait(&self, thread: u32, loader: u32, name: Sym) {
        let mut loads = self.loads.lock();
        let is_other = |load: &Load| load.loader == loader && load.name == name && load.thread != thread;
        if loads.iter().any(is_other) {
            self.ended.wait(&mut loads);
        }
    }
}

/// A load under way, until it is dropped.
pub(super) struct Loading<'t> {
    pub thread: &'t mut JavaThread,
    load: Load,
}

impl<'t> Loading<'t> {
    fn begin(thread: &'t mut JavaThread, loader: &LoaderData, name: Sym, kind: Kind) -> JResult<Loading<'t>> {
        let load = Load {
            thread: thread.id,
            loader: loader.id,
            name,
            kind,
        };
        let same_kind = |other: Kind| (other == Kind::Class) == (kind == Kind::Class);
        let is_circle = |other: &Load| {
            (other.thread, other.loader, other.name) == (load.thread, load.loader, load.name) && same_kind(other.kind)
        };
        let mut loads = thread.vm().loaders.in_progress.loads.lock();
        if loads.iter().any(is_circle) {
            drop(loads);
            return Err(thread.throw_new("java/lang/ClassCircularityError", &name.text()));
        }
        loads.push(load);
        drop(loads);
        Ok(Loading { thread, load })
    }

    /// The thread asks a Java loader, whose lock it has, for a class; ClassCircularityError when it does so already.
    pub fn of_class(thread: &'t mut JavaThread, loader: &LoaderData, name: Sym) -> JResult<Loading<'t>> {
        Self::begin(thread, loader, name, Kind::Class)
    }

    /// The thread loads a supertype of a class; ClassCircularityError when it does so already.
    pub fn of_supertype(
        thread: &'t mut JavaThread,
        loader: &LoaderData,
        name: Sym,
        supertype: Sym,
    ) -> JResult<Loading<'t>> {
        Self::begin(thread, loader, name, Kind::Supertype(supertype))
    }
}

impl Drop for Loading<'_> {
    fn drop(&mut self) {
        let in_progress = &self.thread.vm().loaders.in_progress;
        let mut loads = in_progress.loads.lock();
        if let Some(at) = loads.iter().rposition(|load| *load == self.load) {
            loads.swap_remove(at);
        }
        drop(loads);
        in_progress.ended.notify_all();
    }
}

/// Lets another thread, which has given away the lock of its loader while it loads a class, go on until it is done. The
/// current thread has the lock, and has it again at the end.
pub(super) fn wait_for_others(thread: &mut JavaThread, loader: &LoaderData, object: Obj, name: Sym) -> JResult<()> {
    while is_loaded_elsewhere(thread, loader, name) {
        monitor::notify(thread, object, true)?;
        let mut entered = 0;
        while monitor::holds(thread, object) {
            monitor::exit(thread, object)?;
            entered += 1;
        }
        let (id, in_progress) = (thread.id, &thread.vm().loaders.in_progress);
        thread.blocking_quietly(|| in_progress.wait(id, loader.id, name));
        for _ in 0..entered {
            monitor::enter(thread, object);
        }
        thread.end_if_terminated();
    }
    Ok(())
}

/// Does another thread load the class, which is not there yet?
fn is_loaded_elsewhere(thread: &JavaThread, loader: &LoaderData, name: Sym) -> bool {
    if loader.dictionary.read().contains_key(&name) {
        return false;
    }
    let loads = thread.vm().loaders.in_progress.loads.lock();
    let mut same = loads
        .iter()
        .filter(|load| load.loader == loader.id && load.name == name);
    same.any(|load| load.thread != thread.id)
}
