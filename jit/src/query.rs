//! The questions a compilation asks of the runtime. Ids are opaque: addresses of method-area structures in a real VM,
//! small numbers in a test.

/// A class.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ClassId(pub u64);
/// A method.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MethodId(pub u64);

/// What profiles say of a branch.
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

/// A resolved instance or static field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldInfo {
    /// Declaring class.
    pub holder: ClassId,
    /// Descriptor character of its type.
    pub type_char: u8,
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
        /// Adapter to call.
        adapter: MethodId,
        /// Address of the narrow slot with the appendix.
        appendix_slot: u64,
    },
    /// Not resolved yet: leave to the interpreter.
    Unresolved,
}

/// What a compilation asks. All answers are for the moment; assumptions are recorded by the caller.
pub trait Runtime {
    /// Bytecode of a method, as in the class file.
    fn bytecode(&self, method: MethodId) -> &[u8];
    /// (max_stack, max_locals, argument slots).
    fn frame_shape(&self, method: MethodId) -> (u16, u16, u16);
    /// Exception table rows: start, end, handler bci, catch class when resolved (`None`: any or unresolved with 0 / index).
    fn handlers(&self, method: MethodId) -> Vec<(u16, u16, u16, u16)>;
    /// Declaring class of a method.
    fn holder(&self, method: MethodId) -> ClassId;
    /// Descriptor of a method.
    fn descriptor(&self, method: MethodId) -> &[u8];
    /// Invocations and back edges counted so far.
    fn counters(&self, method: MethodId) -> (u32, u32);
    /// Profile of the branch at a bci.
    fn branch_profile(&self, method: MethodId, bci: u32) -> BranchProfile;
    /// Profile of the call or type check at a bci.
    fn type_profile(&self, method: MethodId, bci: u32) -> TypeProfile;
    /// The resolved field behind the instruction at a bci, if resolved.
    fn field(&self, method: MethodId, bci: u32) -> Option<FieldInfo>;
    /// The target of the invoke at a bci.
    fn call_target(&self, method: MethodId, bci: u32) -> CallTarget;
    /// The resolved class behind new, checkcast, instanceof, anewarray at a bci.
    fn class_at(&self, method: MethodId, bci: u32) -> Option<ClassId>;
    /// Is a class initialized?
    fn is_initialized(&self, class: ClassId) -> bool;
    /// Is a class a subtype of another?
    fn is_subtype(&self, class: ClassId, of: ClassId) -> bool;
    /// The only method that can run for a virtual call of `declared`, by the classes loaded now.
    fn unique_target(&self, declared: MethodId) -> Option<MethodId>;
    /// Bytes of an instance, when it can be allocated inline.
    fn instance_bytes(&self, class: ClassId) -> Option<u32>;
}
