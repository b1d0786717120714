//! Exceptions of the guest's, and accesses that the host has no page for: what is mended, and which signal the others become.

use crate::address_space::Fault;
use crate::signal_frame::Information;
use crate::vm::{Ending, Task};
use kvm_bindings::kvm_regs;

/// A page fault's vector.
pub const PAGE_FAULT: u16 = 14;
/// `SEGV_ACCERR` and `BUS_ADRERR`: why an access is not possible although something is mapped there.
const NOT_ALLOWED: i32 = 2;
const NO_OBJECT: i32 = 2;
/// Of the error code of a page fault: the access was the program's.
const USER: u64 = 4;
/// Said of an access to a mapped file's missing page.
const BEYOND: &str = "beyond the end of the mapped file";

impl Task {
    /// The host has no page for what the guest accessed: a file that is mapped has become shorter, or must not be written.
    pub(crate) fn absent(&mut self, physical: Option<u64>) {
        let user = self.vcpu.registers();
        let mut found = physical.and_then(|physical| self.vm.space().absent(physical));
        let level = self.vcpu.level();
        if found.is_none() && matches!(level, Ok(3)) {
            // Not in the condition of `match`, which would keep the address space locked for its arms.
            let hidden = self.vm.space().hide_absent(user.rip);
            match hidden {
                Ok(()) => return,
                Err(address) => found = address.map(|address| (address, true)),
            }
        }
        let (Some((address, missing)), Ok(3)) = (found, level) else {
            let text = "the host has no page for its memory: a file that it maps has become shorter, or cannot be read";
            return self.vm.end(Ending::Stopped(text.to_owned()));
        };
        let (signal, code, why) = match missing {
            true => (libc::SIGBUS, NO_OBJECT, BEYOND),
            false => (libc::SIGSEGV, NOT_ALLOWED, "is of a file that is mapped to be read"),
        };
        let text = format!("page fault at {:#x}, address {address:#x} {why}", user.rip);
        let information = Information {
            signal,
            code,
            address,
            trap: (PAGE_FAULT.into(), USER),
        };
        self.fault(&user, information, text);
    }

    /// An exception, by vector.
    pub(crate) fn exception(&mut self, vector: u16) {
        let fault = match vector {
            PAGE_FAULT => self.vcpu.fault_address().map_err(|error| error.to_string()),
            _ => Ok(0),
        };
        let address = match fault {
            Ok(address) => address,
            Err(text) => return self.vm.end(Ending::Stopped(text)),
        };
        let mut why = "";
        if vector == PAGE_FAULT {
            // Not in the condition of `match`, which would keep the address space locked for its arms: ending locks the threads,
            // and who starts a thread locks the address space after those.
            let backed = {
                let mut space = self.vm.addresses.lock_at(address);
                let backed = space.fault(address);
                if backed.is_ok() {
                    space.follow(address);
                }
                backed
            };
            match backed {
                Ok(()) => return,
                Err(Fault::NoMapping) => why = "no such memory",
                Err(Fault::BeyondFile) => why = BEYOND,
                Err(Fault::OutOfMemory) => {
                    let megabytes = self.vm.memory_bytes() >> 20;
                    return self
                        .vm
                        .end(Ending::Stopped(format!("its memory of {megabytes} MiB is used up")));
                }
            }
        }
        const MISSING: i32 = 1;
        const KERNEL: i32 = 0x80;
        let (signal, code, name) = match vector {
            0 => (libc::SIGFPE, 1, "arithmetic error"),
            16 | 19 => (libc::SIGFPE, 7, "arithmetic error"),
            1 => (libc::SIGTRAP, 2, "breakpoint"),
            3 => (libc::SIGTRAP, KERNEL, "breakpoint"),
            6 => (libc::SIGILL, 2, "invalid instruction"),
            PAGE_FAULT if why == BEYOND => (libc::SIGBUS, NO_OBJECT, "page fault"),
            PAGE_FAULT => (libc::SIGSEGV, MISSING, "page fault"),
            _ => (libc::SIGSEGV, KERNEL, "protection fault"),
        };
        let has_code = matches!(vector, 8 | 10..=14 | 17 | 21 | 29 | 30);
        let inner = self.vcpu.registers();
        let mut words = [0; 6];
        let (error, frame) = words.split_at_mut(usize::from(has_code));
        // In this order: the exception's error code, where it happened, and with which stack.
        let whole = {
            let space = self.vm.space();
            let code_read = space.tables.read_system(inner.rsp, error);
            code_read.and(
                space
                    .tables
                    .read_system(inner.rsp.wrapping_add(error.len() as u64 * 8), &mut frame[..5]),
            )
        };
        let error = error.first().copied().unwrap_or(0);
        let &mut [rip, segment, rflags, rsp, ..] = frame else {
            return;
        };
        let text = format!("{name} at {rip:#x}, address {address:#x} {why}");
        let text = text.trim_end().to_owned();
        if whole.is_none() || segment & 3 != 3 {
            return self.vm.end(Ending::Killed(signal, text));
        }
        let user = kvm_regs {
            rip,
            rflags,
            rsp,
            ..inner
        };
        let information = Information {
            signal,
            code,
            address: if vector == PAGE_FAULT { address } else { rip },
            trap: (vector.into(), error),
        };
        self.fault(&user, information, text);
    }
}
