//! The interface through which GDB and LLDB learn of code made at run time: a list of ELF images in memory, and a
//! function at which the debugger stops to read it. List and function are the process's, by the debuggers' convention.

use object::write::elf::{FileHeader, SectionHeader, Sym, Writer};
use object::{Endianness, elf};
use std::ptr;
use std::sync::{Mutex, PoisonError};

/// One image, as debuggers read it.
#[repr(C)]
struct Entry {
    next: *mut Entry,
    previous: *mut Entry,
    image: *const u8,
    image_bytes: u64,
}

/// The head of the list, as debuggers read it.
#[repr(C)]
struct Descriptor {
    version: u32,
    action: u32,
    relevant: *mut Entry,
    first: *mut Entry,
}

const NOTHING: u32 = 0;
const REGISTERED: u32 = 1;
const UNREGISTERED: u32 = 2;

#[unsafe(no_mangle)]
static mut __jit_debug_descriptor: Descriptor = Descriptor {
    version: 1,
    action: NOTHING,
    relevant: ptr::null_mut(),
    first: ptr::null_mut(),
};

/// Where the debugger has a breakpoint.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn __jit_debug_register_code() {
    // A call of a function that does nothing might be left out.
    // SAFETY: nothing is executed.
    unsafe { std::arch::asm!("", options(nostack, preserves_flags)) };
}

static LIST: Mutex<()> = Mutex::new(());

/// Code that debuggers know of; forgotten when this is dropped.
#[derive(Debug)]
pub struct Registration {
    entry: *mut Entry,
    /// Debuggers read it when they attach.
    _image: Vec<u8>,
}

// SAFETY: the entry is the registration's own; the list around it is under a lock.
unsafe impl Send for Registration {}
// SAFETY: as above.
unsafe impl Sync for Registration {}

/// Tells debuggers of a function's code.
pub fn register(name: &str, address: usize, bytes: usize) -> Registration {
    let image = image(name, address, bytes);
    let entry = Box::into_raw(Box::new(Entry {
        next: ptr::null_mut(),
        previous: ptr::null_mut(),
        image: image.as_ptr(),
        image_bytes: image.len() as u64,
    }));
    let _list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
    let descriptor = &raw mut __jit_debug_descriptor;
    // SAFETY: the list is under the lock; its entries live until they are taken out of it.
    unsafe {
        let first = (*descriptor).first;
        (*entry).next = first;
        if !first.is_null() {
            (*first).previous = entry;
        }
        (*descriptor).first = entry;
        tell(descriptor, REGISTERED, entry);
    }
    Registration { entry, _image: image }
}

/// # Safety
/// The list is locked.
unsafe fn tell(descriptor: *mut Descriptor, action: u32, entry: *mut Entry) {
    // SAFETY: the caller has the list.
    unsafe {
        (*descriptor).action = action;
        (*descriptor).relevant = entry;
        __jit_debug_register_code();
        (*descriptor).action = NOTHING;
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let _list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
        let descriptor = &raw mut __jit_debug_descriptor;
        // SAFETY: the list is under the lock; the entry is in it, made of a box, and taken out once.
        unsafe {
            let (next, previous) = ((*self.entry).next, (*self.entry).previous);
            if previous.is_null() {
                (*descriptor).first = next;
            } else {
                (*previous).next = next;
            }
            if !next.is_null() {
                (*next).previous = previous;
            }
            tell(descriptor, UNREGISTERED, self.entry);
            drop(Box::from_raw(self.entry));
        }
    }
}

/// An ELF object file with one function, whose section lies where its code is and has no contents: the debugger reads
/// the code from memory. Frames are found by the prologue, which sets a frame pointer.
fn image(name: &str, address: usize, bytes: usize) -> Vec<u8> {
    let machine = match std::env::consts::ARCH {
        "aarch64" => elf::EM_AARCH64,
        _ => elf::EM_X86_64,
    };
    let name = name.replace('\0', "");
    let mut image = Vec::new();
    let mut writer = Writer::new(Endianness::Little, true, &mut image);
    writer.reserve_file_header();
    writer.reserve_null_section_index();
    let text_name = writer.add_section_name(b".text");
    let text = writer.reserve_section_index();
    let symbol_name = writer.add_string(name.as_bytes());
    writer.reserve_null_symbol_index();
    writer.reserve_symbol_index(Some(text));
    writer.reserve_symtab_section_index();
    writer.reserve_strtab_section_index();
    writer.reserve_shstrtab_section_index();
    writer.reserve_symtab();
    writer.reserve_strtab();
    writer.reserve_shstrtab();
    writer.reserve_section_headers();
    let header = FileHeader {
        os_abi: elf::ELFOSABI_NONE,
        abi_version: 0,
        e_type: elf::ET_REL,
        e_machine: machine,
        e_entry: 0,
        e_flags: 0,
    };
    if writer.write_file_header(&header).is_err() {
        return Vec::new();
    }
    writer.write_null_symbol();
    writer.write_symbol(&Sym {
        name: Some(symbol_name),
        section: Some(text),
        st_info: (elf::STB_GLOBAL << 4) | elf::STT_FUNC,
        st_other: elf::STV_DEFAULT,
        st_shndx: 0,
        st_value: 0,
        st_size: bytes as u64,
    });
    writer.write_strtab();
    writer.write_shstrtab();
    writer.write_null_section_header();
    writer.write_section_header(&SectionHeader {
        name: Some(text_name),
        sh_type: elf::SHT_NOBITS,
        sh_flags: u64::from(elf::SHF_ALLOC | elf::SHF_EXECINSTR),
        sh_addr: address as u64,
        sh_offset: 0,
        sh_size: bytes as u64,
        sh_link: 0,
        sh_info: 0,
        sh_addralign: 16,
        sh_entsize: 0,
    });
    writer.write_symtab_section_header(1);
    writer.write_strtab_section_header();
    writer.write_shstrtab_section_header();
    image
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Vec<usize> {
        let _list = LIST.lock().expect("lock");
        let mut addresses = Vec::new();
        // SAFETY: the list is under the lock.
        unsafe {
            let mut entry = __jit_debug_descriptor.first;
            while !entry.is_null() {
                addresses.push((*entry).image as usize);
                entry = (*entry).next;
            }
        }
        addresses
    }

    #[test]
    fn images_come_and_go() {
        let before = listed().len();
        let first = register("int A.f()", 0x1000, 16);
        let second = register("int A.g()", 0x2000, 32);
        assert_eq!(listed().len(), before + 2);
        drop(first);
        assert_eq!(listed()[0], second._image.as_ptr() as usize);
        drop(second);
        assert_eq!(listed().len(), before);
    }

    #[test]
    fn an_image_is_an_object_file_with_the_symbol() {
        let image = image("int A.f()", 0x1000, 16);
        assert_eq!(&image[..4], b"\x7fELF");
        assert!(image.windows(9).any(|window| window == b"int A.f()"));
    }
}
