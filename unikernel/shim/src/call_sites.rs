//! The way to the front end ([`crate::front_end`]): where a program's table says that it makes calls, those that may be answered in the
//! guest are led there first.
//!
//! The instructions before such a `syscall`, as many as a jump has bytes, move to a place of their own behind the front end's code,
//! followed by a call to it, by the `syscall` for what it does not answer, and by the way back:
//!
//! ```text
//! program                        behind the front end's code
//!     mov  eax, 14     jump  ->  1:  mov  eax, 14
//!     syscall                        lea  rsp, [rsp - 128]     what functions keep below their stack
//! 2:  ...                            call front_end
//!                                    lea  rsp, [rsp + 128]
//!                                    jnc  3f
//!                                    syscall
//!                                3:  jmp  2
//! ```
//!
//! Of `cpuid` all registers and flags but its own four are kept; it is treated alike otherwise.
//!
//! A table is the program's own word about itself: all it can do is to change the program.

use crate::front_end::{ANSWERED, CODE_BASE, CODE_BYTES, code};
use peaberry_package::call_sites::{INSTRUCTION, Site, What};

/// Bytes of a jump or call with an offset of 32 bits.
const JUMP: u64 = 5;

/// Instructions that take the place of others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patch {
    /// Where they begin.
    pub address: u64,
    /// The jump.
    pub bytes: [u8; JUMP as usize],
}

/// What becomes of a program and its table.
#[derive(Default)]
pub struct Led {
    /// What lies at [`CODE_BASE`].
    pub code: Vec<u8>,
    /// What changes in the program.
    pub patches: Vec<Patch>,
    /// Where a `syscall` is that leaves the guest.
    pub calls: Vec<u64>,
}

/// `e8` and `e9` with the offset that leads from one address to another.
fn near(instruction: u8, from: u64, to: u64) -> Option<[u8; JUMP as usize]> {
    let offset = i32::try_from(to.wrapping_sub(from + JUMP) as i64).ok()?;
    let [a, b, c, d] = offset.to_le_bytes();
    Some([instruction, a, b, c, d])
}

/// Leads calls of a program at `base` to the front end; `read` gives bytes of the program's instructions by address, if there are any.
pub fn lead(base: u64, sites: impl Iterator<Item = Site>, read: impl Fn(u64, usize) -> Option<Vec<u8>>) -> Led {
    let front_end = code();
    let mut led = Led {
        code: front_end.bytes.to_vec(),
        patches: Vec::new(),
        calls: vec![CODE_BASE + front_end.call],
    };
    let mut end = 0;
    for site in sites {
        let address = base + u64::from(site.address);
        let start = address - u64::from(site.moved);
        let answered = match site.what {
            What::Call(number) => number.is_none_or(|number| ANSWERED.contains(&i64::from(number))),
            What::Identify => true,
        };
        // A table in order has no two sites that share instructions.
        let apart = start >= end;
        end = address + INSTRUCTION as u64;
        let is_led = answered && apart && site.moved != 0 && lead_one(&mut led, start, &site, &read).is_some();
        if !is_led && matches!(site.what, What::Call(_)) {
            led.calls.push(address);
        }
    }
    led
}

fn lead_one(led: &mut Led, start: u64, site: &Site, read: impl Fn(u64, usize) -> Option<Vec<u8>>) -> Option<()> {
    const SAVE: [u8; 5] = [0x48, 0x8d, 0x64, 0x24, 0x80]; // lea rsp, [rsp - 128]
    const RESTORE: [u8; 8] = [0x48, 0x8d, 0xa4, 0x24, 0x80, 0, 0, 0]; // lea rsp, [rsp + 128]
    const SAVE_FLAGS: u8 = 0x9c;
    const RESTORE_FLAGS: u8 = 0x9d;
    const JUMP_IF_ANSWERED: u8 = 0x73;
    let moved = usize::from(site.moved);
    let instruction = match site.what {
        What::Call(_) => [0x0f, 0x05],
        What::Identify => [0x0f, 0xa2],
    };
    let bytes = read(start, moved + INSTRUCTION).filter(|bytes| bytes.ends_with(&instruction))?;
    let here = CODE_BASE + led.code.len() as u64;
    let mut part = bytes[..moved].to_vec();
    if let Some(at) = site.displacement.map(usize::from) {
        let field = part.get_mut(at..at + 4)?;
        let old = i32::from_le_bytes(field.try_into().ok()?);
        let new = i32::try_from(i64::from(old) + (start as i64 - here as i64)).ok()?;
        field.copy_from_slice(&new.to_le_bytes());
    }
    part.extend(SAVE);
    let call = match site.what {
        What::Call(_) => {
            part.extend(near(0xe8, here + part.len() as u64, CODE_BASE)?);
            part.extend(RESTORE);
            part.extend([JUMP_IF_ANSWERED, INSTRUCTION as u8]);
            Some(here + part.len() as u64)
        }
        What::Identify => {
            part.push(SAVE_FLAGS);
            part.extend(near(0xe8, here + part.len() as u64, CODE_BASE + code().identify)?);
            part.extend([JUMP_IF_ANSWERED, INSTRUCTION as u8]);
            None
        }
    };
    part.extend(instruction);
    if call.is_none() {
        part.push(RESTORE_FLAGS);
        part.extend(RESTORE);
    }
    part.extend(near(0xe9, here + part.len() as u64, start + bytes.len() as u64)?);
    if led.code.len() + part.len() > CODE_BYTES as usize {
        return None;
    }
    let jump = near(0xe9, start, here)?;
    led.code.extend(part);
    led.patches.push(Patch {
        address: start,
        bytes: jump,
    });
    led.calls.extend(call);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: u64 = 0x10_0002_0000;

    fn site(address: u32, number: Option<u16>, moved: u8, displacement: Option<u8>) -> Site {
        Site {
            address,
            what: What::Call(number),
            moved,
            displacement,
        }
    }

    fn target(at: u64, jump: &[u8]) -> u64 {
        let offset = i32::from_le_bytes(jump[1..5].try_into().expect("offset"));
        at.wrapping_add(JUMP).wrapping_add_signed(offset.into())
    }

    #[test]
    fn calls_are_led_to_the_front_end_and_back() {
        // mov eax, 14; syscall, and lea rdi, [rip + 0x100]; xor eax, eax; syscall
        let program = [
            0xb8, 14, 0, 0, 0, 0x0f, 0x05, 0x48, 0x8d, 0x3d, 0, 1, 0, 0, 0x31, 0xc0, 0x0f, 0x05, 0x0f, 0x05,
        ];
        let read = |address: u64, length: usize| {
            let at = usize::try_from(address - BASE - 0x1000).ok()?;
            program.get(at..at + length).map(<[u8]>::to_vec)
        };
        let brk = libc::SYS_brk as u16;
        let sites = [
            site(0x1005, Some(14), 5, None),
            site(0x1010, None, 9, Some(3)),
            // Not to be moved, not answered, not there, and what another one has moved.
            site(0x1012, Some(brk), 0, None),
            site(0x1020, Some(libc::SYS_read as u16), 5, None),
            site(0x1100, Some(brk), 5, None),
            site(0x1103, Some(brk), 3, None),
        ];
        let led = lead(BASE, sites.into_iter(), read);
        let front_end = code();
        assert!(led.code.starts_with(front_end.bytes));
        assert_eq!(led.patches.len(), 2);
        let mut expected = vec![CODE_BASE + front_end.call];
        for (index, (patch, moved)) in led.patches.iter().zip([5, 9]).enumerate() {
            assert_eq!(patch.address, BASE + [0x1000, 0x1007][index]);
            let at = target(patch.address, &patch.bytes);
            let part = &led.code[(at - CODE_BASE) as usize..];
            if index == 0 {
                assert_eq!(part[..5], program[..5]);
            } else {
                assert_eq!((&part[..3], &part[7..9]), (&program[7..10], &program[14..16]));
                let offset = i32::from_le_bytes(part[3..7].try_into().expect("offset"));
                assert_eq!((at + 7).wrapping_add_signed(offset.into()), BASE + 0x1007 + 7 + 0x100);
            }
            let there = moved + 5;
            assert_eq!(target(at + there as u64, &part[there..]), CODE_BASE);
            assert_eq!(part[there + 15..there + 17], [0x0f, 0x05]);
            expected.push(at + there as u64 + 15);
            let back = there + 17;
            let behind = patch.address + moved as u64 + 2;
            assert_eq!(target(at + back as u64, &part[back..]), behind);
        }
        expected.extend([0x1012, 0x1020, 0x1100, 0x1103].map(|address| BASE + address));
        assert_eq!(led.calls, expected);
    }

    #[test]
    fn a_table_without_end_has_no_more_than_there_is_room_for() {
        let all = (0..100_000).map(|index| site(0x1000 + index * 7 + 5, None, 5, None));
        let led = lead(BASE, all, |_, _| Some(vec![0xb8, 0, 0, 0, 0, 0x0f, 0x05]));
        assert!(led.code.len() <= CODE_BYTES as usize && led.patches.len() > 1000);
        assert_eq!(led.calls.len(), 100_001);
    }
}
