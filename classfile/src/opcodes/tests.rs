use super::*;

#[test]
fn table_has_202_opcodes_in_order_and_three_reserved() {
    assert_eq!(ALL_OPCODES.len(), 205);
    for (number, opcode) in ALL_OPCODES.iter().take(202).enumerate() {
        assert_eq!(*opcode as usize, number);
    }
    assert_eq!(Opcode::from_u8(203), None);
    assert_eq!(op::JSR_W, 201);
}

#[test]
fn format_gives_the_length() {
    for opcode in ALL_OPCODES {
        let expected = match opcode.format() {
            Format::None => 1,
            Format::Local1 | Format::Byte | Format::CpIndex1 | Format::NewArray => 2,
            Format::Short | Format::CpIndex2 | Format::Branch2 | Format::Iinc => 3,
            Format::MultiANewArray => 4,
            Format::Branch4 | Format::InvokeInterface | Format::InvokeDynamic => 5,
            Format::TableSwitch | Format::LookupSwitch | Format::Wide => 0,
        };
        assert_eq!(opcode.length(), expected, "{}", opcode.name());
    }
}

#[test]
fn switches_and_wide() {
    let table = [
        0, 0xaa, 0, 0, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 6, 0xb1,
    ];
    assert_eq!(instruction_length(&table, 1), Ok(23));
    let Operands::TableSwitch(switch) = decode(&table, 1).unwrap().operands else {
        panic!()
    };
    assert_eq!((switch.default, switch.targets().collect::<Vec<_>>()), (21, vec![6, 7]));
    assert_eq!(
        instruction_length(&table[..20], 1),
        Err(InstructionError::Truncated { bci: 1 })
    );
    let huge = [0xaa, 0, 0, 0, 0, 0, 0, 20, 0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff];
    assert_eq!(
        instruction_length(&huge, 0),
        Err(InstructionError::Truncated { bci: 0 })
    );
    assert_eq!(instruction_length(&[0xc4, op::IINC, 0, 1, 0, 1], 0), Ok(6));
    assert_eq!(
        instruction_length(&[0xc4, op::IADD, 0, 1], 0),
        Err(InstructionError::BadWide { byte: 0x60, bci: 0 })
    );
    assert_eq!(
        instruction_length(&[0xca], 0),
        Err(InstructionError::BadOpcode { byte: 0xca, bci: 0 })
    );
}
