//! The date that a real-time clock tells.

/// What its registers say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Registers {
    /// Seconds, minutes, hours, day of the month, month, year, in this order.
    pub fields: [u8; 6],
    /// The century's register, or 0 where it has none.
    pub century: u8,
    /// Register B: how the numbers are to be read.
    pub mode: u8,
}

/// Seconds since 1970; `None` when it says no date.
pub fn seconds(registers: &Registers) -> Option<u64> {
    const BINARY: u8 = 4;
    const OF_24_HOURS: u8 = 2;
    const AFTERNOON: u8 = 0x80;
    let value = |byte: u8| match registers.mode & BINARY {
        0 => u64::from(byte >> 4) * 10 + u64::from(byte & 15),
        _ => u64::from(byte),
    };
    let [second, minute, hour, day, month, year] = registers.fields;
    let mut hours = value(hour & !AFTERNOON);
    if registers.mode & OF_24_HOURS == 0 {
        hours = hours % 12 + if hour & AFTERNOON != 0 { 12 } else { 0 };
    }
    let (second, minute, day, month) = (value(second), value(minute), value(day), value(month));
    let century = match value(registers.century) {
        century @ 19..=29 => century,
        _ => 20,
    };
    let year = century * 100 + value(year);
    if second > 60 || minute > 59 || hours > 23 || !(1..=31).contains(&day) || !(1..=12).contains(&month) || year < 1970
    {
        return None;
    }
    // Years that begin in March, so that the day a leap year has more is its last.
    let (years, months) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = years * 365 + years / 4 - years / 100 + years / 400 + (months * 153 + 2) / 5 + day - 1;
    const UNTIL_1970: u64 = 719_468;
    Some((days - UNTIL_1970) * 86_400 + hours * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_seconds() {
        let date = |fields, mode| {
            let registers = Registers {
                fields,
                century: 0x20,
                mode,
            };
            seconds(&registers)
        };
        assert_eq!(date([0x30, 0x59, 0x23, 0x29, 0x02, 0x24], 2), Some(1_709_251_170));
        assert_eq!(date([0, 0, 0x92, 1, 1, 0x27], 0), Some(1_798_804_800));
        assert_eq!(date([0xff; 6], 2), None);
        let registers = Registers {
            fields: [5, 4, 3, 2, 1, 26],
            century: 20,
            mode: 6,
        };
        assert_eq!(seconds(&registers), Some(1_767_323_045));
    }
}
