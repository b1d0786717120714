//! From bytecode to SSA: one walk over the blocks of a method in reverse postorder, inlining on the way.
//!
//! What was never resolved, never reached or cannot be done becomes an exit: the interpreter executes the instruction
//! again with the operands it had. Implicit exceptions (null, bounds, division, casts) are such exits too, until they
//! were taken often; then they are thrown by the code itself.

mod blocks;
mod calls;
mod exceptions;
mod fields;
mod flow;
mod frame;
mod inlining;
mod instructions;
mod intrinsics;
mod known;
mod objects;
mod scope;

use crate::code::{Dependency, Entry, Refusal};
use crate::compile::CompileOptions;
use crate::query::{ClassId, MethodId, Runtime};
use crate::ssa::{Block, Function, Node, Op, PositionIndex, State, Terminator, Type, Value};
use scope::Scope;
use std::collections::{BTreeSet, HashMap, HashSet};

/// What a function takes for granted or names.
#[derive(Default, Debug)]
pub struct Facts {
    /// Assumptions.
    pub dependencies: BTreeSet<Dependency>,
    /// Inlined methods.
    pub inlined: BTreeSet<MethodId>,
    /// Classes named.
    pub classes: BTreeSet<ClassId>,
    /// Methods named.
    pub methods: BTreeSet<MethodId>,
    /// Locks that the interpreter's frame holds at an OSR entry.
    pub entry_locks: u16,
}

/// A function under construction.
struct Builder<'r> {
    runtime: &'r dyn Runtime,
    options: &'r CompileOptions,
    function: Function,
    facts: Facts,
    /// Where nodes go; `None` behind the end of a block.
    block: Option<Block>,
    /// Position of new nodes.
    position: PositionIndex,
    /// Constants by operation, in the entry block.
    constants: HashMap<Op, Value>,
    /// Bytes of bytecode inlined so far.
    inlined_bytes: u32,
    /// Loads of fields that never change, of objects that are known.
    lasting: HashSet<Value>,
    /// Those of them that are arrays whose elements never change once they are not null.
    stable: HashSet<Value>,
    /// The receiver of the method itself.
    receiver: Option<Value>,
}

/// Builds the SSA of a method.
///
/// # Errors
/// Why it cannot be compiled.
pub fn build(
    runtime: &dyn Runtime,
    method: MethodId,
    entry: Entry,
    options: &CompileOptions,
) -> Result<(Function, Facts), Refusal> {
    let info = runtime.method(method);
    if !info.has_code {
        return Err(Refusal::Unsupported("method without code"));
    }
    let (parameters, result) = parameter_types(&info.descriptor, info.is_static)?;
    let arguments = match entry {
        Entry::Normal => parameters.clone(),
        Entry::Loop(_) => vec![Type::Long],
    };
    let mut function = Function::new(arguments, result);
    let position = function.positions.push(crate::ssa::Position {
        method,
        bci: 0,
        caller: None,
    });
    let first = function.entry;
    let mut builder = Builder {
        runtime,
        options,
        function,
        facts: Facts::default(),
        block: Some(first),
        position,
        constants: HashMap::new(),
        inlined_bytes: 0,
        lasting: HashSet::new(),
        stable: HashSet::new(),
        receiver: None,
    };
    let is_static = info.is_static;
    let mut scope = Scope::new(runtime, method, info, None)?;
    match entry {
        Entry::Normal => {
            let values: Vec<Value> = parameters
                .iter()
                .enumerate()
                .map(|(index, kind)| builder.node(Op::Argument(index as u32), &[], Some(*kind)))
                .collect();
            builder.receiver = values.first().copied().filter(|_| !is_static);
            builder.enter_method(&mut scope, &values)?;
        }
        Entry::Loop(bci) => builder.enter_loop(&mut scope, &parameters, bci)?,
    }
    builder.run(&mut scope)?;
    Ok((builder.function, builder.facts))
}

/// Types of the parameters, receiver included, and the result's descriptor character.
pub(crate) fn parameter_types(descriptor: &[u8], is_static: bool) -> Result<(Vec<Type>, u8), Refusal> {
    let mut types = Vec::new();
    if !is_static {
        types.push(Type::Reference);
    }
    let malformed = Refusal::Malformed("descriptor");
    let mut at = 1;
    loop {
        let character = *descriptor.get(at).ok_or(malformed.clone())?;
        if character == b')' {
            return Ok((types, *descriptor.get(at + 1).ok_or(malformed)?));
        }
        types.push(Type::from_descriptor(character).ok_or(malformed.clone())?);
        while descriptor.get(at) == Some(&b'[') {
            at += 1;
        }
        if descriptor.get(at) == Some(&b'L') {
            while descriptor.get(at).is_some_and(|&character| character != b';') {
                at += 1;
            }
        }
        at += 1;
    }
}

impl Builder<'_> {
    /// A node at the end of the current block. Nothing is added behind the end of a block.
    fn node(&mut self, op: Op, arguments: &[Value], result: Option<Type>) -> Value {
        self.node_with(op, arguments, result, None, None)
    }

    fn node_with(
        &mut self,
        op: Op,
        arguments: &[Value],
        result: Option<Type>,
        state: Option<State>,
        after: Option<State>,
    ) -> Value {
        let value = self.function.nodes.push(Node {
            op,
            arguments: arguments.to_vec(),
            result,
            state,
            after,
            position: self.position,
        });
        if let Some(block) = self.block {
            self.function.blocks[block].nodes.push(value);
        }
        value
    }

    /// A constant: one node for each, at the beginning of the function.
    fn constant(&mut self, op: Op, result: Type) -> Value {
        if let Some(&value) = self.constants.get(&op) {
            return value;
        }
        let value = self.function.nodes.push(Node {
            op: op.clone(),
            arguments: Vec::new(),
            result: Some(result),
            state: None,
            after: None,
            position: self.position,
        });
        let entry = self.function.entry;
        self.function.blocks[entry].nodes.insert(0, value);
        self.constants.insert(op, value);
        value
    }
    fn int(&mut self, value: i32) -> Value {
        self.constant(Op::Int(value), Type::Int)
    }
    fn long(&mut self, value: i64) -> Value {
        self.constant(Op::Long(value), Type::Long)
    }
    fn class_constant(&mut self, class: ClassId) -> Value {
        self.facts.classes.insert(class);
        self.long(class.0 as i64)
    }
    fn method_constant(&mut self, method: MethodId) -> Value {
        self.facts.methods.insert(method);
        self.long(method.0 as i64)
    }
    /// Some value of a type, where none will be read.
    fn dummy(&mut self, kind: Type) -> Value {
        match kind {
            Type::Int => self.int(0),
            Type::Long => self.long(0),
            Type::Float => self.constant(Op::Float(0), Type::Float),
            Type::Double => self.constant(Op::Double(0), Type::Double),
            Type::Reference => self.constant(Op::Null, Type::Reference),
        }
    }

    /// Ends the current block.
    fn terminate(&mut self, terminator: Terminator) {
        if let Some(block) = self.block.take() {
            self.function.blocks[block].terminator = terminator;
        }
    }

    /// Number of nodes so far against the limit.
    fn check_size(&self) -> Result<(), Refusal> {
        if self.function.nodes.len() > self.options.most_instructions {
            Err(Refusal::TooLarge(self.function.nodes.len()))
        } else {
            Ok(())
        }
    }
}
