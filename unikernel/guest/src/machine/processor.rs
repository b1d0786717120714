//! The processor's features, and the few instructions for them.

use super::Only;
use core::arch::asm;
use core::arch::x86_64::{__cpuid, __cpuid_count, _rdtsc};
use peaberry_guest_kernel::signal_frame::StateFormat;
use peaberry_guest_kernel::threads::EXTENDED_BYTES;

/// What it has.
#[derive(Clone, Copy)]
pub struct Features {
    /// `AT_HWCAP`.
    pub word: u64,
    /// `rdfsbase` and its like.
    pub base_instructions: bool,
    /// `rdrand`.
    pub random: bool,
    /// How it stores registers.
    pub format: StateFormat,
}

static FEATURES: Only<Features> = Only::new(Features {
    word: 0,
    base_instructions: false,
    random: false,
    format: StateFormat {
        bytes: 512,
        features: 0,
        control_mask: 0xffbf,
    },
});

/// What the processor has.
pub fn features() -> Features {
    // SAFETY: written once, before anything else runs.
    unsafe { *FEATURES.pointer() }
}

/// Writes a model-specific register.
///
/// # Safety
/// The register is there, and takes this value without harm to the kernel.
pub unsafe fn write_register(register: u32, value: u64) {
    let (low, high) = (value as u32, (value >> 32) as u32);
    // SAFETY: the caller's.
    unsafe { asm!("wrmsr", in("ecx") register, in("eax") low, in("edx") high, options(nostack, preserves_flags)) };
}

/// Reads a model-specific register.
///
/// # Safety
/// The register is there.
pub unsafe fn read_register(register: u32) -> u64 {
    let (low, high): (u32, u32);
    // SAFETY: the caller's.
    unsafe {
        asm!("rdmsr", in("ecx") register, out("eax") low, out("edx") high, options(nomem, nostack, preserves_flags))
    };
    u64::from(high) << 32 | u64::from(low)
}

/// The time stamp.
pub fn stamp() -> u64 {
    // SAFETY: every processor of 64 bits has it.
    unsafe { _rdtsc() }
}

/// A random word of the processor's, if it has them.
pub fn random() -> Option<u64> {
    if !features().random {
        return None;
    }
    for _ in 0..10 {
        let (value, good): (u64, u8);
        // SAFETY: the instruction is there.
        unsafe { asm!("rdrand {}", "setc {}", out(reg) value, out(reg_byte) good, options(nomem, nostack)) };
        if good != 0 {
            return Some(value);
        }
    }
    None
}

/// States that are handed on to programs: x87, SSE, AVX, the three of AVX-512.
const STATES: u64 = 0b1110_0111;

/// Turns on what the kernel and programs use.
pub fn prepare() {
    let basic = __cpuid(1);
    let most = __cpuid(0).eax;
    let extended = if most >= 7 { __cpuid_count(7, 0).ebx } else { 0 };
    let extended_other = if most >= 7 { __cpuid_count(7, 0).ecx } else { 0 };
    let has = |word: u32, bit: u32| word >> bit & 1 != 0;
    // OSFXSR, OSXMMEXCPT, and PAE that is on already.
    let mut control = 1u64 << 5 | 1 << 9 | 1 << 10;
    let base_instructions = has(extended, 0);
    let xsave = has(basic.ecx, 26);
    let wanted = [
        (base_instructions, 16),
        (xsave, 18),
        // SMEP and SMAP: the kernel neither runs nor follows what is the program's. UMIP: nor does the program see its tables.
        (has(extended, 7), 20),
        (has(extended, 20), 21),
        (has(extended_other, 2), 11),
    ];
    wanted
        .iter()
        .filter(|(there, _)| *there)
        .for_each(|(_, bit)| control |= 1 << bit);
    // SAFETY: features that are there.
    unsafe { asm!("mov cr4, {}", in(reg) control, options(nostack, preserves_flags)) };
    let mut format = StateFormat {
        bytes: 512,
        features: 0,
        control_mask: 0xffbf,
    };
    if xsave {
        let possible = __cpuid_count(13, 0);
        let mut states = u64::from(possible.eax) & STATES;
        // The states of AVX-512 come together, and with AVX.
        if states & 0xe4 != 0xe4 {
            states &= 7;
        }
        let (low, high) = (states as u32, (states >> 32) as u32);
        // SAFETY: states that are there, and go together.
        unsafe { asm!("xsetbv", in("ecx") 0, in("eax") low, in("edx") high, options(nostack, preserves_flags)) };
        // What is turned on takes this much.
        let bytes = __cpuid_count(13, 0).ebx as usize;
        assert!(
            bytes <= EXTENDED_BYTES,
            "the processor stores {bytes} bytes of registers"
        );
        format = StateFormat {
            bytes,
            features: states,
            ..format
        };
    }
    #[repr(align(16))]
    struct Area([u8; 512]);
    let mut area = Area([0; 512]);
    // SAFETY: writes 512 bytes; SSE is on.
    unsafe { asm!("fxsave64 [{}]", in(reg) &raw mut area.0, options(nostack, preserves_flags)) };
    let mask = u32::from_le_bytes([area.0[28], area.0[29], area.0[30], area.0[31]]);
    if mask != 0 {
        format.control_mask = mask;
    }
    let found = Features {
        word: u64::from(basic.edx),
        base_instructions,
        random: has(basic.ecx, 30),
        format,
    };
    // SAFETY: before anything else runs.
    unsafe { FEATURES.pointer().write(found) };
    super::entry::prepare(xsave);
}
