//! The exits of a piece of code, packed: there are many, few are ever taken, and as plain values they would need several
//! times the memory of the machine code. (HotSpot packs its `ScopeDesc`s for the same reason.)

use crate::code::{Exit, ExitFrame, ExitReason, Resume, SlotSource};
use crate::query::MethodId;
use std::collections::HashMap;

/// Exits by number. Each is a run of variable-length integers, seven bits a byte, lowest first:
/// reason, resumption, number of frames; a frame is method, bci, locks, number of locals, locals, number of operands,
/// operands; a slot is 0 when dead, else twice an index plus 1 in the buffer, plus 2 among the constants.
#[derive(Clone, Default, Debug)]
pub struct ExitTable {
    bytes: Box<[u8]>,
    /// Where each exit begins.
    starts: Box<[u32]>,
    methods: Box<[MethodId]>,
    constants: Box<[u64]>,
}

impl ExitTable {
    /// Packs exits.
    pub fn new(exits: &[Exit]) -> ExitTable {
        let mut packer = Packer::default();
        let mut starts = Vec::with_capacity(exits.len());
        for exit in exits {
            starts.push(packer.bytes.len() as u32);
            packer.exit(exit);
        }
        ExitTable {
            bytes: packer.bytes.into(),
            starts: starts.into(),
            methods: packer.methods.values.into(),
            constants: packer.constants.values.into(),
        }
    }

    /// Number of exits.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Bytes it occupies beside itself.
    pub fn size(&self) -> usize {
        self.bytes.len() + size_of_val(&*self.starts) + size_of_val(&*self.methods) + size_of_val(&*self.constants)
    }

    /// An exit by its number.
    pub fn get(&self, number: u32) -> Option<Exit> {
        let start = *self.starts.get(number as usize)?;
        let mut unpacker = Unpacker {
            table: self,
            bytes: &self.bytes[start as usize..],
        };
        Some(unpacker.exit())
    }

    /// All exits, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = Exit> + '_ {
        (0..self.len() as u32).filter_map(|number| self.get(number))
    }
}

/// Values by index, each once.
struct Pool<T> {
    values: Vec<T>,
    indices: HashMap<T, u64>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Pool {
            values: Vec::new(),
            indices: HashMap::new(),
        }
    }
}

impl<T: Copy + Eq + std::hash::Hash> Pool<T> {
    fn index(&mut self, value: T) -> u64 {
        *self.indices.entry(value).or_insert_with(|| {
            self.values.push(value);
            self.values.len() as u64 - 1
        })
    }
}

#[derive(Default)]
struct Packer {
    bytes: Vec<u8>,
    methods: Pool<MethodId>,
    constants: Pool<u64>,
}

impl Packer {
    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    fn exit(&mut self, exit: &Exit) {
        self.bytes.push(exit.reason as u8);
        self.bytes.push(u8::from(exit.resume == Resume::Exception));
        self.number(exit.frames.len() as u64);
        for frame in &exit.frames {
            let method = self.methods.index(frame.method);
            self.number(method);
            self.number(u64::from(frame.bci));
            self.number(u64::from(frame.locks));
            self.slots(&frame.locals);
            self.slots(&frame.stack);
        }
    }

    fn slots(&mut self, slots: &[SlotSource]) {
        self.number(slots.len() as u64);
        for slot in slots {
            let code = match *slot {
                SlotSource::Dead => 0,
                SlotSource::Buffer(index) => 2 * u64::from(index) + 1,
                SlotSource::Constant(value) => 2 * self.constants.index(value) + 2,
            };
            self.number(code);
        }
    }
}

struct Unpacker<'a> {
    table: &'a ExitTable,
    bytes: &'a [u8],
}

impl Unpacker<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.bytes.split_first().expect("an exit is packed whole");
        self.bytes = rest;
        *first
    }

    fn number(&mut self) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return value;
            }
            shift += 7;
        }
    }

    fn exit(&mut self) -> Exit {
        let reason = ExitReason::ALL[usize::from(self.byte())];
        let resume = if self.byte() == 0 {
            Resume::At
        } else {
            Resume::Exception
        };
        let frames = (0..self.number()).map(|_| self.frame()).collect();
        Exit { reason, resume, frames }
    }

    fn frame(&mut self) -> ExitFrame {
        let method = self.table.methods[self.number() as usize];
        let (bci, locks) = (self.number() as u32, self.number() as u16);
        ExitFrame {
            method,
            bci,
            locals: self.slots(),
            stack: self.slots(),
            locks,
        }
    }

    fn slots(&mut self) -> Vec<SlotSource> {
        (0..self.number())
            .map(|_| match self.number() {
                0 => SlotSource::Dead,
                code if code % 2 == 1 => SlotSource::Buffer((code / 2) as u16),
                code => SlotSource::Constant(self.table.constants[(code / 2 - 1) as usize]),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slots() -> impl Strategy<Value = Vec<SlotSource>> {
        let slot = prop_oneof![
            Just(SlotSource::Dead),
            any::<u16>().prop_map(SlotSource::Buffer),
            any::<u64>().prop_map(SlotSource::Constant),
            (0..3u64).prop_map(SlotSource::Constant),
        ];
        prop::collection::vec(slot, 0..20)
    }

    fn exits() -> impl Strategy<Value = Vec<Exit>> {
        let frame =
            (0..4u64, any::<u32>(), any::<u16>(), slots(), slots()).prop_map(|(method, bci, locks, locals, stack)| {
                ExitFrame {
                    method: MethodId(method),
                    bci,
                    locals,
                    stack,
                    locks,
                }
            });
        let exit = (
            0..ExitReason::ALL.len(),
            any::<bool>(),
            prop::collection::vec(frame, 0..5),
        )
            .prop_map(|(reason, at, frames)| Exit {
                reason: ExitReason::ALL[reason],
                resume: if at { Resume::At } else { Resume::Exception },
                frames,
            });
        prop::collection::vec(exit, 0..10)
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out(exits in exits()) {
            let table = ExitTable::new(&exits);
            prop_assert_eq!(table.iter().collect::<Vec<_>>(), exits.clone());
            prop_assert_eq!(table.len(), exits.len());
            prop_assert!(table.get(exits.len() as u32).is_none());
        }
    }
}
