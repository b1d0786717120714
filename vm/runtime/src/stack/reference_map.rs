//! Which slots of an interpreted frame hold references, computed when the collector asks and kept.

use crate::basic_type::BasicType;
use crate::loader::unload::Dying;
use crate::method_area::{ConstantPool, Method, MethodPtr};
use peaberry_classfile::analysis::{Analysis, Constants, MethodShape, Position, ReferenceBitmap};
use peaberry_classfile::model;
use std::collections::HashMap;
use std::sync::Arc;

/// The live reference slots of a frame at one instruction: locals first, operands from `max_locals` on.
#[derive(Default)]
pub(super) struct ReferenceSlots {
    /// Slots that hold references.
    pub references: Box<[u16]>,
    /// Slots that may (old code with subroutines).
    pub ambiguous: Box<[u16]>,
}

/// Maps kept at most; beyond, all are dropped.
const LIMIT: usize = 1 << 16;

/// The maps of a VM's methods at the instructions where collections have found frames.
#[derive(Default)]
pub struct ReferenceMaps {
    known: HashMap<(usize, u32, bool), Option<Arc<ReferenceSlots>>>,
    bitmap: ReferenceBitmap,
}

impl ReferenceMaps {
    /// Forgets the methods of dying classes.
    pub(crate) fn forget(&mut self, dying: &Dying) {
        self.known.retain(|(method, _, _), _| !dying.contains(*method));
    }
    /// The live reference slots of `method` before the instruction at `bci`, or, with `in_call`, while the invoke
    /// instruction there is under way (its arguments excluded). `None`: unknown, scan the frame conservatively.
    pub(super) fn get(&mut self, method: MethodPtr, bci: u32, in_call: bool) -> Option<Arc<ReferenceSlots>> {
        if self.known.len() >= LIMIT {
            self.known.clear();
        }
        let bitmap = &mut self.bitmap;
        let key = (method.address(), bci, in_call);
        self.known
            .entry(key)
            .or_insert_with(|| compute(&method, bci, in_call, bitmap).map(Arc::new))
            .clone()
    }
}

impl Constants for ConstantPool {
    fn field_descriptor(&self, index: u16) -> Option<&[u8]> {
        Some(self.member_name_and_type(index).1)
    }
    fn method_descriptor(&self, index: u16) -> Option<&[u8]> {
        Some(self.member_name_and_type(index).1)
    }
    fn constant_type(&self, index: u16) -> Option<u8> {
        Some(match self.tag(index) {
            3 => b'I',
            4 => b'F',
            5 => b'J',
            6 => b'D',
            17 => match *self.member_name_and_type(index).1.first()? {
                b'B' | b'C' | b'S' | b'Z' => b'I',
                c => c,
            },
            _ => b'L',
        })
    }
}

/// Asks the analysis of a method about an instruction.
fn analyse<T>(method: &Method, in_call: bool, ask: impl FnOnce(&Analysis<'_>, Position) -> Option<T>) -> Option<T> {
    let handlers: Vec<model::ExceptionHandler> = method
        .handlers
        .iter()
        .map(|row| model::ExceptionHandler {
            start_pc: row.start,
            end_pc: row.end,
            handler_pc: row.handler,
            catch_type: row.catch_type,
        })
        .collect();
    let shape = MethodShape {
        code: &method.bytecode,
        handlers: &handlers,
        max_locals: method.max_locals,
        max_stack: method.max_stack,
        is_static: method.is_static(),
        descriptor: method.descriptor.bytes(),
        constants: &*method.constants,
    };
    let position = if in_call { Position::InCall } else { Position::Before };
    ask(&Analysis::new(shape).ok()?, position)
}

fn compute(method: &Method, bci: u32, in_call: bool, bitmap: &mut ReferenceBitmap) -> Option<ReferenceSlots> {
    analyse(method, in_call, |analysis, position| {
        analysis.map(bci as usize, position, bitmap).ok()
    })?;
    let slots = |set: &mut dyn Iterator<Item = usize>| set.map(|slot| slot as u16).collect();
    Some(ReferenceSlots {
        references: slots(&mut bitmap.references()),
        ambiguous: slots(&mut bitmap.ambiguous()),
    })
}

/// The slots of a frame of `method` at `bci`, numbered as in [`ReferenceSlots`], that hold something that is no reference.
pub(super) fn values(method: &Method, bci: u32, in_call: bool) -> Vec<usize> {
    analyse(method, in_call, |analysis, position| {
        analysis.values(bci as usize, position).ok()
    })
    .unwrap_or_default()
}

/// Calls `visit` with slot index and type of each argument, the receiver first.
pub(crate) fn for_each_argument(method: &Method, mut visit: impl FnMut(usize, BasicType)) {
    let mut slot = 0;
    if !method.is_static() {
        visit(0, BasicType::Object);
        slot = 1;
    }
    let descriptor = method.descriptor.bytes();
    let mut at = 1;
    while let Some(&c) = descriptor.get(at) {
        let Some(basic_type) = BasicType::from_descriptor_char(c).filter(|t| *t != BasicType::Void) else {
            break;
        };
        visit(slot, basic_type);
        slot += basic_type.slots();
        let mut end = at;
        while descriptor.get(end) == Some(&b'[') {
            end += 1;
        }
        if descriptor.get(end) == Some(&b'L') {
            while descriptor.get(end).is_some_and(|&c| c != b';') {
                end += 1;
            }
        }
        at = end + 1;
    }
}
