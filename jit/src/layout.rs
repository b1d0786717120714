//! What compiled code knows of the runtime: offsets in its structures, and the functions it calls.
//!
//! # Calling convention
//!
//! A compiled method is a System V function with the thread in `r15`:
//! `fn(method, arguments…) -> result`, where `method` is the address of its `Method` (compiled code ignores it, the
//! interpreter's bridge needs it), int and smaller are `i32`, long `i64`, float `f32`, double `f64`, references full
//! addresses (`i64`). Results narrower than int are extended. A call that throws makes the exception pending and returns
//! elsewhere than behind the call: at the call site's landing pad ([`crate::code::Landing`]), with the registers as a
//! return leaves them, since the frames in between are left through their own epilogues. A call whose caller's code was
//! invalidated meanwhile returns at another pad, with the result in `rax` and the bits of `xmm0` in `rdx`. Functions of
//! the runtime return behind the call, which tests the pending exception, where their call site has no pads. An OSR entry is `fn(locals) -> result` with the
//! address of the interpreter frame's locals.
//!
//! Compiled code keeps frame pointers. Callees that are safepoints ([`CallStyle::is_safepoint`]) note where they were
//! called from in the innermost Java frame, which is one of the kind "compiled"; so the stack can be walked, and objects
//! may move, while they run. What references live over a call lie in slots that the call site's stack map names
//! ([`crate::code::CallSite::references`]), and are loaded from there again behind it.

/// Byte offsets in the runtime's structures.
#[derive(Clone, Copy, Debug, Default)]
pub struct RuntimeLayout {
    /// `u32` of the thread that is not zero when a poll is due.
    pub thread_poll: i32,
    /// Pending exception of the thread.
    pub thread_exception: i32,
    /// Allocation cursor of the thread.
    pub thread_tlab_cursor: i32,
    /// Allocation limit of the thread.
    pub thread_tlab_limit: i32,
    /// Biased card table of the thread.
    pub thread_card_table: i32,
    /// Native stack limit of the thread.
    pub thread_native_stack_limit: i32,
    /// `u32` of the thread that is not zero when an exception came back through a return address that was replaced.
    pub thread_invalid_return: i32,
    /// `u32` of the thread: guards until one is to fail.
    pub thread_guard_countdown: i32,
    /// `u64` of the thread: result of a call that keeps all registers ([`CallStyle::preserves_registers`]).
    pub thread_call_result: i32,
    /// `u32` id of the thread in thin locks.
    pub thread_id: i32,
    /// Address of the thread's lock records: object, and frame pointer of the frame that holds it.
    pub thread_lock_records: i32,
    /// Number of its lock records.
    pub thread_lock_count: i32,
    /// How many it has room for.
    pub thread_lock_capacity: i32,
    /// Address of the vtable in a class.
    pub class_vtable: i32,
    /// Display of superclasses in a class.
    pub class_display: i32,
    /// The class a subtype test found last.
    pub class_secondary_cache: i32,
    /// [`INTERFACE_CACHE_SIZE`] words of a class: narrow addresses of an interface's method and, above it, of what the
    /// class implements it by.
    pub class_interface_cache: i32,
    /// `u8` initialization state of a class.
    pub class_state: i32,
    /// The state's value when initialized.
    pub class_state_initialized: u8,
    /// The state's value while it is being initialized.
    pub class_state_being_initialized: u8,
    /// `u32` number of superclasses of a class.
    pub class_depth: i32,
    /// `u64` of the thread that initializes a class: the thread's id.
    pub class_initializing_thread: i32,
    /// Element class of an array class.
    pub class_element_class: i32,
    /// Address of the compiled entry of a method.
    pub method_compiled_entry: i32,
}

/// Entries of a class's cache of interface methods.
pub const INTERFACE_CACHE_SIZE: usize = 8;

/// The entry of a class's cache in which an interface's method is looked up.
pub fn interface_cache_index(method: u64) -> usize {
    // Methods of one interface lie beside each other: their distance must not be lost.
    (((method >> 4) ^ (method >> 7) ^ (method >> 10)) % INTERFACE_CACHE_SIZE as u64) as usize
}

/// What a leaf answers that stands for a method and leaves the work to it, for an exception for example.
pub const NOT_DONE: i64 = i64::MIN;

/// How a runtime function is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallStyle {
    /// Through a stub that notes the caller: it may collect, throw, call Java, walk the stack.
    Stub,
    /// As `Stub`, and every register is as before behind it (`preserve_all`): for slow paths, whose calls would else make
    /// the fast paths beside them keep their values in memory. A result lies in a field of the thread.
    PreservingStub,
    /// Directly: it does none of these.
    Leaf,
    /// As `Leaf`, through a stub behind which every register is as before.
    PreservingLeaf,
}

impl CallStyle {
    /// May it collect, throw, call Java, walk the stack?
    pub const fn is_safepoint(self) -> bool {
        matches!(self, CallStyle::Stub | CallStyle::PreservingStub)
    }

    /// Is every register as before behind it?
    pub const fn preserves_registers(self) -> bool {
        matches!(self, CallStyle::PreservingStub | CallStyle::PreservingLeaf)
    }
}

macro_rules! runtime_calls {
    ($($(#[$doc:meta])* $name:ident $style:ident ($($parameter:ident),*) $(-> $result:ident)?;)*) => {
        /// A function of the runtime that compiled code calls, System V, with the thread as its first argument unless it
        /// is a leaf. Types: `I` is 32 bits, `J` 64 bits or a pointer, `A` a reference, `F`, `D` floating point; `T` is
        /// the thread, where a leaf wants it.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum RuntimeCall { $($(#[$doc])* $name,)* }
        impl RuntimeCall {
            /// All of them.
            pub const ALL: &[RuntimeCall] = &[$(RuntimeCall::$name,)*];
            /// How it is called.
            pub const fn style(self) -> CallStyle {
                match self { $(RuntimeCall::$name => CallStyle::$style,)* }
            }
            /// Parameter types, the thread not counted.
            pub const fn parameters(self) -> &'static str {
                match self { $(RuntimeCall::$name => concat!($(stringify!($parameter)),*),)* }
            }
            /// Result type, if any.
            pub const fn result(self) -> Option<&'static str> {
                match self { $(RuntimeCall::$name => runtime_calls!(@result $($result)?),)* }
            }
            /// Name, for printing.
            pub const fn name(self) -> &'static str {
                match self { $(RuntimeCall::$name => stringify!($name),)* }
            }
        }
    };
    (@result) => { None };
    (@result $result:ident) => { Some(stringify!($result)) };
}

runtime_calls! {
    /// Leaves compiled code: exit number, address of the buffer with the live values. Rebuilds the interpreter's frames,
    /// runs them to the end and answers the method's result as a slot.
    Exit Stub (I, J) -> J;
    /// A poll is due.
    Poll PreservingStub ();
    /// A new instance of a class.
    NewInstance PreservingStub (J) -> A;
    /// A new array of an array class with a length, which may be negative.
    NewArray PreservingStub (J, I) -> A;
    /// A new array of arrays: array class, number of lengths, address of the lengths (`i32` each).
    NewMultiArray Stub (J, I, J) -> A;
    /// Enters the monitor of an object that is not null, for the compiled frame with that frame pointer.
    MonitorEnter PreservingStub (A, J);
    /// Leaves the monitor of an object that is not null. The lock is the innermost one of the frame.
    MonitorExit PreservingStub (A, J);
    /// Calls a native or any other method through the interpreter's convention: method, address of argument slots.
    CallSlots Stub (J, J) -> J;
    /// A copy of an object that is not null; null where `Object.clone` itself has to be called.
    CloneObject Stub (A) -> A;
    /// The method that the form of a method handle, not null, stands for.
    BasicTarget Stub (A) -> J;
    /// The method that a `linkTo*` calls: the `linkTo*` method, the member name, the first argument (or null).
    LinkTarget Stub (J, A, A) -> J;
    /// Makes the exception pending that an implicit check throws: `ImplicitException`, and two words of detail.
    ThrowImplicit Stub (I, J, J);
    /// The native stack is used up. The frame is left next.
    ThrowStackOverflow Stub ();
    /// Sees to it that the frame, which is left next, returns where its callers expect a pending exception.
    Unwind Stub ();
    /// Subtype test of two classes.
    IsSubtype PreservingLeaf (J, J) -> I;
    /// Looks an interface method up: class, declared method; 0 when there is none.
    FindInterface Leaf (J, J) -> J;
    /// `System.arraycopy` where nothing has to be thrown or checked for each element: 1, or 0 when it is not so.
    CopyArray Leaf (T, A, I, A, I, I) -> I;
    /// Are two arrays of one primitive type, or null, the same?
    EqualArrays Leaf (A, A) -> I;
    /// Does a part of a byte array (from, count) hold negative bytes? This and the next ones answer [`NOT_DONE`] where the
    /// method itself has to be called.
    HasNegatives Leaf (A, I, I) -> J;
    /// Bytes before the first negative one in a part of a byte array.
    CountPositives Leaf (A, I, I) -> J;
    /// First index of a byte in a byte array, from an index to another.
    IndexOfByte Leaf (A, I, I, I) -> J;
    /// First index of a char in the chars in a byte array.
    IndexOfChar Leaf (A, I, I, I) -> J;
    /// First index of a text in another: array, count, array, count, first index; bytes.
    IndexOfBytes Leaf (A, I, A, I, I) -> J;
    /// The same of chars in byte arrays.
    IndexOfChars Leaf (A, I, A, I, I) -> J;
    /// The same of bytes in chars.
    IndexOfLatin1 Leaf (A, I, A, I, I) -> J;
    /// First index of a byte array in another.
    FindBytes Leaf (A, A) -> J;
    /// The same of chars in byte arrays.
    FindChars Leaf (A, A) -> J;
    /// The same of bytes in chars.
    FindLatin1 Leaf (A, A) -> J;
    /// Order of two texts: bytes.
    CompareBytes Leaf (A, A) -> J;
    /// The same of chars in byte arrays.
    CompareChars Leaf (A, A) -> J;
    /// The same of bytes and chars.
    CompareBytesWithChars Leaf (A, A) -> J;
    /// The same of chars and bytes.
    CompareCharsWithBytes Leaf (A, A) -> J;
    /// `ArraysSupport.vectorizedMismatch`.
    MismatchOfWords Leaf (A, J, A, J, I, I) -> J;
    /// `ArraysSupport.vectorizedHashCode`.
    HashOfElements Leaf (A, I, I, I, I) -> J;
    /// Bytes to chars: array, index, array, index, count.
    Inflate Leaf (A, I, A, I, I) -> J;
    /// Chars to bytes, if all are Latin-1.
    Compress Leaf (A, I, A, I, I) -> J;
    /// Chars to bytes as long as they are Latin-1: how many.
    EncodeLatin1 Leaf (A, I, A, I, I) -> J;
    /// Chars to bytes as long as they are ASCII: how many.
    EncodeAscii Leaf (A, I, A, I, I) -> J;
    /// Chars out of a byte array: array, from, to, array, index.
    GetChars Leaf (A, I, I, A, I) -> J;
    /// May a value of the class that the second `java.lang.Class` stands for be assigned to the first's?
    IsAssignable Leaf (A, A) -> J;
    /// Is the second an instance of the class that the first, a `java.lang.Class`, stands for?
    IsInstance Leaf (A, A) -> I;
    /// Identity hash of an object; 0 for null.
    IdentityHash Leaf (T, A) -> I;
    /// The current `java.lang.Thread`.
    CurrentThread Leaf (T) -> A;
    /// `System.nanoTime`.
    NanoTime Leaf () -> J;
    /// `System.currentTimeMillis`.
    TimeMillis Leaf () -> J;
    /// Rest of a float division (`frem`).
    RemainderFloat Leaf (F, F) -> F;
    /// Rest of a double division (`drem`).
    RemainderDouble Leaf (D, D) -> D;
}

/// Which exception an implicit check throws, and its detail words.
#[repr(u32)]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ImplicitException {
    /// NullPointerException.
    NullPointer = 0,
    /// ArrayIndexOutOfBoundsException: index, length.
    ArrayIndex = 1,
    /// ArithmeticException: / by zero.
    DivisionByZero = 2,
    /// ClassCastException: object, class.
    ClassCast = 3,
    /// ArrayStoreException: array, value.
    ArrayStore = 4,
    /// NegativeArraySizeException: length.
    NegativeArraySize = 5,
}
