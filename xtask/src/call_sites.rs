//! The table of a guest program's system calls: every `syscall` and `cpuid` in its functions, what is made there, and which instructions
//! before it can give way to a jump.
//!
//! Instructions can be moved when nothing jumps behind the first of them. Direct jumps are all seen, from wherever they come; a
//! function with a jump through a register or a table may be entered anywhere, and so may one with places where unwinding lands,
//! which are those of Rust.

use crate::Outcome;
use iced_x86::{Code, Decoder, DecoderOptions, FlowControl, Instruction, OpKind, Register};
use object::LittleEndian as LE;
use object::elf::{FileHeader64, PT_NOTE, SHF_EXECINSTR, STT_FUNC};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader, Sym};
use peaberry_package::call_sites::{self, INSTRUCTION, MOST_MOVED, MOST_SITES, SITE, Site, What};
use std::collections::BTreeSet;
use std::ops::Range;

/// Bytes of the jump that takes the place of what is moved.
const JUMP: usize = 5;

struct Function {
    name: String,
    address: u64,
    code: Range<usize>,
}

fn damaged(_: object::read::Error) -> String {
    "not a program that a linker made".to_owned()
}

/// Fills the table in the bytes of a program and gives the number of sites; 0 where there is no room for a table.
pub fn fill(program: &mut [u8]) -> Outcome<usize> {
    let Some(place) = place(program)? else { return Ok(0) };
    let functions = functions(program)?;
    let targets = targets(program, &functions);
    let mut sites: Vec<Site> = Vec::new();
    for function in &functions {
        let code = &program[function.code.clone()];
        if code
            .windows(2)
            .any(|bytes| bytes == [0x0f, 0x05] || bytes == [0x0f, 0xa2])
        {
            find(function, &decode(code, function.address), &targets, &mut sites);
        }
    }
    sites.sort_by_key(|site| site.address);
    sites.dedup_by_key(|site| site.address);
    let count = sites.len();
    if count > MOST_SITES || count * SITE > place.len() {
        return Err(format!("{count} system calls, and room for {}", place.len() / SITE));
    }
    program[place.clone()].fill(0xff);
    for (site, bytes) in sites.iter().zip(program[place].chunks_exact_mut(SITE)) {
        bytes.copy_from_slice(&site.encode());
    }
    Ok(count)
}

fn place(program: &[u8]) -> Outcome<Option<Range<usize>>> {
    let header = FileHeader64::<LE>::parse(program).map_err(damaged)?;
    let segments = header.program_headers(LE, program).map_err(damaged)?;
    for segment in segments.iter().filter(|segment| segment.p_type(LE) == PT_NOTE) {
        let notes = segment
            .data(LE, program)
            .map_err(|()| "a segment beyond the file".to_owned())?;
        if let Some((at, table)) = call_sites::table(notes) {
            let start = segment.p_offset(LE) as usize + at;
            return Ok(Some(start..start + table.len()));
        }
    }
    Ok(None)
}

fn functions(program: &[u8]) -> Outcome<Vec<Function>> {
    let header = FileHeader64::<LE>::parse(program).map_err(damaged)?;
    let sections = header.sections(LE, program).map_err(damaged)?;
    let symbols = sections
        .symbols(LE, program, object::elf::SHT_SYMTAB)
        .map_err(damaged)?;
    let mut functions = Vec::new();
    for symbol in symbols
        .iter()
        .filter(|symbol| symbol.st_type() == STT_FUNC && symbol.st_size(LE) > 0)
    {
        let (address, size) = (symbol.st_value(LE), symbol.st_size(LE));
        let executable = |section: &&object::elf::SectionHeader64<LE>| {
            let (start, bytes) = (section.sh_addr(LE), section.sh_size(LE));
            section.sh_flags(LE) & u64::from(SHF_EXECINSTR) != 0 && start <= address && address + size <= start + bytes
        };
        let Some(section) = sections.iter().find(executable) else {
            continue;
        };
        let start = (section.sh_offset(LE) + (address - section.sh_addr(LE))) as usize;
        let name = symbol.name(LE, symbols.strings()).map_err(damaged)?;
        functions.push(Function {
            name: String::from_utf8_lossy(name).into_owned(),
            address,
            code: start..start + size as usize,
        });
    }
    // The same code may have several names.
    functions.sort_by_key(|one| (one.address, one.code.end));
    functions.dedup_by_key(|function| (function.address, function.code.end));
    Ok(functions)
}

fn decode(code: &[u8], address: u64) -> Vec<Instruction> {
    Decoder::with_ip(64, code, address, DecoderOptions::NONE)
        .iter()
        .collect()
}

/// Where direct jumps and calls lead to.
fn targets(program: &[u8], functions: &[Function]) -> BTreeSet<u64> {
    let all = functions.iter().flat_map(|function| {
        let decoder = Decoder::with_ip(
            64,
            &program[function.code.clone()],
            function.address,
            DecoderOptions::NONE,
        );
        decoder
            .into_iter()
            .filter(is_direct)
            .map(|instruction| instruction.near_branch_target())
    });
    all.collect()
}

fn is_direct(instruction: &Instruction) -> bool {
    instruction.op_count() > 0 && instruction.op0_kind() == OpKind::NearBranch64
}

/// Finds the sites of a function.
fn find(function: &Function, code: &[Instruction], targets: &BTreeSet<u64>, sites: &mut Vec<Site>) {
    let rust = ["_ZN", "_R"].iter().any(|start| function.name.starts_with(start));
    let indirect = code
        .iter()
        .any(|one| one.flow_control() == FlowControl::IndirectBranch || one.is_invalid());
    let leaves = |one: &Instruction| matches!(one.code(), Code::Syscall | Code::Cpuid);
    for (index, call) in code.iter().enumerate().filter(|(_, one)| leaves(one)) {
        let Ok(address) = u32::try_from(call.ip()) else {
            continue;
        };
        let before = &code[..index];
        let (moved, displacement) = match rust || indirect {
            true => (0, None),
            false => movable(before, call, targets).unwrap_or((0, None)),
        };
        sites.push(Site {
            address,
            what: match call.code() {
                Code::Cpuid => What::Identify,
                _ if indirect => What::Call(None),
                _ => What::Call(number(before, call, targets)),
            },
            moved,
            displacement,
        });
    }
}

/// How many bytes before a system call can be moved, and where in them is an offset from the instruction's place.
fn movable(before: &[Instruction], call: &Instruction, targets: &BTreeSet<u64>) -> Option<(u8, Option<u8>)> {
    let mut displaced = None;
    let mut bytes = 0;
    let mut start = call.ip();
    for one in before.iter().rev() {
        if bytes + INSTRUCTION >= JUMP {
            break;
        }
        // What comes behind this one begins at `start`.
        let stays = one.flow_control() != FlowControl::Next || matches!(one.code(), Code::Syscall | Code::Cpuid);
        if stays || targets.contains(&start) || one.next_ip() != start {
            return None;
        }
        if one.is_ip_rel_memory_operand() {
            // One such instruction is enough to know what to do with.
            if displaced.replace(one.ip()).is_some() {
                return None;
            }
        }
        (bytes, start) = (bytes + one.len(), one.ip());
    }
    if bytes + INSTRUCTION < JUMP || bytes > MOST_MOVED {
        return None;
    }
    let displacement = match displaced {
        // The offset is the last part of such an instruction without an operand of its own behind it.
        Some(ip) => {
            let one = before.iter().rev().find(|one| one.ip() == ip)?;
            let plain = |operand| matches!(one.op_kind(operand), OpKind::Register | OpKind::Memory);
            if !(0..one.op_count()).all(plain) {
                return None;
            }
            Some((one.next_ip() - 4 - start) as u8)
        }
        None => None,
    };
    Some((bytes as u8, displacement))
}

/// The number that is in `eax`, if it is put there on the way that leads straight to the system call.
fn number(before: &[Instruction], call: &Instruction, targets: &BTreeSet<u64>) -> Option<u16> {
    let mut behind = call.ip();
    for one in before.iter().rev() {
        if targets.contains(&behind) || one.flow_control() != FlowControl::Next || one.next_ip() != behind {
            return None;
        }
        if one.op_count() > 0 && one.op0_register().full_register() == Register::RAX {
            return match one.code() {
                Code::Mov_r32_imm32 | Code::Mov_rm64_imm32 => u16::try_from(one.immediate32()).ok(),
                Code::Cmp_rm32_imm8 | Code::Cmp_rm64_imm8 => {
                    behind = one.ip();
                    continue;
                }
                _ => None,
            };
        }
        behind = one.ip();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sites_of(name: &str, code: &[u8], others: &[u64]) -> Vec<Site> {
        let address = 0x1000;
        let function = Function {
            name: name.to_owned(),
            address,
            code: 0..code.len(),
        };
        let mut targets = targets(code, std::slice::from_ref(&function));
        targets.extend(others);
        let mut sites = Vec::new();
        find(&function, &decode(code, address), &targets, &mut sites);
        sites
    }

    fn site(address: u32, number: Option<u16>, moved: u8, displacement: Option<u8>) -> Site {
        Site {
            address,
            what: What::Call(number),
            moved,
            displacement,
        }
    }

    const MOV_12: [u8; 5] = [0xb8, 12, 0, 0, 0];
    const SYSCALL: [u8; 2] = [0x0f, 0x05];

    #[test]
    fn instructions_before_a_call_can_be_moved() {
        let code = [&MOV_12[..], &SYSCALL, &[0xc3]].concat();
        assert_eq!(sites_of("brk", &code, &[]), [site(0x1005, Some(12), 5, None)]);
        // To the first of them others may lead, to none behind it.
        assert_eq!(sites_of("brk", &code, &[0x1000]), [site(0x1005, Some(12), 5, None)]);
        assert_eq!(sites_of("brk", &code, &[0x1005]), [site(0x1005, None, 0, None)]);
        // Nothing of Rust's is moved.
        assert_eq!(sites_of("_RNvCs_3brk", &code, &[]), [site(0x1005, Some(12), 0, None)]);
    }

    #[test]
    fn as_many_are_moved_as_a_jump_has_bytes() {
        // mov esi, 12; xor edi, edi; mov eax, esi; syscall: the last two are enough, and the number is not known.
        let code = [&[0xbe, 12, 0, 0, 0, 0x31, 0xff, 0x89, 0xf0][..], &SYSCALL].concat();
        assert_eq!(sites_of("f", &code, &[]), [site(0x1009, None, 4, None)]);
        // A call in between, and the one at the very beginning.
        let code = [&MOV_12[..], &SYSCALL, &[0x31, 0xff], &SYSCALL].concat();
        let expected = [site(0x1005, Some(12), 5, None), site(0x1009, None, 0, None)];
        assert_eq!(sites_of("f", &code, &[]), expected);
        assert_eq!(sites_of("f", &SYSCALL, &[]), [site(0x1000, None, 0, None)]);
        // A jump from elsewhere in the function to the call.
        let code = [&MOV_12[..], &SYSCALL, &[0xeb, 0xfc]].concat();
        assert_eq!(sites_of("f", &code, &[]), [site(0x1005, None, 0, None)]);
        // A jump through a register: to anywhere.
        let code = [&MOV_12[..], &SYSCALL, &[0xff, 0xe1]].concat();
        assert_eq!(sites_of("f", &code, &[]), [site(0x1005, None, 0, None)]);
    }

    #[test]
    fn processors_are_asked_at_sites_too() {
        // mov eax, 12; cpuid; xor edi, edi; cpuid
        let code = [&MOV_12[..], &[0x0f, 0xa2, 0x31, 0xff, 0x0f, 0xa2]].concat();
        let sites = [(0x1005, 5), (0x1009, 0)].map(|(address, moved)| Site {
            what: What::Identify,
            ..site(address, None, moved, None)
        });
        assert_eq!(sites_of("f", &code, &[]), sites);
    }

    #[test]
    fn offsets_from_the_instructions_place_are_told() {
        // mov eax, 12; lea rsi, [rip + 16]; syscall
        let lea = [0x48, 0x8d, 0x35, 16, 0, 0, 0];
        let code = [&MOV_12[..], &lea, &SYSCALL].concat();
        assert_eq!(sites_of("f", &code, &[]), [site(0x100c, Some(12), 7, Some(3))]);
        // xor edx, edx behind it.
        let code = [&MOV_12[..], &lea, &[0x31, 0xd2], &SYSCALL].concat();
        assert_eq!(sites_of("f", &code, &[]), [site(0x100e, Some(12), 9, Some(3))]);
        // cmp dword ptr [rip + 16], 1: with an operand behind the offset.
        let code = [&MOV_12[..], &[0x83, 0x3d, 16, 0, 0, 0, 1], &SYSCALL].concat();
        assert_eq!(sites_of("f", &code, &[]), [site(0x100c, Some(12), 0, None)]);
    }
}
