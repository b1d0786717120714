//! From SSA to CLIF to machine code.

mod arithmetic;
mod branch_layout;
mod calls;
mod exits;
mod isa;
mod landings;
mod memory;
mod monitors;
mod nodes;
mod objects;
mod raw;
mod safepoints;

use crate::build::Facts;
use crate::code::{CallSite, CompiledCode, Entry, Position, Refusal};
use crate::codecache::NearCall;
use crate::compile::{Artifacts, CompileOptions};
use crate::exit_table::ExitTable;
use crate::layout::RuntimeCall;
use crate::query::{MethodId, Runtime};
use crate::ssa::{self, Function, Terminator, Type, Value};
use branch_layout::BranchLayout;
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{
    self, AbiParam, AliasRegion, BlockArg, InstBuilder, MemFlagsData, Signature, SourceLoc, StackSlot, StackSlotData,
    StackSlotKind, condcodes::IntCC, types,
};
use cranelift_codegen::isa::CallConv;
use cranelift_codegen::{Context, FinalizedMachReloc, FinalizedRelocTarget};
use cranelift_entity::EntityRef;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Switch, Variable};
use exits::PendingExit;
use safepoints::Safepoints;
use std::collections::HashMap;

/// CLIF type of a value.
fn clif_type(kind: Type) -> ir::Type {
    match kind {
        Type::Int => types::I32,
        Type::Long | Type::Reference => types::I64,
        Type::Float => types::F32,
        Type::Double => types::F64,
    }
}

/// Flags of an access that cannot fault.
const TRUSTED: MemFlagsData = MemFlagsData::trusted();

/// What a lowering works with.
struct Lowering<'a, 'f> {
    runtime: &'a dyn Runtime,
    function: &'a Function,
    builder: FunctionBuilder<'f>,
    values: Vec<Option<ir::Value>>,
    /// Of references that live over a safepoint, which are others behind it.
    variables: Vec<Option<Variable>>,
    safepoints: Safepoints,
    layout: BranchLayout,
    /// Whose reference lies in each slot of `references`.
    contents: Vec<Option<Value>>,
    /// References over safepoints.
    references: StackSlot,
    /// The node being lowered.
    current: Option<Value>,
    blocks: Vec<Option<ir::Block>>,
    exits: Vec<crate::code::Exit>,
    pending_exits: Vec<PendingExit>,
    /// Exit blocks by state, reason and way to resume.
    exit_blocks: HashMap<exits::ExitKey, ir::Block>,
    /// Where the frame is left: for the interpreter, or with a pending exception that the caller knows of, or that it has to be told
    /// of.
    leaving: landings::Leaving,
    /// Live values on their way to the interpreter.
    buffer: StackSlot,
    buffer_words: usize,
    /// Argument slots of calls by slots.
    slots: StackSlot,
    slot_words: usize,
    regions: HashMap<u64, AliasRegion>,
    facts: &'a mut Facts,
    /// Fields and arrays have alias regions of their own: not where memory is stored to by address.
    split_memory: bool,
    /// See `CompileOptions`.
    forces_exits: bool,
}

/// The calls of functions of the runtime: all that the code generator leaves open.
fn near_calls(open: &[FinalizedMachReloc], function: &ir::Function) -> Result<Vec<NearCall>, Refusal> {
    let call = |one: &FinalizedMachReloc| {
        let FinalizedRelocTarget::ExternalName(ir::ExternalName::User(name)) = one.target else {
            return None;
        };
        let name = function.params.user_named_funcs().get(name)?;
        let call = *RuntimeCall::ALL.get(name.index as usize)?;
        let offset = one.offset;
        (one.kind == Reloc::X86CallPCRel4 && one.addend == -4).then_some(NearCall { offset, call })
    };
    let refusal = |one: &FinalizedMachReloc| Refusal::Backend(format!("relocation {one:?}"));
    open.iter().map(|one| call(one).ok_or_else(|| refusal(one))).collect()
}

/// Compiles a function.
///
/// # Errors
/// What the code generator refuses.
pub fn lower(
    runtime: &dyn Runtime,
    method: MethodId,
    entry: Entry,
    function: &Function,
    mut facts: Facts,
    options: &CompileOptions,
) -> Result<(CompiledCode, Artifacts), Refusal> {
    let isa = isa::host()?;
    let mut context = Context::new();
    let mut builder_context = FunctionBuilderContext::new();
    context.func.signature = signature(function, entry);
    let builder = FunctionBuilder::new(&mut context.func, &mut builder_context);
    let mut lowering = Lowering::new(runtime, function, builder, &mut facts);
    lowering.forces_exits = options.forces_exits;
    lowering.all(entry);
    let exits = ExitTable::new(&std::mem::take(&mut lowering.exits));
    let builder = lowering.builder;
    builder.finalize(isa.frontend_config());
    let mut artifacts = Artifacts::default();
    if options.keep_artifacts {
        artifacts.ssa = function.to_string();
        artifacts.clif = context.func.display().to_string();
        context.set_disasm(true);
    }
    context
        .compile(&*isa, &mut ControlPlane::default())
        .map_err(|error| Refusal::Backend(format!("{:?}", error.inner)))?;
    let compiled = context.compiled_code();
    let compiled = compiled.ok_or_else(|| Refusal::Backend("no code".to_owned()))?;
    let near_calls = near_calls(compiled.buffer.relocs(), &context.func)?;
    if let Some(text) = &compiled.vcode {
        artifacts.assembly.clone_from(text);
    }
    let positions = function
        .positions
        .values()
        .map(|position| Position {
            method: position.method,
            bci: position.bci,
            caller: position.caller.map(|caller| caller.index() as u32),
        })
        .collect();
    let locations = compiled.buffer.get_srclocs_sorted();
    let mut references = Vec::new();
    let mut maps: HashMap<u32, (u32, u32)> = HashMap::new();
    for (return_offset, _, map) in compiled.buffer.user_stack_maps() {
        let first = references.len() as u32;
        references.extend(map.entries().map(|(_, offset)| offset));
        maps.insert(*return_offset, (first, references.len() as u32));
    }
    let call_sites = compiled
        .buffer
        .call_sites()
        .map(|site| {
            let at = site.ret_addr - 1;
            let index = locations.partition_point(|location| location.start <= at);
            let location = index.checked_sub(1).map(|index| &locations[index]);
            let position = location
                .filter(|location| at < location.end && !location.loc.is_default())
                .map_or(0, |location| location.loc.bits());
            let (first, end) = maps.get(&site.ret_addr).copied().unwrap_or_default();
            let (landing, invalidated) = landings::of_call(site.exception_handlers);
            CallSite {
                return_offset: site.ret_addr,
                position,
                references: (first, end),
                landing,
                invalidated,
            }
        })
        .collect();
    let code = CompiledCode {
        method,
        entry,
        bytes: compiled.code_buffer().to_vec(),
        near_calls,
        exits,
        call_sites,
        references,
        positions,
        dependencies: facts.dependencies.into_iter().collect(),
        inlined: facts.inlined.into_iter().collect(),
        classes: facts.classes.into_iter().collect(),
        methods: facts.methods.into_iter().collect(),
        entry_locks: facts.entry_locks,
    };
    Ok((code, artifacts))
}

/// The compiled convention of a method (`crate::layout`).
fn signature(function: &Function, entry: Entry) -> Signature {
    let mut signature = Signature::new(CallConv::SystemV);
    if entry == Entry::Normal {
        signature.params.push(AbiParam::new(types::I64));
    }
    for &argument in &function.arguments {
        signature.params.push(AbiParam::new(clif_type(argument)));
    }
    if let Some(result) = function.result {
        signature.returns.push(AbiParam::new(clif_type(result)));
    }
    signature
}

impl<'a, 'f> Lowering<'a, 'f> {
    fn new(
        runtime: &'a dyn Runtime,
        function: &'a Function,
        mut builder: FunctionBuilder<'f>,
        facts: &'a mut Facts,
    ) -> Self {
        let mut slot = || builder.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, 0, 3));
        let (buffer, slots, references) = (slot(), slot(), slot());
        Lowering {
            runtime,
            function,
            builder,
            values: vec![None; function.nodes.len()],
            variables: vec![None; function.nodes.len()],
            safepoints: Safepoints::default(),
            layout: BranchLayout::default(),
            contents: Vec::new(),
            references,
            current: None,
            blocks: vec![None; function.blocks.len()],
            exits: Vec::new(),
            pending_exits: Vec::new(),
            exit_blocks: HashMap::new(),
            leaving: landings::Leaving::default(),
            buffer,
            buffer_words: 0,
            slots,
            slot_words: 0,
            regions: HashMap::new(),
            facts,
            split_memory: !function
                .nodes
                .values()
                .any(|node| matches!(node.op, ssa::Op::StoreRaw(..))),
            forces_exits: false,
        }
    }

    fn all(&mut self, entry: Entry) {
        let order = self.function.reverse_postorder();
        self.safepoints = Safepoints::new(self.function, &order);
        self.layout = BranchLayout::new(self.function, &order);
        for value in self.function.nodes.keys() {
            if self.safepoints.slot(value).is_some() {
                self.variables[value.index()] = Some(self.builder.declare_var(types::I64));
            }
        }
        for &block in &order {
            let new = self.builder.create_block();
            if self.function.blocks[block].cold {
                self.builder.set_cold_block(new);
            }
            for &parameter in &self.function.blocks[block].parameters {
                let kind = clif_type(self.function.type_of(parameter));
                self.values[parameter.index()] = Some(self.builder.append_block_param(new, kind));
            }
            self.blocks[block.index()] = Some(new);
        }
        self.prologue(&order, entry);
        let mut done = vec![false; self.function.blocks.len()];
        let mut waiting = self.back_edges(&order);
        for &block in &order {
            let Some(at) = self.blocks[block.index()] else { continue };
            self.builder.switch_to_block(at);
            if waiting[block.index()] == 0 {
                self.builder.seal_block(at);
            }
            self.contents = self.safepoints.contents_at(block);
            let function = self.function;
            for &parameter in &function.blocks[block].parameters {
                self.redefine(parameter);
            }
            for &node in &function.blocks[block].nodes {
                let position = function.nodes[node].position.index() as u32;
                self.builder.set_srcloc(SourceLoc::new(position));
                self.current = Some(node);
                if let ssa::Op::Call(_) = function.nodes[node].op {
                    // It ends the block together with the terminator.
                    break;
                }
                self.node(node);
                if let Some(reach) = safepoints::reach(&function.nodes[node].op) {
                    self.safepoints.pass(node, reach, &mut self.contents);
                }
                self.safepoints.defined(node, &mut self.contents);
            }
            self.current = None;
            self.terminator(block);
            done[block.index()] = true;
            for successor in function.blocks[block].terminator.successors() {
                let left = &mut waiting[successor.index()];
                if done[successor.index()] && *left > 0 {
                    *left -= 1;
                    if *left == 0 {
                        let header = self.block(successor);
                        self.builder.seal_block(header);
                    }
                }
            }
        }
        self.emit_exits();
        self.emit_leaving();
        self.builder.seal_all_blocks();
        let bytes = |words: usize| (words * 8) as u32;
        self.builder.func.sized_stack_slots[self.buffer].size = bytes(self.buffer_words);
        self.builder.func.sized_stack_slots[self.slots].size = bytes(self.slot_words);
        self.builder.func.sized_stack_slots[self.references].size = bytes(self.safepoints.count);
    }

    /// How many edges lead back to each block.
    fn back_edges(&self, order: &[ssa::Block]) -> Vec<u32> {
        let mut seen = vec![false; self.function.blocks.len()];
        let mut edges = vec![0; self.function.blocks.len()];
        for &block in order {
            seen[block.index()] = true;
            for successor in self.function.blocks[block].terminator.successors() {
                edges[successor.index()] += u32::from(seen[successor.index()]);
            }
        }
        edges
    }

    /// The CLIF entry block: the function's arguments, the stack check, the jump to the SSA's entry.
    fn prologue(&mut self, order: &[ssa::Block], entry: Entry) {
        let first = self.builder.create_block();
        self.builder.append_block_params_for_function_params(first);
        self.enter(first);
        self.builder.set_srcloc(SourceLoc::new(0));
        let parameters = self.builder.block_params(first).to_vec();
        let skipped = usize::from(entry == Entry::Normal);
        for &block in order {
            for &node in &self.function.blocks[block].nodes {
                if let ssa::Op::Argument(index) = self.function.nodes[node].op {
                    self.define(node, parameters[index as usize + skipped]);
                }
            }
        }
        let calls = order.iter().any(|&block| {
            self.function.blocks[block]
                .nodes
                .iter()
                .any(|&node| matches!(self.function.nodes[node].op, ssa::Op::Call(_)))
        });
        let start = self.block(self.function.entry);
        if calls {
            self.stack_check(start);
        } else {
            self.builder.ins().jump(start, &[]);
        }
        // The compiler lays blocks out in this order; the entry must come first.
        self.builder.func.layout.entry_block();
    }

    fn block(&self, block: ssa::Block) -> ir::Block {
        match self.blocks[block.index()] {
            Some(block) => block,
            None => unreachable!("{block} is not reached"),
        }
    }
    /// Goes on in a block whose predecessors are all there.
    fn enter(&mut self, block: ir::Block) {
        self.builder.switch_to_block(block);
        self.builder.seal_block(block);
    }
    fn value(&mut self, value: Value) -> ir::Value {
        match (self.variables[value.index()], self.values[value.index()]) {
            (Some(variable), _) => self.builder.use_var(variable),
            (None, Some(value)) => value,
            (None, None) => unreachable!("{value} is used before it is lowered"),
        }
    }
    fn define(&mut self, value: Value, lowered: ir::Value) {
        self.values[value.index()] = Some(lowered);
        self.redefine(value);
    }
    /// Makes what was noted for a value its value from here on.
    fn redefine(&mut self, value: Value) {
        if let (Some(variable), Some(lowered)) = (self.variables[value.index()], self.values[value.index()]) {
            self.builder.def_var(variable, lowered);
        }
    }
    fn thread(&mut self) -> ir::Value {
        self.builder.ins().get_pinned_reg(types::I64)
    }
    fn region(&mut self, alias: u64) -> MemFlagsData {
        if !self.split_memory {
            return TRUSTED;
        }
        let next = self.regions.len() as u32;
        let function = &mut self.builder.func;
        let region = *self.regions.entry(alias).or_insert_with(|| {
            function.dfg.alias_regions.insert(ir::AliasRegionData {
                user_id: next,
                description: "".into(),
            })
        });
        MemFlagsData::trusted().with_alias_region(Some(region))
    }
    fn arguments(&mut self, target: &ssa::Target) -> Vec<BlockArg> {
        target
            .arguments
            .iter()
            .map(|argument| BlockArg::Value(self.value(*argument)))
            .collect()
    }
    fn new_cold_block(&mut self) -> ir::Block {
        let block = self.builder.create_block();
        self.builder.set_cold_block(block);
        block
    }

    fn terminator(&mut self, block: ssa::Block) {
        let function = self.function;
        match &function.blocks[block].terminator {
            Terminator::Jump(target) => {
                let arguments = self.arguments(target);
                let to = self.block(target.block);
                self.builder.ins().jump(to, &arguments);
            }
            Terminator::Branch {
                condition,
                then,
                otherwise,
                probability,
            } => {
                let mut condition = self.value(*condition);
                let (mut first, mut second) = (then, otherwise);
                // The code generator puts the second target next.
                if self.layout.prefers(block, then, otherwise, *probability) {
                    condition = self.builder.ins().icmp_imm_s(IntCC::Equal, condition, 0);
                    (first, second) = (otherwise, then);
                }
                let (yes, no) = (self.arguments(first), self.arguments(second));
                let (to, other) = (self.block(first.block), self.block(second.block));
                self.builder.ins().brif(condition, to, &yes, other, &no);
            }
            Terminator::Switch { key, cases, default } => {
                let key = self.value(*key);
                let mut switch = Switch::new();
                let mut middles = Vec::new();
                for (case, target) in cases {
                    let to = self.plain_target(target, &mut middles);
                    switch.set_entry(u128::from(*case as u32), to);
                }
                let default = self.plain_target(default, &mut middles);
                switch.emit(&mut self.builder, key, default);
                for (middle, target) in middles {
                    self.enter(middle);
                    let arguments = self.arguments(&target);
                    let to = self.block(target.block);
                    self.builder.ins().jump(to, &arguments);
                }
            }
            Terminator::Pending {
                call,
                normal,
                exceptional,
            } => match &function.nodes[*call].op {
                ssa::Op::Call(kind) => self.call(*call, kind, normal, exceptional),
                _ => self.pending(*call, normal, exceptional),
            },
            Terminator::Return(value) => {
                let values: Vec<ir::Value> = value.iter().map(|value| self.value(*value)).collect();
                self.builder.ins().return_(&values);
            }
            Terminator::ReturnPending => {
                let unwinding = self.unwinding_block();
                self.builder.ins().jump(unwinding, &[]);
            }
            Terminator::Exit { reason, resume, state } => {
                let exit = self.exit_block(*state, *reason, *resume, None);
                self.builder.ins().jump(exit, &[]);
            }
            Terminator::None => unreachable!("a block without end"),
        }
    }

    /// A block without parameters that leads to a target.
    fn plain_target(&mut self, target: &ssa::Target, middles: &mut Vec<(ir::Block, ssa::Target)>) -> ir::Block {
        if target.arguments.is_empty() {
            return self.block(target.block);
        }
        let middle = self.builder.create_block();
        middles.push((middle, target.clone()));
        middle
    }

    /// Returns with whatever result: an exception is pending.
    fn return_nothing(&mut self) {
        let values: Vec<ir::Value> = self
            .function
            .result
            .into_iter()
            .map(|result| self.zero(clif_type(result)))
            .collect();
        self.builder.ins().return_(&values);
    }

    fn zero(&mut self, kind: ir::Type) -> ir::Value {
        match kind {
            types::F32 => self.builder.ins().f32const(0.0),
            types::F64 => self.builder.ins().f64const(0.0),
            _ => self.builder.ins().iconst(kind, 0),
        }
    }
}
