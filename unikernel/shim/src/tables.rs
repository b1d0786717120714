//! What the processor reads: page tables, descriptor tables, task state, and the few instructions at CPL 0.
//!
//! All of it lies in the first chunk of guest-physical memory and, for more processors than fit there, in chunks of its
//! own. The program in the guest runs at CPL 3 and sees of it only the page with the entry for system calls, since on a
//! software KVM that code runs at CPL 3, too, and the two pages of the clock.

use crate::clock_page;
use crate::memory::{CHUNK, Chunks, GuestMemory, PAGE};
use crate::pieces::PIECE;
use std::sync::Arc;

/// Guest-virtual addresses end here; everything above is not canonical or not mapped.
pub const ADDRESS_LIMIT: u64 = 256 << 30;

/// Guest-virtual address of the tables.
pub const SYSTEM_BASE: u64 = 252 << 30;

/// Port a system call leaves by.
pub const SYSTEM_CALL_PORT: u16 = 0x42;

/// Port an exception leaves by, plus its vector.
pub const EXCEPTION_PORT: u16 = 0x60;

/// Vectors of exceptions.
pub const VECTORS: u16 = 32;

/// Code segment at CPL 3, as Linux has it.
pub const USER_CODE: u16 = 0x33;
/// Data segment at CPL 3.
pub const USER_DATA: u16 = 0x2b;
/// Selector of the task state segment.
pub const TASK: u16 = 0x40;
/// `STAR`: `syscall` loads 0x10 and 0x18, `sysretq` 0x33 and 0x2b.
pub const STAR: u64 = 0x23 << 48 | 0x10 << 32;

const PRESENT: u64 = 1;
const WRITABLE: u64 = 1 << 1;
const USER: u64 = 1 << 2;
const LARGE: u64 = 1 << 7;
/// Set beforehand: setting them is an exit where page tables are shadowed.
const ACCESSED_DIRTY: u64 = 1 << 5 | 1 << 6;

/// Pages of the first chunk.
mod page {
    pub const ROOT: u64 = 0;
    pub const POINTERS: u64 = 1;
    pub const DIRECTORIES: u64 = 2;
    pub const SYSTEM_TABLE: u64 = 258;
    pub const ENTRIES: u64 = 259;
    pub const INTERRUPTS: u64 = 260;
    pub const CLOCK_LIBRARY: u64 = 261;
    pub const CLOCK: u64 = 262;
    pub const FIRST_PROCESSOR: u64 = 263;
    /// Page tables of memory in pieces, up to the chunk's end.
    pub const FIRST_TABLE: u64 = 448;
}

/// Offset of the code for a vector, in the page of entries.
const EXCEPTION_CODE: usize = 0x100;
/// Bytes of code a vector has.
const EXCEPTION_CODE_BYTES: usize = 16;

/// Where a processor's own structures lie in its page.
mod own {
    pub const DESCRIPTORS: u64 = 0;
    pub const DESCRIPTOR_BYTES: u64 = 0x50;
    pub const TASK: u64 = 0x80;
    pub const TASK_FIXED: u64 = 104;
    /// Bytes of the bitmap, one bit a port, and the byte of ones that ends it.
    pub const BITMAP: u64 = 16;
}

/// Guest-virtual addresses a processor is started with.
#[derive(Clone, Copy, Debug)]
pub struct ProcessorTables {
    /// Global descriptor table, and its limit.
    pub descriptors: (u64, u16),
    /// Interrupt descriptor table, and its limit.
    pub interrupts: (u64, u16),
    /// Task state segment, and its limit.
    pub task: (u64, u32),
}

impl ProcessorTables {
    /// Those of the processor that [`Tables::add_processor`] makes after so many others, wherever in memory they will be.
    pub fn of(processor: u64) -> ProcessorTables {
        let page = SYSTEM_BASE + page_of(processor) * PAGE;
        ProcessorTables {
            descriptors: (page + own::DESCRIPTORS, own::DESCRIPTOR_BYTES as u16 - 1),
            interrupts: (SYSTEM_BASE + page::INTERRUPTS * PAGE, VECTORS * 16 - 1),
            task: (page + own::TASK, (own::TASK_FIXED + own::BITMAP) as u32 - 1),
        }
    }
}

/// The page, from [`SYSTEM_BASE`] on, of a processor: not among the page tables.
fn page_of(processor: u64) -> u64 {
    match page::FIRST_PROCESSOR + processor {
        page @ page::FIRST_TABLE.. => page - page::FIRST_TABLE + CHUNK / PAGE,
        page => page,
    }
}

/// The tables of a VM.
pub struct Tables {
    memory: Arc<GuestMemory>,
    processors: u64,
    /// Physical chunks of the tables; the first is chunk 0.
    chunks: Vec<u32>,
    /// Free page tables.
    free_tables: Vec<u64>,
}

/// Chunks that belong to the tables from the beginning.
pub const OWN_CHUNKS: u32 = 1;

impl Tables {
    /// Writes the tables into the first chunk. No address but their own is mapped yet.
    pub fn new(memory: Arc<GuestMemory>) -> Tables {
        let upper = PRESENT | WRITABLE | USER | ACCESSED_DIRTY;
        memory.store_word(page::ROOT * PAGE, (page::POINTERS * PAGE) | upper);
        for directory in 0..ADDRESS_LIMIT >> 30 {
            let table = (page::DIRECTORIES + directory) * PAGE;
            memory.store_word(page::POINTERS * PAGE + directory * 8, table | upper);
        }
        let tables = Tables {
            memory,
            processors: 0,
            chunks: vec![0],
            free_tables: (page::FIRST_TABLE..CHUNK / PAGE)
                .rev()
                .map(|page| page * PAGE)
                .collect(),
        };
        tables.store_entry(SYSTEM_BASE, (page::SYSTEM_TABLE * PAGE) | upper);
        for number in page::ENTRIES..CHUNK / PAGE {
            let entry = match number {
                page::ENTRIES | page::CLOCK_LIBRARY | page::CLOCK => (number * PAGE) | PRESENT | USER | ACCESSED_DIRTY,
                _ => (number * PAGE) | PRESENT | WRITABLE | ACCESSED_DIRTY,
            };
            tables.memory.store_word(page::SYSTEM_TABLE * PAGE + number * 8, entry);
        }
        tables.memory.write(page::ENTRIES * PAGE, &entry_code());
        tables.memory.write(page::CLOCK_LIBRARY * PAGE, &clock_page::library());
        for vector in 0..u64::from(VECTORS) {
            let handler =
                SYSTEM_BASE + page::ENTRIES * PAGE + EXCEPTION_CODE as u64 + vector * EXCEPTION_CODE_BYTES as u64;
            // A gate through which programs may come by `int3` and `into` alone.
            let level = if vector == 3 || vector == 4 { 3 } else { 0 };
            let gate = interrupt_gate(handler, level);
            tables.memory.write(page::INTERRUPTS * PAGE + vector * 16, &gate);
        }
        tables
    }

    /// Guest-virtual address of the entry for `syscall`.
    pub fn system_call_entry() -> u64 {
        SYSTEM_BASE + page::ENTRIES * PAGE
    }

    /// Guest-virtual address of the library that tells the time.
    pub fn clock_library() -> u64 {
        SYSTEM_BASE + page::CLOCK_LIBRARY * PAGE
    }

    /// Guest-virtual and guest-physical addresses of the system calls in it.
    pub fn clock_calls() -> impl Iterator<Item = (u64, u64)> {
        let page = page::CLOCK_LIBRARY * PAGE;
        clock_page::calls()
            .into_iter()
            .map(move |offset| (SYSTEM_BASE + page + offset as u64, page + offset as u64))
    }

    /// Stores words in the page behind that library, in order.
    pub fn set_clock(memory: &GuestMemory, words: &[(u64, u64)]) {
        for &(offset, word) in words {
            memory.store_word(page::CLOCK * PAGE + offset, word);
        }
    }

    /// Is this the address of an instruction of that entry?
    pub fn in_system_call_entry(address: u64) -> bool {
        (Tables::system_call_entry()..Tables::system_call_entry() + EXCEPTION_CODE as u64).contains(&address)
    }

    fn entry_address(address: u64) -> u64 {
        let directory = page::DIRECTORIES + (address >> 30);
        directory * PAGE + (address >> 21 & 511) * 8
    }

    fn store_entry(&self, address: u64, entry: u64) {
        debug_assert!(address < ADDRESS_LIMIT);
        self.memory.store_word(Tables::entry_address(address), entry);
    }

    /// Maps the 2 MiB at `address` to a chunk, for programs. Nothing was mapped there, so no processor knows better.
    pub fn map(&self, address: u64, chunk: u32) {
        let entry = (u64::from(chunk) * CHUNK) | PRESENT | WRITABLE | USER | LARGE | ACCESSED_DIRTY;
        self.store_entry(address, entry);
    }

    /// Maps nothing at `address` any more. The caller has the chunk flushed.
    pub fn unmap(&self, address: u64) {
        self.store_entry(address, 0);
    }

    /// An empty page table for [`Tables::map_piece`]; `None` when they are used up.
    pub fn take_page_table(&mut self) -> Option<u64> {
        self.free_tables.pop()
    }

    /// Is there one?
    pub fn has_page_table(&self) -> bool {
        !self.free_tables.is_empty()
    }

    /// Takes one back, in which nothing is mapped any more and which nothing leads to.
    pub fn give_back_page_table(&mut self, table: u64) {
        self.free_tables.push(table);
    }

    /// Maps one piece of the 2 MiB at `address`, which have this page table, for programs. Nothing was mapped there.
    pub fn map_piece(&self, address: u64, table: u64, number: u64, physical: u64) {
        let flags = PRESENT | WRITABLE | USER | ACCESSED_DIRTY;
        for page in 0..PIECE / PAGE {
            let entry = (physical + page * PAGE) | flags;
            self.memory
                .store_word(table + (number * (PIECE / PAGE) + page) * 8, entry);
        }
        self.store_entry(address, table | flags);
    }

    /// Maps nothing there any more. The caller has it flushed.
    pub fn unmap_piece(&self, table: u64, number: u64) {
        for page in 0..PIECE / PAGE {
            self.memory.store_word(table + (number * (PIECE / PAGE) + page) * 8, 0);
        }
    }

    /// Tables for one more processor; `None` when memory is used up.
    pub fn add_processor(&mut self, chunks: &Chunks) -> Option<ProcessorTables> {
        let pages = CHUNK / PAGE;
        let number = page_of(self.processors);
        let of_chunk = (number / pages) as usize;
        if of_chunk == self.chunks.len() {
            let address = SYSTEM_BASE + of_chunk as u64 * CHUNK;
            if address >= ADDRESS_LIMIT {
                return None;
            }
            let chunk = chunks.take()?;
            let entry = (u64::from(chunk) * CHUNK) | PRESENT | WRITABLE | LARGE | ACCESSED_DIRTY;
            self.store_entry(address, entry);
            self.chunks.push(chunk);
        }
        let tables = ProcessorTables::of(self.processors);
        self.processors += 1;
        let physical = u64::from(self.chunks[of_chunk]) * CHUNK + number % pages * PAGE;
        self.memory
            .write(physical, &processor_page(SYSTEM_BASE + number * PAGE));
        Some(tables)
    }

    /// Reads words that an exception pushed on a processor's stack; `None` for an address outside of those pages.
    pub fn read_system(&self, address: u64, words: &mut [u64]) -> Option<()> {
        let offset = address.checked_sub(SYSTEM_BASE)?;
        let chunk = *self.chunks.get((offset / CHUNK) as usize)?;
        for (index, word) in words.iter_mut().enumerate() {
            let mut bytes = [0; 8];
            let within = offset % CHUNK + index as u64 * 8;
            if within > CHUNK - 8 || !self.memory.read(u64::from(chunk) * CHUNK + within, &mut bytes) {
                return None;
            }
            *word = u64::from_le_bytes(bytes);
        }
        Some(())
    }
}

/// The code at CPL 0: ways out to the monitor and back.
fn entry_code() -> Vec<u8> {
    let mut code = vec![0xcc; EXCEPTION_CODE + usize::from(VECTORS) * EXCEPTION_CODE_BYTES];
    // Where `syscall` does not change the level, `sysretq` faults there. r11 and the flags are `syscall`'s to destroy.
    #[rustfmt::skip]
    let system_call = [
        0xe7, SYSTEM_CALL_PORT as u8,             // out %eax, $SYSTEM_CALL_PORT
        0x41, 0x8c, 0xcb,                         // mov %cs, %r11d
        0x41, 0xf6, 0xc3, 0x03,                   // test $3, %r11b
        0x75, 0x09,                               // jnz 1f
        0x41, 0xbb, 0x02, 0x02, 0x00, 0x00,       // mov $0x202, %r11d
        0x48, 0x0f, 0x07,                         // sysretq
        0xff, 0xe1,                               // 1: jmp *%rcx
    ];
    code[..system_call.len()].copy_from_slice(&system_call);
    for vector in 0..VECTORS {
        let has_error_code = matches!(vector, 8 | 10..=14 | 17 | 21 | 29 | 30);
        let port = (EXCEPTION_PORT + vector) as u8;
        let mut handler = vec![0xe7, port]; // out %eax, $port
        if has_error_code {
            handler.extend([0x48, 0x83, 0xc4, 0x08]); // add $8, %rsp
        }
        handler.extend([0x48, 0xcf]); // iretq
        let start = EXCEPTION_CODE + usize::from(vector) * EXCEPTION_CODE_BYTES;
        code[start..start + handler.len()].copy_from_slice(&handler);
    }
    code
}

fn interrupt_gate(handler: u64, level: u8) -> [u8; 16] {
    let mut gate = [0; 16];
    gate[0..2].copy_from_slice(&(handler as u16).to_le_bytes());
    gate[2..4].copy_from_slice(&0x10u16.to_le_bytes());
    gate[5] = 0x8e | level << 5;
    gate[6..8].copy_from_slice(&((handler >> 16) as u16).to_le_bytes());
    gate[8..12].copy_from_slice(&((handler >> 32) as u32).to_le_bytes());
    gate
}

/// A processor's page: descriptors, task state, and from the end downwards the stack of CPL 0.
fn processor_page(address: u64) -> Vec<u8> {
    let mut bytes = vec![0; PAGE as usize];
    let task = address + own::TASK;
    let limit = own::TASK_FIXED + own::BITMAP - 1;
    let available_task = 0x89u64;
    let descriptors: [u64; 10] = [
        0,
        0,
        0x00af_9b00_0000_ffff, // 0x10: code at CPL 0
        0x00cf_9300_0000_ffff, // 0x18: data at CPL 0
        0x00cf_fb00_0000_ffff, // 0x23: code of 32 bits, which nobody runs
        0x00cf_f300_0000_ffff, // 0x2b: data at CPL 3
        0x00af_fb00_0000_ffff, // 0x33: code at CPL 3
        0,
        limit | (task & 0xff_ffff) << 16 | available_task << 40 | (task >> 24 & 0xff) << 56,
        task >> 32,
    ];
    for (index, descriptor) in descriptors.iter().enumerate() {
        bytes[index * 8..index * 8 + 8].copy_from_slice(&descriptor.to_le_bytes());
    }
    let at = own::TASK as usize;
    bytes[at + 4..at + 12].copy_from_slice(&(address + PAGE).to_le_bytes());
    bytes[at + 102..at + 104].copy_from_slice(&(own::TASK_FIXED as u16).to_le_bytes());
    let bitmap = at + own::TASK_FIXED as usize;
    bytes[bitmap..bitmap + own::BITMAP as usize].fill(0xff);
    // Ports 0x42 to 0x45, as an access of four bytes asks for all of them.
    let port = usize::from(SYSTEM_CALL_PORT);
    bytes[bitmap + port / 8] &= !(0xf << (port % 8));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_get_pages_of_their_own_beyond_the_first_chunk() {
        let memory = GuestMemory::new(4 * CHUNK).expect("memory");
        let chunks = Chunks::new(memory.clone(), OWN_CHUNKS);
        let mut tables = Tables::new(memory);
        let all: Vec<ProcessorTables> = (0..600)
            .map(|_| tables.add_processor(&chunks).expect("processor"))
            .collect();
        let mut seen: Vec<u64> = all.iter().map(|one| one.descriptors.0).collect();
        seen.dedup();
        assert_eq!((seen.len(), chunks.available()), (600, 2 * CHUNK));
        let mut word = [0];
        tables.read_system(all[599].task.0 + 4, &mut word).expect("stack");
        assert_eq!(word[0], all[599].descriptors.0 + PAGE);
        assert_eq!(tables.read_system(SYSTEM_BASE - 8, &mut word), None);
        assert_eq!(tables.read_system(SYSTEM_BASE + 2 * CHUNK - 4, &mut word), None);
        assert_eq!(tables.read_system(u64::MAX - 3, &mut word), None);
    }
}
