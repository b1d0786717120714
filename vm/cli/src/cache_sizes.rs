//! The sizes of the processor's caches, for the C library's start.
//!
//! It asks for twelve numbers and executes `cpuid` three or four times for each. In a guest that is 30 µs every time where KVM is
//! a program beside others, more than a millisecond before the first instruction of ours. `cargo xtask guest` puts a jump to
//! [`peaberry_cache_size`] at the beginning of the library's function, which answers the same from what was read once.

use std::ffi::{c_int, c_long};
use std::sync::atomic::AtomicU32;

/// Leaf 4 of `cpuid`, registers eax, ebx and ecx of each cache. The last stays zero, which ends the list.
static CACHES: [AtomicU32; 8 * 4] = [const { AtomicU32::new(0) }; 8 * 4];

/// What `sysconf` answers for `_SC_LEVEL1_ICACHE_SIZE` and the fourteen names behind it: size, ways and line size of the first
/// level's two caches and of the levels two to four. 0 for a cache that there is not.
///
/// It runs before the C library does, and for a caller that knows which registers the library's own function leaves alone: it
/// changes none but the result's, and calls nothing.
///
/// # Safety
/// None but that of executing `cpuid`, leaf 4: the processor is Intel's.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn peaberry_cache_size(name: c_int) -> c_long {
    std::arch::naked_asm!(
        "push rbx",
        "push rcx",
        "push rdx",
        "push rsi",
        "push rdi",
        "push r8",
        "push r9",
        // Which cache (edi), and what of it (esi): the names come in threes.
        "lea esi, [rdi - {first}]",
        "cmp esi, 14",
        "ja 9f",
        "imul eax, esi, 171",
        "shr eax, 9",
        "mov edi, eax",
        "lea eax, [rax + 2*rax]",
        "sub esi, eax",
        "lea r8, [rip + {caches}]",
        "cmp dword ptr [r8], 0",
        "jne 3f",
        "xor r9d, r9d",
        "2:",
        "mov eax, 4",
        "mov ecx, r9d",
        "cpuid",
        "mov edx, r9d",
        "shl edx, 4",
        "mov [r8 + rdx], eax",
        "mov [r8 + rdx + 4], ebx",
        "mov [r8 + rdx + 8], ecx",
        "test al, 0x1f",
        "jz 3f",
        "inc r9d",
        "cmp r9d, 7",
        "jb 2b",
        "3:",
        // Type 2 of level 1 is the cache of instructions, number 0; the others have their level's number.
        "mov ecx, [r8]",
        "mov eax, ecx",
        "and ecx, 0x1f",
        "jz 9f",
        "shr eax, 5",
        "and eax, 7",
        "cmp eax, 1",
        "jne 4f",
        "cmp ecx, 2",
        "jne 4f",
        "xor eax, eax",
        "4:",
        "cmp eax, edi",
        "je 5f",
        "add r8, 16",
        "jmp 3b",
        "5:",
        "mov ebx, [r8 + 4]",
        "mov eax, ebx",
        "and eax, 0xfff",
        "inc eax",
        "cmp esi, 2",
        "je 8f",
        "mov ecx, ebx",
        "shr ecx, 22",
        "inc ecx",
        "cmp esi, 1",
        "je 6f",
        // Line size * ways * partitions * sets.
        "imul rax, rcx",
        "shr ebx, 12",
        "and ebx, 0x3ff",
        "inc ebx",
        "imul rax, rbx",
        "mov ecx, [r8 + 8]",
        "inc ecx",
        "imul rax, rcx",
        "jmp 8f",
        "6:",
        "mov eax, ecx",
        "jmp 8f",
        "9:",
        "xor eax, eax",
        "8:",
        "pop r9",
        "pop r8",
        "pop rdi",
        "pop rsi",
        "pop rdx",
        "pop rcx",
        "pop rbx",
        "ret",
        first = const libc::_SC_LEVEL1_ICACHE_SIZE,
        caches = sym CACHES,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_c_library() {
        let vendor = std::arch::x86_64::__cpuid(0);
        if vendor.ebx.to_le_bytes() != *b"Genu" || vendor.eax < 4 {
            return;
        }
        for name in libc::_SC_LEVEL1_ICACHE_SIZE..=libc::_SC_LEVEL1_ICACHE_SIZE + 14 {
            // SAFETY: sysconf has no preconditions; the processor is Intel's.
            let (expected, answered) = unsafe { (libc::sysconf(name), peaberry_cache_size(name)) };
            // The library keeps no ways of the first cache, and none of a cache that there is not.
            assert!(
                expected <= 0 || expected == answered,
                "{name}: {expected} and {answered}"
            );
        }
        // SAFETY: as above.
        assert_eq!(unsafe { peaberry_cache_size(0) }, 0);
    }
}
