//! Random programs: their SSA verifies after every pass, means what the program means before and after each, from the
//! beginning and from loop headers, when checks fail that need not, and lowers.

use crate::cases::TESTED;
use crate::evaluator::{Stress, evaluate};
use crate::generator::program;
use crate::machine::{Datum, LoopEntry, Machine, OutOfFuel, Outcome};
use crate::text::{TestFile, parse};
use crate::world::World;
use peaberry_jit::build::build;
use peaberry_jit::code::{Entry, Refusal};
use peaberry_jit::compile::compile;
use peaberry_jit::passes;
use peaberry_jit::ssa::{Function, verify};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;

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
        let outcome = evaluate(&mut machine, function, &arguments, stress)?;
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
        let outcome = evaluate(&mut machine, function, &frame.locals, stress)?;
        Ok(Some(self.digest(&machine, outcome, &arguments)))
    }

    /// Runs the function of an entry through all passes, checking before and after each.
    fn check_entry(&self, entry: Entry, expected: &str, lowers: bool) -> Result<(), String> {
        let world = &self.file.world;
        let (mut function, _) = match build(world, TESTED, entry, &self.file.options) {
            Ok(built) => built,
            Err(Refusal::TooLarge(_) | Refusal::UnstructuredLocking | Refusal::LoopEntry(_)) => return Ok(()),
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
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(attempt))
        .unwrap_or_else(|_| Err(format!("panics: {}", PANIC.with_borrow(Clone::clone))));
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
