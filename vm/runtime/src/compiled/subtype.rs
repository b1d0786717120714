//! The subtype test of compiled code where neither the display nor the cache of the last one decides.

use super::trampoline::preserving_leaf_stub;
use crate::method_area::{ACC_INTERFACE, Class, ClassPtr, Meta, MetaSlice};
use crate::thread::JavaThread;
use std::arch::naked_asm;
use std::mem::offset_of;

unsafe extern "C" fn is_subtype(class: *const Class, of: *const Class) -> u32 {
    // SAFETY: compiled code passes live classes.
    unsafe { u32::from((*class).is_subtype_of(Meta::new(of))) }
}
preserving_leaf_stub!(other_stub => is_subtype);

/// `RuntimeCall::IsSubtype`: searches an interface among those of the class, which most tests that come here are, with two
/// registers only; saving all of them would take longer than that. All other tests take the long way.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn is_subtype_stub() {
    naked_asm!(
        "test dword ptr [rsi + {flags}], {interface}",
        "jz {other}",
        "push rax",
        "push rcx",
        "mov rax, [rdi + {supers} + {address}]",
        "mov rcx, [rdi + {supers} + {length}]",
        "lea rcx, [rax + 8 * rcx]",
        "2:",
        "cmp rax, rcx",
        "je 3f",
        "cmp [rax], rsi",
        "lea rax, [rax + 8]",
        "jne 2b",
        "mov [rdi + {cache}], rsi",
        "mov qword ptr [r15 + {result}], 1",
        "pop rcx",
        "pop rax",
        "ret",
        "3:",
        // An interface is a subtype of itself, and the element type of an array may be one.
        "xor eax, eax",
        "cmp rdi, rsi",
        "sete al",
        "mov [r15 + {result}], rax",
        "pop rcx",
        "pop rax",
        "ret",
        flags = const offset_of!(Class, access_flags),
        interface = const ACC_INTERFACE,
        other = sym other_stub,
        supers = const offset_of!(Class, secondary_supers),
        address = const MetaSlice::<ClassPtr>::ADDRESS_OFFSET,
        length = const MetaSlice::<ClassPtr>::LENGTH_OFFSET,
        cache = const offset_of!(Class, secondary_cache),
        result = const offset_of!(JavaThread, call_result),
    )
}
