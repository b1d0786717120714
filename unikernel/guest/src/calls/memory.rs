//! System calls on the address space.

use super::Arguments;
use crate::address_space::{Backing, EXECUTE, Place, READ, WRITE};
use crate::descriptors::Object;
use crate::errno::*;
use crate::frames::PAGE;
use crate::kernel::Kernel;
use linux_raw_sys::general::*;

fn protection(bits: u64) -> Result<u8, Errno> {
    let known = [(PROT_READ, READ), (PROT_WRITE, WRITE), (PROT_EXEC, EXECUTE)];
    if bits as u32 & !(PROT_READ | PROT_WRITE | PROT_EXEC) != 0 {
        return Err(Errno(EINVAL));
    }
    let wanted = known.iter().filter(|(bit, _)| bits as u32 & bit != 0);
    Ok(wanted.map(|(_, own)| own).sum())
}

/// `mmap`.
pub fn map(kernel: &mut Kernel, [address, length, bits, flags, number, offset]: Arguments) -> Served {
    let flags = flags as u32;
    let protection = protection(bits)?;
    let place = match flags {
        _ if flags & MAP_FIXED_NOREPLACE != 0 => Place::FixedIfFree(address),
        _ if flags & MAP_FIXED != 0 => Place::Fixed(address),
        _ if address != 0 => Place::Hint(address / PAGE * PAGE),
        _ => Place::Anywhere,
    };
    let shared = flags & MAP_TYPE != MAP_PRIVATE;
    let backing = if flags & MAP_ANONYMOUS != 0 {
        // Shared with children, of which there are none.
        Backing::Zero
    } else if !offset.is_multiple_of(PAGE) {
        return fail(EINVAL);
    } else if offset.checked_add(length).is_none_or(|end| end > i64::MAX as u64) {
        return fail(EOVERFLOW);
    } else {
        match &kernel.descriptors.get(number)?.object {
            Object::Memory(memory) => Backing::Shared(memory.clone(), offset),
            // Nothing packed can be written.
            Object::File(_) if shared && protection & WRITE != 0 => return fail(EACCES),
            Object::File(entry) if (entry.content.as_ptr().addr() as u64).is_multiple_of(PAGE) => {
                Backing::File(entry.content, offset)
            }
            _ => return fail(ENODEV),
        }
    };
    Ok(kernel.space.map(place, length, protection, backing)?)
}

/// `munmap`.
pub fn unmap(kernel: &mut Kernel, [address, length, ..]: Arguments) -> Served {
    kernel.space.unmap(address, length)?;
    Ok(0)
}

/// `mprotect`.
pub fn protect(kernel: &mut Kernel, [address, length, bits, ..]: Arguments) -> Served {
    kernel.space.protect(address, length, protection(bits)?)?;
    Ok(0)
}

/// `madvise`.
pub fn advise(kernel: &mut Kernel, [address, length, advice, ..]: Arguments) -> Served {
    match advice as u32 {
        MADV_DONTNEED => kernel.space.discard(address, length)?,
        // Memory that is free to go need not go.
        MADV_FREE | MADV_NORMAL | MADV_RANDOM | MADV_SEQUENTIAL | MADV_WILLNEED | MADV_HUGEPAGE | MADV_NOHUGEPAGE
        | MADV_DONTDUMP | MADV_DODUMP => kernel.space.check_mapped(address, length)?,
        _ => return fail(EINVAL),
    }
    Ok(0)
}

/// `brk`.
pub fn set_break(kernel: &mut Kernel, [wanted, ..]: Arguments) -> Served {
    Ok(kernel.space.set_break(wanted))
}

/// `msync`: no mapping's stores reach a file.
pub fn synchronize(kernel: &mut Kernel, [address, length, ..]: Arguments) -> Served {
    kernel.space.check_mapped(address, length)?;
    Ok(0)
}
