//! Methods.

use super::{ClassPtr, ConstantPool, LinkCell, Meta, MetaSlice, Sym};
use crate::basic_type::BasicType;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};

/// One row of a method's exception table.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ExceptionHandler {
    /// First covered bci.
    pub start: u16,
    /// First bci no longer covered.
    pub end: u16,
    /// Handler's bci.
    pub handler: u16,
    /// Class constant caught, 0 for any.
    pub catch_type: u16,
}

/// Rows of `N` big-endian `u16`s, read where they stand in the class file.
#[repr(transparent)]
#[derive(Clone, Copy, Debug)]
pub struct Rows<const N: usize>(MetaSlice<u8>);

impl<const N: usize> Rows<N> {
    /// No rows.
    pub const EMPTY: Self = Rows(MetaSlice::EMPTY);
    /// Rows in these bytes; an incomplete last one does not count.
    pub fn new(bytes: MetaSlice<u8>) -> Self {
        Rows(bytes)
    }
    /// The rows in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = [u16; N]> + '_ {
        self.0
            .chunks_exact(2 * N)
            .map(|row| std::array::from_fn(|i| u16::from_be_bytes([row[2 * i], row[2 * i + 1]])))
    }
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.0.len() / (2 * N)
    }
    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// VM's own flags of a method, in [`Method::flags`].
pub mod method_flags {
    /// `@CallerSensitive`.
    pub const CALLER_SENSITIVE: u32 = 1;
    /// `@Hidden` / `LambdaForm$Hidden`: left out of stack traces.
    pub const HIDDEN: u32 = 2;
    /// `@ForceInline`.
    pub const FORCE_INLINE: u32 = 4;
    /// `@DontInline`.
    pub const DONT_INLINE: u32 = 8;
    /// `@IntrinsicCandidate`.
    pub const INTRINSIC_CANDIDATE: u32 = 16;
    /// Signature polymorphic (`MethodHandle.invoke*`, `linkTo*`, `VarHandle.get*` …).
    pub const SIGNATURE_POLYMORPHIC: u32 = 32;
    /// Made by the VM: Miranda or conflict-throwing method without a class-file counterpart.
    pub const OVERPASS: u32 = 64;
    /// Class file has jsr or ret (never compiled).
    pub const HAS_SUBROUTINES: u32 = 128;
    /// `@Scoped` (ScopedMemoryAccess).
    pub const SCOPED: u32 = 256;
    /// Has been queued for preparation of its quickened code.
    pub const PREPARED: u32 = 512;
    /// Body is empty (`return` only): finalizer elision and the like.
    pub const EMPTY: u32 = 1024;
    /// An object's finalizer.
    pub const FINALIZER: u32 = 2048;
    /// `@ReservedStackAccess`, `@Stable` and other annotations are on fields or without effect here.
    pub const RESERVED_STACK: u32 = 4096;
    /// `@LambdaForm.Compiled`: code of a method handle, which is nobody's caller.
    pub const COMPILED_LAMBDA_FORM: u32 = 8192;
}

/// `vtable_index` of methods that are not in a vtable (static, private, constructors, final without overriding).
pub const NONVIRTUAL: i32 = -1;
/// `vtable_index` before linking.
pub const UNLINKED: i32 = -2;

/// A method.
#[repr(C)]
pub struct Method {
    /// Address of the interpreter's entry for this kind of method (`interp::entry`); the invoke handlers jump there.
    pub entry: AtomicUsize,
    /// Address that compiled code calls: the method's own compiled code, or the bridge to the interpreter.
    pub compiled_entry: AtomicUsize,
    /// Quickened bytecode, made at the first invocation; null before.
    pub code: AtomicPtr<u8>,
    /// Bytes of code.
    pub code_length: u32,
    /// Operand stack slots.
    pub max_stack: u16,
    /// Local variable slots.
    pub max_locals: u16,
    /// Slots of the arguments, receiver included.
    pub argument_slots: u16,
    /// JVMS access flags.
    pub access_flags: u16,
    /// Type of the result.
    pub return_type: BasicType,
    /// Which signature-polymorphic intrinsic this is (0 none): see `invoke::PolymorphicKind`.
    pub polymorphic_kind: u8,
    /// Position among the class file's methods (reflection's slot).
    pub slot: u16,
    /// Index into the vtable, or [`NONVIRTUAL`] / [`UNLINKED`].
    pub vtable_index: LinkCell<i32>,
    /// Index into the itables of implementing classes, for interface methods; -1 otherwise.
    pub itable_index: LinkCell<i32>,
    /// VM flags, [`method_flags`].
    pub flags: AtomicU32,
    /// Invocations counted by the interpreter.
    pub invocation_count: AtomicU32,
    /// Back edges counted by the interpreter.
    pub backedge_count: AtomicU32,
    /// Profile cells, one `u32` per code byte, once the method is warm; null before. See `interp::profile`.
    pub profile: AtomicPtr<u32>,
    /// Where the tiering policy has the method, see `tier`.
    pub tier: AtomicU32,
    /// How compiled code passes the arguments, made when needed; null before. See `compiled::shape`.
    pub call_shape: AtomicPtr<u8>,
    /// The class whose class file declares it.
    pub holder: ClassPtr,
    /// The holder's constant pool.
    pub constants: Meta<ConstantPool>,
    /// Name.
    pub name: Sym,
    /// Descriptor.
    pub descriptor: Sym,
    /// The class file's bytecode, never modified.
    pub bytecode: MetaSlice<u8>,
    /// Exception table.
    pub handlers: MetaSlice<ExceptionHandler>,
    /// (start bci, line) rows in class-file order; read through [`Method::line_number`].
    pub line_numbers: Rows<2>,
    /// For natives: the linked function (`native::NativeFunction`), null before; or compiled code later.
    pub native: AtomicUsize,
    /// Checked exceptions: class constant indexes.
    pub exceptions: MetaSlice<u16>,
    /// Signature Utf8 index or 0.
    pub signature: u16,
    /// RuntimeVisibleAnnotations body.
    pub annotations: MetaSlice<u8>,
    /// RuntimeVisibleParameterAnnotations body.
    pub parameter_annotations: MetaSlice<u8>,
    /// AnnotationDefault body.
    pub annotation_default: MetaSlice<u8>,
    /// RuntimeVisibleTypeAnnotations body.
    pub type_annotations: MetaSlice<u8>,
    /// MethodParameters body (after the count byte): (name index, flags); `None`-like when `has_parameters` is false.
    pub parameters: MetaSlice<(u16, u16)>,
    /// A MethodParameters attribute exists.
    pub has_parameters: bool,
    /// LocalVariableTable: [start, length, name index, descriptor index, slot].
    pub local_variables: Rows<5>,
    /// Raw StackMapTable body, for the verifier.
    pub stack_map_table: MetaSlice<u8>,
}

/// Pointer to a method.
pub type MethodPtr = Meta<Method>;

macro_rules! flag_tests {
    ($($(#[$doc:meta])* $name:ident = $mask:expr;)*) => {
        $($(#[$doc])* #[inline(always)] pub fn $name(&self) -> bool { self.access_flags & $mask != 0 })*
    };
}

impl Method {
    flag_tests! {
        /// Public method?
        is_public = 0x0001;
        /// Private method?
        is_private = 0x0002;
        /// Protected method?
        is_protected = 0x0004;
        /// Static method?
        is_static = 0x0008;
        /// Final method?
        is_final = 0x0010;
        /// Synchronized method?
        is_synchronized = 0x0020;
        /// Variable-arity method?
        is_varargs = 0x0080;
        /// Native method?
        is_native = 0x0100;
        /// Abstract method?
        is_abstract = 0x0400;
    }
    /// Tests a [`method_flags`] bit.
    #[inline(always)]
    pub fn has_flag(&self, flag: u32) -> bool {
        self.flags.load(Ordering::Relaxed) & flag != 0
    }
    /// Sets a [`method_flags`] bit.
    pub fn set_flag(&self, flag: u32) {
        self.flags.fetch_or(flag, Ordering::Relaxed);
    }
    /// `<init>`?
    #[inline]
    pub fn is_constructor(&self) -> bool {
        self.name.bytes() == b"<init>"
    }
    /// `<clinit>`?
    #[inline]
    pub fn is_class_initializer(&self) -> bool {
        self.name.bytes() == b"<clinit>"
    }
    /// Source line of a bci, if the class file has line numbers.
    pub fn line_number(&self, bci: u32) -> Option<u16> {
        let mut best: Option<(u16, u16)> = None;
        for [start, line] in self.line_numbers.iter() {
            if u32::from(start) <= bci && best.is_none_or(|(b, _)| start >= b) {
                best = Some((start, line));
            }
        }
        best.map(|(_, line)| line)
    }
    /// `java.lang.Foo.bar(I)V`, for messages.
    pub fn full_name(&self) -> String {
        format!("{}.{}{}", self.holder.external_name(), self.name, self.descriptor)
    }
}
