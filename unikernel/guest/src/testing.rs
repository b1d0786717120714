//! What tests need.

use crate::frames::{Frames, PAGE};
use alloc::rc::Rc;
use std::alloc::{Layout, alloc};

/// So many frames, of the host's memory, which stays there.
pub fn frames(count: u64) -> Rc<Frames> {
    let layout = Layout::from_size_align((count * PAGE) as usize, PAGE as usize).expect("a layout");
    // SAFETY: not of zero size.
    let start = unsafe { alloc(layout) }.expose_provenance() as u64;
    assert_ne!(start, 0);
    // SAFETY: allocated for these frames and never given back.
    Rc::new(unsafe { Frames::new(0, core::iter::once(start..start + count * PAGE).collect()) })
}
