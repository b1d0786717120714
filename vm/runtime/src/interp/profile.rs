//! Profiles: what the interpreter saw, for the compiler.
//!
//! A warm method has one `u32` cell for each byte of its code (`Method::profile`). The cells of an instruction at `bci`:
//!
//! | instruction | cells |
//! |---|---|
//! | conditional branch | `[bci]` times taken, `[bci+1]` times not taken (wrapping) |
//! | `invokevirtual`, `invokeinterface`, `checkcast`, `instanceof` | `[bci]` and `[bci+1]`: narrow addresses of the first two classes seen; `[bci+2]` counts of them |
//! | `aastore` | `[bci]` narrow address of the class of the first value, the next cells belong to others |
//!
//! The counts of a type profile are packed: bits 0–11 for the first class, 12–21 for the second, 22–30 for all others,
//! bit 31 tells that null was seen. When the first is full, all are halved, so that their ratio stays. Updates are
//! plain, so that threads may lose each other's: a profile is an estimate.

use super::context::{Registers, narrow, widen};
use crate::method_area::{Class, ClassPtr, Meta, Method, MethodPtr};
use crate::thread::JavaThread;
use peaberry_classfile::opcodes::{Instructions, op};
use std::sync::atomic::{AtomicU32, Ordering};

const FIRST_MASK: u32 = 0xfff;
const SECOND_SHIFT: u32 = 12;
const SECOND_MASK: u32 = 0x3ff;
const OTHER_SHIFT: u32 = 22;
const OTHER_MASK: u32 = 0x1ff;
const NULL_SEEN: u32 = 1 << 31;

/// Counts a class in the type profile of the instruction when it is the first or second one seen there. False: it is to
/// be done by [`record_type_slow`]. The method has a profile.
#[inline(always)]
pub(super) unsafe fn record_type(r: Registers, class: *const Class) -> bool {
    // SAFETY: the method has cells for all its code, three for this instruction.
    unsafe {
        let cells = r.cell(0);
        let counts = *cells.add(2);
        let class = narrow(class as usize);
        if *cells == class && counts & FIRST_MASK != FIRST_MASK {
            *cells.add(2) = counts + 1;
            return true;
        }
        if *cells.add(1) == class && counts >> SECOND_SHIFT & SECOND_MASK != SECOND_MASK {
            *cells.add(2) = counts + (1 << SECOND_SHIFT);
            return true;
        }
        false
    }
}

/// Notes that null was seen. The method has a profile.
#[inline(always)]
pub(super) unsafe fn record_null(r: Registers) {
    // SAFETY: as for `record_type`.
    unsafe { *r.cell(2) |= NULL_SEEN }
}

/// Counts a class in a type profile's three cells.
///
/// # Safety
/// `cells` points at three cells.
#[inline(never)]
pub(super) unsafe extern "C-unwind" fn record_type_slow(cells: *mut u32, class: *const Class) {
    let class = narrow(class as usize);
    // SAFETY: the caller vouches for the cells.
    unsafe {
        let mut counts = *cells.add(2);
        let (shift, mask) = if *cells == class {
            (0, FIRST_MASK)
        } else if *cells.add(1) == class {
            (SECOND_SHIFT, SECOND_MASK)
        } else if *cells == 0 {
            *cells = class;
            (0, FIRST_MASK)
        } else if *cells.add(1) == 0 {
            *cells.add(1) = class;
            (SECOND_SHIFT, SECOND_MASK)
        } else {
            (OTHER_SHIFT, OTHER_MASK)
        };
        if counts >> shift & mask == mask {
            let halved = |s: u32, m: u32| ((counts >> s & m) / 2) << s;
            counts = counts & NULL_SEEN
                | halved(0, FIRST_MASK)
                | halved(SECOND_SHIFT, SECOND_MASK)
                | halved(OTHER_SHIFT, OTHER_MASK);
        }
        *cells.add(2) = counts + (1 << shift);
    }
}

/// Gives a method its cells if it is warm enough and has none yet.
pub(super) fn allocate_when_warm(thread: &mut JavaThread, method: MethodPtr) {
    let vm = thread.vm();
    let threshold = vm.options.profile_threshold;
    let count = method.invocation_count.load(Ordering::Relaxed);
    let loops = method.backedge_count.load(Ordering::Relaxed) / 8;
    if threshold == u32::MAX
        || !method.profile.load(Ordering::Relaxed).is_null()
        || count.saturating_add(loops) < threshold
    {
        return;
    }
    let bytes = 4 * method.code_length as usize + 8;
    if vm.method_area.nearly_full(bytes) {
        return;
    }
    let cells = vm.arena_of(method.holder).allocate(bytes, 8).cast::<u32>();
    let _ = method
        .profile
        .compare_exchange(std::ptr::null_mut(), cells, Ordering::AcqRel, Ordering::Relaxed);
}

/// The value of `Frame::profile` for a method.
#[inline(always)]
pub(super) unsafe fn biased(method: *const Method, code: *const u8) -> usize {
    // SAFETY: the caller passes a method and its code.
    let cells = unsafe { (*method).profile.load(Ordering::Relaxed) };
    if cells.is_null() {
        0
    } else {
        (cells as usize).wrapping_sub(4usize.wrapping_mul(code as usize))
    }
}

/// What a conditional branch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BranchProfile {
    /// Times it jumped.
    pub taken: u32,
    /// Times it fell through.
    pub not_taken: u32,
}

/// What types an instruction saw.
#[derive(Clone, Copy, Debug, Default)]
pub struct TypeProfile {
    /// The first two classes seen, with their counts (relative to each other and to `others`).
    pub classes: [Option<(ClassPtr, u32)>; 2],
    /// Count of objects of other classes.
    pub others: u32,
    /// Null was seen (`checkcast`, `instanceof`).
    pub null_seen: bool,
}

impl Method {
    fn profile_cell(&self, index: u32) -> Option<u32> {
        let cells = self.profile.load(Ordering::Acquire);
        if cells.is_null() || index >= self.code_length {
            return None;
        }
        // SAFETY: a method's cells cover its code; they are written as plain aligned words.
        Some(unsafe { (*cells.add(index as usize).cast::<AtomicU32>()).load(Ordering::Relaxed) })
    }
    /// The profile of the conditional branch at `bci`; `None` while the method is cold.
    pub fn branch_profile(&self, bci: u32) -> Option<BranchProfile> {
        Some(BranchProfile {
            taken: self.profile_cell(bci)?,
            not_taken: self.profile_cell(bci + 1)?,
        })
    }
    /// The type profile of the call, cast or test at `bci`; `None` while the method is cold.
    pub fn type_profile(&self, bci: u32) -> Option<TypeProfile> {
        let counts = self.profile_cell(bci + 2)?;
        let class = |index: u32, count: u32| {
            let address = widen(self.profile_cell(index)?);
            // SAFETY: a type cell holds 0 or the narrow address of a live class (dead ones are cleared).
            unsafe { Meta::from_pointer(address as *const Class) }.map(|class| (class, count))
        };
        Some(TypeProfile {
            classes: [
                class(bci, counts & FIRST_MASK),
                class(bci + 1, counts >> SECOND_SHIFT & SECOND_MASK),
            ],
            others: counts >> OTHER_SHIFT & OTHER_MASK,
            null_seen: counts & NULL_SEEN != 0,
        })
    }
    /// Clears the type cells that name classes for which `is_live` is false. The world is stopped.
    pub(crate) fn clear_dead_profile_classes(&self, mut is_live: impl FnMut(ClassPtr) -> bool) {
        let cells = self.profile.load(Ordering::Acquire);
        if cells.is_null() {
            return;
        }
        for instruction in Instructions::new(&self.bytecode).flatten() {
            let count = match instruction.opcode as u8 {
                op::INVOKEVIRTUAL | op::INVOKEINTERFACE | op::CHECKCAST | op::INSTANCEOF => 2,
                op::AASTORE => 1,
                _ => continue,
            };
            for offset in 0..count {
                // SAFETY: a method's cells cover its code; a non-zero type cell names a class whose memory is not yet
                // given back.
                unsafe {
                    let cell = cells.add(instruction.bci + offset);
                    if let Some(class) = Meta::from_pointer(widen(*cell) as *const Class)
                        && !is_live(class)
                    {
                        *cell = 0;
                    }
                }
            }
        }
    }
}
