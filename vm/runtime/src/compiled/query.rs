//! What the compiler asks of the runtime, answered from method area, pool words and profiles, on whatever thread
//! compiles. Ids are addresses.

use super::installed::{class_of_id, method_of};
use super::query_classes as hierarchy;
use super::query_objects as objects;
use crate::basic_type::BasicType;
use crate::interp::quick_opcodes::*;
use crate::interp::{self, leaf_entry, rebuild};
use crate::invoke::polymorphic_kind;
use crate::known::KnownClass;
use crate::link::find_field;
use crate::method_area::class::{DISPLAY_SIZE, class_flags};
use crate::method_area::method::method_flags;
use crate::method_area::{CallSite, Class, ClassPtr, ClassState, Field, FieldPtr, Meta, Method, MethodPtr};
use crate::thread::{JavaThread, LockStack};
use crate::tier;
use crate::vm::Vm;
use peaberry_classfile::model::tag;
use peaberry_classfile::opcodes::op;
use peaberry_gc::layout::NARROW_SHIFT;
use peaberry_gc::tlab::Tlab;
use peaberry_jit::code::ExitReason;
use peaberry_jit::layout::RuntimeLayout;
use peaberry_jit::query::{
    BranchProfile, CallTarget, ClassId, Constant, FieldInfo, Kind, KnownObject, MethodId, MethodInfo, Polymorphic,
    Runtime, TypeProfile,
};
use std::mem::offset_of;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

/// Answers for a compilation. The classes asked about live as long as it runs.
pub struct Query<'v> {
    vm: &'v Vm,
}

/// Offsets in the runtime's structures.
pub(super) fn layout() -> RuntimeLayout {
    RuntimeLayout {
        thread_poll: offset_of!(JavaThread, poll) as i32,
        thread_exception: offset_of!(JavaThread, exception) as i32,
        thread_tlab_cursor: (offset_of!(JavaThread, tlab) + offset_of!(Tlab, cursor)) as i32,
        thread_tlab_limit: (offset_of!(JavaThread, tlab) + offset_of!(Tlab, limit)) as i32,
        thread_card_table: offset_of!(JavaThread, card_table) as i32,
        thread_native_stack_limit: offset_of!(JavaThread, native_stack_limit) as i32,
        thread_invalid_return: offset_of!(JavaThread, invalid_return) as i32,
        thread_call_result: offset_of!(JavaThread, call_result) as i32,
        thread_guard_countdown: offset_of!(JavaThread, guard_countdown) as i32,
        thread_id: offset_of!(JavaThread, id) as i32,
        thread_lock_records: (offset_of!(JavaThread, locks) + LockStack::RECORDS_OFFSET) as i32,
        thread_lock_count: (offset_of!(JavaThread, locks) + LockStack::LENGTH_OFFSET) as i32,
        thread_lock_capacity: (offset_of!(JavaThread, locks) + LockStack::CAPACITY_OFFSET) as i32,
        class_vtable: offset_of!(Class, vtable) as i32,
        class_display: offset_of!(Class, display) as i32,
        class_secondary_cache: offset_of!(Class, secondary_cache) as i32,
        class_interface_cache: offset_of!(Class, interface_cache) as i32,
        class_state: offset_of!(Class, state) as i32,
        class_state_initialized: ClassState::Initialized as u8,
        class_state_being_initialized: ClassState::BeingInitialized as u8,
        class_depth: offset_of!(Class, depth) as i32,
        class_initializing_thread: offset_of!(Class, initializing_thread) as i32,
        class_element_class: offset_of!(Class, element_class) as i32,
        method_compiled_entry: offset_of!(Method, compiled_entry) as i32,
    }
}

pub(super) fn class_id(class: ClassPtr) -> ClassId {
    ClassId(class.address() as u64)
}

pub(super) fn method_id(method: MethodPtr) -> MethodId {
    MethodId(method.address() as u64)
}

fn kind_of(basic_type: BasicType) -> Kind {
    match basic_type {
        BasicType::Boolean => Kind::Boolean,
        BasicType::Byte => Kind::Byte,
        BasicType::Char => Kind::Char,
        BasicType::Short => Kind::Short,
        BasicType::Int => Kind::Int,
        BasicType::Long => Kind::Long,
        BasicType::Float => Kind::Float,
        BasicType::Double => Kind::Double,
        BasicType::Object | BasicType::Array | BasicType::Void => Kind::Reference,
    }
}

impl<'v> Query<'v> {
    /// Answers for a VM.
    pub fn new(vm: &'v Vm) -> Query<'v> {
        Query { vm }
    }

    fn method(&self, method: MethodId) -> MethodPtr {
        // SAFETY: ids are made of live methods, which live as long as the compilation.
        unsafe { method_of(method) }
    }

    fn class(&self, class: ClassId) -> ClassPtr {
        // SAFETY: as above.
        unsafe { class_of_id(class) }
    }

    /// The opcode of the class file at a bci.
    fn opcode(method: MethodPtr, bci: u32) -> u8 {
        method.bytecode.get(bci as usize).copied().unwrap_or(op::NOP)
    }

    /// The opcode at a bci in quickened code.
    fn quick_opcode(method: MethodPtr, bci: u32) -> u8 {
        let code = method.code.load(Ordering::Acquire);
        if code.is_null() || bci >= method.code_length {
            return Self::opcode(method, bci);
        }
        // SAFETY: quickened code is as long as the bytecode; its bytes are patched atomically.
        unsafe { (*code.add(bci as usize).cast::<AtomicU8>()).load(Ordering::Acquire) }
    }

    /// The constant-pool index of the instruction at a bci.
    fn constant_index(method: MethodPtr, bci: u32) -> u16 {
        let at = bci as usize;
        let byte = |offset: usize| method.bytecode.get(at + offset).copied().unwrap_or(0);
        if byte(0) == op::LDC {
            u16::from(byte(1))
        } else {
            u16::from_be_bytes([byte(1), byte(2)])
        }
    }

    fn resolved_method(method: MethodPtr, bci: u32) -> Option<MethodPtr> {
        let word = method.constants.resolved(Self::constant_index(method, bci));
        // SAFETY: callers have seen an instruction whose constant resolves to a method.
        unsafe { Meta::from_pointer(word as *const Method) }
    }

    fn site_target(site: *const CallSite) -> CallTarget {
        if site.is_null() {
            return CallTarget::Unresolved;
        }
        // SAFETY: call sites live as long as the class with the instruction.
        let site = unsafe { &*site };
        CallTarget::Linked {
            adapter: method_id(site.adapter),
            appendix_slot: site.appendix as u64,
        }
    }

    fn virtual_target(declared: MethodPtr) -> CallTarget {
        match u32::try_from(declared.vtable_index.get()) {
            Ok(vtable_index) => CallTarget::Virtual {
                declared: method_id(declared),
                vtable_index,
            },
            Err(_) => CallTarget::Direct(method_id(declared)),
        }
    }

    /// What names the method in the compiler's table of intrinsics, if it may be there.
    fn intrinsic(&self, method: MethodPtr) -> Option<&'static str> {
        if !method.has_flag(method_flags::INTRINSIC_CANDIDATE) || !method.holder.loader_data().is_boot() {
            return None;
        }
        let name = format!("{}.{} {}", method.holder.name, method.name, method.descriptor);
        std::str::from_utf8(self.vm.symbol(&name).bytes()).ok()
    }

    /// The field an instruction's constant is resolved to.
    fn resolved_field(&self, method: MethodPtr, index: u16) -> Option<FieldPtr> {
        let pool = method.constants;
        if pool.tag(index) != tag::FIELDREF || pool.resolved(index) == 0 {
            return None;
        }
        let class = pool.resolved_class(pool.member_class(index))?;
        let (name, descriptor) = pool.member_name_and_type(index);
        find_field(class, self.vm.symbols.find(name)?, self.vm.symbols.find(descriptor)?)
    }
}

impl Runtime for Query<'_> {
    fn layout(&self) -> &RuntimeLayout {
        &self.vm.compiled.layout
    }

    fn method(&self, id: MethodId) -> MethodInfo {
        let method = self.method(id);
        let row = |handler: &crate::method_area::method::ExceptionHandler| {
            (handler.start, handler.end, handler.handler, handler.catch_type)
        };
        MethodInfo {
            holder: class_id(method.holder),
            name: method.full_name(),
            descriptor: method.descriptor.bytes().to_vec(),
            is_static: method.is_static(),
            is_synchronized: method.is_synchronized(),
            is_native: method.is_native(),
            has_code: !method.bytecode.is_empty(),
            is_constructor: method.is_constructor(),
            force_inline: method.has_flag(method_flags::FORCE_INLINE),
            never_inline: method.has_flag(method_flags::DONT_INLINE) || tier::must_be_interpreted(method),
            code_length: method.code_length,
            max_stack: method.max_stack,
            max_locals: method.max_locals,
            handlers: method.handlers.iter().map(row).collect(),
            polymorphic: match method.polymorphic_kind {
                polymorphic_kind::NONE => Polymorphic::No,
                polymorphic_kind::INVOKE_BASIC => Polymorphic::InvokeBasic,
                polymorphic_kind::LINK_TO_VIRTUAL
                | polymorphic_kind::LINK_TO_STATIC
                | polymorphic_kind::LINK_TO_SPECIAL
                | polymorphic_kind::LINK_TO_INTERFACE => Polymorphic::LinkTo,
                _ => Polymorphic::Other,
            },
            intrinsic: self.intrinsic(method),
            is_leaf_native: method.entry.load(Ordering::Relaxed) == leaf_entry(),
        }
    }

    fn bytecode(&self, method: MethodId) -> &[u8] {
        let method = self.method(method);
        // SAFETY: bytecode lives as long as its class, which lives as long as the compilation.
        unsafe { std::slice::from_raw_parts(method.bytecode.as_ptr(), method.bytecode.len()) }
    }

    fn class_name(&self, class: ClassId) -> String {
        self.class(class).name.text().into_owned()
    }

    fn counters(&self, method: MethodId) -> (u32, u32) {
        let method = self.method(method);
        (
            method.invocation_count.load(Ordering::Relaxed),
            method.backedge_count.load(Ordering::Relaxed),
        )
    }

    fn branch_profile(&self, method: MethodId, bci: u32) -> Option<BranchProfile> {
        let profile = self.method(method).branch_profile(bci)?;
        Some(BranchProfile {
            taken: profile.taken,
            not_taken: profile.not_taken,
        })
    }

    fn type_profile(&self, method: MethodId, bci: u32) -> Option<TypeProfile> {
        let profile = self.method(method).type_profile(bci)?;
        let seen = profile.classes.iter().flatten();
        Some(TypeProfile {
            classes: seen.map(|(class, count)| (class_id(*class), *count)).collect(),
            other: profile.others,
            null_seen: profile.null_seen,
        })
    }

    fn exits_taken(&self, method: MethodId, bci: u32, reason: ExitReason) -> u32 {
        self.vm.compiled.exits_taken(method, bci, reason)
    }

    fn field(&self, id: MethodId, bci: u32) -> Option<FieldInfo> {
        let method = self.method(id);
        let opcode = Self::opcode(method, bci);
        let index = Self::constant_index(method, bci);
        let field = self.resolved_field(method, index)?;
        let (is_static, is_put) = match opcode {
            op::GETFIELD => (false, false),
            op::PUTFIELD => (false, true),
            op::GETSTATIC => (true, false),
            op::PUTSTATIC => (true, true),
            _ => return None,
        };
        if field.is_static() != is_static {
            return None;
        }
        // Whether a final field may be written here only resolution by this very instruction tells.
        if is_put && field.is_final() && Self::quick_opcode(method, bci) == opcode {
            return None;
        }
        Some(FieldInfo {
            holder: class_id(field.holder),
            id: field.address() as u64,
            kind: kind_of(field.basic_type),
            location: if is_static {
                field.static_address() as u64
            } else {
                u64::from(field.offset.get())
            },
            is_static,
            is_volatile: field.is_volatile() || tells_liveness(field),
            is_final: field.is_final(),
        })
    }

    fn call_target(&self, id: MethodId, bci: u32) -> CallTarget {
        let method = self.method(id);
        let quick = Self::quick_opcode(method, bci);
        let direct = |target: MethodPtr| CallTarget::Direct(method_id(target));
        let target = match Self::opcode(method, bci) {
            op::INVOKESTATIC if quick == INVOKESTATIC_QUICK => Self::resolved_method(method, bci).map(direct),
            op::INVOKESPECIAL if quick == INVOKESPECIAL_QUICK => Self::resolved_method(method, bci).map(direct),
            op::INVOKEVIRTUAL => match quick {
                INVOKESPECIAL_QUICK => Self::resolved_method(method, bci).map(direct),
                INVOKEVIRTUAL_QUICK | INVOKEVIRTUAL_SHORT => {
                    Self::resolved_method(method, bci).map(Self::virtual_target)
                }
                INVOKEVIRTUAL_INTERFACE => Self::resolved_method(method, bci).map(|declared| CallTarget::Interface {
                    declared: method_id(declared),
                }),
                INVOKEHANDLE => {
                    let word = method.constants.resolved(Self::constant_index(method, bci));
                    Some(Self::site_target(word as *const CallSite))
                }
                _ => None,
            },
            op::INVOKEINTERFACE if quick == INVOKEINTERFACE_QUICK => {
                Self::resolved_method(method, bci).map(|declared| {
                    if declared.holder.is_interface() {
                        CallTarget::Interface {
                            declared: method_id(declared),
                        }
                    } else {
                        Self::virtual_target(declared)
                    }
                })
            }
            // Stays as it is in the interpreter.
            op::INVOKEINTERFACE if quick == op::INVOKEINTERFACE => Self::resolved_method(method, bci)
                .filter(|declared| declared.is_private() && declared.holder.is_interface())
                .map(direct),
            op::INVOKEDYNAMIC if quick == INVOKEDYNAMIC_QUICK => {
                let code = method.code.load(Ordering::Acquire);
                // SAFETY: the instruction's operand is the narrow address of its call site.
                let narrow = unsafe { code.add(bci as usize + 1).cast::<u32>().read_unaligned() };
                Some(Self::site_target(
                    ((narrow as usize) << NARROW_SHIFT) as *const CallSite,
                ))
            }
            _ => None,
        };
        target.unwrap_or(CallTarget::Unresolved)
    }

    fn call_descriptor(&self, id: MethodId, bci: u32) -> Vec<u8> {
        let method = self.method(id);
        let index = Self::constant_index(method, bci);
        method.constants.member_name_and_type(index).1.to_vec()
    }

    fn field_descriptor(&self, id: MethodId, bci: u32) -> Vec<u8> {
        self.call_descriptor(id, bci)
    }

    fn constant(&self, id: MethodId, bci: u32) -> Constant {
        let method = self.method(id);
        let pool = method.constants;
        let index = Self::constant_index(method, bci);
        let word = pool.resolved(index);
        match pool.tag(index) {
            tag::INTEGER => Constant::Int(word as i32),
            tag::FLOAT => Constant::Float(word as u32),
            tag::LONG => Constant::Long(word as i64),
            tag::DOUBLE => Constant::Double(word),
            tag::CLASS => match pool.resolved_class(index) {
                Some(class) => Constant::Fixed(class.mirror().0 as u64),
                None => Constant::Unresolved,
            },
            // The slot of a dynamic constant of primitive type holds its box, which only a thread of the VM may open.
            tag::DYNAMIC if !matches!(self.constant_type(id, bci), b'L') => Constant::Unresolved,
            _ if word != 0 => Constant::Slot(word),
            _ => Constant::Unresolved,
        }
    }

    fn constant_type(&self, id: MethodId, bci: u32) -> u8 {
        let method = self.method(id);
        let pool = method.constants;
        let index = Self::constant_index(method, bci);
        match pool.tag(index) {
            tag::INTEGER => b'I',
            tag::FLOAT => b'F',
            tag::LONG => b'J',
            tag::DOUBLE => b'D',
            tag::DYNAMIC => match pool.member_name_and_type(index).1.first() {
                Some(b'[') | None => b'L',
                Some(&c) => c,
            },
            _ => b'L',
        }
    }

    fn class_at(&self, id: MethodId, bci: u32) -> Option<ClassId> {
        let method = self.method(id);
        method
            .constants
            .resolved_class(Self::constant_index(method, bci))
            .map(class_id)
    }

    fn catch_class(&self, method: MethodId, constant: u16) -> Option<ClassId> {
        if constant == 0 {
            return Some(class_id(self.vm.known.class(KnownClass::Throwable)));
        }
        self.method(method).constants.resolved_class(constant).map(class_id)
    }

    fn array_class_of(&self, element: ClassId) -> Option<ClassId> {
        let array = self.class(element).array_class.load(Ordering::Acquire);
        // SAFETY: the word is null or the array class.
        unsafe { Meta::from_pointer(array) }.map(class_id)
    }

    fn primitive_array_class(&self, code: u8) -> Option<ClassId> {
        let element = BasicType::from_newarray(code)?;
        self.vm.known.primitive_array_if_present(element).map(class_id)
    }

    fn element_class(&self, array: ClassId) -> Option<ClassId> {
        let array = self.class(array);
        let element = array.element_class.filter(|_| array.is_array())?;
        (!element.is_primitive()).then(|| class_id(element))
    }

    fn mirror(&self, class: ClassId) -> u64 {
        self.class(class).mirror().0 as u64
    }

    fn is_initialized(&self, class: ClassId) -> bool {
        self.class(class).is_initialized()
    }

    fn is_interface(&self, class: ClassId) -> bool {
        self.class(class).is_interface()
    }

    fn is_exact(&self, class: ClassId) -> bool {
        hierarchy::is_exact(self.class(class))
    }

    fn is_subtype(&self, class: ClassId, of: ClassId) -> bool {
        self.class(class).is_subtype_of(self.class(of))
    }

    fn display_depth(&self, class: ClassId) -> Option<u32> {
        let class = self.class(class);
        let in_display = (class.depth as usize) < DISPLAY_SIZE && !class.is_interface() && !class.is_array();
        in_display.then_some(class.depth)
    }

    fn select(&self, class: ClassId, declared: MethodId) -> Option<MethodId> {
        let class = self.class(class);
        let selected = hierarchy::has_tables(class)
            .then(|| hierarchy::implementation(class, self.method(declared)))
            .flatten()?;
        (!selected.is_abstract()).then(|| method_id(selected))
    }

    fn unique_target(&self, declared: MethodId) -> Option<MethodId> {
        hierarchy::unique_target(self.vm, self.method(declared)).map(method_id)
    }

    fn unique_concrete_class(&self, class: ClassId) -> Option<ClassId> {
        hierarchy::unique_concrete_class(self.vm, self.class(class)).map(class_id)
    }

    fn instance_bytes(&self, class: ClassId) -> Option<u32> {
        let class = self.class(class);
        let inline = class.is_instance()
            && !class.is_abstract()
            && !class.is_interface()
            && !class.has_flag(class_flags::SLOW_ALLOCATION)
            && class.prefix.has_finalizer == 0;
        inline.then_some(class.prefix.instance_bytes)
    }

    fn may_be_virtual(&self, class: ClassId) -> bool {
        let class = self.class(class);
        // The collector clears references, and the runtime knows threads from when they are made.
        [KnownClass::Reference, KnownClass::Thread].into_iter().all(|special| {
            let special = self.vm.known.class_if_present(special);
            !special.is_some_and(|special| class.is_subtype_of(special))
        })
    }

    fn static_final(&self, info: &FieldInfo) -> Option<Constant> {
        // SAFETY: the id is the field's address, of a class that lives as long as the compilation.
        let field: FieldPtr = unsafe { Meta::new(info.id as *const Field) };
        let holder = field.holder;
        // The class library writes the fields of System for its standard streams although they are final.
        let is_system = self.vm.known.class_if_present(KnownClass::System) == Some(holder);
        if !field.is_static() || !field.is_final() || !holder.is_initialized() || is_system {
            return None;
        }
        let address = field.static_address();
        // SAFETY: static fields lie in the class's mirror, which does not move.
        unsafe {
            Some(match kind_of(field.basic_type) {
                Kind::Boolean | Kind::Byte => Constant::Int(i32::from(*(address as *const i8))),
                Kind::Char => Constant::Int(i32::from(*(address as *const u16))),
                Kind::Short => Constant::Int(i32::from(*(address as *const i16))),
                Kind::Int => Constant::Int(*(address as *const i32)),
                Kind::Float => Constant::Float(*(address as *const u32)),
                Kind::Long => Constant::Long(*(address as *const i64)),
                Kind::Double => Constant::Double(*(address as *const u64)),
                Kind::Reference => Constant::Slot((address as *const AtomicU32) as u64),
            })
        }
    }

    fn known_class(&self, object: &KnownObject) -> Option<ClassId> {
        objects::class(self.vm, object)
    }

    fn is_lasting(&self, object: &KnownObject, field: &FieldInfo) -> bool {
        objects::is_lasting(self.vm, object, field)
    }

    fn is_stable(&self, field: &FieldInfo) -> bool {
        objects::is_stable(field)
    }

    fn has_element(&self, array: &KnownObject, index: u32) -> bool {
        objects::has_element(self.vm, array, index)
    }

    fn same_object(&self, one: &KnownObject, other: &KnownObject) -> Option<bool> {
        objects::same(self.vm, one, other)
    }

    fn known_field(&self, object: &KnownObject, field: &FieldInfo) -> Option<Constant> {
        objects::field(self.vm, object, field)
    }

    fn mirrored_class(&self, object: &KnownObject) -> Option<ClassId> {
        objects::mirrored_class(self.vm, object)
    }

    fn handle_target(&self, object: &KnownObject) -> Option<MethodId> {
        objects::handle_target(self.vm, object)
    }

    fn member_target(&self, object: &KnownObject, linker: MethodId) -> Option<CallTarget> {
        objects::member_target(self.vm, object, linker)
    }

    fn prepare(&self, method: MethodId) -> bool {
        let method = self.method(method);
        !method.bytecode.is_empty()
            && method.holder.state() != ClassState::Loaded
            && !method.has_flag(method_flags::HAS_SUBROUTINES)
            && interp::prepare(self.vm, method)
    }

    fn resume_bci(&self, method: MethodId, bci: u32) -> u32 {
        rebuild::resume_bci(&self.method(method), bci)
    }
}

/// Does the field tell whether memory may still be accessed? Who closes a scope waits for accesses in progress alone
/// (`ScopedMemoryAccess.closeScope`), so that each access has to look anew: no look may move out of a loop.
fn tells_liveness(field: FieldPtr) -> bool {
    field.name.bytes() == b"state"
        && field.holder.loader_data().is_boot()
        && field.holder.name.bytes().starts_with(b"jdk/internal/foreign/")
}
