//! What a method's entry needs, in front of its quickened code: one or two cache lines with the first instructions.

use super::profile;
use crate::method_area::Method;
use crate::stack::FRAME_SLOTS;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Slots kept free above an operand stack: the appendix of a call site is not counted in `max_stack`.
pub(super) const STACK_SLACK: usize = 2;

/// The words in front of `Method::code`.
#[repr(C, align(16))]
pub(super) struct CodeHeader {
    /// Bytes of the arguments.
    pub argument_bytes: u32,
    /// Bytes of the locals that are not arguments.
    pub other_local_bytes: u32,
    /// Bytes of frame header and operand stack, with slack.
    pub frame_bytes: u32,
    reserved: u32,
    /// The value of `Frame::profile`.
    pub profile: AtomicUsize,
    /// Resolved words of the constant pool.
    pub pool: *const u64,
}

/// Bytes of the header; the code follows at once.
pub(super) const HEADER_BYTES: usize = std::mem::size_of::<CodeHeader>();

impl CodeHeader {
    /// The header for a method's code that is to begin at `code`.
    pub(super) fn new(method: &Method) -> CodeHeader {
        let slots = FRAME_SLOTS + STACK_SLACK + usize::from(method.max_stack);
        CodeHeader {
            argument_bytes: 8 * u32::from(method.argument_slots),
            other_local_bytes: 8 * u32::from(method.max_locals.saturating_sub(method.argument_slots)),
            frame_bytes: (8 * slots) as u32,
            reserved: 0,
            profile: AtomicUsize::new(0),
            pool: method.constants.resolved.as_ptr().cast::<u64>(),
        }
    }
    /// The header in front of a method's code.
    #[inline(always)]
    pub(super) unsafe fn of(code: *const u8) -> *const CodeHeader {
        code.wrapping_sub(HEADER_BYTES).cast::<CodeHeader>()
    }
    /// Takes the method's profile cells over, if it has any by now; the value for frames.
    pub(super) fn update_profile(method: &Method) -> usize {
        let code = method.code.load(Ordering::Acquire);
        // SAFETY: the method runs, so it has code with a header.
        unsafe {
            let biased = profile::biased(method, code);
            (*CodeHeader::of(code)).profile.store(biased, Ordering::Relaxed);
            biased
        }
    }
}
