//! Where a method's arguments are: in interpreter slots, and in registers and on the native stack as compiled code
//! passes them (`peaberry_jit::layout`).

use crate::basic_type::BasicType;
use crate::method_area::MethodPtr;
use crate::stack::for_each_argument;
use crate::vm::Vm;
use std::sync::atomic::Ordering;

/// Integer registers for arguments; the first of the six holds the method.
pub(super) const WORD_REGISTERS: usize = 5;
/// Floating-point registers for arguments.
pub(super) const FLOAT_REGISTERS: usize = 8;
/// A method has at most this many slots of arguments (JVMS §4.3.3).
pub(super) const MOST_SLOTS: usize = 255;

/// An argument of one slot in an integer register.
const WORD: u8 = 0;
/// An argument of two slots in an integer register.
const LONG: u8 = 1;
/// An argument of one slot in a floating-point register.
const FLOAT: u8 = 2;
/// An argument of two slots in a floating-point register.
const DOUBLE: u8 = 3;

/// The kinds of a method's arguments, the receiver first.
#[derive(Clone, Copy)]
pub(super) struct Shape(&'static [u8]);

/// Arguments in registers and, beyond those, in stack order.
#[repr(C)]
pub(super) struct Arguments {
    pub words: [u64; WORD_REGISTERS],
    pub floats: [u64; FLOAT_REGISTERS],
    pub stack_count: usize,
    pub stack: *const u64,
}

impl Shape {
    /// The shape of a method's arguments, made once and kept in the method area.
    pub(super) fn of(vm: &Vm, method: MethodPtr) -> Shape {
        let known = method.call_shape.load(Ordering::Acquire);
        let pointer = if known.is_null() {
            Shape::make(vm, method)
        } else {
            known
        };
        // SAFETY: the pointer is to the number of kinds and then the kinds.
        unsafe {
            let count = usize::from(*pointer);
            Shape(std::slice::from_raw_parts(pointer.add(1), count))
        }
    }

    #[cold]
    fn make(vm: &Vm, method: MethodPtr) -> *mut u8 {
        let mut kinds = vec![0u8];
        for_each_argument(&method, |_, basic_type| {
            kinds.push(match basic_type {
                BasicType::Long => LONG,
                BasicType::Float => FLOAT,
                BasicType::Double => DOUBLE,
                _ => WORD,
            });
        });
        kinds[0] = (kinds.len() - 1) as u8;
        let made = if vm.method_area.nearly_full(kinds.len()) {
            Box::leak(kinds.into_boxed_slice()).as_mut_ptr()
        } else {
            vm.arena_of(method.holder).place_slice(&kinds).as_mut_ptr()
        };
        match method
            .call_shape
            .compare_exchange(std::ptr::null_mut(), made, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => made,
            Err(other) => other,
        }
    }

    /// Takes arguments from slots; those that are passed on the stack go to `overflow`.
    ///
    /// # Safety
    /// `slots` are the argument slots of a method of this shape.
    #[inline]
    pub(super) unsafe fn take_from_slots(self, slots: *const u64, arguments: &mut Arguments, overflow: &mut [u64]) {
        let (mut slot, mut words, mut floats, mut rest) = (slots, 0, 0, 0);
        for &kind in self.0 {
            // SAFETY: the caller vouches for the slots.
            let value = unsafe { *slot };
            slot = slot.wrapping_add(if kind == LONG || kind == DOUBLE { 2 } else { 1 });
            if kind < FLOAT && words < WORD_REGISTERS {
                arguments.words[words] = value;
                words += 1;
            } else if kind >= FLOAT && floats < FLOAT_REGISTERS {
                arguments.floats[floats] = value;
                floats += 1;
            } else {
                overflow[rest] = value;
                rest += 1;
            }
        }
        arguments.stack_count = rest;
        arguments.stack = overflow.as_ptr();
    }

    /// Puts arguments into slots.
    ///
    /// # Safety
    /// The registers and the stack hold arguments of this shape; `slots` has room for them.
    #[inline]
    pub(super) unsafe fn put_into_slots(
        self,
        words: &[u64; WORD_REGISTERS],
        floats: &[u64; FLOAT_REGISTERS],
        stack: *const u64,
        slots: *mut u64,
    ) {
        let (mut slot, mut word, mut float, mut rest) = (slots, 0, 0, stack);
        for &kind in self.0 {
            // SAFETY: the caller vouches for arguments and slots.
            unsafe {
                *slot = if kind < FLOAT && word < WORD_REGISTERS {
                    word += 1;
                    words[word - 1]
                } else if kind >= FLOAT && float < FLOAT_REGISTERS {
                    float += 1;
                    floats[float - 1]
                } else {
                    let value = *rest;
                    rest = rest.add(1);
                    value
                };
            }
            slot = slot.wrapping_add(if kind == LONG || kind == DOUBLE { 2 } else { 1 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_come_back_from_registers_and_stack() {
        let kinds = [
            WORD, LONG, FLOAT, DOUBLE, WORD, WORD, WORD, LONG, WORD, DOUBLE, DOUBLE, DOUBLE, FLOAT, FLOAT, FLOAT,
            FLOAT, DOUBLE,
        ];
        let shape = Shape(Box::leak(Box::new(kinds)));
        let slots: Vec<u64> = (1..=25).collect();
        let mut arguments = Arguments {
            words: [0; WORD_REGISTERS],
            floats: [0; FLOAT_REGISTERS],
            stack_count: 0,
            stack: std::ptr::null(),
        };
        let mut overflow = [0; MOST_SLOTS];
        let mut back = vec![0u64; slots.len()];
        // SAFETY: as many slots as the shape has, and more.
        unsafe {
            shape.take_from_slots(slots.as_ptr(), &mut arguments, &mut overflow);
            shape.put_into_slots(&arguments.words, &arguments.floats, arguments.stack, back.as_mut_ptr());
        }
        assert_eq!(arguments.stack_count, 4);
        let mut at = 0;
        for kind in kinds {
            assert_eq!(back[at], slots[at]);
            at += if kind == LONG || kind == DOUBLE { 2 } else { 1 };
        }
    }
}
