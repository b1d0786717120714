//! Random programs: their SSA verifies after every pass, means what the program means before and after each, from the
//! beginning and from loop headers, when checks fail that need not, and lowers.

use crate::cases::TESTED;
use crate::evaluator::{Stress, evaluate};
use crate::generator::program;
use crate::machine::{LoopEntry, Machine, OutOfFuel, Outcome};
use crate::text::{TestFile, parse};
use crate::values::Datum;
use crate::world::World;
use peaberry_jit::build::build;
use peaberry_jit::code::{Entry, Refusal};
use peaberry_jit::compile::compile;
use peaberry_jit::passes;
use peaberry_jit::ssa::{BinaryOp, Condition, Function, Op, verify};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;

thread_local! {
    /// What the last panic said, and where.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The machine and the arguments of a run.
fn prepare(world: &World, numbers: (i32, i32, i64), shape: u8) -> (Machine<'_>, Vec<Datum>) {
    let mut machine = Machine::new(world);
    let class = |name: &str| world.class_named(name).expect("a class of the prelude");
    let array = match shape % 3 {
        0 => 0,
        other => {
            let length = i32::from(other) * 3;
            let array = machine.allocate_array(class("Ints"), length).expect("an array");
            for index in 0..length {
                machine.set_element(array, index, Datum::Int(index * 7 - 3));
            }
            array
        }
    };
    let node = match shape / 3 % 3 {
        0 => 0,
        other => {
            let node = machine.allocate(class(if other == 1 { "Node" } else { "Sub" }));
            let next = machine.allocate(class("Sub"));
            let field = world.fields.iter().find(|field| field.name == "Node.next");
            let offset = field.expect("a field").info.location;
            machine.object_mut(node).fields.insert(offset, Datum::Reference(next));
            node
        }
    };
    let arguments = vec![
        Datum::Int(numbers.0),
        Datum::Int(numbers.1),
        Datum::Long(numbers.2),
        Datum::Reference(array),
        Datum::Reference(node),
    ];
    (machine, arguments)
}

struct Case {
    file: TestFile,
    numbers: (i32, i32, i64),
    shape: u8,
    seed: u64,
}

impl Case {
    fn digest(&self, machine: &Machine<'_>, outcome: Outcome, arguments: &[Datum]) -> String {
        machine.digest(outcome, arguments)
    }
    fn interpreted(&self) -> Result<String, OutOfFuel> {
        let (mut machine, arguments) = prepare(&self.file.world, self.numbers, self.shape);
        let outcome = machine.call(TESTED, &arguments)?;
        Ok(self.digest(&machine, outcome, &arguments))
    }
    fn evaluated(&self, function: &Function, stress: &mut Stress) -> Result<String, OutOfFuel> {
        let (mut machine, arguments) = prepare(&self.file.world, self.numbers, self.shape);
        machine.fuel *= 4;
        let outcome = evaluate(&mut machine, function, &arguments, Vec::new(), stress)?;
        Ok(self.digest(&machine, outcome, &arguments))
    }
    /// Interprets until a loop header is reached, and goes on in a function that begins there.
    fn replaced(&self, function: &Function, bci: u32, stress: &mut Stress) -> Result<Option<String>, OutOfFuel> {
        let (mut machine, arguments) = prepare(&self.file.world, self.numbers, self.shape);
        machine.fuel *= 4;
        machine.loop_entry = Some(LoopEntry {
            method: TESTED,
            bci,
            after: (self.seed % 3) as u32,
        });
        machine.call(TESTED, &arguments)?;
        let Some(frame) = machine.replaced.take() else {
            return Ok(None);
        };
        assert!(frame.stack.is_empty());
        let outcome = evaluate(&mut machine, function, &frame.locals, frame.locks, stress)?;
        Ok(Some(self.digest(&machine, outcome, &arguments)))
    }

    /// Runs the function of an entry through all passes, checking before and after each.
    fn check_entry(&self, entry: Entry, expected: &str, lowers: bool) -> Result<(), String> {
        let world = &self.file.world;
        let (mut function, _) = match build(world, TESTED, entry, &self.file.options) {
            Ok(built) => built,
            Err(Refusal::TooLarge(_) | Refusal::UnstructuredLocking | Refusal::LoopEntry(_)) => return Ok(()),
            // A loop that is never reached.
            Err(Refusal::Malformed("loop entry")) => return Ok(()),
            Err(refusal) => return Err(format!("refused: {refusal}")),
        };
        self.check(&function, "build", entry, expected)?;
        for (index, (name, pass)) in passes::ALL.iter().enumerate() {
            pass(&mut function, world);
            self.check(&function, &format!("{name} (pass {index})"), entry, expected)?;
        }
        if lowers {
            compile(world, TESTED, entry, &self.file.options).map_err(|refusal| format!("lower: {refusal}"))?;
        }
        Ok(())
    }

    fn check(&self, function: &Function, pass: &str, entry: Entry, expected: &str) -> Result<(), String> {
        verify(function).map_err(|fault| format!("after {pass}: {fault}\n{function}"))?;
        for rate in [0, 6, 40] {
            let mut stress = if rate == 0 {
                Stress::none()
            } else {
                Stress::new(self.seed, rate)
            };
            let actual = match entry {
                Entry::Normal => self.evaluated(function, &mut stress).map(Some),
                Entry::Loop(bci) => self.replaced(function, bci, &mut stress),
            };
            if let Ok(Some(actual)) = actual
                && actual != expected
            {
                return Err(format!(
                    "after {pass}, entry {entry:?}, stress {rate}: expected\n{expected}but is\n{actual}{function}"
                ));
            }
        }
        Ok(())
    }
}

/// Panics are errors.
fn caught(attempt: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    std::panic::catch_unwind(AssertUnwindSafe(attempt))
        .unwrap_or_else(|_| Err(format!("panics: {}", PANIC.with_borrow(Clone::clone))))
}

fn check_program(bytes: &[u8], numbers: (i32, i32, i64), shape: u8, seed: u64) -> Result<(), String> {
    let text = program(bytes);
    let file = parse(&text)?;
    let case = Case {
        file,
        numbers,
        shape,
        seed,
    };
    let attempt = || {
        let Ok(expected) = case.interpreted() else {
            return Ok(());
        };
        case.check_entry(Entry::Normal, &expected, seed.is_multiple_of(8))?;
        // Every loop header is an entry: the targets of backward branches.
        let headers = headers(&case.file.world);
        if !headers.is_empty() {
            let bci = headers[seed as usize % headers.len()];
            case.check_entry(Entry::Loop(bci), &expected, seed.is_multiple_of(16))?;
        }
        Ok(())
    };
    let result = caught(attempt);
    let what = format!("numbers {numbers:?} shape {shape} seed {seed}");
    result.map_err(|error| format!("{error}\n{what}\n{text}"))
}

fn headers(world: &World) -> Vec<u32> {
    use peaberry_classfile::opcodes::decode;
    let code = &world.method_data(TESTED).code;
    let mut headers = Vec::new();
    let mut bci = 0;
    while bci < code.len() {
        let Ok(instruction) = decode(code, bci) else {
            return Vec::new();
        };
        instruction.for_each_target(|target| {
            if target <= bci as i64 {
                headers.push(target as u32);
            }
        });
        bci = instruction.next_bci();
    }
    headers
}

#[test]
fn random_programs_mean_the_same() {
    let cases = std::env::var("PEABERRY_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    let config = Config {
        cases: cases.unwrap_or(400),
        failure_persistence: None,
        max_shrink_iters: 3000,
        ..Config::default()
    };
    let numbers = (
        prop_oneof![Just(0), Just(-1), Just(i32::MIN), Just(i32::MAX), -10..10, any::<i32>()],
        prop_oneof![Just(0), -10..10, any::<i32>()],
        prop_oneof![Just(0i64), Just(-1), Just(i64::MIN), -10i64..10, any::<i64>()],
    );
    let strategy = (
        proptest::collection::vec(any::<u8>(), 0..300),
        numbers,
        any::<u8>(),
        any::<u64>(),
    );
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|info| PANIC.set(info.to_string())));
    let result = TestRunner::new(config).run(&strategy, |(bytes, numbers, shape, seed)| {
        check_program(&bytes, numbers, shape, seed).map_err(TestCaseError::fail)
    });
    std::panic::set_hook(hook);
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// A pass that is wrong.
type Mistake = fn(&mut Function);

/// Takes nodes out.
fn drop_nodes(function: &mut Function, dropped: fn(&Op) -> bool) {
    let blocks: Vec<_> = function.blocks.keys().collect();
    for block in blocks {
        let nodes = std::mem::take(&mut function.blocks[block].nodes);
        function.blocks[block].nodes = nodes
            .into_iter()
            .filter(|node| !dropped(&function.nodes[*node].op))
            .collect();
    }
}

fn replace_ops(function: &mut Function, from: &Op, to: &Op) {
    for node in function.nodes.values_mut().filter(|node| node.op == *from) {
        node.op = to.clone();
    }
}

const MISTAKES: [(&str, Mistake); 9] = [
    ("null checks are forgotten", |function| {
        drop_nodes(function, |op| *op == Op::NullCheck);
    }),
    ("bounds checks are forgotten", |function| {
        drop_nodes(function, |op| *op == Op::BoundsCheck);
    }),
    ("stores are forgotten", |function| {
        drop_nodes(function, |op| matches!(op, Op::StoreField { .. }));
    }),
    ("locks are not released", |function| {
        drop_nodes(function, |op| *op == Op::MonitorExit)
    }),
    ("a comparison is off by one", |function| {
        replace_ops(function, &Op::Compare(Condition::Lt), &Op::Compare(Condition::Le));
    }),
    ("a difference is a sum", |function| {
        let (from, to) = (BinaryOp::Sub, BinaryOp::Add);
        replace_ops(function, &Op::Binary(from), &Op::Binary(to));
    }),
    ("a state forgets a local", |function| {
        for state in function.states.values_mut() {
            if let Some(local) = state.locals.iter_mut().find(|local| local.is_some()) {
                *local = None;
            }
        }
    }),
    ("a state's operands are exchanged", |function| {
        for state in function.states.values_mut() {
            if let Some(at) = state.stack.len().checked_sub(2) {
                state.stack.swap(at, at + 1);
            }
        }
    }),
    ("a state is of the instruction before", |function| {
        for state in function.states.values_mut() {
            state.bci = state.bci.saturating_sub(1);
        }
    }),
];

/// The random programs find each of some mistakes that a pass could make.
#[test]
fn mistakes_are_found() {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|info| PANIC.set(info.to_string())));
    let mut found = [0; MISTAKES.len()];
    for _ in 0..500 {
        let bytes: Vec<u8> = (0..200).map(|_| (next() >> 24) as u8).collect();
        let file = parse(&program(&bytes)).expect("a program");
        let case = Case {
            file,
            numbers: ((next() % 20) as i32 - 10, (next() % 20) as i32, next() as i64),
            shape: next() as u8,
            seed: next(),
        };
        let Ok(expected) = case.interpreted() else { continue };
        let Ok((function, _)) = build(&case.file.world, TESTED, Entry::Normal, &case.file.options) else {
            continue;
        };
        for ((_, mistake), found) in MISTAKES.iter().zip(&mut found) {
            let mut wrong = function.clone();
            mistake(&mut wrong);
            let result = caught(|| case.check(&wrong, "a mistake", Entry::Normal, &expected));
            *found += u32::from(result.is_err());
        }
    }
    std::panic::set_hook(hook);
    for ((what, _), found) in MISTAKES.iter().zip(found) {
        println!("{found}: {what}");
        assert!(found > 0, "nobody notices that {what}");
    }
}
