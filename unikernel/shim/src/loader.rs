//! Loading the guest program: a position-independent, statically linked ELF file, as Linux loads it.

use crate::address_space::{AddressSpace, Backing, EXECUTE, PROGRAM_BASE, Place, READ, WRITE};
use crate::call_sites;
use crate::errno::Errno;
use crate::front_end::{self, CODE_BASE};
use crate::memory::{CHUNK, PAGE};
use crate::page_cache;
use crate::tables::Tables;
use object::LittleEndian;
use object::elf::{
    ELFDATA2LSB, EM_X86_64, ET_DYN, FileHeader64, PF_R, PF_W, PF_X, PT_INTERP, PT_LOAD, PT_NOTE, PT_PHDR,
    ProgramHeader64,
};
use object::read::elf::{FileHeader, ProgramHeader};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

/// Bytes of the first thread's stack.
pub const STACK_BYTES: u64 = 8 << 20;

/// Most bytes of a program's image.
const MOST_PROGRAM: u64 = 1 << 30;

/// Why a program cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("cannot read the guest program {0}: {1}")]
    Unreadable(String, std::io::Error),
    /// It is no program that can be a guest.
    #[error("{0} cannot be a guest: {1}")]
    Unfit(String, &'static str),
    /// It does not fit into the guest's memory.
    #[error("the guest program does not fit into the guest's memory")]
    TooBig,
}

/// Where a loaded program begins.
#[derive(Debug)]
pub struct Loaded {
    /// First instruction.
    pub entry: u64,
    /// Address of the program headers, their size and number.
    pub headers: (u64, u64, u64),
    /// First address behind the program.
    pub end: u64,
    /// First address behind what its file shows.
    pub file_end: u64,
    /// What answers calls in the guest, if the program says where it makes them.
    pub front_end: Option<Vec<u8>>,
}

/// Enough of a file to hold its header and program headers.
const HEADERS: usize = 64 << 10;

/// A program: a file, or a part of one that begins with a page.
pub struct Program {
    /// The file.
    pub file: Arc<File>,
    /// Where in it the program begins, in bytes.
    pub start: u64,
    /// Its length in bytes.
    pub length: u64,
    /// What it is called in messages.
    pub name: String,
}

impl Program {
    /// A file as a program.
    pub fn open(path: &Path) -> Result<Program, LoadError> {
        let name = path.display().to_string();
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        match opened {
            Ok((length, file)) => {
                page_cache::read_apart(&file);
                Ok(Program {
                    file: Arc::new(file),
                    start: 0,
                    length,
                    name,
                })
            }
            Err(error) => Err(LoadError::Unreadable(name, error)),
        }
    }
}

/// Where a program goes: 2 MiB of the file that it is in are 2 MiB of the guest's addresses, with what is before it there.
fn base(program: &Program) -> u64 {
    PROGRAM_BASE + program.start % CHUNK
}

/// Maps the program's segments into the guest; they are read as they are touched.
pub fn load(program: &Program, space: &mut AddressSpace) -> Result<Loaded, LoadError> {
    let unreadable = |error| LoadError::Unreadable(program.name.clone(), error);
    let unfit = |why| LoadError::Unfit(program.name.clone(), why);
    let damaged = || unfit("a damaged ELF file");
    let mut bytes = vec![0; program.length.min(HEADERS as u64) as usize];
    program
        .file
        .read_exact_at(&mut bytes, program.start)
        .map_err(unreadable)?;
    let header = FileHeader64::<LittleEndian>::parse(&bytes[..]).map_err(|_| unfit("no ELF file of 64 bits"))?;
    let endian = LittleEndian;
    if header.e_ident.data != ELFDATA2LSB || header.e_machine.get(endian) != EM_X86_64 {
        return Err(unfit("built for another processor"));
    }
    if header.e_type.get(endian) != ET_DYN {
        return Err(unfit("not position-independent"));
    }
    let segments = header.program_headers(endian, &bytes[..]).map_err(|_| damaged())?;
    if segments.iter().any(|segment| segment.p_type(endian) == PT_INTERP) {
        return Err(unfit("not statically linked"));
    }
    let base = base(program);
    let mut loaded = Loaded {
        entry: base.wrapping_add(header.e_entry.get(endian)),
        headers: (
            base.wrapping_add(header.e_phoff.get(endian)),
            u64::from(header.e_phentsize.get(endian)),
            segments.len() as u64,
        ),
        end: base,
        file_end: base,
        front_end: None,
    };
    for segment in segments {
        match segment.p_type(endian) {
            PT_PHDR => loaded.headers.0 = base.wrapping_add(segment.p_vaddr(endian)),
            PT_LOAD => {
                let end = map_segment(segment, program, space).ok_or_else(damaged)?;
                loaded.end = loaded.end.max(end.map_err(|_| LoadError::TooBig)?);
                let file_end = segment.p_vaddr(endian).saturating_add(segment.p_filesz(endian));
                loaded.file_end = loaded.file_end.max(base.saturating_add(file_end));
            }
            _ => {}
        }
    }
    if !(base..loaded.end).contains(&loaded.entry) {
        return Err(damaged());
    }
    if base > PROGRAM_BASE {
        let before = Backing::File(program.file.clone(), program.start - (base - PROGRAM_BASE));
        let mapped = space.map(Place::FixedIfFree(PROGRAM_BASE), base - PROGRAM_BASE, READ, before);
        mapped.map_err(|_| LoadError::TooBig)?;
    }
    let kept = front_end::place::BASE..PROGRAM_BASE;
    let mapped = space.keep(kept, READ | WRITE | EXECUTE);
    mapped.map_err(|_| LoadError::TooBig)?;
    // Instructions that are shown, not read, are not the guest's own to change.
    if !space.share {
        loaded.front_end = lead_calls(segments, &bytes, program, space);
    }
    Ok(loaded)
}

/// Leads the program's calls to the front end, if it has a table of them among what was read of the file; gives what that consists of.
fn lead_calls(
    segments: &[ProgramHeader64<LittleEndian>],
    bytes: &[u8],
    program: &Program,
    space: &mut AddressSpace,
) -> Option<Vec<u8>> {
    let endian = LittleEndian;
    let of_type = |kind: u32| segments.iter().filter(move |segment| segment.p_type(endian) == kind);
    let table = of_type(PT_NOTE).find_map(|segment| {
        let notes = segment.data(endian, bytes).ok()?;
        peaberry_package::call_sites::table(notes).map(|(_, table)| table)
    })?;
    let read = |address: u64, length: usize| {
        let at = address - base(program);
        let end = at.checked_add(length as u64)?;
        let segment = of_type(PT_LOAD).find(|segment| {
            let start = segment.p_vaddr(endian);
            segment.p_flags(endian) & PF_X != 0 && start <= at && end - start <= segment.p_filesz(endian)
        })?;
        let offset = segment.p_offset(endian).checked_add(at - segment.p_vaddr(endian))?;
        let mut part = vec![0; length];
        let inside = offset
            .checked_add(length as u64)
            .is_some_and(|end| end <= program.length);
        let read = program
            .file
            .read_exact_at(&mut part, program.start.checked_add(offset)?);
        (inside && read.is_ok()).then_some(part)
    };
    let led = call_sites::lead(base(program), peaberry_package::call_sites::sites(table), read);
    space.patch(led.patches);
    space.note_calls(led.calls);
    Some(led.code)
}

/// Lays the front end below the program; gives where in guest-physical memory that is.
pub fn lay_front_end(space: &mut AddressSpace, loaded: &Loaded) -> Result<u64, LoadError> {
    let too_big = |_: Errno| LoadError::TooBig;
    if let Some(code) = &loaded.front_end {
        space.write(CODE_BASE, code).map_err(too_big)?;
    }
    space.physical(front_end::place::BASE).map_err(too_big)
}

/// Maps one segment and gives the address behind it; `None` when what the file says of it cannot be.
fn map_segment(
    segment: &ProgramHeader64<LittleEndian>,
    program: &Program,
    space: &mut AddressSpace,
) -> Option<Result<u64, Errno>> {
    let endian = LittleEndian;
    let (base, address, offset) = (base(program), segment.p_vaddr(endian), segment.p_offset(endian));
    let (in_file, in_memory) = (segment.p_filesz(endian), segment.p_memsz(endian));
    let end = address.checked_add(in_memory).filter(|&end| end <= MOST_PROGRAM)?;
    let inside = offset.checked_add(in_file).is_some_and(|end| end <= program.length);
    if in_file > in_memory || address % PAGE != offset % PAGE || !inside {
        return None;
    }
    let offset = program.start.checked_add(offset)?;
    let flags = segment.p_flags(endian);
    let protection = [(PF_R, READ), (PF_W, WRITE), (PF_X, EXECUTE)];
    let protection = protection.iter().filter(|(flag, _)| flags & flag != 0);
    let protection = protection.map(|(_, bit)| bit).sum();
    let start = base + address / PAGE * PAGE;
    let end = (base + end).next_multiple_of(PAGE);
    let file_end = base + address + in_file;
    let zeros = file_end.next_multiple_of(PAGE);
    let mut map = || {
        if in_file > 0 {
            let backing = Backing::File(program.file.clone(), offset / PAGE * PAGE);
            space.map(Place::Fixed(start), zeros - start, READ | WRITE, backing)?;
            // The file goes on where the segment does not.
            if in_memory > in_file {
                space.write(file_end, &vec![0; (zeros - file_end) as usize])?;
            }
            space.protect(start, zeros - start, protection)?;
        }
        let rest = if in_file > 0 { zeros } else { start };
        if end > rest {
            space.map(Place::Fixed(rest), end - rest, protection, Backing::Zero)?;
        }
        Ok(end)
    };
    Some(map())
}

/// What the program finds on its stack.
pub struct Start<'a> {
    /// Arguments, the program's name first.
    pub arguments: &'a [String],
    /// Environment, as `NAME=VALUE`.
    pub environment: &'a [String],
    /// Seed for the C library's own use.
    pub random: [u8; 16],
    /// `AT_HWCAP`: feature bits of `cpuid`.
    pub features: u64,
    /// `rdfsbase` and its like are there.
    pub base_instructions: bool,
}

/// Maps the first thread's stack and lays out what the program finds there; gives the stack pointer.
pub fn lay_stack(space: &mut AddressSpace, loaded: &Loaded, start: &Start) -> Result<u64, LoadError> {
    let too_big = |_: Errno| LoadError::TooBig;
    let place = Place::FixedIfFree(front_end::place::BASE - STACK_BYTES);
    let bottom = space
        .map(place, STACK_BYTES, READ | WRITE, Backing::Stack)
        .map_err(too_big)?;
    let mut at = bottom + STACK_BYTES;
    let mut push = |space: &mut AddressSpace, bytes: &[u8]| {
        let next = at.checked_sub(bytes.len() as u64).filter(|&next| next > bottom);
        at = next.ok_or(LoadError::TooBig)?;
        space.write(at, bytes).map_err(too_big)?;
        Ok::<u64, LoadError>(at)
    };
    let mut texts = |space: &mut AddressSpace, texts: &[String]| {
        let one = |text: &String| push(space, &[text.as_bytes(), &[0]].concat());
        texts.iter().map(one).collect::<Result<Vec<u64>, LoadError>>()
    };
    let arguments = texts(space, start.arguments)?;
    let environment = texts(space, start.environment)?;
    let platform = push(space, b"x86_64\0")?;
    let random = push(space, &start.random)?;
    let (headers, size, count) = loaded.headers;
    let auxiliary = [
        (libc::AT_SYSINFO_EHDR, Tables::clock_library()),
        (libc::AT_PHDR, headers),
        (libc::AT_PHENT, size),
        (libc::AT_PHNUM, count),
        (libc::AT_PAGESZ, PAGE),
        (libc::AT_BASE, 0),
        (libc::AT_FLAGS, 0),
        (libc::AT_ENTRY, loaded.entry),
        (libc::AT_UID, 0),
        (libc::AT_EUID, 0),
        (libc::AT_GID, 0),
        (libc::AT_EGID, 0),
        (libc::AT_SECURE, 0),
        (libc::AT_CLKTCK, 100),
        (libc::AT_HWCAP, start.features),
        (libc::AT_HWCAP2, if start.base_instructions { 2 } else { 0 }),
        (libc::AT_PLATFORM, platform),
        (libc::AT_RANDOM, random),
        (libc::AT_EXECFN, arguments.first().copied().unwrap_or(platform)),
        (libc::AT_NULL, 0),
    ];
    let mut words = vec![arguments.len() as u64];
    words.extend(&arguments);
    words.push(0);
    words.extend(&environment);
    words.push(0);
    words.extend(auxiliary.iter().flat_map(|&(kind, value)| [kind, value]));
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let pointer = (random - bytes.len() as u64) / 16 * 16;
    if pointer < bottom + STACK_BYTES / 2 {
        return Err(LoadError::TooBig);
    }
    space.write(pointer, &bytes).map_err(too_big)?;
    Ok(pointer)
}
