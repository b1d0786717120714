//! What the program finds on its first stack: arguments, environment, and what the system says of itself.

use crate::address_space::{AddressSpace, Backing, Place, READ, WRITE};
use crate::elf::{HEADER_BYTES, Loaded};
use crate::errno::{E2BIG, Errno};
use crate::frames::PAGE;
use alloc::vec::Vec;
use linux_raw_sys::auxvec::*;

/// Bytes of the first thread's stack.
pub const STACK_BYTES: u64 = 8 << 20;

/// What is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// Arguments, the program's name first, each followed by a zero byte.
    pub arguments: &'a [u8],
    /// Environment in the same form.
    pub environment: &'a [u8],
    /// Seed for the C library's own use.
    pub random: [u8; 16],
    /// `AT_HWCAP`: feature bits of `cpuid`.
    pub features: u64,
    /// `rdfsbase` and its like are there.
    pub base_instructions: bool,
}

/// The texts of a list in which each is followed by a zero byte.
fn texts(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split_inclusive(|&byte| byte == 0)
}

/// Maps the first thread's stack and lays out what the program finds there; gives the stack pointer.
pub fn lay_stack(space: &mut AddressSpace, loaded: &Loaded, start: &Start<'_>) -> Result<u64, Errno> {
    let bottom = space.map(Place::Anywhere, STACK_BYTES, READ | WRITE, Backing::Zero)?;
    let mut at = bottom + STACK_BYTES;
    let mut push = |space: &mut AddressSpace, text: &[u8]| {
        // A last text that lacks its zero byte is followed by one, too.
        let ended = text.last() == Some(&0);
        let length = text.len() as u64 + u64::from(!ended);
        at = at
            .checked_sub(length)
            .filter(|&next| next > bottom + STACK_BYTES / 2)
            .ok_or(Errno(E2BIG))?;
        space.write(at, text)?;
        Ok::<u64, Errno>(at)
    };
    let mut all = |space: &mut AddressSpace, list| {
        let one = |text| push(space, text);
        texts(list).map(one).collect::<Result<Vec<u64>, Errno>>()
    };
    let arguments = all(space, start.arguments)?;
    let environment = all(space, start.environment)?;
    let platform = push(space, b"x86_64\0")?;
    push(space, &start.random)?;
    let random = at;
    let auxiliary = [
        (AT_PHDR, loaded.headers),
        (AT_PHENT, HEADER_BYTES),
        (AT_PHNUM, loaded.count),
        (AT_PAGESZ, PAGE),
        (AT_BASE, 0),
        (AT_FLAGS, 0),
        (AT_ENTRY, loaded.entry),
        (AT_UID, 0),
        (AT_EUID, 0),
        (AT_GID, 0),
        (AT_EGID, 0),
        (AT_SECURE, 0),
        (AT_CLKTCK, 100),
        (AT_HWCAP, start.features),
        (AT_HWCAP2, if start.base_instructions { 2 } else { 0 }),
        (AT_PLATFORM, platform),
        (AT_RANDOM, random),
        (AT_EXECFN, arguments.first().copied().unwrap_or(platform)),
        (AT_NULL, 0),
    ];
    let mut words = Vec::from([arguments.len() as u64]);
    words.extend(&arguments);
    words.push(0);
    words.extend(&environment);
    words.push(0);
    words.extend(auxiliary.iter().flat_map(|&(kind, value)| [u64::from(kind), value]));
    let pointer = (random - words.len() as u64 * 8) / 16 * 16;
    if pointer < bottom + STACK_BYTES / 4 {
        return Err(Errno(E2BIG));
    }
    space.write_words(pointer, &words)?;
    Ok(pointer)
}
