//! Calls of Java methods and of the runtime.

use super::{Lowering, TRUSTED, clif_type};
use crate::layout::{RuntimeCall, interface_cache_index};
use crate::ssa::{CallKind, CallTarget, Op, Type, Value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, AbiParam, BlockArg, InstBuilder, MemFlagsData, Signature, types};
use cranelift_codegen::isa::CallConv;
use cranelift_entity::EntityRef;
use peaberry_gc::layout::NARROW_SHIFT;

fn letter_type(letter: u8) -> ir::Type {
    match letter {
        b'I' => types::I32,
        b'F' => types::F32,
        b'D' => types::F64,
        _ => types::I64,
    }
}

/// Somebody to call.
pub(super) struct Callee {
    pub signature: ir::SigRef,
    pub address: Address,
    pub arguments: Vec<ir::Value>,
}

/// Where somebody to call is.
pub(super) enum Address {
    /// At a computed address.
    Computed(ir::Value),
    /// A function of the runtime, behind its thunk in the code cache.
    Near(ir::FuncRef),
}

impl Lowering<'_, '_> {
    /// Calls a function of the runtime; stubs get the thread first.
    pub(super) fn runtime_call(&mut self, call: RuntimeCall, arguments: &[ir::Value]) -> Option<ir::Value> {
        let callee = self.runtime_callee(call, arguments);
        let instruction = self.call_with_map(call.style().is_safepoint(), &callee);
        if !call.style().preserves_registers() {
            return self.builder.inst_results(instruction).first().copied();
        }
        let result = letter_type(call.result()?.as_bytes()[0]);
        let thread = self.thread();
        let offset = self.runtime.layout().thread_call_result;
        Some(self.builder.ins().load(result, TRUSTED, thread, offset))
    }

    fn runtime_callee(&mut self, call: RuntimeCall, arguments: &[ir::Value]) -> Callee {
        let style = call.style();
        let preserving = style.preserves_registers();
        let mut signature = Signature::new(if preserving {
            CallConv::PreserveAll
        } else {
            CallConv::SystemV
        });
        let mut values = Vec::with_capacity(arguments.len() + 1);
        if style.is_safepoint() {
            signature.params.push(AbiParam::new(types::I64));
            values.push(self.thread());
        }
        let mut rest = arguments.iter();
        for letter in call.parameters().bytes() {
            signature.params.push(AbiParam::new(letter_type(letter)));
            if letter == b'T' {
                values.push(self.thread());
            } else {
                values.extend(rest.next());
            }
        }
        let result = call.result().map(|result| letter_type(result.as_bytes()[0]));
        if let Some(result) = result.filter(|_| !preserving) {
            signature.returns.push(AbiParam::new(result));
        }
        let signature = self.builder.import_signature(signature);
        let name = self
            .builder
            .func
            .declare_imported_user_function(ir::UserExternalName::new(0, call as u32));
        let function = self.builder.import_function(ir::ExtFuncData {
            name: ir::ExternalName::user(name),
            signature,
            colocated: true,
            patchable: false,
        });
        Callee {
            signature,
            address: Address::Near(function),
            arguments: values,
        }
    }

    /// Calls a function. At a safepoint the references that live over it lie in their slots meanwhile, and are loaded
    /// again, since they may have moved.
    fn call_with_map(&mut self, safepoint: bool, callee: &Callee) -> ir::Inst {
        let mut kept = Vec::new();
        if let Some(node) = self.current.filter(|_| safepoint) {
            kept.extend_from_slice(self.safepoints.live(node));
        }
        self.keep_references(&kept);
        let call = match callee.address {
            Address::Computed(address) => {
                let ins = self.builder.ins();
                ins.call_indirect(callee.signature, address, &callee.arguments)
            }
            Address::Near(function) => self.builder.ins().call(function, &callee.arguments),
        };
        self.describe_references(call, &kept);
        self.reload_references(&kept);
        call
    }

    /// Puts references into their slots.
    pub(super) fn keep_references(&mut self, kept: &[Value]) {
        for &value in kept {
            let Some(slot) = self.safepoints.slot(value) else {
                continue;
            };
            if self.contents[slot as usize] != Some(value) {
                let lowered = self.value(value);
                let offset = 8 * slot as i32;
                self.builder
                    .ins()
                    .stack_store(types::I64, lowered, self.references, offset);
            }
        }
    }

    /// Names the slots of references in a call's stack map.
    pub(super) fn describe_references(&mut self, call: ir::Inst, kept: &[Value]) {
        for &value in kept {
            if let Some(slot) = self.safepoints.slot(value) {
                let entry = ir::UserStackMapEntry {
                    ty: types::I64,
                    slot: self.references,
                    offset: 8 * slot,
                };
                self.builder.func.dfg.append_user_stack_map_entry(call, entry);
            }
        }
    }

    /// Takes references out of their slots.
    pub(super) fn reload_references(&mut self, kept: &[Value]) {
        for &value in kept {
            let (Some(slot), Some(variable)) = (self.safepoints.slot(value), self.variables[value.index()]) else {
                continue;
            };
            let moved = self
                .builder
                .ins()
                .stack_load(types::I64, types::I64, self.references, 8 * slot as i32);
            self.builder.def_var(variable, moved);
        }
    }

    /// What a call of Java code calls.
    pub(super) fn java_callee(&mut self, call: Value, kind: &CallKind) -> Callee {
        let arguments: Vec<ir::Value> = self.function.nodes[call]
            .arguments
            .iter()
            .map(|argument| self.value(*argument))
            .collect();
        let layout = *self.runtime.layout();
        if kind.by_slots {
            return self.callee_by_slots(kind, &arguments);
        }
        let (method, arguments) = match kind.target {
            CallTarget::Direct(method) => {
                let method = self.builder.ins().iconst(types::I64, method.0 as i64);
                (method, arguments.as_slice())
            }
            CallTarget::Computed => (arguments[0], &arguments[1..]),
            CallTarget::Virtual { vtable_index, .. } => {
                let class = self.class_of(arguments[0]);
                let readonly = TRUSTED.with_readonly();
                let vtable = self
                    .builder
                    .ins()
                    .load(types::I64, readonly, class, layout.class_vtable);
                let offset = i32::try_from(8 * vtable_index).unwrap_or(i32::MAX);
                let method = self.builder.ins().load(types::I64, readonly, vtable, offset);
                (method, arguments.as_slice())
            }
        };
        let mut signature = Signature::new(CallConv::SystemV);
        signature.params.push(AbiParam::new(types::I64));
        for &parameter in &kind.signature.parameters {
            signature.params.push(AbiParam::new(clif_type(parameter)));
        }
        if let Some(result) = Type::from_descriptor(kind.signature.result_character) {
            signature.returns.push(AbiParam::new(clif_type(result)));
        }
        let mut values = vec![method];
        values.extend_from_slice(arguments);
        let address = self
            .builder
            .ins()
            .load(types::I64, TRUSTED, method, layout.method_compiled_entry);
        Callee {
            signature: self.builder.import_signature(signature),
            address: Address::Computed(address),
            arguments: values,
        }
    }

    /// What calls a method with argument slots in memory.
    fn callee_by_slots(&mut self, kind: &CallKind, arguments: &[ir::Value]) -> Callee {
        let (method, arguments) = match kind.target {
            CallTarget::Direct(method) => {
                let method = self.builder.ins().iconst(types::I64, method.0 as i64);
                (method, arguments)
            }
            _ => (arguments[0], &arguments[1..]),
        };
        let mut slot = 0;
        for (&argument, kind) in arguments.iter().zip(&kind.signature.parameters) {
            self.builder
                .ins()
                .stack_store(types::I64, argument, self.slots, 8 * slot);
            slot += kind.slots() as i32;
        }
        self.slot_words = self.slot_words.max(slot as usize);
        let slots = self.builder.ins().stack_addr(types::I64, self.slots, 0);
        self.runtime_callee(RuntimeCall::CallSlots, &[method, slots])
    }

    /// A call of the runtime that stands in the SSA.
    pub(super) fn runtime_node(&mut self, value: Value, call: RuntimeCall) {
        let arguments: Vec<ir::Value> = self.function.nodes[value]
            .arguments
            .iter()
            .map(|argument| self.value(*argument))
            .collect();
        if let Some(result) = self.runtime_call(call, &arguments) {
            self.define(value, result);
        }
    }

    /// What the class (first operand) implements the interface's method (second) by: from the class's cache, which the
    /// runtime fills.
    pub(super) fn find_interface(&mut self, value: Value) {
        let arguments = &self.function.nodes[value].arguments;
        let Op::Long(declared) = self.function.nodes[arguments[1]].op else {
            return self.runtime_node(value, RuntimeCall::FindInterface);
        };
        let (class, declared_value) = (self.value(arguments[0]), self.value(arguments[1]));
        let index = interface_cache_index(declared as u64) as i32;
        let offset = self.runtime.layout().class_interface_cache + 8 * index;
        let (slow, join) = (self.new_cold_block(), self.builder.create_block());
        let found = self.builder.append_block_param(join, types::I64);
        // One word holds both, so that they belong together whoever writes meanwhile.
        let entry = self.builder.ins().load(types::I64, TRUSTED, class, offset);
        let key = self.builder.ins().ireduce(types::I32, entry);
        let wanted = (declared as u64 >> NARROW_SHIFT) as u32 as i32;
        let hit = self.builder.ins().icmp_imm_s(IntCC::Equal, key, i64::from(wanted));
        let high = self.builder.ins().ushr_imm_u(entry, 32);
        let cached = self.builder.ins().ishl_imm_u(high, i64::from(NARROW_SHIFT));
        self.builder
            .ins()
            .brif(hit, join, &[BlockArg::Value(cached)], slow, &[]);
        self.enter(slow);
        if let Some(method) = self.runtime_call(RuntimeCall::FindInterface, &[class, declared_value]) {
            self.builder.ins().jump(join, &[BlockArg::Value(method)]);
        }
        self.enter(join);
        self.define(value, found);
    }

    pub(super) fn poll(&mut self, value: Value) {
        let thread = self.thread();
        let offset = self.runtime.layout().thread_poll;
        // Another thread writes it: an atomic load is not moved out of the loop.
        let address = self.builder.ins().iadd_imm_s(thread, i64::from(offset));
        let due = self
            .builder
            .ins()
            .atomic_load(types::I32, MemFlagsData::trusted(), address);
        let (slow, next) = (self.new_cold_block(), self.builder.create_block());
        self.builder.ins().brif(due, slow, &[], next, &[]);
        self.enter(slow);
        self.runtime_call(RuntimeCall::Poll, &[]);
        self.check_pending(value, None);
        self.builder.ins().jump(next, &[]);
        self.enter(next);
        debug_assert!(matches!(self.function.nodes[value].op, Op::Poll));
    }
}
