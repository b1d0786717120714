//! Global references: roots held by Rust code outside native frames (embedding, JNI later).
use parking_lot::Mutex;
use peaberry_gc::layout::Obj;

#[derive(Default)]
struct Slots {
    objects: Vec<Obj>,
    free: Vec<u32>,
}

/// The table of global references of a VM.
#[derive(Default)]
pub struct Handles {
    slots: Mutex<Slots>,
}

/// Index of a global reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Handle(pub u32);

impl Handles {
    /// Adds a strong reference.
    pub fn add(&self, object: Obj) -> Handle {
        let mut slots = self.slots.lock();
        match slots.free.pop() {
            Some(index) => {
                slots.objects[index as usize] = object;
                Handle(index)
            }
            None => {
                slots.objects.push(object);
                Handle(slots.objects.len() as u32 - 1)
            }
        }
    }
    /// The object. The caller is in Java.
    pub fn get(&self, handle: Handle) -> Obj {
        self.slots.lock().objects[handle.0 as usize]
    }
    /// Makes the reference refer to another object.
    pub fn set(&self, handle: Handle, object: Obj) {
        self.slots.lock().objects[handle.0 as usize] = object;
    }
    /// Removes it. May be called from anywhere, outside the VM too.
    pub fn remove(&self, handle: Handle) {
        let mut slots = self.slots.lock();
        slots.objects[handle.0 as usize] = Obj::NULL;
        slots.free.push(handle.0);
    }
    /// Number of references.
    pub fn len(&self) -> usize {
        let slots = self.slots.lock();
        slots.objects.len() - slots.free.len()
    }
    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// All slots, for the collector; world stopped.
    pub fn for_each_slot(&self, mut f: impl FnMut(&mut Obj)) {
        for slot in self.slots.lock().objects.iter_mut().filter(|s| !s.is_null()) {
            f(slot)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_reused() {
        let handles = Handles::default();
        let (a, b) = (handles.add(Obj(8)), handles.add(Obj(16)));
        handles.remove(a);
        assert_eq!((handles.add(Obj(24)), handles.get(b), handles.len()), (a, Obj(16), 2));
        let mut seen = Vec::new();
        handles.for_each_slot(|slot| seen.push(slot.0));
        assert_eq!(seen, [24, 16]);
    }
}
