//! What tests of the address space begin with.

use super::AddressSpace;
use crate::memory::{CHUNK, Chunks, GuestMemory};
use crate::tables::{OWN_CHUNKS, Tables};

/// One of so many chunks, that prefers chunks, on its own and without KVM.
pub fn space(chunks: u64) -> AddressSpace {
    let memory = GuestMemory::new(chunks * CHUNK).expect("memory");
    let free = Chunks::new(memory.clone(), OWN_CHUNKS);
    let tables = Tables::new(memory.clone());
    let mut space = AddressSpace::new(memory, free, tables, Box::new(|| ()));
    space.sparing = false;
    space
}
