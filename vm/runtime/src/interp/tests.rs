//! The tables of opcodes agree with each other.

use super::context::Handler;
use super::dispatch::{DISPATCH, WIDE};
use super::fuse::canonical;
use super::quick_opcodes::{QUICK_OPCODES, original_opcode};
use super::slow;
use peaberry_classfile::opcodes::{ALL_OPCODES, OpcodeFlags};

fn is_handled(table: &[Handler; 256], opcode: u8) -> bool {
    !std::ptr::fn_addr_eq(table[opcode as usize], slow::illegal_opcode as Handler)
}

#[test]
fn every_class_file_opcode_has_a_handler() {
    for opcode in ALL_OPCODES
        .iter()
        .filter(|o| !o.flags().contains(OpcodeFlags::RESERVED))
    {
        assert!(is_handled(&DISPATCH, canonical(*opcode as u8)), "{}", opcode.name());
        let widenable = opcode.flags().contains(OpcodeFlags::WIDENABLE);
        assert_eq!(is_handled(&WIDE, *opcode as u8), widenable, "wide {}", opcode.name());
    }
}

#[test]
fn quick_opcodes_are_distinct_and_in_nobodys_place() {
    let mut seen = [false; 256];
    for &(number, name, original) in QUICK_OPCODES {
        assert!(
            !std::mem::replace(&mut seen[number as usize], true),
            "{name} shares its number"
        );
        assert!(is_handled(&DISPATCH, number), "{name} has no handler");
        assert_eq!(original_opcode(number), original, "{name}");
        // The number of a class-file opcode is free only when quickened code does without that opcode.
        let free = number > 201 || canonical(number) != number;
        assert!(free, "{name} takes the place of a class-file opcode");
    }
    for opcode in ALL_OPCODES {
        assert!(!QUICK_OPCODES.iter().any(|row| row.0 == canonical(*opcode as u8)) || *opcode as u8 > 201);
    }
}
