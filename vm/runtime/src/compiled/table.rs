//! Which code an address lies in, answered without a lock: one word for each unit of the code cache.
//!
//! The words are written when code is installed, before anybody can run it, and cleared when its memory is given back,
//! with the world stopped or by whoever alone knows the code. So whoever finds code by the address of a frame, or holds
//! on to code that is not discarded, may use it without more ado.

use super::InstalledCode;
use peaberry_jit::codecache::CODE_ALIGNMENT;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// See the module.
pub(super) struct CodeTable {
    start: usize,
    /// Address of the `InstalledCode` that a unit belongs to, or 0. Pages that were never written cost nothing.
    units: Box<[AtomicUsize]>,
}

impl CodeTable {
    pub(super) fn new(range: Range<usize>) -> CodeTable {
        let words = vec![0usize; range.len() / CODE_ALIGNMENT].into_boxed_slice();
        // SAFETY: an atomic word has the layout of a plain one, and the box is nobody else's.
        let units = unsafe { Box::from_raw(Box::into_raw(words) as *mut [AtomicUsize]) };
        CodeTable {
            start: range.start,
            units,
        }
    }

    /// The code an address lies in. The piece of a code is longer than it: the address behind its last instruction,
    /// which may be a return address, lies in it.
    #[inline]
    pub(super) fn find(&self, address: usize) -> Option<&'static InstalledCode> {
        let unit = address.wrapping_sub(self.start) / CODE_ALIGNMENT;
        let code = self.units.get(unit)?.load(Ordering::Acquire) as *const InstalledCode;
        // SAFETY: the word is 0, or that of code that is not freed.
        unsafe { code.as_ref() }
    }

    fn units_of(&self, code: &InstalledCode) -> &[AtomicUsize] {
        let first = (code.address - self.start) / CODE_ALIGNMENT;
        let last = (code.address + code.length - self.start) / CODE_ALIGNMENT;
        &self.units[first..=last]
    }

    /// Enters code.
    pub(super) fn insert(&self, code: &'static InstalledCode) {
        let word = std::ptr::from_ref(code) as usize;
        self.units_of(code)
            .iter()
            .for_each(|unit| unit.store(word, Ordering::Release));
    }

    /// Takes code out.
    pub(super) fn remove(&self, code: &InstalledCode) {
        self.units_of(code)
            .iter()
            .for_each(|unit| unit.store(0, Ordering::Release));
    }
}
