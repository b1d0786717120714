//! Physical memory: what there is, the kernel's own part, and the rest for the program.

use super::{DIRECT_MAP, KERNEL_OFFSET, Only, power, runtime};
use alloc::vec::Vec;
use core::ops::Range;
use core::slice;
use peaberry_guest_kernel::frames::{Frames, PAGE};
use peaberry_guest_kernel::memory_map::{carve, without};
use peaberry_guest_kernel::page_tables::{NO_EXECUTE, PRESENT, WRITABLE};
use peaberry_package::{ADDRESS, HEADER, Package};

/// What the start found.
pub struct Memory {
    /// Frames for the program.
    pub frames: Frames,
    /// The first page table, whose upper half is the kernel's.
    pub root: u64,
    /// The package.
    pub package: Package<'static>,
    /// The command line that the monitor was given for the kernel.
    pub command_line: Vec<u8>,
}

/// What the monitor tells: `struct hvm_start_info`.
#[repr(C)]
struct StartInformation {
    magic: u32,
    version: u32,
    flags: u32,
    modules: u32,
    module_list: u64,
    command_line: u64,
    acpi: u64,
    memory_map: u64,
    memory_entries: u32,
    reserved: u32,
}

#[repr(C)]
struct MemoryEntry {
    start: u64,
    bytes: u64,
    kind: u32,
    reserved: u32,
}

const MAGIC: u32 = 0x336e_c578;
const MEMORY: u32 = 1;
const MOST_ENTRIES: u32 = 128;
/// The boot tables show so much of physical memory.
const SHOWN: u64 = 4 << 30;
/// And one table of the third level can show so much.
const MOST_SHOWN: u64 = 512 << 30;
const LARGE_PAGE: u64 = 2 << 20;
const LARGE: u64 = 1 << 7;

unsafe extern "C" {
    static mut peaberry_root: [u64; 512];
    static mut peaberry_direct: [u64; 512];
    static mut peaberry_kernel_directory: [u64; 512];
    static peaberry_stack_guard: u8;
    static kernel_start: u8;
    static kernel_constants: u8;
    static kernel_data: u8;
    static kernel_end: u8;
}

fn direct<T>(physical: u64) -> *mut T {
    core::ptr::with_exposed_provenance_mut((DIRECT_MAP + physical) as usize)
}

/// The ranges of memory that the monitor tells of.
fn told(information: *const StartInformation) -> Vec<Range<u64>> {
    // SAFETY: the monitor says that it is there, in memory that the boot tables show.
    let information = unsafe { &*information };
    if information.magic != MAGIC || information.version < 1 {
        power::fail(format_args!("the monitor tells of no memory"));
    }
    let count = information.memory_entries.min(MOST_ENTRIES);
    // SAFETY: as above.
    let entries = unsafe { slice::from_raw_parts(direct::<MemoryEntry>(information.memory_map), count as usize) };
    let memory = entries.iter().filter(|entry| entry.kind == MEMORY);
    let range = |entry: &MemoryEntry| entry.start..entry.start.saturating_add(entry.bytes).min(MOST_SHOWN);
    memory.map(range).filter(|range| range.start < range.end).collect()
}

/// Shows the kernel its own memory alone at its own addresses: code that cannot be written, data that cannot be executed.
fn protect_kernel() {
    static TABLE: Only<Table> = Only::new(Table([0; 512]));
    #[repr(align(4096))]
    struct Table([u64; 512]);
    let [start, constants, data, end, guard] = [
        (&raw const kernel_start).addr(),
        (&raw const kernel_constants).addr(),
        (&raw const kernel_data).addr(),
        (&raw const kernel_end).addr(),
        (&raw const peaberry_stack_guard).addr(),
    ]
    .map(|address| address as u64 - KERNEL_OFFSET);
    assert!(end <= LARGE_PAGE, "the kernel has outgrown its table");
    // SAFETY: nobody else uses the table.
    let table = unsafe { &mut (*TABLE.pointer()).0 };
    for address in (start..end).step_by(PAGE as usize).filter(|&address| address != guard) {
        let bits = match address {
            _ if address < constants => PRESENT,
            _ if address < data => PRESENT | NO_EXECUTE,
            _ => PRESENT | WRITABLE | NO_EXECUTE,
        };
        table[(address / PAGE) as usize] = address | bits;
    }
    let table = TABLE.pointer().expose_provenance() as u64 - KERNEL_OFFSET;
    // SAFETY: the tables the processor uses; what the kernel needs stays where it is.
    unsafe {
        let directory = &raw mut peaberry_kernel_directory;
        (*directory).fill(0);
        (*directory)[0] = table | PRESENT | WRITABLE;
        let root = &raw mut peaberry_root;
        (*root)[0] = 0;
        reload(peaberry_root_address());
    }
}

fn peaberry_root_address() -> u64 {
    (&raw const peaberry_root).expose_provenance() as u64 - KERNEL_OFFSET
}

/// Has the processor use these tables, and forget what it remembers of any.
///
/// # Safety
/// They show the kernel as it is.
pub unsafe fn reload(root: u64) {
    // SAFETY: the caller's.
    unsafe { core::arch::asm!("mov cr3, {}", in(reg) root, options(nostack, preserves_flags)) };
}

/// Shows physical memory that the boot tables do not, with tables in memory of the ranges.
fn show(ranges: &mut [Range<u64>]) {
    let end = ranges.iter().map(|range| range.end).max().unwrap_or_default();
    let mut address = SHOWN;
    while address < end {
        let low = ranges.iter_mut().take_while(|range| range.end <= SHOWN);
        let mut low: Vec<&mut Range<u64>> = low.collect();
        let taken = low.iter_mut().find_map(|range| carve(slice::from_mut(*range), PAGE));
        let Some(table) = taken else {
            power::fail(format_args!("no memory for page tables"))
        };
        // SAFETY: a page of memory that is nobody else's.
        let entries = unsafe { &mut *direct::<[u64; 512]>(table) };
        for (index, entry) in entries.iter_mut().enumerate() {
            *entry = (address + index as u64 * LARGE_PAGE) | PRESENT | WRITABLE | LARGE | NO_EXECUTE;
        }
        // SAFETY: the table of the kernel's view of physical memory; nothing was shown there.
        unsafe { peaberry_direct[(address >> 30) as usize] = table | PRESENT | WRITABLE };
        address += 1 << 30;
    }
}

/// A text that ends with a zero byte, or where it becomes too long; empty where there is none.
fn text(physical: u64) -> Vec<u8> {
    const MOST: usize = 4096;
    let start = direct::<u8>(physical);
    // SAFETY: the monitor says that the text is there, in memory that the boot tables show.
    let bytes = (0..MOST).map(|index| unsafe { start.add(index).read() });
    match physical {
        0 | SHOWN.. => Vec::new(),
        _ => bytes.take_while(|&byte| byte != 0).collect(),
    }
}

/// Finds out what memory there is and what the monitor loaded into it; the information is at this address of the kernel's.
pub fn prepare(information: u64) -> Memory {
    protect_kernel();
    let information = core::ptr::with_exposed_provenance::<StartInformation>(information as usize);
    let told = told(information);
    // SAFETY: looked at just now.
    let command_line = text(unsafe { (*information).command_line });
    // SAFETY: memory, if the monitor loaded anything there, and nothing at all otherwise.
    let header = unsafe { slice::from_raw_parts(direct::<u8>(ADDRESS), HEADER) };
    let in_memory = |range: Range<u64>| told.iter().any(|one| one.start <= range.start && range.end <= one.end);
    let length = match Package::length(header) {
        Ok(length) if in_memory(ADDRESS..ADDRESS.saturating_add(length)) => length,
        Ok(_) => power::fail(format_args!("the package does not fit into memory")),
        Err(damage) => power::fail(format_args!("what lies at {ADDRESS:#x} is no package: {damage}")),
    };
    // SAFETY: memory that is the package's from now on.
    let bytes = unsafe { slice::from_raw_parts(direct::<u8>(ADDRESS), length as usize) };
    let package = match Package::parse(bytes) {
        Ok(package) => package,
        Err(damage) => power::fail(format_args!("{damage}")),
    };
    let end = (&raw const kernel_end).addr() as u64 - KERNEL_OFFSET;
    let mut free = without(&told, &[0..end, ADDRESS..ADDRESS + length], PAGE);
    show(&mut free);
    let total: u64 = free.iter().map(|range| range.end - range.start).sum();
    let own = (total / 16).clamp(8 << 20, 128 << 20) / PAGE * PAGE;
    let Some(heap) = carve(&mut free, own) else {
        power::fail(format_args!("too little memory: {total} bytes"))
    };
    let address = DIRECT_MAP + heap;
    // SAFETY: memory that is the heap's from now on.
    unsafe { runtime::give(address as usize, (address + own) as usize) };
    Memory {
        // SAFETY: memory that is nobody else's.
        frames: unsafe { Frames::new(DIRECT_MAP, free) },
        root: peaberry_root_address(),
        package,
        command_line,
    }
}
