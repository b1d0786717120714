//! Global references: roots held by Rust code outside native frames (embedding, JNI later).
use peaberry_gc::layout::Obj;
use parking_lot::Mutex;

/// The table of global references of a VM.
#[derive(Default)]
pub struct Handles {
    slots: Mutex<Vec<Obj>>,
}
/// Index of a global reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Handle(pub u32);
impl Handles {
    /// Adds a strong reference.
    pub fn add(&self, object: Obj) -> Handle {
        let mut slots = self.slots.lock();
        let free = slots.iter().position(|s| s.is_null());
        match free {
            Some(i) => { slots[i] = object; Handle(i as u32) }
            None => { slots.push(object); Handle(slots.len() as u32 - 1) }
        }
    }
    /// The object.
    pub fn get(&self, handle: Handle) -> Obj {
        self.slots.lock()[handle.0 as usize]
    }
    /// Removes it.
    pub fn remove(&self, handle: Handle) {
        self.slots.lock()[handle.0 as usize] = Obj::NULL;
    }
    /// All slots, for the collector; world stopped.
    pub fn for_each_slot(&self, mut f: impl FnMut(&mut Obj)) {
        for slot in self.slots.lock().iter_mut().filter(|s| !s.is_null()) {
            f(slot)
        }
    }
}
