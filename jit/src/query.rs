//! The questions a compilation asks of the runtime. Ids are opaque: addresses of method-area structures in a real VM,
//! small numbers in a test.
//!
//! Answers are for the moment. Those that class loading may overturn are recorded as [`crate::code::Dependency`] of the
//! code, which the runtime checks again when it installs the code and whenever it loads a class.

use crate::layout::RuntimeLayout;

/// A class.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClassId(pub u64);
/// A method.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MethodId(pub u64);

/// What a conditional branch did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct BranchProfile {
    /// Times taken.
    pub taken: u32,
    /// Times fallen through.
    pub not_taken: u32,
}

/// What profiles say of the receivers at a call or of the objects at a type check.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TypeProfile {
    /// Classes seen with their counts, at most two.
    pub classes: Vec<(ClassId, u32)>,
    /// Times another class was seen.
    pub other: u32,
    /// Null was seen.
    pub null_seen: bool,
}

/// How a value lies in memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// One byte, the lowest bit of what is stored.
    Boolean,
    /// One byte, signed.
    Byte,
    /// Two bytes, unsigned.
    Char,
    /// Two bytes, signed.
    Short,
    /// Four bytes.
    Int,
    /// Eight bytes.
    Long,
    /// Four bytes, floating point.
    Float,
    /// Eight bytes, floating point.
    Double,
    /// A reference: four bytes, narrow.
    Reference,
}

impl Kind {
    /// All of them, in the order of their declaration.
    pub const ALL: [Kind; 9] = [
        Kind::Boolean,
        Kind::Byte,
        Kind::Char,
        Kind::Short,
        Kind::Int,
        Kind::Long,
        Kind::Float,
        Kind::Double,
        Kind::Reference,
    ];

    /// Bytes it takes.
    pub fn bytes(self) -> u32 {
        match self {
            Kind::Boolean | Kind::Byte => 1,
            Kind::Char | Kind::Short => 2,
            Kind::Int | Kind::Float | Kind::Reference => 4,
            Kind::Long | Kind::Double => 8,
        }
    }
}

/// A resolved field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldInfo {
    /// Declaring class.
    pub holder: ClassId,
    /// Identity of the field: equal for the same field only.
    pub id: u64,
    /// Type.
    pub kind: Kind,
    /// Byte offset in the object, or the address of a static field's storage.
    pub location: u64,
    /// Static field.
    pub is_static: bool,
    /// Volatile field.
    pub is_volatile: bool,
    /// Final field.
    pub is_final: bool,
}

/// What is resolved behind an invoke instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallTarget {
    /// One method, whatever the receiver.
    Direct(MethodId),
    /// By the receiver's vtable.
    Virtual {
        /// Declared method.
        declared: MethodId,
        /// Index in the vtable.
        vtable_index: u32,
    },
    /// By the receiver's itable for an interface method.
    Interface {
        /// Declared method.
        declared: MethodId,
    },
    /// A linked invokedynamic or method-handle call.
    Linked {
        /// Adapter to call, static; its last parameter is the appendix if there is one.
        adapter: MethodId,
        /// Address of the narrow slot with the appendix, 0 without one.
        appendix_slot: u64,
    },
    /// Not resolved yet, or of a kind that only the interpreter does: leave to it.
    Unresolved,
}

/// A constant that ldc loads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Constant {
    /// int, by value.
    Int(i32),
    /// long.
    Long(i64),
    /// float, as bits.
    Float(u32),
    /// double, as bits.
    Double(u64),
    /// The reference in the narrow slot at this address, which the collector keeps up to date.
    Slot(u64),
    /// An object that does not move (a class's mirror), by its address.
    Fixed(u64),
    /// Not resolved yet: leave to the interpreter.
    Unresolved,
}

/// The signature-polymorphic intrinsics of method handles.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Polymorphic {
    /// An ordinary method.
    No,
    /// `invokeBasic`: the first argument's form says what to call, with all arguments.
    InvokeBasic,
    /// A `linkTo*`: the last argument, a member name, says what to call, with the others.
    LinkTo,
    /// Others: the interpreter's.
    Other,
}

/// Where an object is that is known when compiling.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum KnownRoot {
    /// In the narrow slot at this address, which never changes but by moving.
    Slot(u64),
    /// At this address.
    Fixed(u64),
}

/// An object that is known when compiling: at the end of a path of fields that never change.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct KnownObject {
    /// Where the path begins.
    pub root: KnownRoot,
    /// Byte offsets of its fields.
    pub path: Vec<u32>,
}

/// The fixed facts of a method.
#[derive(Clone, Debug)]
pub struct MethodInfo {
    /// Declaring class.
    pub holder: ClassId,
    /// For messages: `java.lang.Foo.bar(I)V`.
    pub name: String,
    /// Descriptor.
    pub descriptor: Vec<u8>,
    /// Static.
    pub is_static: bool,
    /// Synchronized.
    pub is_synchronized: bool,
    /// Native.
    pub is_native: bool,
    /// Abstract, or without code for another reason.
    pub has_code: bool,
    /// An instance initializer.
    pub is_constructor: bool,
    /// `@ForceInline`.
    pub force_inline: bool,
    /// `@DontInline`, or another reason never to inline (caller-sensitive walks).
    pub never_inline: bool,
    /// Bytecode length.
    pub code_length: u32,
    /// Operand slots.
    pub max_stack: u16,
    /// Local slots.
    pub max_locals: u16,
    /// Exception table rows: start, end, handler, catch type (constant index, 0 for any).
    pub handlers: Vec<(u16, u16, u16, u16)>,
    /// A signature-polymorphic intrinsic.
    pub polymorphic: Polymorphic,
    /// The intrinsic that may stand for a call of it, by `class.name descriptor` in internal form.
    pub intrinsic: Option<&'static str>,
    /// A native whose Rust function needs no frame: `RuntimeCall::CallLeaf` may be used.
    pub is_leaf_native: bool,
}

/// What a compilation asks.
pub trait Runtime {
    /// Offsets in the runtime's structures.
    fn layout(&self) -> &RuntimeLayout;
    /// Fixed facts.
    fn method(&self, method: MethodId) -> MethodInfo;
    /// Bytecode of a method, as in the class file.
    fn bytecode(&self, method: MethodId) -> &[u8];
    /// Name of a class in internal form, for printing.
    fn class_name(&self, class: ClassId) -> String;
    /// Invocations and back edges counted so far.
    fn counters(&self, method: MethodId) -> (u32, u32);
    /// Profile of the branch at a bci; `None` while the method is cold.
    fn branch_profile(&self, method: MethodId, bci: u32) -> Option<BranchProfile>;
    /// Profile of the call or type check at a bci; `None` while the method is cold.
    fn type_profile(&self, method: MethodId, bci: u32) -> Option<TypeProfile>;
    /// How often compiled code has left at a bci for a reason (`code::ExitReason`).
    fn exits_taken(&self, method: MethodId, bci: u32, reason: crate::code::ExitReason) -> u32;
    /// The field behind the instruction at a bci, if resolved.
    fn field(&self, method: MethodId, bci: u32) -> Option<FieldInfo>;
    /// The target of the invoke at a bci.
    fn call_target(&self, method: MethodId, bci: u32) -> CallTarget;
    /// The descriptor of the invoke at a bci, resolved or not, as the constant pool has it.
    fn call_descriptor(&self, method: MethodId, bci: u32) -> Vec<u8>;
    /// The descriptor of the field access at a bci, resolved or not.
    fn field_descriptor(&self, method: MethodId, bci: u32) -> Vec<u8>;
    /// The constant that the ldc at a bci loads.
    fn constant(&self, method: MethodId, bci: u32) -> Constant;
    /// The descriptor character of the constant at a bci, resolved or not (`L` for references).
    fn constant_type(&self, method: MethodId, bci: u32) -> u8;
    /// The resolved class behind new, checkcast, instanceof, anewarray, multianewarray at a bci.
    fn class_at(&self, method: MethodId, bci: u32) -> Option<ClassId>;
    /// The class that a catch type names, if resolved. Of catch type 0, which catches everything: the class of all
    /// exceptions if something may be pending that is none and that no handler shall see, as the end of the thread is.
    fn catch_class(&self, method: MethodId, constant: u16) -> Option<ClassId>;
    /// The class of arrays of `element`, if it exists.
    fn array_class_of(&self, element: ClassId) -> Option<ClassId>;
    /// The class of primitive arrays by the code of `newarray`, if it exists.
    fn primitive_array_class(&self, code: u8) -> Option<ClassId>;
    /// The element class of an array class of references.
    fn element_class(&self, array: ClassId) -> Option<ClassId>;
    /// The mirror of a class, which does not move.
    fn mirror(&self, class: ClassId) -> u64;
    /// Is a class initialized?
    fn is_initialized(&self, class: ClassId) -> bool;
    /// Is a class an interface?
    fn is_interface(&self, class: ClassId) -> bool;
    /// Is a class final, so that its instances have exactly this class (arrays of final or primitive elements too)?
    fn is_exact(&self, class: ClassId) -> bool;
    /// Is a class a subtype of another?
    fn is_subtype(&self, class: ClassId, of: ClassId) -> bool;
    /// Depth of a class in the display, when the display decides subtype tests against it.
    fn display_depth(&self, class: ClassId) -> Option<u32>;
    /// The method that a receiver of exactly `class` runs for a virtual or interface call of `declared`.
    fn select(&self, class: ClassId, declared: MethodId) -> Option<MethodId>;
    /// The only method that can run for a virtual call of `declared` on receivers of its holder and subclasses, by the
    /// classes loaded now; `None` for methods of interfaces. Recorded as a dependency by the caller.
    fn unique_target(&self, declared: MethodId) -> Option<MethodId>;
    /// The only concrete class among a class and its subclasses, by the classes loaded now; a dependency too.
    fn unique_concrete_class(&self, class: ClassId) -> Option<ClassId>;
    /// Bytes of an instance, when it can be allocated inline.
    fn instance_bytes(&self, class: ClassId) -> Option<u32>;
    /// May code that alone sees an instance do without it? Not where the collector or the runtime treats instances
    /// specially.
    fn may_be_virtual(&self, class: ClassId) -> bool;
    /// The value of a static final field of an initialized class, as a slot word; references as the address of the
    /// narrow slot they are in.
    fn static_final(&self, field: &FieldInfo) -> Option<Constant>;
    /// The class of a known object; `None` when it is null, too.
    fn known_class(&self, object: &KnownObject) -> Option<ClassId>;
    /// Does a final field of a known object keep its value for good?
    fn is_lasting(&self, object: &KnownObject, field: &FieldInfo) -> bool;
    /// Does a field hold an array whose elements keep their values once they are not null (`@Stable`)?
    fn is_stable(&self, field: &FieldInfo) -> bool;
    /// Has a known array of references that element, and is it not null?
    fn has_element(&self, array: &KnownObject, index: u32) -> bool;
    /// Are two known objects the same? `None`: one of them is not known any more.
    fn same_object(&self, one: &KnownObject, other: &KnownObject) -> Option<bool>;
    /// The value of such a field that is no reference.
    fn known_field(&self, object: &KnownObject, field: &FieldInfo) -> Option<Constant>;
    /// The class that a known `java.lang.Class` stands for, when it is not primitive.
    fn mirrored_class(&self, object: &KnownObject) -> Option<ClassId>;
    /// The method that `invokeBasic` of a known method handle calls.
    fn handle_target(&self, object: &KnownObject) -> Option<MethodId>;
    /// What the `linkTo*` method calls for a known member name.
    fn member_target(&self, object: &KnownObject, linker: MethodId) -> Option<CallTarget>;
    /// Makes sure that a method has quickened code, so that an exit can resume in it. False: it cannot be inlined.
    fn prepare(&self, method: MethodId) -> bool;
    /// Where the interpreter can resume for an exit before `bci`: the bci itself, or that of the load it is fused with
    /// (whose operand is then dropped again).
    fn resume_bci(&self, method: MethodId, bci: u32) -> u32;
}
