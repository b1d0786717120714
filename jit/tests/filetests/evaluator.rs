//! Runs SSA as it stands, and hands over to the interpreter where it exits: so what the builder and the passes make of a
//! program is compared with the program itself.

use crate::machine::{Frame, Machine, OutOfFuel, Outcome};
use crate::values::{Datum, binary, convert};
use peaberry_jit::code::Resume;
use peaberry_jit::layout::RuntimeCall;
use peaberry_jit::query::{ClassId, Kind, MethodId, Runtime};
use peaberry_jit::ssa::{
    BinaryOp, CallTarget, Condition, Conversion, FloatCondition, Function, MathOp, Op, State, Target, Terminator, Value,
};
use std::cmp::Ordering;
use std::collections::HashMap;

/// Decides which checks fail although they need not.
pub struct Stress {
    state: u64,
    /// One in so many; 0: none.
    rate: u64,
}

impl Stress {
    pub fn none() -> Stress {
        Stress { state: 1, rate: 0 }
    }
    pub fn new(seed: u64, rate: u64) -> Stress {
        Stress { state: seed | 1, rate }
    }
    fn hit(&mut self) -> bool {
        if self.rate == 0 {
            return false;
        }
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 20).is_multiple_of(self.rate)
    }
}

/// Runs a function.
pub fn evaluate(
    machine: &mut Machine<'_>,
    function: &Function,
    arguments: &[Datum],
    locks: Vec<u32>,
    stress: &mut Stress,
) -> Result<Outcome, OutOfFuel> {
    let mut run = Run {
        machine,
        function,
        arguments,
        stress,
        values: vec![None; function.nodes.len()],
        locks,
    };
    run.all()
}

struct Run<'a, 'w> {
    machine: &'a mut Machine<'w>,
    function: &'a Function,
    arguments: &'a [Datum],
    stress: &'a mut Stress,
    values: Vec<Option<Datum>>,
    /// Locks that the compiled frame holds.
    locks: Vec<u32>,
}

/// What a node leads to when not to the next one.
enum Leave {
    At(State, Resume),
    OutOfFuel,
}

impl From<OutOfFuel> for Leave {
    fn from(_: OutOfFuel) -> Leave {
        Leave::OutOfFuel
    }
}

impl Run<'_, '_> {
    fn value(&self, value: Value) -> Datum {
        self.values[value.as_u32() as usize].unwrap_or_else(|| panic!("{value} has no value\n{}", self.function))
    }

    fn all(&mut self) -> Result<Outcome, OutOfFuel> {
        let function = self.function;
        let mut block = function.entry;
        loop {
            self.machine.burn()?;
            for &node in &function.blocks[block].nodes {
                match self.node(node) {
                    Ok(result) => {
                        assert_eq!(
                            result.is_some(),
                            function.nodes[node].result.is_some() && self.machine.pending.is_none(),
                            "{node} {:?}",
                            function.nodes[node].op
                        );
                        self.values[node.as_u32() as usize] = result;
                    }
                    Err(Leave::At(state, resume)) => return self.leave(state, resume),
                    Err(Leave::OutOfFuel) => return Err(OutOfFuel),
                }
            }
            let target = match &function.blocks[block].terminator {
                Terminator::Jump(target) => target,
                Terminator::Branch {
                    condition,
                    then,
                    otherwise,
                    ..
                } => {
                    if self.value(*condition).as_int() != 0 {
                        then
                    } else {
                        otherwise
                    }
                }
                Terminator::Switch { key, cases, default } => {
                    let key = self.value(*key).as_int();
                    cases
                        .iter()
                        .find(|(case, _)| *case == key)
                        .map_or(default, |(_, target)| target)
                }
                Terminator::Pending {
                    call,
                    normal,
                    exceptional,
                } => match (self.machine.pending, function.nodes[*call].after) {
                    (Some(_), _) => exceptional,
                    (None, Some(after)) if self.stress.hit() => return self.leave(after, Resume::At),
                    _ => normal,
                },
                Terminator::Return(value) => {
                    assert!(self.locks.is_empty(), "returns with locks");
                    return Ok(Outcome::Value(value.map(|value| self.value(value))));
                }
                Terminator::ReturnPending => {
                    assert!(self.locks.is_empty(), "returns with locks");
                    let exception = self.machine.pending.take();
                    return Ok(Outcome::Thrown(exception.expect("a pending exception")));
                }
                Terminator::Exit { resume, state, .. } => return self.leave(*state, *resume),
                Terminator::None => panic!("a block without end"),
            };
            self.enter(target);
            block = target.block;
        }
    }

    fn enter(&mut self, target: &Target) {
        let arguments: Vec<Datum> = target.arguments.iter().map(|argument| self.value(*argument)).collect();
        let parameters = &self.function.blocks[target.block].parameters;
        for (parameter, argument) in parameters.iter().zip(arguments) {
            self.values[parameter.as_u32() as usize] = Some(argument);
        }
    }

    /// A value that a state names; objects that the code has done without are allocated, each once.
    fn value_at_exit(&mut self, value: Value, allocated: &mut HashMap<u32, u32>) -> Datum {
        let node = &self.function.nodes[value];
        let Op::VirtualObject(object) = &node.op else {
            return self.value(value);
        };
        if let Some(&known) = allocated.get(&object.number) {
            return Datum::Reference(known);
        }
        let made = self.machine.allocate(object.class);
        allocated.insert(object.number, made);
        for (&(offset, _), &field) in object.fields.iter().zip(&node.arguments) {
            let value = self.value_at_exit(field, allocated);
            self.machine.object_mut(made).fields.insert(offset.into(), value);
        }
        Datum::Reference(made)
    }

    /// The interpreter goes on.
    fn leave(&mut self, state: State, resume: Resume) -> Result<Outcome, OutOfFuel> {
        let mut frames = Vec::new();
        let mut locks = Vec::new();
        let mut allocated = HashMap::new();
        for state in self.function.frames(state) {
            let frame = &self.function.states[state];
            let mut slots = |slots: &[Option<Value>]| -> Vec<Datum> {
                let value =
                    |slot: &Option<Value>| slot.map_or(Datum::Dead, |value| self.value_at_exit(value, &mut allocated));
                slots.iter().map(value).collect()
            };
            let (locals, stack) = (slots(&frame.locals), slots(&frame.stack));
            let mut held = Vec::new();
            for lock in &frame.locks {
                let object = self.value_at_exit(lock.object, &mut allocated).as_reference();
                held.push(object);
                if lock.elided {
                    self.machine.object_mut(object).locks += 1;
                } else {
                    locks.push(object);
                }
            }
            frames.push(Frame {
                method: frame.method,
                bci: frame.bci,
                locals,
                stack,
                locks: held,
            });
        }
        assert_eq!(locks, self.locks, "locks at an exit\n{}", self.function);
        let thrown = match resume {
            Resume::At => None,
            Resume::Exception => {
                let exception = self.machine.pending.take().expect("a pending exception");
                let innermost = frames.last().expect("a frame");
                assert!(innermost.stack.is_empty(), "operands at an exception");
                Some(exception)
            }
        };
        assert!(self.machine.pending.is_none(), "an exit forgets an exception");
        self.machine.interpret(frames, thrown)
    }

    fn node(&mut self, value: Value) -> Result<Option<Datum>, Leave> {
        let node = &self.function.nodes[value];
        let argument = |index: usize| self.value(node.arguments[index]);
        let exit_if = |fails: bool| match node.state {
            Some(state) if fails => Err(Leave::At(state, Resume::At)),
            _ => Ok(None),
        };
        let truth = |truth: bool| Ok(Some(Datum::Int(i32::from(truth))));
        match &node.op {
            Op::Parameter => panic!("a parameter among the nodes"),
            Op::VirtualObject(_) => Ok(self.machine.pending.is_none().then_some(Datum::Dead)),
            Op::Argument(index) => Ok(Some(self.arguments[*index as usize])),
            Op::OsrLocal(slot) => Ok(Some(self.arguments[usize::from(*slot)])),
            Op::OsrLock(from_last) => {
                let object = self.locks[self.locks.len() - 1 - usize::from(*from_last)];
                Ok(Some(Datum::Reference(object)))
            }
            Op::Int(value) => Ok(Some(Datum::Int(*value))),
            Op::Long(value) => Ok(Some(Datum::Long(*value))),
            Op::Float(bits) => Ok(Some(Datum::Float(*bits))),
            Op::Double(bits) => Ok(Some(Datum::Double(*bits))),
            Op::Null => Ok(Some(Datum::Reference(0))),
            Op::ObjectSlot(address) | Op::FixedObject(address) => {
                Ok(Some(Datum::Reference(self.machine.fixed_object(*address))))
            }
            Op::Binary(op) => Ok(Some(arithmetic(*op, argument(0), argument(1)))),
            Op::Negate => Ok(Some(match argument(0) {
                Datum::Int(value) => Datum::Int(value.wrapping_neg()),
                Datum::Long(value) => Datum::Long(value.wrapping_neg()),
                Datum::Float(bits) => Datum::float(-f32::from_bits(bits)),
                other => Datum::double(-other.as_double()),
            })),
            Op::Compare(condition) => truth(compare(*condition, argument(0), argument(1))),
            Op::CompareFloat(condition) => truth(compare_float(*condition, argument(0), argument(1))),
            Op::ThreeWay { nan_is_greater } => {
                let unordered = if *nan_is_greater { 1 } else { -1 };
                let order = order(argument(0), argument(1));
                Ok(Some(Datum::Int(order.map_or(unordered, |order| order as i32))))
            }
            Op::Convert(conversion) => Ok(Some(conversion_of(*conversion, argument(0)))),
            Op::Select => Ok(Some(argument(if argument(0).as_int() != 0 { 1 } else { 2 }))),
            Op::Math(op) => {
                let arguments: Vec<Datum> = node.arguments.iter().map(|value| self.value(*value)).collect();
                Ok(Some(math(*op, &arguments)))
            }
            Op::NullCheck => {
                let fails = argument(0).as_reference() == 0;
                exit_if(self.stress.hit() || fails)
            }
            Op::BoundsCheck => {
                let fails = argument(0).as_int() as u32 >= argument(1).as_int() as u32;
                exit_if(self.stress.hit() || fails)
            }
            Op::DivisionCheck => {
                let fails = matches!(argument(0), Datum::Int(0) | Datum::Long(0));
                exit_if(self.stress.hit() || fails)
            }
            Op::Guard(_) => {
                let fails = argument(0).as_int() == 0;
                exit_if(self.stress.hit() || fails)
            }
            Op::CheckCast(class) => {
                let object = argument(0).as_reference();
                let fails = object != 0 && !self.machine.is_instance(object, *class);
                exit_if(self.stress.hit() || fails)
            }
            Op::InstanceOf(class) => truth(self.machine.is_instance(argument(0).as_reference(), *class)),
            Op::StoreCheck => {
                let fits = self
                    .machine
                    .may_store(argument(0).as_reference(), argument(1).as_reference());
                exit_if(self.stress.hit() || !fits)
            }
            Op::InitializationCheck(_) => exit_if(self.stress.hit()),
            Op::ClassOf => {
                let object = argument(0).as_reference();
                Ok(Some(Datum::Long(self.machine.object(object).class.0 as i64)))
            }
            Op::ArrayLength => {
                let array = argument(0).as_reference();
                Ok(Some(Datum::Int(self.machine.object(array).elements.len() as i32)))
            }
            Op::LoadField { offset, kind, .. } => {
                let object = argument(0).as_reference();
                Ok(Some(self.machine.load_field(object, (*offset).into(), *kind)))
            }
            Op::StoreField { offset, kind, .. } => {
                let (object, stored) = (argument(0).as_reference(), argument(1).stored(*kind));
                let object = self.machine.object_mut(object);
                object.fields.insert((*offset).into(), stored);
                Ok(None)
            }
            Op::LoadStatic { address, kind, .. } => Ok(Some(self.machine.load_static(*address, *kind))),
            Op::StoreStatic { address, kind, .. } => {
                let stored = argument(0).stored(*kind);
                self.machine.statics.insert(*address, stored);
                Ok(None)
            }
            Op::LoadElement(_) => {
                let (array, index) = (argument(0).as_reference(), argument(1).as_int());
                Ok(Some(self.machine.element(array, index)))
            }
            Op::StoreElement(kind) => {
                let (array, index, stored) = (argument(0).as_reference(), argument(1).as_int(), argument(2));
                let class = self.machine.object(array).class;
                let real = self.machine.element_kind(class);
                assert!(
                    real == *kind || (real == Kind::Boolean && *kind == Kind::Byte),
                    "{kind:?} store into {real:?} array"
                );
                if real == Kind::Boolean {
                    assert!(matches!(stored, Datum::Int(0 | 1)), "a boolean is not masked");
                }
                self.machine.set_element(array, index, stored);
                Ok(None)
            }
            Op::BooleanMask => {
                let (array, stored) = (argument(0).as_reference(), argument(1));
                let class = self.machine.object(array).class;
                let is_boolean = self.machine.element_kind(class) == Kind::Boolean;
                Ok(Some(if is_boolean {
                    stored.stored(Kind::Boolean)
                } else {
                    stored
                }))
            }
            Op::New { class, .. } => {
                let object = self.machine.allocate(*class);
                self.allocated(value, Ok(object))
            }
            Op::NewArray { class, .. } => {
                let length = argument(0).as_int();
                let array = self.machine.allocate_array(*class, length);
                self.allocated(value, array)
            }
            Op::NewMultiArray(class) => {
                let lengths: Vec<i32> = node.arguments.iter().map(|value| self.value(*value).as_int()).collect();
                let array = self.machine.allocate_arrays(*class, &lengths);
                self.allocated(value, array)
            }
            Op::MonitorEnter => {
                let object = argument(0).as_reference();
                self.machine.object_mut(object).locks += 1;
                self.locks.push(object);
                self.after(value)
            }
            Op::MonitorExit => {
                let object = argument(0).as_reference();
                self.machine.object_mut(object).locks -= 1;
                assert_eq!(self.locks.pop(), Some(object), "locks are not nested");
                Ok(None)
            }
            Op::Poll => {
                self.machine.burn()?;
                exit_if(self.stress.hit())
            }
            Op::StoreFence | Op::Fence => Ok(None),
            Op::Call(kind) => {
                let mut arguments: Vec<Datum> = node.arguments.iter().map(|value| self.value(*value)).collect();
                let method = match kind.target {
                    CallTarget::Direct(method) => method,
                    CallTarget::Virtual { declared, .. } => {
                        let class = self.machine.object(arguments[0].as_reference()).class;
                        self.machine.world.selected(class, declared).expect("a method")
                    }
                    CallTarget::Computed => MethodId(arguments.remove(0).as_long() as u64),
                };
                match self.machine.call(method, &arguments)? {
                    Outcome::Value(result) => Ok(result),
                    Outcome::Thrown(exception) => {
                        self.machine.pending = Some(exception);
                        Ok(None)
                    }
                }
            }
            Op::Runtime(call) => {
                let arguments: Vec<Datum> = node.arguments.iter().map(|value| self.value(*value)).collect();
                self.runtime(*call, &arguments)
            }
            Op::TakeException => {
                let exception = self.machine.pending.take().expect("a pending exception");
                Ok(Some(Datum::Reference(exception)))
            }
            Op::PutException => {
                let exception = argument(0).as_reference();
                assert!(self.machine.pending.replace(exception).is_none());
                Ok(None)
            }
            op => panic!("{op:?} is not evaluated"),
        }
    }

    /// What follows an allocation: its exception, or maybe an invalidation.
    fn allocated(&mut self, value: Value, object: Result<u32, u32>) -> Result<Option<Datum>, Leave> {
        match object {
            Ok(object) => {
                self.values[value.as_u32() as usize] = Some(Datum::Reference(object));
                self.after(value)?;
                Ok(Some(Datum::Reference(object)))
            }
            Err(exception) => {
                self.machine.pending = Some(exception);
                let state = self.function.nodes[value].state.expect("a state");
                Err(Leave::At(state, Resume::Exception))
            }
        }
    }

    fn after(&mut self, value: Value) -> Result<Option<Datum>, Leave> {
        match self.function.nodes[value].after {
            Some(after) if self.stress.hit() => Err(Leave::At(after, Resume::At)),
            _ => Ok(None),
        }
    }

    fn runtime(&mut self, call: RuntimeCall, arguments: &[Datum]) -> Result<Option<Datum>, Leave> {
        match call {
            RuntimeCall::RemainderFloat | RuntimeCall::RemainderDouble => {
                Ok(Some(binary("rem", arguments[0], arguments[1])))
            }
            RuntimeCall::FindInterface => {
                let class = ClassId(arguments[0].as_long() as u64);
                let declared = MethodId(arguments[1].as_long() as u64);
                let holder = self.machine.world.method_data(declared).info.holder;
                let found = self.machine.world.selected(class, declared);
                let found = found.filter(|_| self.machine.world.is_subtype(class, holder));
                Ok(Some(Datum::Long(found.map_or(0, |method| method.0 as i64))))
            }
            RuntimeCall::ThrowImplicit => {
                let names = [
                    "NullPointerException",
                    "ArrayIndexOutOfBoundsException",
                    "ArithmeticException",
                    "ClassCastException",
                    "ArrayStoreException",
                    "NegativeArraySizeException",
                ];
                let exception = self.machine.exception(names[arguments[0].as_int() as usize]);
                self.machine.pending = Some(exception);
                Ok(None)
            }
            _ => panic!("{call:?} is not evaluated"),
        }
    }
}

fn arithmetic(op: BinaryOp, left: Datum, right: Datum) -> Datum {
    let name = match op {
        BinaryOp::Add => "add",
        BinaryOp::Sub => "sub",
        BinaryOp::Mul => "mul",
        BinaryOp::Div => "div",
        BinaryOp::Rem => "rem",
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
        BinaryOp::Xor => "xor",
        BinaryOp::Shl | BinaryOp::Shr | BinaryOp::Ushr => {
            let count = right.as_int() as u32;
            return match (op, left) {
                (BinaryOp::Shl, Datum::Int(value)) => Datum::Int(value.wrapping_shl(count)),
                (BinaryOp::Shr, Datum::Int(value)) => Datum::Int(value.wrapping_shr(count)),
                (_, Datum::Int(value)) => Datum::Int((value as u32).wrapping_shr(count) as i32),
                (BinaryOp::Shl, value) => Datum::Long(value.as_long().wrapping_shl(count)),
                (BinaryOp::Shr, value) => Datum::Long(value.as_long().wrapping_shr(count)),
                (_, value) => Datum::Long((value.as_long() as u64).wrapping_shr(count) as i64),
            };
        }
    };
    let divides = matches!(op, BinaryOp::Div | BinaryOp::Rem);
    assert!(
        !(divides && matches!(right, Datum::Int(0) | Datum::Long(0))),
        "division by zero without check"
    );
    binary(name, left, right)
}

fn order(left: Datum, right: Datum) -> Option<Ordering> {
    match (left, right) {
        (Datum::Int(a), Datum::Int(b)) => Some(a.cmp(&b)),
        (Datum::Long(a), Datum::Long(b)) => Some(a.cmp(&b)),
        (Datum::Float(a), Datum::Float(b)) => f32::from_bits(a).partial_cmp(&f32::from_bits(b)),
        (Datum::Double(a), Datum::Double(b)) => f64::from_bits(a).partial_cmp(&f64::from_bits(b)),
        _ => panic!("{left:?} compared with {right:?}"),
    }
}

fn compare(condition: Condition, left: Datum, right: Datum) -> bool {
    match (condition, left, right) {
        (Condition::Eq, Datum::Reference(a), Datum::Reference(b)) => return a == b,
        (Condition::Ne, Datum::Reference(a), Datum::Reference(b)) => return a != b,
        (Condition::Below, Datum::Int(a), Datum::Int(b)) => return (a as u32) < b as u32,
        (Condition::AboveOrEqual, Datum::Int(a), Datum::Int(b)) => return a as u32 >= b as u32,
        (Condition::Below, Datum::Long(a), Datum::Long(b)) => return (a as u64) < b as u64,
        (Condition::AboveOrEqual, Datum::Long(a), Datum::Long(b)) => return a as u64 >= b as u64,
        _ => {}
    }
    assert!(
        matches!(left, Datum::Int(_) | Datum::Long(_)),
        "{condition:?} of {left:?}"
    );
    let order = order(left, right).expect("an order");
    match condition {
        Condition::Eq => order.is_eq(),
        Condition::Ne => order.is_ne(),
        Condition::Lt | Condition::Below => order.is_lt(),
        Condition::Ge | Condition::AboveOrEqual => order.is_ge(),
        Condition::Gt => order.is_gt(),
        Condition::Le => order.is_le(),
    }
}

fn compare_float(condition: FloatCondition, left: Datum, right: Datum) -> bool {
    assert!(
        matches!(left, Datum::Float(_) | Datum::Double(_)),
        "{condition:?} of {left:?}"
    );
    let Some(order) = order(left, right) else {
        return matches!(
            condition,
            FloatCondition::Ne
                | FloatCondition::UnorderedLt
                | FloatCondition::UnorderedLe
                | FloatCondition::UnorderedGt
                | FloatCondition::UnorderedGe
        );
    };
    match condition {
        FloatCondition::Eq => order.is_eq(),
        FloatCondition::Ne => order.is_ne(),
        FloatCondition::Lt | FloatCondition::UnorderedLt => order.is_lt(),
        FloatCondition::Le | FloatCondition::UnorderedLe => order.is_le(),
        FloatCondition::Gt | FloatCondition::UnorderedGt => order.is_gt(),
        FloatCondition::Ge | FloatCondition::UnorderedGe => order.is_ge(),
    }
}

fn conversion_of(conversion: Conversion, value: Datum) -> Datum {
    match (conversion, value) {
        (Conversion::FloatBits, Datum::Float(bits)) => Datum::Int(bits as i32),
        (Conversion::DoubleBits, Datum::Double(bits)) => Datum::Long(bits as i64),
        (Conversion::BitsFloat, Datum::Int(bits)) => Datum::Float(bits as u32),
        (Conversion::BitsDouble, Datum::Long(bits)) => Datum::Double(bits as u64),
        (Conversion::UnsignedI2l, Datum::Int(value)) => Datum::Long(i64::from(value as u32)),
        _ => convert(&format!("{conversion:?}").to_lowercase(), value),
    }
}

fn math(op: MathOp, arguments: &[Datum]) -> Datum {
    match (op, arguments) {
        (MathOp::Abs, [Datum::Int(value)]) => Datum::Int(value.wrapping_abs()),
        (MathOp::Abs, [Datum::Long(value)]) => Datum::Long(value.wrapping_abs()),
        (MathOp::Min, [Datum::Int(a), Datum::Int(b)]) => Datum::Int(*a.min(b)),
        (MathOp::Max, [Datum::Int(a), Datum::Int(b)]) => Datum::Int(*a.max(b)),
        (MathOp::Min, [Datum::Long(a), Datum::Long(b)]) => Datum::Long(*a.min(b)),
        (MathOp::Max, [Datum::Long(a), Datum::Long(b)]) => Datum::Long(*a.max(b)),
        _ => panic!("{op:?} is not evaluated"),
    }
}
