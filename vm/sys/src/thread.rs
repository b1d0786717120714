//! Operating-system threads, their stacks, and the registers a conservative scan must see.

use std::cell::Cell;
use std::ffi::CString;
use std::io;
use std::mem::ManuallyDrop;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

/// Lowest and highest address of a thread's stack; it grows from `high` down to `low`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StackBounds {
    /// First usable address.
    pub low: usize,
    /// Address after the last.
    pub high: usize,
}

/// The main thread's stack can be unlimited; this much of it is reported then, bytes.
const UNLIMITED_STACK: usize = 64 << 20;

/// What a new thread is started with.
struct Start {
    name: String,
    stack_bytes: usize,
    body: Box<dyn FnOnce() + Send>,
}

thread_local! {
    /// The stack of a thread that this module started.
    static OWN_BOUNDS: Cell<Option<StackBounds>> = const { Cell::new(None) };
}

/// What the C library may keep above a new thread's first frame: thread-local variables and its own notes. Stacks are made
/// larger by that much.
const ABOVE_FIRST_FRAME: usize = 64 << 10;

extern "C" fn run_started(start: *mut libc::c_void) -> *mut libc::c_void {
    // SAFETY: the box that `create` gave away for this thread.
    let start = unsafe { Box::from_raw(start.cast::<Start>()) };
    let high = current_stack_pointer();
    OWN_BOUNDS.set(Some(StackBounds {
        low: high + ABOVE_FIRST_FRAME - start.stack_bytes,
        high,
    }));
    run_body(*start);
    std::ptr::null_mut()
}

/// Not part of its caller, whose stack pointer all that happens here is below.
#[inline(never)]
fn run_body(start: Start) {
    // Nobody in a guest sees a thread's name.
    if !crate::FOR_GUESTS {
        set_name(&start.name);
    }
    // A panic has been reported; it must not unwind into the C library.
    let _ = std::panic::catch_unwind(AssertUnwindSafe(start.body));
    std::hint::black_box(());
}

/// Starts a thread by the C library.
///
/// Not by way of the standard library: its new threads map a signal stack for themselves, and abort the process when there
/// are no more mappings to be had, which a program with very many threads comes to.
fn create(
    name: &str,
    stack_bytes: usize,
    is_detached: bool,
    body: Box<dyn FnOnce() + Send>,
) -> io::Result<libc::pthread_t> {
    let page = crate::memory::page_size();
    let stack_bytes = (stack_bytes.max(64 << 10) + ABOVE_FIRST_FRAME).next_multiple_of(page);
    let start = Box::into_raw(Box::new(Start {
        name: name.chars().filter(|&c| c != '\0').collect(),
        stack_bytes,
        body,
    }));
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::zeroed();
    let mut thread = std::mem::MaybeUninit::<libc::pthread_t>::zeroed();
    // SAFETY: the attributes are initialised, set, used and destroyed; the new thread owns `start`.
    let result = unsafe {
        let mut result = libc::pthread_attr_init(attributes.as_mut_ptr());
        if result == 0 {
            if is_detached {
                libc::pthread_attr_setdetachstate(attributes.as_mut_ptr(), libc::PTHREAD_CREATE_DETACHED);
            }
            if crate::FOR_GUESTS {
                // A page that may not be touched is none there, and costs a system call.
                libc::pthread_attr_setguardsize(attributes.as_mut_ptr(), 0);
            }
            result = libc::pthread_attr_setstacksize(attributes.as_mut_ptr(), stack_bytes);
            if result == 0 {
                let (attributes, start) = (attributes.as_ptr(), start.cast());
                result = libc::pthread_create(thread.as_mut_ptr(), attributes, run_started, start);
            }
            libc::pthread_attr_destroy(attributes.as_mut_ptr());
        }
        result
    };
    if result == 0 {
        // SAFETY: the call that succeeded wrote it.
        return Ok(unsafe { thread.assume_init() });
    }
    // SAFETY: no thread was started that would own it.
    drop(unsafe { Box::from_raw(start) });
    Err(io::Error::from_raw_os_error(result))
}

/// Starts an operating-system thread that nobody waits for, with a stack of at least `stack_bytes`.
pub fn spawn_detached(name: &str, stack_bytes: usize, body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    create(name, stack_bytes, true, Box::new(body)).map(drop)
}

/// A thread that [`spawn`] started. When this is dropped, nobody waits for it any more.
#[derive(Debug)]
pub struct JoinHandle<T> {
    thread: libc::pthread_t,
    outcome: Arc<Mutex<Option<std::thread::Result<T>>>>,
}

// SAFETY: a thread may be waited for, or let go, by any other.
unsafe impl<T: Send> Send for JoinHandle<T> {}
// SAFETY: sharing it allows nothing.
unsafe impl<T: Send> Sync for JoinHandle<T> {}

/// Starts an operating-system thread with a stack of at least `stack_bytes`.
pub fn spawn<F, T>(name: &str, stack_bytes: usize, body: F) -> io::Result<JoinHandle<T>>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let outcome = Arc::new(Mutex::new(None));
    let place = outcome.clone();
    let run = move || {
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(body));
        *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    };
    let thread = create(name, stack_bytes, false, Box::new(run))?;
    Ok(JoinHandle { thread, outcome })
}

impl<T> JoinHandle<T> {
    /// Waits until the thread has ended; what it panicked with is the error.
    pub fn join(self) -> std::thread::Result<T> {
        let this = ManuallyDrop::new(self);
        // SAFETY: the thread was started joinable, and is waited for once, as this value is used up.
        unsafe { libc::pthread_join(this.thread, std::ptr::null_mut()) };
        // SAFETY: the field is not used after this, as the value is not dropped.
        let outcome = unsafe { std::ptr::read(&this.outcome) };
        let outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
        outcome.unwrap_or_else(|| Err(Box::new("the thread left no outcome")))
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        // SAFETY: the thread was started joinable and has not been waited for.
        unsafe { libc::pthread_detach(self.thread) };
    }
}

/// The calling thread's stack. Of one that this module started no more than its own frames are part of it.
pub fn stack_bounds() -> io::Result<StackBounds> {
    match OWN_BOUNDS.get() {
        Some(bounds) => Ok(bounds),
        None => system_stack_bounds(),
    }
}

/// The calling thread's stack as the C library knows it, which may need several system calls.
fn system_stack_bounds() -> io::Result<StackBounds> {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::zeroed();
    let mut address = std::ptr::null_mut();
    let (mut bytes, mut guard) = (0usize, 0usize);
    // SAFETY: the attributes are initialised by pthread_getattr_np, read, and destroyed once.
    unsafe {
        let result = libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr());
        if result != 0 {
            return Err(io::Error::from_raw_os_error(result));
        }
        libc::pthread_attr_getstack(attributes.as_ptr(), &mut address, &mut bytes);
        libc::pthread_attr_getguardsize(attributes.as_ptr(), &mut guard);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
    }
    let high = (address as usize).wrapping_add(bytes);
    let mut low = (address as usize).wrapping_add(guard);
    if low > current_stack_pointer() || high - low > (1 << 30) {
        low = high - UNLIMITED_STACK;
    }
    Ok(StackBounds { low, high })
}

/// The calling function's stack pointer.
#[inline(always)]
pub fn current_stack_pointer() -> usize {
    let pointer: usize;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: reads a register.
    unsafe {
        std::arch::asm!("mov {}, rsp", out(reg) pointer, options(nomem, nostack, preserves_flags))
    };
    #[cfg(target_arch = "aarch64")]
    // SAFETY: reads a register.
    unsafe {
        std::arch::asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags))
    };
    pointer
}

/// What the registers hold that calls preserve: values of any caller further up, too.
#[inline(always)]
fn callee_saved_registers() -> [usize; 12] {
    let mut registers = [0; 12];
    #[cfg(target_arch = "x86_64")]
    // SAFETY: writes six words of the array.
    unsafe {
        std::arch::asm!(
            "mov [{0}], rbx",
            "mov [{0} + 8], rbp",
            "mov [{0} + 16], r12",
            "mov [{0} + 24], r13",
            "mov [{0} + 32], r14",
            "mov [{0} + 40], r15",
            in(reg) registers.as_mut_ptr(),
            options(nostack, preserves_flags)
        );
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: writes all of the array.
    unsafe {
        std::arch::asm!(
            "stp x19, x20, [{0}]",
            "stp x21, x22, [{0}, #16]",
            "stp x23, x24, [{0}, #32]",
            "stp x25, x26, [{0}, #48]",
            "stp x27, x28, [{0}, #64]",
            "str x29, [{0}, #80]",
            in(reg) registers.as_mut_ptr(),
            options(nostack, preserves_flags)
        );
    }
    registers
}

/// Stores all callee-saved registers on the stack and calls `f` with a stack pointer below them: every word that a
/// caller of this function holds lies between that pointer and the stack's base.
#[inline(never)]
pub fn with_registers_spilled(f: &mut dyn FnMut(usize)) {
    let mut registers = callee_saved_registers();
    std::hint::black_box(&mut registers);
    f(current_stack_pointer());
    std::hint::black_box(&mut registers);
}

/// Calls `f` with the registers cleared that calls preserve, and puts them back: what callers have in them lies in this
/// function's frame meanwhile, and what `f` calls saves none of it a second time, where it would outlive its use.
///
/// # Safety
/// `f` takes `data`; no panic leaves it.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub unsafe extern "C" fn with_registers_cleared(f: unsafe extern "C" fn(*mut u8), data: *mut u8) {
    std::arch::naked_asm!(
        ".cfi_startproc",
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp, -16",
        "mov rbp, rsp",
        ".cfi_def_cfa_register rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "xor ebx, ebx",
        "xor r12d, r12d",
        "xor r13d, r13d",
        "xor r14d, r14d",
        "xor r15d, r15d",
        "mov rax, rdi",
        "mov rdi, rsi",
        "call rax",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        ".cfi_def_cfa rsp, 8",
        "ret",
        ".cfi_endproc",
    )
}

/// Calls `f` with what callers have in registers in this function's frame, too.
///
/// # Safety
/// `f` takes `data`; no panic leaves it.
#[cfg(not(target_arch = "x86_64"))]
#[inline(never)]
pub unsafe extern "C" fn with_registers_cleared(f: unsafe extern "C" fn(*mut u8), data: *mut u8) {
    let mut registers = callee_saved_registers();
    std::hint::black_box(&mut registers);
    // SAFETY: the caller vouches for it.
    unsafe { f(data) };
    std::hint::black_box(&mut registers);
}

/// Processors this process may run on, honouring affinity and the container's processor quota; at least 1.
pub fn processor_count() -> usize {
    if crate::FOR_GUESTS {
        return processors_of_affinity();
    }
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Processors the calling thread may run on, whatever the container says.
fn processors_of_affinity() -> usize {
    // SAFETY: all-zero is a valid value of this set of bits; the call fills it as far as told.
    let count = unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        match libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut set) {
            0 => libc::CPU_COUNT(&set),
            _ => 1,
        }
    };
    usize::try_from(count).map_or(1, |count| count.max(1))
}

/// Names the calling thread for debuggers and `ps`; the system keeps the first 15 bytes.
pub fn set_name(name: &str) {
    let mut end = name.len().min(15);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    if let Ok(name) = CString::new(&name[..end]) {
        // SAFETY: the string is terminated and short enough.
        unsafe { libc::pthread_setname_np(libc::pthread_self(), name.as_ptr()) };
    }
}

/// Offers the processor to other threads.
pub fn yield_now() {
    std::thread::yield_now();
}

/// Lets other threads of the process go first: a hint, for threads that work in the background.
pub fn lower_priority() {
    let id = native_id() as libc::id_t;
    // SAFETY: setpriority of the calling thread has no preconditions; Linux has a nice value for each thread.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, id, 5) };
}

/// The system's number for the calling thread (`nid` of thread dumps).
pub fn native_id() -> u64 {
    match crate::time::ThreadClock::of_current_thread() {
        Some(clock) => clock.native_id(),
        // SAFETY: gettid has no preconditions.
        None => unsafe { libc::syscall(libc::SYS_gettid) as u64 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_the_stack_pointer() {
        let check = || {
            let bounds = stack_bounds().expect("bounds");
            let pointer = current_stack_pointer();
            assert!(bounds.low < pointer && pointer < bounds.high);
            let of_system = system_stack_bounds().expect("bounds");
            assert!(of_system.low <= bounds.low && bounds.high <= of_system.high);
            bounds.high - bounds.low
        };
        check();
        let size = spawn("small", 256 << 10, check).expect("spawn").join().expect("join");
        assert!((256 << 10..512 << 10).contains(&size));
        let (sender, receiver) = std::sync::mpsc::channel();
        spawn_detached("detached", 256 << 10, move || sender.send(check()).expect("receiver")).expect("spawn");
        assert!((256 << 10..512 << 10).contains(&receiver.recv().expect("size")));
        assert!(processor_count() >= 1 && processor_count() <= processors_of_affinity());
        // SAFETY: gettid has no preconditions.
        let told = || assert_eq!(native_id(), unsafe { libc::syscall(libc::SYS_gettid) } as u64);
        told();
        spawn("another", 0, told)
            .expect("spawn")
            .join()
            .expect("the number told");
    }

    #[test]
    fn a_thread_is_waited_for_and_its_panic_caught() {
        assert_eq!(spawn("sums", 0, || 6 * 7).expect("spawn").join().expect("join"), 42);
        let panicked = spawn("panics", 0, || std::panic::resume_unwind(Box::new("on purpose")));
        let payload = panicked.expect("spawn").join().expect_err("a panic");
        assert_eq!(payload.downcast_ref::<&str>(), Some(&"on purpose"));
        let (sender, receiver) = std::sync::mpsc::channel();
        drop(spawn("let go", 0, move || sender.send(()).expect("receiver")).expect("spawn"));
        receiver.recv().expect("it runs on");
    }

    #[test]
    fn spilled_registers_are_above_the_pointer() {
        let secret = std::hint::black_box(0x1234_5678_9abc_def1usize);
        let high = stack_bounds().expect("bounds").high;
        let mut seen = false;
        with_registers_spilled(&mut |pointer| {
            let mut address = pointer & !7;
            while address < high {
                // SAFETY: the address is within this thread's live stack.
                seen |= unsafe { (address as *const usize).read_volatile() } == std::hint::black_box(secret);
                address += 8;
            }
        });
        assert!(seen);
        std::hint::black_box(secret);
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn cleared_registers_are_put_back() {
        unsafe extern "C" fn note(data: *mut u8) {
            let registers = callee_saved_registers();
            // SAFETY: the test passes this.
            unsafe { *data.cast::<[usize; 12]>() = registers };
        }
        let mut within = [1usize; 12];
        let (before, after): ([usize; 4], [usize; 4]);
        // SAFETY: `note` writes the array; all that calls may change is said.
        unsafe {
            let (mut first, mut second, mut third, mut fourth) = (0x1111usize, 0x2222usize, 0x3333usize, 0x4444usize);
            before = [first, second, third, fourth];
            std::arch::asm!(
                "call {call}",
                call = sym with_registers_cleared,
                in("rdi") note as unsafe extern "C" fn(*mut u8),
                in("rsi") within.as_mut_ptr(),
                inout("r12") first,
                inout("r13") second,
                inout("r14") third,
                inout("r15") fourth,
                clobber_abi("C"),
            );
            after = [first, second, third, fourth];
        }
        assert_eq!(before, after);
        assert_eq!(within[2..6], [0; 4]);
    }
}
