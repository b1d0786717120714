//! Bounds checks of counted loops, made once before the loop (Würthinger, Wimmer, Mössenböck: Array Bounds Check
//! Elimination for the Java HotSpot Client Compiler, 2007).
//!
//! Peeling has left, on each edge into such a loop, a poll with the state of the loop's header. Behind it a guard tells
//! from the first and the last value of the index that all between are in bounds; where it does not hold, the
//! interpreter goes on with the loop, so that every exception comes when it should. The guard computes with longs, which
//! do not overflow: an index that is in bounds there is the same as an int.

use super::dominators::Dominators;
use super::loops::{self, Loop, predecessors};
use crate::code::ExitReason;
use crate::query::Runtime;
use crate::ssa::{BinaryOp, Block, Condition, Conversion, Function, Node, Op, State, Terminator, Type, Value};
use cranelift_entity::EntityRef;

/// Guards that failed this often are not made again.
const FAILS_OFTEN: u32 = 8;
/// Steps and factors of counters are at most this, up or down: the guards' longs do not overflow.
const MOST_STEP: i64 = 1 << 12;
/// Different ranges that a guard looks at.
const MOST_RANGES: usize = 6;
/// Operations followed from an index to its counter.
const DEPTH: u32 = 6;
/// A test that says less often to stay in the loop is not worth a guard, unless it has no profile.
const LEAST_PROBABILITY: f32 = 0.8;
/// Probability of branches without profile.
const NO_PROFILE: f32 = 0.5;

/// Runs the pass.
pub fn run(function: &mut Function, runtime: &dyn Runtime) {
    let order = function.reverse_postorder();
    let has_check = |block: &Block| {
        let nodes = &function.blocks[*block].nodes;
        nodes.iter().any(|node| function.nodes[*node].op == Op::BoundsCheck)
    };
    if !order.iter().any(has_check) {
        return;
    }
    let dominators = Dominators::new(function, &order);
    let home = homes(function, &order);
    let predecessors = predecessors(function, &order);
    for found in loops::find(function, &order, &dominators) {
        if !found.innermost {
            continue;
        }
        let analysis = Analysis {
            function,
            dominators: &dominators,
            predecessors: &predecessors,
            home: &home,
            found: &found,
            counters: Vec::new(),
        };
        if let Some(plan) = analysis.plan(runtime) {
            plan.carry_out(function);
        }
    }
}

/// The block that defines each value.
fn homes(function: &Function, order: &[Block]) -> Vec<Option<Block>> {
    let mut home = vec![None; function.nodes.len()];
    for &block in order {
        let data = &function.blocks[block];
        for value in data.parameters.iter().chain(&data.nodes) {
            home[value.index()] = Some(block);
        }
    }
    home
}

/// Has an innermost loop checks that could be made before it, once it is peeled?
pub(super) fn has_candidates(function: &Function, found: &Loop, dominators: &Dominators, order: &[Block]) -> bool {
    let mut analysis = Analysis {
        function,
        dominators,
        predecessors: &predecessors(function, order),
        home: &homes(function, order),
        found,
        counters: Vec::new(),
    };
    let (latches, _) = analysis.edges();
    !analysis.checks(&latches).2.is_empty()
}

/// A parameter of the loop's header that each iteration changes by the same.
#[derive(Clone, Copy)]
struct Counter {
    parameter: Value,
    /// Place among the parameters.
    index: usize,
    step: i64,
}

/// A multiple of a counter, a constant, and values that do not change in the loop.
#[derive(Clone, PartialEq, Eq, Default)]
struct Linear {
    counter: Option<Value>,
    factor: i64,
    constant: i64,
    /// Values, each added or (true) subtracted.
    terms: Vec<(Value, bool)>,
}

/// A branch that is passed in each iteration and compares a counter with a limit.
struct Test {
    counter: Counter,
    /// What is added to the counter before it is compared.
    offset: i64,
    limit: Value,
    /// What added to the limit is the last value that stays in the loop.
    beyond: i64,
    /// Stays as long as it is not the limit.
    until_equal: bool,
    /// Where the loop goes on.
    stay: Block,
}

/// Indexes that differ by constants, and the length they are checked against.
struct Range {
    counter: Counter,
    index: Linear,
    /// Least and greatest constant.
    constants: (i64, i64),
    length: Value,
    /// Tests that have been passed where the checks are; when none has, all count, and one more iteration.
    tests: Vec<usize>,
}

struct Analysis<'f> {
    function: &'f Function,
    dominators: &'f Dominators,
    predecessors: &'f [Vec<Block>],
    home: &'f [Option<Block>],
    found: &'f Loop,
    counters: Vec<Counter>,
}

/// What is to be done to a loop.
struct Plan {
    header: Block,
    tests: Vec<Test>,
    ranges: Vec<Range>,
    /// Edges into the loop: the block that jumps, and the state there.
    entries: Vec<(Block, State)>,
    checks: Vec<(Block, Value)>,
}

impl Analysis<'_> {
    fn plan(mut self, runtime: &dyn Runtime) -> Option<Plan> {
        let (latches, outside) = self.edges();
        let entries = outside
            .iter()
            .map(|block| self.entry(*block, runtime))
            .collect::<Option<Vec<_>>>()?;
        let (tests, ranges, checks) = self.checks(&latches);
        (!checks.is_empty()).then_some(Plan {
            header: self.found.header,
            tests,
            ranges,
            entries,
            checks,
        })
    }

    /// The blocks that lead to the header: of the loop, and others.
    fn edges(&self) -> (Vec<Block>, Vec<Block>) {
        self.predecessors[self.found.header.index()]
            .iter()
            .copied()
            .partition(|block| self.found.blocks.contains(block))
    }

    /// The checks that can be made before the loop, with what their guard needs.
    fn checks(&mut self, latches: &[Block]) -> (Vec<Test>, Vec<Range>, Vec<(Block, Value)>) {
        self.find_counters(latches);
        let blocks = &self.found.blocks;
        let tests: Vec<Test> = blocks.iter().filter_map(|block| self.test(*block, latches)).collect();
        let (mut ranges, mut checks) = (Vec::new(), Vec::new());
        if tests.is_empty() {
            return (tests, ranges, checks);
        }
        for &block in blocks.iter().filter(|block| !self.function.blocks[**block].cold) {
            for &node in &self.function.blocks[block].nodes {
                if self.function.nodes[node].op == Op::BoundsCheck && self.check(node, block, &tests, &mut ranges) {
                    checks.push((block, node));
                }
            }
        }
        (tests, ranges, checks)
    }

    /// The state on an edge into the loop: that of its poll.
    fn entry(&self, block: Block, runtime: &dyn Runtime) -> Option<(Block, State)> {
        let data = &self.function.blocks[block];
        let poll = *data.nodes.last()?;
        let Node {
            op: Op::Poll, state, ..
        } = &self.function.nodes[poll]
        else {
            return None;
        };
        let state = (*state)?;
        let frame = &self.function.states[state];
        let fails = runtime.exits_taken(frame.method, frame.bci, ExitReason::LoopBounds);
        (matches!(data.terminator, Terminator::Jump(_)) && fails < FAILS_OFTEN).then_some((block, state))
    }

    fn find_counters(&mut self, latches: &[Block]) {
        let parameters = &self.function.blocks[self.found.header].parameters;
        // Each may be one, until it is seen how it changes.
        let candidates: Vec<Counter> = parameters
            .iter()
            .enumerate()
            .filter(|(_, parameter)| self.function.type_of(**parameter) == Type::Int)
            .map(|(index, &parameter)| Counter {
                parameter,
                index,
                step: 0,
            })
            .collect();
        self.counters = candidates.clone();
        let step = |candidate: &Counter| {
            let mut step = None;
            for &latch in latches {
                for target in self.function.blocks[latch].terminator.targets() {
                    if target.block != self.found.header {
                        continue;
                    }
                    let next = self.linear(target.arguments[candidate.index], 0)?;
                    let is_step =
                        next.counter == Some(candidate.parameter) && next.factor == 1 && next.terms.is_empty();
                    if !is_step || step.is_some_and(|step| step != next.constant) {
                        return None;
                    }
                    step = Some(next.constant);
                }
            }
            step.filter(|step| *step != 0 && step.abs() <= MOST_STEP)
        };
        let counters = candidates
            .iter()
            .filter_map(|candidate| step(candidate).map(|step| Counter { step, ..*candidate }))
            .collect();
        self.counters = counters;
    }

    fn is_invariant(&self, value: Value) -> bool {
        self.home[value.index()].is_some_and(|block| !self.found.blocks.contains(&block))
    }

    fn linear(&self, value: Value, depth: u32) -> Option<Linear> {
        let node = &self.function.nodes[value];
        if let Op::Int(constant) = node.op {
            return Some(Linear {
                constant: constant.into(),
                ..Linear::default()
            });
        }
        if self.is_invariant(value) {
            return Some(Linear {
                terms: vec![(value, false)],
                ..Linear::default()
            });
        }
        if self.counters.iter().any(|counter| counter.parameter == value) {
            return Some(Linear {
                counter: Some(value),
                factor: 1,
                ..Linear::default()
            });
        }
        let Op::Binary(op) = node.op else { return None };
        if depth > DEPTH {
            return None;
        }
        let left = self.linear(node.arguments[0], depth + 1)?;
        let right = self.linear(node.arguments[1], depth + 1)?;
        match op {
            BinaryOp::Add => left.plus(right),
            BinaryOp::Sub => left.plus(right.times(-1)?),
            BinaryOp::Mul if right.is_constant() => left.times(right.constant),
            BinaryOp::Mul if left.is_constant() => right.times(left.constant),
            BinaryOp::Shl if right.is_constant() => left.times(1 << (right.constant & 31)),
            _ => None,
        }
    }

    /// What the branch at the end of a block says about a counter.
    fn test(&self, block: Block, latches: &[Block]) -> Option<Test> {
        let Terminator::Branch {
            condition,
            then,
            otherwise,
            probability,
        } = &self.function.blocks[block].terminator
        else {
            return None;
        };
        let node = &self.function.nodes[*condition];
        let Op::Compare(relation) = node.op else { return None };
        let ways = [
            (then.block, relation, *probability),
            (otherwise.block, relation.negated(), 1.0 - *probability),
        ];
        let (stay, relation, probability) = ways.into_iter().find(|(stay, ..)| {
            self.found.blocks.contains(stay)
                && self.predecessors[stay.index()].as_slice() == [block]
                && then.block != otherwise.block
                && latches.iter().all(|latch| self.dominators.dominates(*stay, *latch))
        })?;
        if probability < LEAST_PROBABILITY && probability != NO_PROFILE {
            return None;
        }
        let (left, right) = (node.arguments[0], node.arguments[1]);
        if self.function.type_of(left) != Type::Int {
            return None;
        }
        let (tested, limit, relation) = if self.is_invariant(right) {
            (left, right, relation)
        } else if self.is_invariant(left) {
            (right, left, relation.swapped()?)
        } else {
            return None;
        };
        let tested = self.linear(tested, 0)?;
        let counter = *self
            .counters
            .iter()
            .find(|counter| Some(counter.parameter) == tested.counter)?;
        let (beyond, until_equal) = match (relation, counter.step) {
            (Condition::Lt, 1..) => (-1, false),
            (Condition::Le, 1..) | (Condition::Ge, ..=-1) => (0, false),
            (Condition::Gt, ..=-1) => (1, false),
            (Condition::Ne, 1) => (-1, true),
            (Condition::Ne, -1) => (1, true),
            _ => return None,
        };
        (tested.factor == 1 && tested.terms.is_empty()).then_some(Test {
            counter,
            offset: tested.constant,
            limit,
            beyond,
            until_equal,
            stay,
        })
    }

    /// Adds a check to the ranges, if it can be made before the loop.
    fn check(&self, node: Value, block: Block, tests: &[Test], ranges: &mut Vec<Range>) -> bool {
        let arguments = &self.function.nodes[node].arguments;
        let length = arguments[1];
        if !self.is_invariant(length) {
            return false;
        }
        let Some(mut index) = self.linear(arguments[0], 0) else {
            return false;
        };
        let counter = self
            .counters
            .iter()
            .find(|counter| Some(counter.parameter) == index.counter);
        let Some(&counter) = counter.filter(|_| index.factor != 0) else {
            return false;
        };
        let passed = |test: &Test| self.dominators.dominates(test.stay, block);
        let tests: Vec<usize> = (0..tests.len()).filter(|test| passed(&tests[*test])).collect();
        let constant = std::mem::take(&mut index.constant);
        let same = ranges
            .iter()
            .position(|range| range.index == index && range.length == length && range.tests == tests);
        match same {
            Some(same) => {
                let constants = &mut ranges[same].constants;
                *constants = (constants.0.min(constant), constants.1.max(constant));
            }
            None if ranges.len() == MOST_RANGES => return false,
            None => ranges.push(Range {
                counter,
                index,
                constants: (constant, constant),
                length,
                tests,
            }),
        }
        true
    }
}

impl Linear {
    fn is_constant(&self) -> bool {
        self.counter.is_none() && self.terms.is_empty()
    }

    fn plus(mut self, other: Linear) -> Option<Linear> {
        if let (Some(one), Some(another)) = (self.counter, other.counter)
            && one != another
        {
            return None;
        }
        self.counter = self.counter.or(other.counter);
        self.factor += other.factor;
        self.constant += other.constant;
        self.terms.extend(other.terms);
        self.terms.sort_unstable();
        self.is_small().then_some(self)
    }

    fn times(mut self, factor: i64) -> Option<Linear> {
        match factor {
            1 => {}
            -1 => self.terms.iter_mut().for_each(|(_, negative)| *negative = !*negative),
            _ if !self.terms.is_empty() || factor.abs() > MOST_STEP => return None,
            _ => {}
        }
        self.factor *= factor;
        self.constant *= factor;
        self.is_small().then_some(self)
    }

    fn is_small(&self) -> bool {
        self.factor.abs() <= MOST_STEP && self.constant.abs() <= 1 << 44 && self.terms.len() <= 3
    }
}

/// Nodes at the end of a block.
struct Emitter<'f> {
    function: &'f mut Function,
    block: Block,
    header: Block,
    state: State,
    position: crate::ssa::PositionIndex,
    /// What must hold.
    condition: Option<Value>,
}

impl Plan {
    fn carry_out(&self, function: &mut Function) {
        for &(block, state) in &self.entries {
            let Some(&poll) = function.blocks[block].nodes.last() else {
                continue;
            };
            let position = function.nodes[poll].position;
            let mut emitter = Emitter {
                function,
                block,
                header: self.header,
                state,
                position,
                condition: None,
            };
            let iterations: Vec<Value> = self.tests.iter().map(|test| emitter.test(test)).collect();
            for range in &self.ranges {
                emitter.range(range, &iterations);
            }
            emitter.guard();
        }
        for (block, check) in &self.checks {
            function.blocks[*block].nodes.retain(|node| node != check);
        }
    }
}

impl Emitter<'_> {
    fn node(&mut self, op: Op, arguments: &[Value], result: Option<Type>) -> Value {
        let value = self.function.nodes.push(Node {
            op,
            arguments: arguments.to_vec(),
            result,
            state: None,
            after: None,
            position: self.position,
        });
        self.function.blocks[self.block].nodes.push(value);
        value
    }
    fn constant(&mut self, constant: i64) -> Value {
        self.node(Op::Long(constant), &[], Some(Type::Long))
    }
    fn binary(&mut self, op: BinaryOp, left: Value, right: Value) -> Value {
        self.node(Op::Binary(op), &[left, right], Some(Type::Long))
    }
    fn plus(&mut self, value: Value, constant: i64) -> Value {
        if constant == 0 {
            return value;
        }
        let constant = self.constant(constant);
        self.binary(BinaryOp::Add, value, constant)
    }
    fn times(&mut self, value: Value, factor: i64) -> Value {
        if factor == 1 {
            return value;
        }
        let factor = self.constant(factor);
        self.binary(BinaryOp::Mul, value, factor)
    }
    fn long(&mut self, value: Value) -> Value {
        self.node(Op::Convert(Conversion::I2l), &[value], Some(Type::Long))
    }
    /// A counter's value where the loop is entered.
    fn first(&mut self, counter: Counter) -> Value {
        let targets = self.function.blocks[self.block].terminator.targets();
        let target = targets.into_iter().find(|target| target.block == self.header);
        let value = target.map_or(counter.parameter, |target| target.arguments[counter.index]);
        self.long(value)
    }
    fn require(&mut self, relation: Condition, left: Value, right: Value) {
        let holds = self.node(Op::Compare(relation), &[left, right], Some(Type::Int));
        self.condition = Some(match self.condition {
            Some(others) => self.node(Op::Binary(BinaryOp::And), &[others, holds], Some(Type::Int)),
            None => holds,
        });
    }

    /// How many iterations a test lets pass beyond the first of them; less than 0: none. Requires that what it compares
    /// does not overflow before.
    fn test(&mut self, test: &Test) -> Value {
        let step = test.counter.step;
        let first = self.first(test.counter);
        let first = self.plus(first, test.offset);
        let limit = self.long(test.limit);
        let last = self.plus(limit, test.beyond);
        let (most, least) = (i64::from(i32::MAX), i64::from(i32::MIN));
        if test.offset != 0 {
            let (relation, bound) = match test.offset {
                1.. => (Condition::Le, most),
                _ => (Condition::Ge, least),
            };
            let bound = self.constant(bound);
            self.require(relation, first, bound);
        }
        // The first value that does not stay.
        if test.beyond + step != 0 {
            let end = self.plus(last, step);
            let (relation, bound) = if step > 0 {
                (Condition::Le, most)
            } else {
                (Condition::Ge, least)
            };
            let bound = self.constant(bound);
            self.require(relation, end, bound);
        }
        if test.until_equal {
            let relation = if step > 0 { Condition::Le } else { Condition::Ge };
            self.require(relation, first, limit);
        }
        let distance = if step > 0 {
            self.binary(BinaryOp::Sub, last, first)
        } else {
            self.binary(BinaryOp::Sub, first, last)
        };
        // Rounded downwards: none is less than 0 also where the first is just behind the last.
        if step.abs() == 1 {
            return distance;
        }
        if step.unsigned_abs().is_power_of_two() {
            let shift = self.node(Op::Int(step.trailing_zeros() as i32), &[], Some(Type::Int));
            return self.binary(BinaryOp::Shr, distance, shift);
        }
        let by = self.constant(step.abs());
        let distance = self.binary(BinaryOp::Add, distance, by);
        let quotient = self.binary(BinaryOp::Div, distance, by);
        self.plus(quotient, -1)
    }

    /// Requires that an index is in bounds in all iterations.
    fn range(&mut self, range: &Range, iterations: &[Value]) {
        let passed = !range.tests.is_empty();
        let mut count = None;
        for (test, &iterations) in iterations.iter().enumerate() {
            if passed && !range.tests.contains(&test) {
                continue;
            }
            count = Some(match count {
                None => iterations,
                Some(count) => {
                    let less = self.node(Op::Compare(Condition::Lt), &[count, iterations], Some(Type::Int));
                    self.node(Op::Select, &[less, count, iterations], Some(Type::Long))
                }
            });
        }
        let Some(count) = count else { return };
        let count = self.plus(count, i64::from(!passed));
        let begin = self.first(range.counter);
        let mut begin = self.times(begin, range.index.factor);
        for &(term, negative) in &range.index.terms {
            let term = self.long(term);
            let op = if negative { BinaryOp::Sub } else { BinaryOp::Add };
            begin = self.binary(op, begin, term);
        }
        let growth = range.index.factor * range.counter.step;
        let grown = self.times(count, growth);
        let end = self.binary(BinaryOp::Add, begin, grown);
        let length = self.long(range.length);
        let (low, high) = if growth > 0 { (begin, end) } else { (end, begin) };
        self.between(low, high, range.constants, length);
        if !passed {
            // No test has shown that there is an iteration for each.
            self.between(high, low, range.constants, length);
        }
    }

    fn between(&mut self, low: Value, high: Value, constants: (i64, i64), length: Value) {
        let zero = self.constant(0);
        let low = self.plus(low, constants.0);
        self.require(Condition::Ge, low, zero);
        let high = self.plus(high, constants.1);
        self.require(Condition::Lt, high, length);
    }

    fn guard(&mut self) {
        if let Some(condition) = self.condition {
            let guard = self.node(Op::Guard(ExitReason::LoopBounds), &[condition], None);
            self.function.nodes[guard].state = Some(self.state);
        }
    }
}
