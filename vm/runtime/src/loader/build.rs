//! From the parsed class file to the runtime's structures.

use super::field_layout::{lay_out, push_run};
use super::pool::build_pool;
use super::{LoaderData, Loaders};
use crate::basic_type::BasicType;
use crate::invoke::polymorphic_kind;
use crate::known::KnownClass;
use crate::method_area::class::{ClassAttributes, ClassKind, DISPLAY_SIZE, class_flags};
use crate::method_area::method::{ExceptionHandler, UNLINKED, method_flags};
use crate::method_area::symbol::QuickSet;
use crate::method_area::{
    Arena, Class, ClassPtr, ClassState, Field, LinkCell, Meta, MetaSlice, Method, Rows, Space, Sym,
};
use crate::thread::JavaThread;
use peaberry_classfile::ClassFile;
use peaberry_classfile::model as file;
use peaberry_gc::layout::{
    AtomicNarrow, ClassPrefix, HEADER_BYTES, MIRROR_CLASS_OFFSET, Narrow, ReferenceRun, Shape, Strength, align_object,
};
use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicU32, AtomicUsize, Ordering};

/// Root slots of a class beside those of its constants: nest host, initialization error, a few call sites.
const SPARE_ROOTS: u32 = 2;
/// From this number of supertypes on a set finds duplicates.
const MANY_SUPERTYPES: usize = 32;
/// Instances above this size are not allocated by the interpreter's fast path.
const LARGE_INSTANCE: u32 = 8 * 1024;

/// What a class is made of beside its class file.
pub(super) struct Seed<'a> {
    pub loader: &'static LoaderData,
    /// The name: the class file's, or a hidden class's own.
    pub name: Sym,
    pub super_class: Option<ClassPtr>,
    pub interfaces: &'a [ClassPtr],
    /// The class file where it stays.
    pub bytes: MetaSlice<u8>,
    pub hidden: bool,
    pub strong: bool,
    /// Annotations of the VM count.
    pub privileged: bool,
    /// Where to build it.
    pub arena: Arena<'a>,
    /// Its own space, null when it is built in its loader's.
    pub space: *const Space,
}

/// Moves slices of the parsed bytes to where the class file stays.
#[derive(Clone, Copy)]
struct Rebase {
    from: usize,
    to: MetaSlice<u8>,
}

impl Rebase {
    fn slice(&self, slice: &[u8]) -> MetaSlice<u8> {
        let offset = (slice.as_ptr() as usize).wrapping_sub(self.from);
        match self.to.get(offset..offset.wrapping_add(slice.len())) {
            // SAFETY: the class file's bytes live as long as the class.
            Some(slice) if !slice.is_empty() => unsafe { MetaSlice::new(slice) },
            _ => MetaSlice::EMPTY,
        }
    }
    fn optional(&self, slice: Option<&[u8]>) -> MetaSlice<u8> {
        slice.map_or(MetaSlice::EMPTY, |s| self.slice(s))
    }
}

/// A slice of values computed into the arena.
fn collect<T: Copy>(arena: &Arena<'_>, values: impl ExactSizeIterator<Item = T>) -> MetaSlice<T> {
    let length = values.len();
    if length == 0 {
        return MetaSlice::EMPTY;
    }
    let memory = arena.allocate(length * size_of::<T>(), align_of::<T>()).cast::<T>();
    // SAFETY: fresh memory for `length` values, all written.
    unsafe {
        for (index, value) in values.take(length).enumerate() {
            memory.add(index).write(value);
        }
        MetaSlice::new(std::slice::from_raw_parts(memory, length))
    }
}

/// The package part of an internal name.
pub(super) fn package_of(name: &[u8]) -> &[u8] {
    name.iter()
        .rposition(|b| *b == b'/')
        .map_or(&[], |slash| &name[..slash])
}

/// A class with nothing in it yet; what depends on its kind is set by the callers.
pub(super) fn blank_class(
    loaders: &Loaders,
    loader: &'static LoaderData,
    kind: ClassKind,
    name: Sym,
    package: Sym,
) -> Class {
    Class {
        prefix: ClassPrefix {
            instance_bytes: 0,
            shape: Shape::Instance,
            element_shift: 0,
            strength: Strength::None,
            has_finalizer: 0,
            mark_epoch: AtomicU32::new(0),
            mirror: AtomicNarrow::new(Narrow::NULL),
            reference_runs: std::ptr::null(),
            reference_run_count: 0,
            mirror_bytes: 0,
            static_reference_runs: std::ptr::null(),
            static_reference_run_count: 0,
            extra_root_count: 0,
            extra_roots: std::ptr::null(),
            more_roots: AtomicPtr::default(),
        },
        state: AtomicU8::new(ClassState::Loaded as u8),
        kind,
        basic_type: BasicType::Object,
        dimensions: 0,
        depth: 0,
        access_flags: 0,
        modifier_flags: 0,
        flags: AtomicU32::new(0),
        display: LinkCell::new([std::ptr::null(); DISPLAY_SIZE]),
        secondary_cache: AtomicPtr::default(),
        interface_cache: Default::default(),
        secondary_supers: LinkCell::new(MetaSlice::EMPTY),
        vtable: LinkCell::new(MetaSlice::EMPTY),
        itable: LinkCell::new(MetaSlice::EMPTY),
        name,
        super_class: LinkCell::new(None),
        interfaces: LinkCell::new(MetaSlice::EMPTY),
        constants: LinkCell::new(None),
        methods: LinkCell::new(MetaSlice::EMPTY),
        fields: LinkCell::new(MetaSlice::EMPTY),
        method_index: LinkCell::new(MetaSlice::EMPTY),
        initializer: LinkCell::new(None),
        array_class: AtomicPtr::default(),
        element_class: None,
        bottom_class: LinkCell::new(None),
        loader: std::ptr::from_ref(loader),
        space: std::ptr::null(),
        package,
        initializing_thread: AtomicUsize::new(0),
        nest_host: AtomicPtr::default(),
        attributes: ClassAttributes {
            source_file: 0,
            signature: 0,
            enclosing_method: (0, 0),
            nest_host_index: 0,
            inner_classes: MetaSlice::EMPTY,
            nest_members: MetaSlice::EMPTY,
            permitted_subclasses: MetaSlice::EMPTY,
            record: MetaSlice::EMPTY,
            annotations: MetaSlice::EMPTY,
            type_annotations: MetaSlice::EMPTY,
            source_debug_extension: MetaSlice::EMPTY,
            version: (0, 0),
            bytes: MetaSlice::EMPTY,
        },
        first_subclass: AtomicPtr::default(),
        next_sibling: AtomicPtr::default(),
        implementor_count: AtomicU32::new(0),
        serial: loaders.new_class_serial(),
        instance_end: LinkCell::new(HEADER_BYTES as u32),
        extra_roots_used: AtomicU32::new(0),
        package_entry: AtomicPtr::default(),
    }
}

/// Sets depth, display and secondary supertypes from superclass and interfaces; `place` tells where the class will be.
pub(super) fn set_supertypes(
    arena: &Arena<'_>,
    class: &mut Class,
    place: *const Class,
    super_class: Option<ClassPtr>,
    interfaces: MetaSlice<ClassPtr>,
) {
    class.super_class.set(super_class);
    class.interfaces.set(interfaces);
    let is_plain = class.kind == ClassKind::Instance && !class.is_interface();
    let mut display = [std::ptr::null(); DISPLAY_SIZE];
    if let Some(parent) = super_class {
        class.depth = parent.depth + 1;
        display = parent.display.get();
    }
    if is_plain && (class.depth as usize) < DISPLAY_SIZE {
        display[class.depth as usize] = place;
    }
    class.display.set(display);
    let inherited = super_class.map_or(MetaSlice::EMPTY, |parent| parent.secondary_supers.get());
    if interfaces.is_empty() {
        class.secondary_supers.set(inherited);
        return;
    }
    let mut all: Vec<ClassPtr> = inherited.to_vec();
    // Few, mostly: comparing them all is quickest then.
    let mut seen: Option<QuickSet<usize>> = None;
    for interface in interfaces.iter() {
        for candidate in std::iter::once(interface).chain(interface.secondary_supers.get().iter()) {
            if all.len() >= MANY_SUPERTYPES && seen.is_none() {
                seen = Some(all.iter().map(|c| c.address()).collect());
            }
            let is_new = match &mut seen {
                Some(seen) => seen.insert(candidate.address()),
                None => !all.contains(candidate),
            };
            if is_new {
                all.push(*candidate);
            }
        }
    }
    class.secondary_supers.set(collect(arena, all.into_iter()));
}

/// About what the class will take in the method area, its class file apart.
pub(super) fn estimated_bytes(parsed: &ClassFile<'_>) -> usize {
    let code: usize = parsed
        .methods
        .iter()
        .map(|m| m.code.as_ref().map_or(0, |c| 20 * c.exception_table.len()))
        .sum();
    size_of::<Class>()
        + code
        + parsed.methods.len() * (size_of::<Method>() + 24)
        + parsed.fields.len() * (size_of::<Field>() + 16)
        + parsed.constant_pool.len() * 16
        + 256
}

/// Builds the class; its mirror and static storage come later.
pub(super) fn build_class(thread: &JavaThread, parsed: &ClassFile<'_>, seed: &Seed<'_>) -> ClassPtr {
    let vm = thread.vm();
    let arena = &seed.arena;
    let rebase = Rebase {
        from: parsed.bytes.as_ptr() as usize,
        to: seed.bytes,
    };
    let (pool, constant_roots) = build_pool(arena, parsed, seed.bytes);
    // SAFETY: just placed.
    let pool = unsafe { Meta::new(pool) };
    let package = match seed.super_class {
        // The package's symbol is that of its name; most classes share it with few others.
        _ if package_of(seed.name.bytes()).is_empty() => vm.symbol(""),
        _ => vm.symbol_bytes(package_of(seed.name.bytes())),
    };
    let place = arena.allocate(size_of::<Class>(), 8).cast::<Class>();
    // SAFETY: the class is written below, before anybody but this function follows the pointer.
    let this = unsafe { Meta::new(place.cast_const()) };
    let mut class = blank_class(&vm.loaders, seed.loader, ClassKind::Instance, seed.name, package);
    class.access_flags = u32::from(parsed.access_flags.bits());
    class.space = seed.space;
    class.bottom_class.set(Some(this));
    class.constants.set(Some(pool));
    class.attributes = attributes(arena, parsed, rebase);
    class.modifier_flags = modifier_flags(parsed);
    let mut flags = 0;
    flags |= if seed.hidden { class_flags::HIDDEN } else { 0 };
    flags |= if seed.strong { class_flags::STRONG_HIDDEN } else { 0 };
    flags |= if parsed.attributes.record.is_some() {
        class_flags::RECORD
    } else {
        0
    };
    flags |= if parsed.attributes.permitted_subclasses.is_some() {
        class_flags::SEALED
    } else {
        0
    };
    let trusted_name = if seed.loader.is_boot() && !seed.hidden {
        seed.name.bytes()
    } else {
        b""
    };
    if matches!(
        trusted_name,
        b"java/lang/invoke/MethodHandle" | b"java/lang/invoke/VarHandle"
    ) {
        flags |= class_flags::SIGNATURE_POLYMORPHIC_HOLDER;
    }
    set_supertypes(
        arena,
        &mut class,
        place,
        seed.super_class,
        collect(arena, seed.interfaces.iter().copied()),
    );
    let cloneable = vm.known.class_if_present(KnownClass::Cloneable);
    if cloneable.is_some_and(|c| class.secondary_supers.get().contains(&c)) {
        flags |= class_flags::CLONEABLE;
    }

    // Shape: what the superclass is, and what the roots of those hierarchies are by name.
    if let Some(parent) = seed.super_class {
        class.prefix.shape = parent.prefix.shape;
        class.prefix.strength = parent.prefix.strength;
    }
    match trusted_name {
        b"java/lang/Class" => class.prefix.shape = Shape::Mirror,
        b"java/lang/ClassLoader" => class.prefix.shape = Shape::Loader,
        b"java/lang/ref/Reference" => class.prefix.shape = Shape::Reference,
        b"java/lang/ref/SoftReference" => class.prefix.strength = Strength::Soft,
        b"java/lang/ref/WeakReference" => class.prefix.strength = Strength::Weak,
        b"java/lang/ref/FinalReference" => class.prefix.strength = Strength::Final,
        b"java/lang/ref/PhantomReference" => class.prefix.strength = Strength::Phantom,
        _ => {}
    }

    // Methods.
    let count = parsed.methods.len();
    let block = arena
        .allocate(count * size_of::<Method>(), align_of::<Method>())
        .cast::<Method>();
    let mut has_defaults = seed
        .interfaces
        .iter()
        .any(|i| i.has_flag(class_flags::HAS_DEFAULT_METHODS))
        || seed
            .super_class
            .is_some_and(|s| s.has_flag(class_flags::HAS_DEFAULT_METHODS));
    let mut finalizer = seed.super_class.is_some_and(|s| s.prefix.has_finalizer != 0);
    for (slot, method) in parsed.methods.iter().enumerate() {
        let built = build_method(thread, seed, this, pool, slot, method, rebase, flags);
        if class.is_interface() && !built.is_abstract() && !built.is_static() {
            has_defaults = true;
        }
        if method.name == b"finalize" && method.descriptor == b"()V" && seed.super_class.is_some() {
            finalizer = thread.vm().options.finalization && !built.has_flag(method_flags::EMPTY);
            built.set_flag(method_flags::FINALIZER);
        }
        // SAFETY: the block has room for `count` methods.
        unsafe { block.add(slot).write(built) };
    }
    // SAFETY: the block holds `count` methods.
    let methods = collect(
        arena,
        (0..count).map(|i| unsafe { Meta::new(block.add(i).cast_const()) }),
    );
    class.methods.set(methods);
    class.initializer.set(
        methods
            .iter()
            .copied()
            .find(|m| m.is_class_initializer() && m.is_static()),
    );
    let mut index = methods.to_vec();
    index.sort_unstable_by_key(|m| (m.name.address(), m.descriptor.address()));
    class.method_index.set(collect(arena, index.into_iter()));
    flags |= if has_defaults {
        class_flags::HAS_DEFAULT_METHODS
    } else {
        0
    };
    class.prefix.has_finalizer = u8::from(finalizer);

    // Fields.
    let fields = build_fields(thread, &seed.arena, this, parsed, rebase);
    class.fields.set(fields);
    lay_out_instance(thread, arena, &mut class, trusted_name);

    if class.is_abstract() || class.is_interface() || finalizer || class.prefix.shape == Shape::Mirror {
        flags |= class_flags::SLOW_ALLOCATION;
    }
    if class.prefix.instance_bytes > LARGE_INSTANCE {
        flags |= class_flags::SLOW_ALLOCATION;
    }
    class.flags.store(flags, Ordering::Relaxed);
    let roots = constant_roots + SPARE_ROOTS;
    class.prefix.extra_root_count = roots;
    class.prefix.extra_roots = arena.allocate(roots as usize * size_of::<AtomicNarrow>(), 8).cast();
    // SAFETY: the place was allocated for it above.
    unsafe { place.write(class) };
    pool.holder.set(Some(this));
    // The class's own constant is itself: the only way a hidden class can be named.
    pool.set_resolved(parsed.this_class, this.address() as u64);
    this
}

fn modifier_flags(parsed: &ClassFile<'_>) -> u32 {
    let own = parsed.attributes.inner_classes.as_ref().and_then(|rows| {
        rows.iter()
            .find(|row| parsed.constant_pool.class_name(row.inner_class) == Some(parsed.name))
    });
    match own {
        Some(row) => u32::from(row.access_flags.bits()),
        None => u32::from(parsed.access_flags.bits()),
    }
}

fn attributes(arena: &Arena<'_>, parsed: &ClassFile<'_>, rebase: Rebase) -> ClassAttributes {
    let a = &parsed.attributes;
    let indexes =
        |table: Option<file::Table<'_, u16>>| table.map_or(MetaSlice::EMPTY, |table| collect(arena, table.iter()));
    let record = if a.record.is_some() {
        let raw = parsed.raw_attributes.iter();
        raw.into_iter()
            .find(|r| parsed.constant_pool.utf8(r.name_index) == Some(b"Record"))
            .map_or(MetaSlice::EMPTY, |r| rebase.slice(r.content))
    } else {
        MetaSlice::EMPTY
    };
    ClassAttributes {
        source_file: a.source_file.unwrap_or(0),
        signature: a.signature.unwrap_or(0),
        enclosing_method: a.enclosing_method.map_or((0, 0), |e| (e.class, e.method)),
        nest_host_index: a.nest_host.unwrap_or(0),
        inner_classes: a.inner_classes.as_ref().map_or(MetaSlice::EMPTY, |rows| {
            let rows = rows
                .iter()
                .map(|r| [r.inner_class, r.outer_class, r.inner_name, r.access_flags.bits()]);
            collect(arena, rows)
        }),
        nest_members: indexes(a.nest_members),
        permitted_subclasses: indexes(a.permitted_subclasses),
        record,
        annotations: rebase.optional(a.annotations.visible),
        type_annotations: rebase.optional(a.annotations.visible_type),
        source_debug_extension: rebase.optional(a.source_debug_extension),
        version: (parsed.major_version, parsed.minor_version),
        bytes: rebase.to,
    }
}

#[expect(clippy::too_many_arguments, reason = "one call, all of it needed")]
fn build_method(
    thread: &JavaThread,
    seed: &Seed<'_>,
    holder: ClassPtr,
    constants: Meta<crate::method_area::ConstantPool>,
    slot: usize,
    method: &file::Method<'_>,
    rebase: Rebase,
    class_flags: u32,
) -> Method {
    let vm = thread.vm();
    let arena = &seed.arena;
    let access_flags = method.access_flags.bits();
    let mut flags = 0;
    if seed.privileged
        && let Some(annotations) = method.annotations.visible
    {
        flags |= super::hidden::vm_annotations(constants, annotations);
    }
    if class_flags & class_flags::HIDDEN != 0 {
        flags |= method_flags::HIDDEN;
    }
    let mut polymorphic = polymorphic_kind::NONE;
    if class_flags & class_flags::SIGNATURE_POLYMORPHIC_HOLDER != 0
        && access_flags & 0x0180 == 0x0180
        && method.descriptor.starts_with(b"([Ljava/lang/Object;)")
    {
        flags |= method_flags::SIGNATURE_POLYMORPHIC;
        polymorphic = match method.name {
            b"invokeBasic" => polymorphic_kind::INVOKE_BASIC,
            b"linkToVirtual" => polymorphic_kind::LINK_TO_VIRTUAL,
            b"linkToStatic" => polymorphic_kind::LINK_TO_STATIC,
            b"linkToSpecial" => polymorphic_kind::LINK_TO_SPECIAL,
            b"linkToInterface" => polymorphic_kind::LINK_TO_INTERFACE,
            b"linkToNative" => polymorphic_kind::LINK_TO_NATIVE,
            _ => polymorphic_kind::GENERIC,
        };
    }
    let mut built = Method {
        entry: AtomicUsize::new(0),
        code: AtomicPtr::default(),
        code_length: 0,
        max_stack: 0,
        max_locals: method.argument_slots,
        argument_slots: method.argument_slots,
        access_flags,
        return_type: return_type(method.descriptor),
        polymorphic_kind: polymorphic,
        slot: slot as u16,
        vtable_index: LinkCell::new(UNLINKED),
        itable_index: LinkCell::new(-1),
        flags: AtomicU32::new(0),
        invocation_count: AtomicU32::new(0),
        backedge_count: AtomicU32::new(0),
        compiled_entry: AtomicUsize::new(crate::compiled::bridge_entry()),
        tier: AtomicU32::new(0),
        call_shape: AtomicPtr::default(),
        profile: AtomicPtr::default(),
        holder,
        constants,
        name: vm.symbol_bytes(method.name),
        descriptor: vm.symbol_bytes(method.descriptor),
        bytecode: MetaSlice::EMPTY,
        handlers: MetaSlice::EMPTY,
        line_numbers: Rows::EMPTY,
        native: AtomicUsize::new(0),
        exceptions: collect(arena, method.exceptions.iter()),
        signature: method.signature.unwrap_or(0),
        annotations: rebase.optional(method.annotations.visible),
        parameter_annotations: rebase.optional(method.visible_parameter_annotations),
        annotation_default: rebase.optional(method.annotation_default),
        type_annotations: rebase.optional(method.annotations.visible_type),
        parameters: method.parameters.as_ref().map_or(MetaSlice::EMPTY, |rows| {
            collect(arena, rows.iter().map(|p| (p.name, p.access_flags)))
        }),
        has_parameters: method.parameters.is_some(),
        local_variables: Rows::EMPTY,
        stack_map_table: MetaSlice::EMPTY,
    };
    if let Some(code) = &method.code {
        built.code_length = code.code.len() as u32;
        built.max_stack = code.max_stack;
        built.max_locals = code.max_locals;
        built.bytecode = rebase.slice(code.code);
        built.handlers = collect(
            arena,
            code.exception_table.iter().map(|h| ExceptionHandler {
                start: h.start_pc,
                end: h.end_pc,
                handler: h.handler_pc,
                catch_type: h.catch_type,
            }),
        );
        built.line_numbers = Rows::new(rows(arena, &code.line_numbers, 4, rebase, |r| {
            [r.start_pc.to_be_bytes(), r.line.to_be_bytes()].concat()
        }));
        built.local_variables = Rows::new(rows(arena, &code.local_variables, 10, rebase, |r| {
            [r.start_pc, r.length, r.name, r.descriptor, r.slot]
                .iter()
                .flat_map(|v| v.to_be_bytes())
                .collect()
        }));
        built.stack_map_table = rebase.optional(code.stack_map_table);
        // A lone `return`.
        if code.code == [0xb1] {
            flags |= method_flags::EMPTY;
        }
    }
    built.flags = AtomicU32::new(flags);
    built
}

/// Rows where they stand when they are in one table, else copied together.
fn rows<R: file::Row>(
    arena: &Arena<'_>,
    tables: &file::Tables<'_, R>,
    size: usize,
    rebase: Rebase,
    encode: impl Fn(R) -> Vec<u8>,
) -> MetaSlice<u8> {
    match tables.single() {
        Some(table) => rebase.slice(table.raw()),
        None => {
            let mut bytes = Vec::with_capacity(tables.len() * size);
            tables.iter().for_each(|row| bytes.extend_from_slice(&encode(row)));
            collect(arena, bytes.into_iter())
        }
    }
}

/// Type after the `)` of a method descriptor.
pub(crate) fn return_type(descriptor: &[u8]) -> BasicType {
    descriptor
        .iter()
        .rposition(|b| *b == b')')
        .and_then(|at| descriptor.get(at + 1))
        .and_then(|c| BasicType::from_descriptor_char(*c))
        .unwrap_or(BasicType::Void)
}

fn build_fields(
    thread: &JavaThread,
    arena: &Arena<'_>,
    holder: ClassPtr,
    parsed: &ClassFile<'_>,
    rebase: Rebase,
) -> MetaSlice<Meta<Field>> {
    let vm = thread.vm();
    let count = parsed.fields.len();
    let block = arena
        .allocate(count * size_of::<Field>(), align_of::<Field>())
        .cast::<Field>();
    for (slot, field) in parsed.fields.iter().enumerate() {
        let basic_type = field
            .descriptor
            .first()
            .and_then(|c| BasicType::from_descriptor_char(*c));
        let built = Field {
            holder,
            name: vm.symbol_bytes(field.name),
            descriptor: vm.symbol_bytes(field.descriptor),
            access_flags: field.access_flags.bits(),
            basic_type: basic_type.unwrap_or(BasicType::Object),
            injected: false,
            slot: slot as u16,
            constant_value: field.constant_value.unwrap_or(0),
            offset: LinkCell::new(0),
            signature: field.signature.unwrap_or(0),
            annotations: rebase.optional(field.annotations.visible),
            type_annotations: rebase.optional(field.annotations.visible_type),
        };
        // SAFETY: the block has room for `count` fields.
        unsafe { block.add(slot).write(built) };
    }
    // SAFETY: the block holds `count` fields.
    collect(
        arena,
        (0..count).map(|i| unsafe { Meta::new(block.add(i).cast_const()) }),
    )
}

fn lay_out_instance(thread: &JavaThread, arena: &Arena<'_>, class: &mut Class, trusted_name: &[u8]) {
    let vm = thread.vm();
    let parent = class.super_class.get();
    let mut start = parent.map_or(HEADER_BYTES as u32, |p| p.instance_end.get());
    if class.prefix.shape == Shape::Mirror {
        start = start.max(MIRROR_CLASS_OFFSET as u32 + 8);
    }
    let fields = class.fields.get();
    let own: Vec<Meta<Field>> = fields.iter().copied().filter(|f| !f.is_static()).collect();
    let mut types: Vec<BasicType> = own.iter().map(|f| f.basic_type).collect();
    // Hidden fields the VM adds, unless the class library declares one of that name.
    let injected: Vec<_> = std::str::from_utf8(trusted_name)
        .into_iter()
        .filter(|name| !name.is_empty())
        .flat_map(|name| vm.class_library.known.injected_fields(vm.release(), name))
        .filter(|(field, _)| !own.iter().any(|f| f.name.bytes() == field.as_bytes()))
        .collect();
    types.extend(
        injected
            .iter()
            .filter_map(|(_, descriptor)| BasicType::from_descriptor_char(descriptor.as_bytes()[0])),
    );
    if types.is_empty() {
        class.instance_end.set(start);
        class.prefix.instance_bytes = align_object(start as usize) as u32;
        if let Some(parent) = parent {
            class.prefix.reference_runs = parent.prefix.reference_runs;
            class.prefix.reference_run_count = parent.prefix.reference_run_count;
        }
        return;
    }
    let mut offsets = vec![0; types.len()];
    let layout = lay_out(start, &types, &mut offsets);
    for (field, offset) in own.iter().zip(&offsets) {
        field.offset.set(*offset);
    }
    for ((name, _), offset) in injected.iter().zip(&offsets[own.len()..]) {
        use crate::known::KnownField;
        match *name {
            "protection_domain" => vm.known.set_offset(KnownField::ClassProtectionDomain, *offset),
            "signers" => vm.known.set_offset(KnownField::ClassSigners, *offset),
            "loader_data" => vm.loaders.loader_data_offset.set(*offset),
            "module_entry" => vm.loaders.module_entry_offset.set(*offset),
            "vmindex" => vm.known.set_offset(KnownField::MemberNameVmIndex, *offset),
            "vmtarget" => vm.known.set_offset(KnownField::ResolvedMethodNameVmTarget, *offset),
            "vmholder" => vm.known.set_offset(KnownField::ResolvedMethodNameHolder, *offset),
            other => unreachable!("injected field {other} has no use"),
        }
    }
    class.instance_end.set(layout.end);
    class.prefix.instance_bytes = align_object(layout.end as usize) as u32;
    let mut runs: Vec<ReferenceRun> = Vec::new();
    if let Some(parent) = parent.filter(|p| p.prefix.reference_run_count != 0) {
        // SAFETY: the superclass's runs live in the method area.
        runs.extend_from_slice(unsafe {
            std::slice::from_raw_parts(parent.prefix.reference_runs, parent.prefix.reference_run_count as usize)
        });
    }
    for run in layout.runs {
        push_run(&mut runs, run);
    }
    let runs = arena.place_slice(&runs);
    class.prefix.reference_runs = runs.as_ptr();
    class.prefix.reference_run_count = runs.len() as u32;
}

/// Lays out the static fields behind the fields of `java.lang.Class`, and with it sizes the mirror.
pub(super) fn lay_out_statics(thread: &JavaThread, class: ClassPtr, class_class: ClassPtr) {
    let fields = class.fields.get();
    let own: Vec<Meta<Field>> = fields.iter().copied().filter(|f| f.is_static()).collect();
    let types: Vec<BasicType> = own.iter().map(|f| f.basic_type).collect();
    let mut offsets = vec![0; types.len()];
    let layout = lay_out(class_class.instance_end.get(), &types, &mut offsets);
    for (field, offset) in own.iter().zip(&offsets) {
        field.offset.set(*offset);
    }
    let runs = thread.vm().arena_of(class).place_slice(&layout.runs);
    // SAFETY: the class is still under construction, or has no mirror yet: nobody reads these fields.
    unsafe {
        let prefix = &mut (*class.as_ptr()).prefix;
        prefix.static_reference_runs = runs.as_ptr();
        prefix.static_reference_run_count = runs.len() as u32;
        prefix.mirror_bytes = align_object(layout.end as usize) as u32;
    }
}
