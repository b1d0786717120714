//! The heap verifier: finds collector and runtime bugs close to their cause. On, it ends the process with a message.

use crate::block::*;
use crate::heap::ClassCheck;
use crate::layout::*;
use crate::metadata::Tables;
use crate::objects::{ObjectFinder, for_each_reference_slot};
use crate::references::ReferenceOffsets;
use std::sync::atomic::Ordering;

/// Reports a broken heap and ends the process: there is no way to go on.
pub(crate) fn fail(message: &str) -> ! {
    eprintln!("peaberry: heap verification failed: {message}");
    std::process::abort()
}

/// Checks references as the tracer meets them.
pub(crate) struct EdgeCheck<'c> {
    pub is_class: Option<&'c ClassCheck>,
}

impl EdgeCheck<'_> {
    /// Checks the reference to `address` found in the object at `holder` (0: in a root).
    /// `end` is the end of the committed heap.
    #[inline(never)]
    pub fn edge(&self, tables: &Tables, end: usize, holder: usize, address: usize) {
        if let Err(problem) = self.check(tables, end, address) {
            let class = match holder {
                0 => 0,
                // SAFETY: the holder is a live object being scanned.
                _ => unsafe { Obj(holder).class_prefix() as usize },
            };
            fail(&format!(
                "{problem}, referred to by the object {holder:#x} of class {class:#x}"
            ));
        }
    }

    fn check(&self, tables: &Tables, end: usize, address: usize) -> Result<(), String> {
        if address < tables.heap_start || address >= end || !address.is_multiple_of(OBJECT_ALIGNMENT) {
            return Err(format!("{address:#x} is no heap address"));
        }
        let state = tables.state_of(address);
        let large = state == state::LARGE_HEAD && address.is_multiple_of(BLOCK_BYTES);
        if !large && !state::has_lines(state) {
            return Err(format!("{address:#x} lies in a block of state {state}"));
        }
        // SAFETY: the block is committed.
        unsafe {
            if !large && *tables.line(address) == line::FREE && !tables.is_marked(address) {
                return Err(format!("{address:#x} lies in a free line"));
            }
            let object = Obj(address);
            if object.mark().load(Ordering::Relaxed) & mark::TAG_MASK == mark::FORWARDED {
                if state != state::EVACUATED {
                    return Err(format!("{address:#x} has a forwarding header outside evacuated blocks"));
                }
                return Ok(());
            }
            check_class(object, self.is_class)
        }
    }
}

/// # Safety
/// `object` is a readable heap address.
unsafe fn check_class(object: Obj, is_class: Option<&ClassCheck>) -> Result<(), String> {
    // SAFETY: the caller vouches for the object.
    let class = unsafe { object.class_prefix() } as usize;
    if class == 0 {
        return Err(format!("{:#x} has no class", object.0));
    }
    if is_class.is_some_and(|is_class| !is_class(class)) {
        return Err(format!(
            "{:#x} has the class word of {class:#x}, which is no class",
            object.0
        ));
    }
    Ok(())
}

/// Checks all live objects after a collection.
pub(crate) struct HeapCheck<'c> {
    pub finder: ObjectFinder,
    pub live: u8,
    pub is_class: Option<&'c ClassCheck>,
    pub offsets: Option<ReferenceOffsets>,
}

impl HeapCheck<'_> {
    /// The first problem found, if any.
    pub fn run(&self) -> Result<(), String> {
        let mut result = Ok(());
        // SAFETY: the world is stopped and the collection is over.
        unsafe {
            self.finder.for_each(&mut |object| {
                if result.is_ok() {
                    result = self.object(object);
                }
            });
        }
        result
    }

    unsafe fn object(&self, object: Obj) -> Result<(), String> {
        let tables = &self.finder.tables;
        // SAFETY: the object was marked; the class is checked before it is used.
        unsafe {
            check_class(object, self.is_class)?;
            if object.mark().load(Ordering::Relaxed) & mark::TAG_MASK == mark::FORWARDED {
                return Err(format!("{:#x} is forwarded after the collection", object.0));
            }
            let class = &*object.class_prefix();
            let bytes = object_bytes(object);
            let state = tables.state_of(object.0);
            if state == state::LARGE_HEAD {
                let blocks = tables.info(tables.block_index(object.0)) as usize;
                if bytes > blocks * BLOCK_BYTES {
                    return Err(format!(
                        "{:#x} of {bytes} bytes is longer than its {blocks} blocks",
                        object.0
                    ));
                }
            } else {
                if (object.0 & (BLOCK_BYTES - 1)) + bytes > BLOCK_BYTES {
                    return Err(format!("{:#x} of {bytes} bytes does not end in its block", object.0));
                }
                let mut line = object.0 & !(LINE_BYTES - 1);
                while line < object.0 + bytes {
                    if *tables.line(line) != self.live {
                        return Err(format!("line {line:#x} of live {:#x} is not marked", object.0));
                    }
                    line += LINE_BYTES;
                }
            }
            if class.shape == Shape::Mirror {
                let mirrored = object.read::<u64>(MIRROR_CLASS_OFFSET) as *const ClassPrefix;
                if !mirrored.is_null() {
                    if self.is_class.is_some_and(|is_class| !is_class(mirrored as usize)) {
                        return Err(format!(
                            "mirror {:#x} mirrors {mirrored:?}, which is no class",
                            object.0
                        ));
                    }
                    if (*mirrored).mirror.load() != object {
                        return Err(format!("mirror {:#x} is not the mirror of its class", object.0));
                    }
                }
            }
            let mut result = Ok(());
            for_each_reference_slot(object, &mut |offset| {
                if result.is_ok() {
                    result = self.slot(object, offset, bytes);
                }
            });
            result?;
            if class.shape == Shape::Reference
                && let Some(offsets) = self.offsets
            {
                self.slot(object, offsets.referent as usize, bytes)?;
            }
        }
        Ok(())
    }

    unsafe fn slot(&self, object: Obj, offset: usize, bytes: usize) -> Result<(), String> {
        if offset + REFERENCE_BYTES > bytes {
            return Err(format!(
                "{:#x} of {bytes} bytes has a reference slot at {offset}",
                object.0
            ));
        }
        // SAFETY: the slot lies within the object.
        let value = unsafe { object.read::<Narrow>(offset) }.widen();
        let inside = self.finder.start <= value.0 && value.0 < self.finder.end;
        if !value.is_null() && (!inside || !self.finder.tables.is_marked(value.0)) {
            // SAFETY: the object is live.
            let class = unsafe { object.class_prefix() } as usize;
            let problem = format!(
                "slot {offset} of {:#x} (class {class:#x}) holds {:#x}",
                object.0, value.0
            );
            return Err(format!("{problem}, which is no live object"));
        }
        Ok(())
    }
}

/// Checks, before a collection, that every reference from an object that survived the last one to an object allocated
/// since lies on a dirty card.
pub(crate) fn check_barriers(finder: &ObjectFinder) -> Result<(), String> {
    let tables = &finder.tables;
    let is_old = |address: usize| tables.is_marked(address);
    let mut result = Ok(());
    // SAFETY: the world is stopped and marking has not begun.
    unsafe {
        finder.for_each(&mut |object| {
            if result.is_err() || !is_old(object.0) {
                return;
            }
            for_each_reference_slot(object, &mut |offset| {
                let value = object.read::<Narrow>(offset).widen();
                let young = finder.start <= value.0 && value.0 < finder.end && !is_old(value.0);
                if young && *tables.card(object.0 + offset) == 0 {
                    let class = object.class_prefix() as usize;
                    let place = format!("slot {offset} of {:#x} (class {class:#x})", object.0);
                    result = Err(format!("{place} was stored to without marking its card"));
                }
            });
        });
    }
    result
}
