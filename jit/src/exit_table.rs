//! The exits of a piece of code, packed: there are many, few are ever taken, and as plain values they would need several
//! times the memory of the machine code. (HotSpot packs its `ScopeDesc`s for the same reason.)

use crate::code::{Exit, ExitField, ExitFrame, ExitLock, ExitObject, ExitReason, Resume, SlotSource};
use crate::query::{ClassId, Kind, MethodId};
use std::collections::HashMap;

/// Exits by number. Each is a run of variable-length integers, seven bits a byte, lowest first:
/// reason, resumption, number of objects, objects, number of frames, frames. A frame is method, bci, number of locks,
/// locks, number of locals, locals, number of operands, operands; a slot is 0 when dead, else twice an index plus 1 in the
/// buffer, plus 2 among the constants; a lock is 0 when held, else a slot. An object is class (among the constants), word,
/// number of fields, fields; a field is offset, kind, slot.
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
        self.number(exit.objects.len() as u64);
        for object in &exit.objects {
            let class = self.constants.index(object.class.0);
            self.number(class);
            self.number(u64::from(object.word));
            self.number(object.fields.len() as u64);
            for field in &object.fields {
                self.number(u64::from(field.offset));
                self.bytes.push(field.kind as u8);
                self.slot(field.value);
            }
        }
        self.number(exit.frames.len() as u64);
        for frame in &exit.frames {
            let method = self.methods.index(frame.method);
            self.number(method);
            self.number(u64::from(frame.bci));
            self.number(frame.locks.len() as u64);
            for lock in &frame.locks {
                match *lock {
                    ExitLock::Held => self.number(0),
                    ExitLock::Elided(object) => self.slot(object),
                }
            }
            self.slots(&frame.locals);
            self.slots(&frame.stack);
        }
    }

    fn slots(&mut self, slots: &[SlotSource]) {
        self.number(slots.len() as u64);
        slots.iter().for_each(|slot| self.slot(*slot));
    }

    fn slot(&mut self, slot: SlotSource) {
        let code = match slot {
            SlotSource::Dead => 0,
            SlotSource::Buffer(index) => 2 * u64::from(index) + 1,
            SlotSource::Constant(value) => 2 * self.constants.index(value) + 2,
        };
        self.number(code);
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
        let objects = (0..self.number()).map(|_| self.object()).collect();
        let frames = (0..self.number()).map(|_| self.frame()).collect();
        Exit {
            reason,
            resume,
            objects,
            frames,
        }
    }

    fn object(&mut self) -> ExitObject {
        let class = ClassId(self.table.constants[self.number() as usize]);
        let word = self.number() as u16;
        let fields = (0..self.number())
            .map(|_| ExitField {
                offset: self.number() as u32,
                kind: Kind::ALL[usize::from(self.byte())],
                value: self.slot(),
            })
            .collect();
        ExitObject { class, word, fields }
    }

    fn frame(&mut self) -> ExitFrame {
        let method = self.table.methods[self.number() as usize];
        let bci = self.number() as u32;
        let locks = (0..self.number())
            .map(|_| match self.slot() {
                SlotSource::Dead => ExitLock::Held,
                object => ExitLock::Elided(object),
            })
            .collect();
        ExitFrame {
            method,
            bci,
            locals: self.slots(),
            stack: self.slots(),
            locks,
        }
    }

    fn slots(&mut self) -> Vec<SlotSource> {
        (0..self.number()).map(|_| self.slot()).collect()
    }

    fn slot(&mut self) -> SlotSource {
        match self.number() {
            0 => SlotSource::Dead,
            code if code % 2 == 1 => SlotSource::Buffer((code / 2) as u16),
            code => SlotSource::Constant(self.table.constants[(code / 2 - 1) as usize]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = SlotSource> {
        prop_oneof![
            any::<u16>().prop_map(SlotSource::Buffer),
            any::<u64>().prop_map(SlotSource::Constant),
            (0..3u64).prop_map(SlotSource::Constant),
        ]
    }

    fn slots() -> impl Strategy<Value = Vec<SlotSource>> {
        prop::collection::vec(prop_oneof![Just(SlotSource::Dead), value()], 0..20)
    }

    fn locks() -> impl Strategy<Value = Vec<ExitLock>> {
        prop::collection::vec(
            prop_oneof![Just(ExitLock::Held), value().prop_map(ExitLock::Elided)],
            0..4,
        )
    }

    fn objects() -> impl Strategy<Value = Vec<ExitObject>> {
        let field = (any::<u32>(), 0..Kind::ALL.len(), value()).prop_map(|(offset, kind, value)| ExitField {
            offset,
            kind: Kind::ALL[kind],
            value,
        });
        let object =
            (any::<u64>(), any::<u16>(), prop::collection::vec(field, 0..5)).prop_map(|(class, word, fields)| {
                ExitObject {
                    class: ClassId(class),
                    word,
                    fields,
                }
            });
        prop::collection::vec(object, 0..3)
    }

    fn exits() -> impl Strategy<Value = Vec<Exit>> {
        let frame =
            (0..4u64, any::<u32>(), locks(), slots(), slots()).prop_map(|(method, bci, locks, locals, stack)| {
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
            objects(),
            prop::collection::vec(frame, 0..5),
        )
            .prop_map(|(reason, at, objects, frames)| Exit {
                reason: ExitReason::ALL[reason],
                resume: if at { Resume::At } else { Resume::Exception },
                objects,
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
