//! What compiled code has done without and interpreter frames need: objects that were not allocated, locks that were not
//! taken.

use crate::method_area::{Class, ClassPtr, Meta};
use crate::monitor;
use crate::object::{set, set_ref};
use crate::stack::Frame;
use crate::thread::{JResult, JavaThread, LockRecord};
use peaberry_gc::layout::Obj;
use peaberry_jit::code::{Exit, SlotSource};
use peaberry_jit::query::Kind;

/// The word of a slot.
///
/// # Safety
/// The buffer holds the values of the exit that the source is of.
pub(super) unsafe fn value(buffer: *const u64, source: SlotSource) -> u64 {
    match source {
        SlotSource::Dead => 0,
        // SAFETY: the caller vouches for the buffer.
        SlotSource::Buffer(index) => unsafe { *buffer.add(usize::from(index)) },
        SlotSource::Constant(value) => value,
    }
}

/// Allocates the objects of an exit. Their addresses come into the buffer, which lies on the native stack: they are
/// found there, and do not move, when a collection comes between.
///
/// # Safety
/// The buffer is that of the exit, in a frame that is scanned conservatively.
pub(super) unsafe fn objects(thread: &mut JavaThread, exit: &Exit, buffer: *mut u64) -> JResult<()> {
    if exit.objects.is_empty() {
        return Ok(());
    }
    let pending = thread.take_exception();
    // What exception is thrown here takes the place of the one on its way.
    let on_stack = std::hint::black_box(pending);
    for object in &exit.objects {
        // SAFETY: classes of an exit live as long as its code.
        let class: ClassPtr = unsafe { Meta::new(object.class.0 as *const Class) };
        let address = thread.allocate_instance(class)?.0;
        // SAFETY: the word is the exit's.
        unsafe { buffer.add(usize::from(object.word)).write_volatile(address as u64) };
    }
    thread.exception = on_stack;
    for object in &exit.objects {
        // SAFETY: the words are the exit's, the fields those of the object's class.
        unsafe {
            let new = Obj(*buffer.add(usize::from(object.word)) as usize);
            for field in &object.fields {
                let (offset, value) = (field.offset as usize, value(buffer, field.value));
                match field.kind {
                    Kind::Boolean | Kind::Byte => set(new, offset, value as u8),
                    Kind::Char | Kind::Short => set(new, offset, value as u16),
                    Kind::Int | Kind::Float => set(new, offset, value as u32),
                    Kind::Long | Kind::Double => set(new, offset, value),
                    Kind::Reference => set_ref(thread, new, offset, Obj(value as usize)),
                }
            }
        }
    }
    Ok(())
}

/// The locks of a compiled frame, on their way to interpreter frames.
pub(super) struct Locks {
    /// Place of the next record.
    next: usize,
    /// Places of records whose locks are yet to be taken.
    elided: Vec<usize>,
}

impl Locks {
    /// The locks that the compiled frame `owner` of the running thread holds.
    pub fn new(thread: &JavaThread, owner: *mut Frame) -> Locks {
        let others = thread.locks.iter().rev().skip_while(|r| std::ptr::eq(r.frame, owner));
        Locks {
            next: others.count(),
            elided: Vec::new(),
        }
    }

    /// The next one is this frame's.
    pub fn held(&mut self, thread: &mut JavaThread, frame: *mut Frame) {
        if let Some(record) = thread.locks.get_mut(self.next) {
            record.frame = frame;
            self.next += 1;
        }
    }

    /// A lock that the compiled frame has not taken comes next.
    pub fn elided(&mut self, thread: &mut JavaThread, record: LockRecord) {
        thread.locks.push(record);
        thread.locks[self.next..].rotate_right(1);
        self.elided.push(self.next);
        self.next += 1;
    }

    /// Takes the locks: of new objects, or such as the thread holds. Nobody else can have them.
    pub fn take(&self, thread: &mut JavaThread) {
        for &place in &self.elided {
            let object = thread.locks[place].object;
            monitor::enter(thread, object);
        }
    }
}
