//! Java threads: the per-thread structure the interpreter, the collector and natives share.

pub mod contention;
mod current;
pub mod deadlock;
pub mod deferred;
pub mod dump;
mod event;
pub mod initial;
pub mod interrupt;
pub mod lifecycle;
mod lock_stack;
pub mod park;
pub mod registry;
pub mod signals;
pub mod stack_trace;
pub mod state;
pub mod status;

use crate::compiled::{ExitInProgress, InstalledCode, LazyExit};
use crate::method_area::MethodPtr;
use crate::stack::Frame;
use crate::vm::Vm;
use peaberry_gc::layout::{AtomicNarrow, Obj};
use peaberry_gc::tlab::Tlab;
use std::marker::PhantomPinned;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, AtomicUsize};

pub use event::{Event, deadline_after};
pub use lock_stack::LockStack;
pub use state::ThreadState;

/// Marker of a Java exception in flight: the exception object is [`JavaThread::exception`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throw;

/// Result of anything that may leave a Java exception pending on the thread.
pub type JResult<T> = Result<T, Throw>;

/// An object locked by this thread's Java frames, in locking order. The collector scans these precisely.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct LockRecord {
    /// The locked object.
    pub object: Obj,
    /// Frame that locked it (null for JNI/native locks).
    pub frame: *mut Frame,
}

/// Bytes of a Java stack beyond [`JavaThread::java_stack_limit`], opened while a StackOverflowError is made.
pub const JAVA_STACK_RESERVE_BYTES: usize = 128 << 10;

/// One Java thread (JVMS §2.5). Reached by address from interpreter and compiled code: `repr(C)`, hot fields first.
///
/// Its memory belongs to [`registry::Threads`] and stays a `JavaThread` as long as the VM lives.
#[repr(C)]
pub struct JavaThread {
    /// Non-zero asks the thread to enter `safepoint::poll_slow`: bits of `safepoint::poll_bits`.
    pub poll: AtomicU32,
    /// `state::ThreadState`.
    pub state: AtomicU8,
    /// Allocation buffer.
    pub tlab: Tlab,
    /// Card table, biased so that `card_table + (address >> CARD_SHIFT)` is the card.
    pub card_table: *mut u8,
    /// The pending exception, null when none.
    pub exception: Obj,
    /// Innermost Java frame; up to date whenever Rust code runs (the interpreter keeps it in a register meanwhile).
    pub top_frame: *mut Frame,
    /// First byte past the Java stack: a new frame must end below it.
    pub java_stack_limit: *mut u64,
    /// Bottom of the Java stack.
    pub java_stack_base: *mut u64,
    /// Native stack pointer below which no further Rust-to-Java recursion may begin.
    pub native_stack_limit: usize,
    /// Not zero when an exception returned into compiled code that had been invalidated: where such code catches it, it
    /// leaves. What is set for a frame that catches nothing makes another one leave that need not.
    pub invalid_return: u32,
    /// Result of a call out of compiled code that keeps all registers: read before anything else is called.
    pub call_result: u64,
    /// Guards that compiled code still passes before one fails although it holds (`-XX:FailGuardInterval`).
    pub guard_countdown: u32,
    /// Highest address of the native stack.
    pub native_stack_base: usize,
    /// Native stack pointer when the thread last became safe (in native, or stopped): conservative scans start there.
    pub native_stack_pointer: AtomicUsize,
    /// While it allocates for Java code, or collects for a native method: native frames below this address hold no references; 0: they
    /// may.
    pub no_references_below: usize,
    /// The VM.
    pub vm: *const Vm,
    /// The `java.lang.Thread`; a root.
    pub java_thread: Obj,
    /// Small id used in thin locks, 1 …; 0 is never used.
    pub id: u32,
    /// Remaining zone of the Java stack is open (while a StackOverflowError is made).
    pub stack_reserve_open: bool,
    /// Objects locked by Java frames, innermost last.
    pub locks: LockStack,
    /// Interrupt status (the class library's `Thread.interrupted` field is kept in step).
    pub interrupted: AtomicU32,
    /// `park` permit and event.
    pub parker: park::Parker,
    /// Object whose monitor the thread waits to enter or waits on; for thread dumps and thread states.
    pub blocked_on: AtomicNarrow,
    /// JVMTI-style thread status bits as `java.lang.Thread.State` is derived from.
    pub status: AtomicU32,
    /// Bytes allocated before the current buffer (allocation accounting).
    pub allocated_bytes: AtomicU64,
    /// Mutator's safepoint/monitor/park bookkeeping private to `thread`, `safepoint` and `monitor`.
    pub os: lifecycle::OsThread,
    /// Method handles' scratch for the linker (member name of a `linkTo*` in progress); a root.
    pub scratch: Obj,
    /// Method being linked or entered, for helpful messages in entry slow paths.
    pub entering: Option<MethodPtr>,
    /// Scoped values / extent-local cache object of newer class libraries; a root.
    pub scoped_value_cache: Obj,
    /// Depth of Rust-to-Java calls.
    pub native_depth: u32,
    /// Pending asynchronous exception (thread stop of the embedding's limits); a root.
    pub async_exception: AtomicNarrow,
    /// The platform thread's `java.lang.Thread`; differs from `java_thread` while a virtual thread is mounted. A root.
    pub carrier_thread: Obj,
    /// Return addresses of this thread's frames that were replaced, see `compiled::invalidate`.
    pub(crate) lazy_exits: Vec<LazyExit>,
    /// Loop code that the one who runs the code being left is to go on with.
    pub(crate) next_loop: Option<&'static InstalledCode>,
    /// Compiled frames that were left for the interpreter: they are returned to, though they are not walked.
    pub(crate) exits: Vec<ExitInProgress>,
    /// Other threads read and write parts of this structure while its own holds `&mut` to it: keeps that reference
    /// from being taken for an exclusive one.
    pub pinned: PhantomPinned,
}

impl JavaThread {
    /// The VM this thread belongs to.
    #[inline(always)]
    pub fn vm(&self) -> &'static Vm {
        // SAFETY: a VM outlives its threads; the lifetime is cut loose so that `&mut JavaThread` stays usable beside it.
        unsafe { &*self.vm }
    }
    /// True when a Java exception is pending.
    #[inline(always)]
    pub fn has_exception(&self) -> bool {
        !self.exception.is_null()
    }
    /// Takes the pending exception (null if none).
    #[inline]
    pub fn take_exception(&mut self) -> Obj {
        std::mem::take(&mut self.exception)
    }
    /// Makes `exception` pending.
    #[inline]
    pub fn throw(&mut self, exception: Obj) -> Throw {
        self.exception = exception;
        Throw
    }
}
