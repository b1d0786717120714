//! System calls that come out of the VM at once.
//!
//! Where KVM is software, `syscall` at CPL 3 is a way to KVM and back by itself before the entry for system calls does the
//! `out` that comes out to the monitor. `out` is of the same length, and the bitmap of ports allows it at CPL 3. So there each
//! `syscall` that was executed becomes an `out`, once. It is the guest's own memory, which it could change like that itself,
//! and an `out` of the guest's is served like a `syscall`, whoever wrote it.

use crate::address_space::EXECUTE;
use crate::memory::GuestMemory;
use crate::tables::{SYSTEM_CALL_PORT, Tables};
use crate::vm::Task;
use kvm_bindings::kvm_regs;
use std::arch::asm;

/// `syscall`.
pub const SYSTEM_CALL: [u8; 2] = [0x0f, 0x05];
/// `out %eax, $SYSTEM_CALL_PORT`.
const OUT: [u8; 2] = [0xe7, SYSTEM_CALL_PORT as u8];

/// Bytes that a processor reads and writes at once, wherever in them a word lies.
const LINE: u64 = 64;

impl Task {
    /// The registers as `syscall` leaves them, when the processor came out for a system call: `rcx` says where to go on.
    pub fn as_called(&mut self, registers: kvm_regs) -> kvm_regs {
        if !Tables::in_system_call_entry(registers.rip) {
            return kvm_regs {
                rcx: registers.rip,
                ..registers
            };
        }
        if self.is_dear(&registers) {
            self.shorten(registers.rcx.wrapping_sub(SYSTEM_CALL.len() as u64));
        }
        registers
    }

    /// Does `syscall` cost more than `out`? It does where the level stays 3. There KVM is past the `out` when it tells of it,
    /// unlike where it comes from the processor: going on elsewhere takes no more than registers.
    fn is_dear(&self, registers: &kvm_regs) -> bool {
        let dear = self.vm.dear_calls.get().copied();
        dear.unwrap_or_else(|| {
            let past = registers.rip == Tables::system_call_entry() + OUT.len() as u64;
            let dear = past && self.vcpu.level().is_ok_and(|level| level == 3);
            if self.vm.dear_calls.set(dear).is_ok() && dear {
                self.vm.space().shorten_calls();
            }
            dear
        })
    }

    /// Has the `syscall` at an address be an `out` from now on, if that can be done in one store.
    fn shorten(&self, address: u64) {
        let pieces = self.vm.resolve(address, SYSTEM_CALL.len() as u64, EXECUTE);
        let Ok(pieces) = pieces else { return };
        if let Some(piece) = pieces.first().filter(|piece| piece.bytes == SYSTEM_CALL.len()) {
            // SAFETY: two bytes of guest memory, which stays mapped.
            unsafe { store_out(piece.start, address) };
        }
    }
}

/// The same for memory that is known.
pub fn shorten(memory: &GuestMemory, physical: u64, address: u64) {
    if let Some(start) = memory.host_range(physical, SYSTEM_CALL.len()) {
        // SAFETY: two bytes of guest memory, which stays mapped.
        unsafe { store_out(start, address) };
    }
}

/// # Safety
/// Two bytes of guest memory, where `address` is the guest's.
unsafe fn store_out(start: *mut u8, address: u64) {
    if address % LINE == LINE - 1 {
        return;
    }
    // SAFETY: the caller's; should they change in between, it is by the guest's own doing.
    unsafe {
        if start.cast::<[u8; 2]>().read_volatile() == SYSTEM_CALL {
            let word = u16::from_le_bytes(OUT);
            asm!("mov word ptr [{0}], {1:x}", in(reg) start, in(reg) word, options(nostack, preserves_flags));
        }
    }
}
