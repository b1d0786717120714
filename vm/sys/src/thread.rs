//! Operating-system threads, their stacks, and the registers a conservative scan must see.

use std::ffi::CString;
use std::io;
use std::thread::JoinHandle;

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

/// Starts an operating-system thread with a stack of at least `stack_bytes` (0: the system's default).
pub fn spawn<F, T>(name: &str, stack_bytes: usize, body: F) -> io::Result<JoinHandle<T>>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let name: String = name.chars().filter(|&c| c != '\0').collect();
    let mut builder = std::thread::Builder::new().name(name);
    if stack_bytes != 0 {
        builder = builder.stack_size(stack_bytes.max(64 << 10));
    }
    builder.spawn(body)
}

/// What a detached thread is started with.
struct Start {
    name: String,
    body: Box<dyn FnOnce() + Send>,
}

extern "C" fn run_detached(start: *mut libc::c_void) -> *mut libc::c_void {
    // SAFETY: the box that `spawn_detached` gave away for this thread.
    let start = unsafe { Box::from_raw(start.cast::<Start>()) };
    set_name(&start.name);
    // A panic has been reported; it must not unwind into the C library.
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(start.body));
    std::ptr::null_mut()
}

/// Starts an operating-system thread that nobody waits for, with a stack of at least `stack_bytes`.
///
/// Not by way of the standard library: its new threads map a signal stack for themselves, and abort the process when there
/// are no more mappings to be had, which a program with very many threads comes to.
pub fn spawn_detached(name: &str, stack_bytes: usize, body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let name = name.chars().filter(|&c| c != '\0').collect();
    let start = Box::into_raw(Box::new(Start {
        name,
        body: Box::new(body),
    }));
    let page = crate::memory::page_size();
    let stack_bytes = stack_bytes.max(64 << 10).next_multiple_of(page);
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::zeroed();
    let mut thread = std::mem::MaybeUninit::<libc::pthread_t>::zeroed();
    // SAFETY: the attributes are initialised, set, used and destroyed; the new thread owns `start`.
    let result = unsafe {
        let mut result = libc::pthread_attr_init(attributes.as_mut_ptr());
        if result == 0 {
            libc::pthread_attr_setdetachstate(attributes.as_mut_ptr(), libc::PTHREAD_CREATE_DETACHED);
            result = libc::pthread_attr_setstacksize(attributes.as_mut_ptr(), stack_bytes);
            if result == 0 {
                let (attributes, start) = (attributes.as_ptr(), start.cast());
                result = libc::pthread_create(thread.as_mut_ptr(), attributes, run_detached, start);
            }
            libc::pthread_attr_destroy(attributes.as_mut_ptr());
        }
        result
    };
    if result == 0 {
        return Ok(());
    }
    // SAFETY: no thread was started that would own it.
    drop(unsafe { Box::from_raw(start) });
    Err(io::Error::from_raw_os_error(result))
}

/// The calling thread's stack.
pub fn stack_bounds() -> io::Result<StackBounds> {
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
    std::thread::available_parallelism().map_or(1, usize::from)
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
    // SAFETY: gettid has no preconditions.
    unsafe { libc::syscall(libc::SYS_gettid) as u64 }
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
            bounds.high - bounds.low
        };
        check();
        let size = spawn("small", 256 << 10, check).expect("spawn").join().expect("join");
        assert!((128 << 10..4 << 20).contains(&size));
        let (sender, receiver) = std::sync::mpsc::channel();
        spawn_detached("detached", 256 << 10, move || sender.send(check()).expect("receiver")).expect("spawn");
        assert!((128 << 10..4 << 20).contains(&receiver.recv().expect("size")));
        assert!(processor_count() >= 1 && native_id() > 0);
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
