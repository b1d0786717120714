//! Exceptions through compiled frames.
//!
//! A walk by frame pointers replaces the return address of each call that is left with the exception by that of the call
//! site's landing pad, up to the frame that deals with the exception or to the entry. Then the frames are left through
//! their own epilogues, which restore the registers they saved. No code between reads the stack.

use super::frames::{Activation, Activations};
use super::invalidate::{forget_replaced, is_replaced};
use crate::thread::JavaThread;
use peaberry_jit::code::Landing;

/// Lets what compiled code has called return with the pending exception. It must be the next thing to return; where the
/// call site has no pads, it returns behind the call.
pub(super) fn to_caller(thread: &mut JavaThread) {
    // SAFETY: the running thread was called out of compiled code, which is its innermost frame.
    let activations = unsafe { Activations::new(thread, thread.top_frame) };
    redirect(thread, activations);
}

/// As [`to_caller`] for the frame that has called: it is left next.
pub(super) fn out_of_caller(thread: &mut JavaThread) {
    // SAFETY: as above.
    let mut activations = unsafe { Activations::new(thread, thread.top_frame) };
    activations.next();
    redirect(thread, activations);
}

/// Replaces the return addresses into activations, innermost first.
fn redirect(thread: &mut JavaThread, activations: Activations) {
    let mut last = 0;
    for activation in activations {
        let (offset, handles) = match activation.landing() {
            Landing::Tested => break,
            Landing::Leaves(offset) => (offset, false),
            Landing::Handles(offset) => (offset, true),
        };
        last = activation.slot;
        if handles {
            thread.invalid_return = u32::from(is_replaced(&activation));
        }
        // SAFETY: the activation's return address stands there, and is read by the return only.
        unsafe { (activation.slot as *mut usize).write_volatile(activation.code.address + offset as usize) };
        if handles {
            break;
        }
    }
    forget_replaced(thread, last);
}

impl Activation {
    /// Where the call it is in returns to when it has thrown.
    fn landing(&self) -> Landing {
        self.code
            .call_site(self.pc)
            .map_or(Landing::Tested, |site| site.landing)
    }
}
