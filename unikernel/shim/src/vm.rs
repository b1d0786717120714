//! A VM: its memory, its threads, each a processor of KVM's on a thread of the host's, and its end.

use crate::address_space::{AddressSpace, Fault, Flush, Piece, READ, WRITE};
use crate::confinement::Confinement;
use crate::descriptors::Descriptors;
use crate::errno::{Errno, encode};
use crate::hypercalls::{self, Actions};
use crate::loader::{self, LoadError, Start};
use crate::memory::{CHUNK, Chunks, GuestMemory};
use crate::policy::{Grant, Policy};
use crate::system::{System, SystemError};
use crate::tables::{OWN_CHUNKS, Tables};
use crate::vcpu::{Exit, Vcpu};
use kvm_bindings::{kvm_regs, kvm_userspace_memory_region};
use kvm_ioctls::VmFd;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once};
use std::time::Duration;

/// What a VM is made of.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The program that is the guest.
    pub guest: PathBuf,
    /// Its arguments, its name first.
    pub arguments: Vec<String>,
    /// Its environment, as `NAME=VALUE`.
    pub environment: Vec<String>,
    /// Its working directory.
    pub directory: PathBuf,
    /// Processors of the host that its threads share.
    pub processors: usize,
    /// Its memory in bytes.
    pub memory: u64,
    /// Files and directories it may use.
    pub grants: Vec<Grant>,
}

/// Why a VM did not start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// There is no KVM to use.
    #[error(transparent)]
    System(#[from] SystemError),
    /// The program cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A grant cannot be made.
    #[error("cannot grant {0}")]
    Grant(std::io::Error),
    /// The host refused memory, a thread or a descriptor.
    #[error("the host gives no {0}: {1}")]
    Host(&'static str, std::io::Error),
    /// KVM refused.
    #[error("KVM: {0}")]
    Kvm(#[from] kvm_ioctls::Error),
}

/// How a VM ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The program ended with this code.
    Exited(i32),
    /// A signal that it does not handle, its own or an exception's, ended it; the text says more.
    Killed(i32, String),
    /// The monitor stopped it.
    Stopped(String),
}

/// Least memory: tables, a program and its stack.
const LEAST_MEMORY: u64 = 16 << 20;
/// Native stack of a monitor's thread.
const THREAD_STACK: usize = 256 << 10;
/// The signal that makes a thread of the monitor look at [`Vm::stopping`] is the first real-time signal plus this.
const KICK: i32 = 5;
/// Time between kicks of threads that were on their way into a call just then.
const KICK_AGAIN: Duration = Duration::from_millis(2);

/// A VM.
pub struct Vm {
    fd: Arc<VmFd>,
    system: System,
    /// Guest-physical memory.
    pub chunks: Arc<Chunks>,
    memory: Arc<GuestMemory>,
    space: Mutex<AddressSpace>,
    /// File descriptors.
    pub descriptors: Descriptors,
    /// What it may use.
    pub policy: Policy,
    processors: Processors,
    confinement: Confinement,
    actions: Mutex<Actions>,
    threads: Mutex<Threads>,
    changed: Condvar,
    stopping: AtomicBool,
}

#[derive(Default)]
struct Threads {
    /// Threads of the host's, by the guest's number.
    running: BTreeMap<i32, i32>,
    last: i32,
    /// Processors whose thread ended.
    idle: Vec<Vcpu>,
    made: u64,
    ending: Option<Ending>,
}

/// The host's processors that threads of a VM run on.
struct Processors {
    set: libc::cpu_set_t,
    count: usize,
}

impl Processors {
    /// As many as wanted of those this process may use, beginning with another one in each process.
    fn choose(wanted: usize) -> Processors {
        // SAFETY: all-zero is the empty set.
        let (mut allowed, mut set) = unsafe { std::mem::zeroed::<(libc::cpu_set_t, libc::cpu_set_t)>() };
        // SAFETY: the set is of the given size.
        unsafe { libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut allowed) };
        let all = 0..libc::CPU_SETSIZE as usize;
        // SAFETY: the index is below the set's size.
        let allowed: Vec<usize> = all.filter(|&cpu| unsafe { libc::CPU_ISSET(cpu, &allowed) }).collect();
        let count = wanted.clamp(1, allowed.len().max(1));
        for index in 0..count.min(allowed.len()) {
            let cpu = allowed[(std::process::id() as usize + index) % allowed.len()];
            // SAFETY: the index is below the set's size.
            unsafe { libc::CPU_SET(cpu, &mut set) };
        }
        Processors { set, count }
    }
}

/// A thread of the guest's, on a thread of the host's.
pub struct Task {
    /// Its VM.
    pub vm: Arc<Vm>,
    /// Its processor.
    pub vcpu: Vcpu,
    /// Its number in the guest.
    pub number: i32,
    /// A word that becomes 0 when it ends, to be waited for; 0 for none.
    pub clear_at_end: u64,
    /// It is to end.
    pub ended: bool,
    /// The signal stack it set.
    pub signal_stack: [u64; 3],
    /// The signals it blocked.
    pub blocked: u64,
}

/// Runs a program in a VM to its end.
pub fn run(configuration: &Configuration) -> Result<Ending, BootError> {
    install_kick();
    let system = System::open()?;
    let no_memory = |error| BootError::Host("memory", error);
    let memory = GuestMemory::new(configuration.memory.max(LEAST_MEMORY)).map_err(no_memory)?;
    let fd = Arc::new(system.kvm.create_vm()?);
    let region = kvm_userspace_memory_region {
        slot: 0,
        flags: 0,
        guest_phys_addr: 0,
        memory_size: memory.bytes(),
        userspace_addr: memory.host_base() as u64,
    };
    // SAFETY: the memory outlives the VM: both are fields of `Vm`, of which the descriptor is dropped first.
    unsafe { fd.set_user_memory_region(region)? };
    let chunks = Chunks::new(memory.clone(), OWN_CHUNKS);
    let flush = shadow_flush(fd.clone(), memory.clone());
    let mut space = AddressSpace::new(memory.clone(), chunks.clone(), Tables::new(memory.clone()), flush);
    let loaded = loader::load(&configuration.guest, &mut space)?;
    space.start_break(loaded.end);
    let mut random = [0; 16];
    // SAFETY: writes into an array of the given length.
    unsafe { libc::getrandom(random.as_mut_ptr().cast(), random.len(), 0) };
    let features = system.cpuid.as_slice().iter().find(|leaf| leaf.function == 1);
    let start = Start {
        arguments: &configuration.arguments,
        environment: &configuration.environment,
        random,
        features: features.map_or(0, |leaf| u64::from(leaf.edx)),
        base_instructions: system.base_instructions,
    };
    let stack = loader::lay_stack(&mut space, &loaded, &start)?;
    let vm = Arc::new(Vm {
        fd,
        system,
        chunks,
        memory,
        space: Mutex::new(space),
        descriptors: Descriptors::new()
            .map_err(|Errno(number)| BootError::Host("descriptor", std::io::Error::from_raw_os_error(number)))?,
        policy: Policy::new(&configuration.grants, &configuration.directory).map_err(BootError::Grant)?,
        processors: Processors::choose(configuration.processors),
        confinement: Confinement::new().map_err(|error| BootError::Host("confinement", error))?,
        actions: Mutex::new([[0; 4]; 64]),
        threads: Mutex::default(),
        changed: Condvar::new(),
        stopping: AtomicBool::new(false),
    });
    let registers = kvm_regs {
        rip: loaded.entry,
        rsp: stack,
        ..Default::default()
    };
    vm.spawn(&registers, 0, 0, 0, |_| Ok(()))
        .map_err(|Errno(number)| BootError::Host("thread", std::io::Error::from_raw_os_error(number)))?;
    Ok(vm.wait())
}

/// Throws away KVM's shadows of page tables, by taking away a slot of memory that nothing refers to: KVM forgets all
/// translations when any slot goes.
fn shadow_flush(fd: Arc<VmFd>, memory: Arc<GuestMemory>) -> Flush {
    let region = kvm_userspace_memory_region {
        slot: 1,
        flags: 0,
        guest_phys_addr: memory.bytes().next_multiple_of(1 << 30),
        memory_size: CHUNK,
        userspace_addr: memory.host_base() as u64,
    };
    Box::new(move || {
        for memory_size in [region.memory_size, 0] {
            let region = kvm_userspace_memory_region { memory_size, ..region };
            // SAFETY: memory of the guest's own, seen a second time for a moment, at an address that no page table names.
            if let Err(error) = unsafe { fd.set_user_memory_region(region) } {
                // To go on would be to run on translations that are no longer true.
                eprintln!("KVM: {error}");
                std::process::abort();
            }
        }
    })
}

fn install_kick() {
    extern "C" fn nothing(_: libc::c_int) {}
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // SAFETY: the structure is initialised, and the handler does nothing. Without SA_RESTART, calls are interrupted.
        unsafe {
            let mut action = std::mem::zeroed::<libc::sigaction>();
            action.sa_sigaction = nothing as extern "C" fn(libc::c_int) as *const () as libc::sighandler_t;
            libc::sigemptyset(&mut action.sa_mask);
            libc::sigaction(libc::SIGRTMIN() + KICK, &action, std::ptr::null_mut());
        }
    });
}

impl Vm {
    /// The address space, locked.
    pub fn space(&self) -> MutexGuard<'_, AddressSpace> {
        self.space.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// What the guest set for each signal.
    pub fn actions(&self) -> MutexGuard<'_, Actions> {
        self.actions.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn threads(&self) -> MutexGuard<'_, Threads> {
        self.threads.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Processors of the host's that it uses.
    pub fn processors(&self) -> usize {
        self.processors.count
    }

    /// Bytes of its memory.
    pub fn memory_bytes(&self) -> u64 {
        self.memory.bytes()
    }

    /// Threads that run.
    pub fn thread_count(&self) -> usize {
        self.threads().running.len()
    }

    /// The host's number of a thread.
    pub fn host_thread(&self, number: i32) -> Option<i32> {
        self.threads().running.get(&number).copied()
    }

    /// Is it ending?
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Ends it; the first ending counts.
    pub fn end(&self, ending: Ending) {
        self.threads().ending.get_or_insert(ending);
        self.stopping.store(true, Ordering::Release);
        self.changed.notify_all();
    }

    /// Starts a thread with these registers; `announce` is told its number before it runs.
    pub fn spawn(
        self: &Arc<Vm>,
        registers: &kvm_regs,
        thread_pointer: u64,
        clear_at_end: u64,
        blocked: u64,
        announce: impl FnOnce(i32) -> Result<(), Errno>,
    ) -> Result<i32, Errno> {
        let again = Errno(libc::EAGAIN);
        let mut threads = self.threads();
        let mut vcpu = match threads.idle.pop() {
            Some(vcpu) => vcpu,
            None => {
                if threads.made >= self.system.most_processors as u64 {
                    return Err(again);
                }
                let tables = self.space().add_processor().ok_or(again)?;
                let made = Vcpu::new(&self.fd, threads.made, &self.system, tables);
                threads.made += 1;
                made.map_err(|error| Errno(error.errno()))?
            }
        };
        threads.last += 1;
        let number = threads.last;
        announce(number)?;
        vcpu.start(registers, thread_pointer)
            .map_err(|error| Errno(error.errno()))?;
        // The thread finds itself among those running: it waits for the lock.
        threads.running.insert(number, 0);
        let task = Task {
            vm: self.clone(),
            vcpu,
            number,
            clear_at_end,
            ended: false,
            signal_stack: [0, libc::SS_DISABLE as u64, 0],
            blocked,
        };
        let builder = std::thread::Builder::new().name(format!("guest {number}"));
        let vm = self.clone();
        let spawned = builder.stack_size(THREAD_STACK).spawn(move || {
            let served = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| task.serve()));
            if served.is_err() {
                vm.end(Ending::Stopped("an error of the monitor".to_owned()));
                vm.threads().running.remove(&number);
                vm.changed.notify_all();
            }
        });
        if spawned.is_err() {
            threads.running.remove(&number);
            return Err(again);
        }
        Ok(number)
    }

    /// Waits until all threads have ended.
    fn wait(&self) -> Ending {
        let mut threads = self.threads();
        while !threads.running.is_empty() {
            if self.is_stopping() {
                for &host in threads.running.values().filter(|&&host| host != 0) {
                    // SAFETY: a signal to a thread of this process that has not ended, as it is still listed.
                    unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), host, libc::SIGRTMIN() + KICK) };
                }
                let waited = self.changed.wait_timeout(threads, KICK_AGAIN);
                threads = waited.unwrap_or_else(|poisoned| poisoned.into_inner()).0;
            } else {
                let waited = self.changed.wait(threads);
                threads = waited.unwrap_or_else(|poisoned| poisoned.into_inner());
            }
        }
        // A program whose threads have all ended without a word ended well.
        threads.ending.clone().unwrap_or(Ending::Exited(0))
    }

    /// [`AddressSpace::resolve`].
    pub fn resolve(&self, address: u64, length: u64, protection: u8) -> Result<Vec<Piece>, Errno> {
        self.space().resolve(address, length, protection)
    }

    /// Copies from the guest.
    pub fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Errno> {
        let mut rest = bytes;
        for piece in self.resolve(address, rest.len() as u64, READ)? {
            let (now, later) = rest.split_at_mut(piece.bytes);
            // SAFETY: `resolve` gave valid memory of that length, which stays mapped; races are the guest's to lose.
            unsafe { std::ptr::copy_nonoverlapping(piece.start, now.as_mut_ptr(), now.len()) };
            rest = later;
        }
        Ok(())
    }

    /// Copies to the guest.
    pub fn write(&self, address: u64, bytes: &[u8]) -> Result<(), Errno> {
        let mut rest = bytes;
        for piece in self.resolve(address, rest.len() as u64, WRITE)? {
            let (now, later) = rest.split_at(piece.bytes);
            // SAFETY: `resolve` gave valid memory of that length, which stays mapped; races are the guest's to lose.
            unsafe { std::ptr::copy_nonoverlapping(now.as_ptr(), piece.start, now.len()) };
            rest = later;
        }
        Ok(())
    }

    /// Copies words from the guest.
    pub fn read_words<const N: usize>(&self, address: u64) -> Result<[u64; N], Errno> {
        let mut words = [0; N];
        let mut bytes = vec![0; N * 8];
        self.read(address, &mut bytes)?;
        for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = bytes.try_into().map_or(0, u64::from_le_bytes);
        }
        Ok(words)
    }

    /// Copies words to the guest.
    pub fn write_words(&self, address: u64, words: &[u64]) -> Result<(), Errno> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.write(address, &bytes)
    }
}

impl Task {
    fn serve(mut self) {
        // SAFETY: gettid has no preconditions; the set is of the given size and not empty.
        let host = unsafe {
            libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &self.vm.processors.set);
            libc::syscall(libc::SYS_gettid) as i32
        };
        self.vm.threads().running.insert(self.number, host);
        // A thread that another one of the guest's started has it already; the first puts it on all of them.
        if self.number == 1
            && let Err(error) = self.vm.confinement.apply()
        {
            self.vm
                .end(Ending::Stopped(format!("its monitor could not be confined: {error}")));
        }
        while !self.ended && !self.vm.is_stopping() {
            match self.vcpu.run() {
                Exit::SystemCall => {
                    let mut registers = self.vcpu.registers();
                    let served = hypercalls::serve(&mut self, &registers);
                    registers.rax = encode(served);
                    self.vcpu.set_registers(&registers);
                }
                Exit::Exception(vector) => self.exception(vector),
                Exit::Interrupted => {}
                Exit::Broken(text) => self
                    .vm
                    .end(Ending::Stopped(format!("its processor came out with {text}"))),
            }
        }
        let Task { vm, vcpu, number, .. } = self;
        if self.clear_at_end != 0 && !vm.is_stopping() {
            hypercalls::thread_ended(&vm, self.clear_at_end);
        }
        let mut threads = vm.threads();
        threads.idle.push(vcpu);
        threads.running.remove(&number);
        vm.changed.notify_all();
    }

    fn exception(&mut self, vector: u16) {
        const PAGE_FAULT: u16 = 14;
        let fault = match vector {
            PAGE_FAULT => self.vcpu.fault_address().map_err(|error| error.to_string()),
            _ => Ok(0),
        };
        let address = match fault {
            Ok(address) => address,
            Err(text) => return self.vm.end(Ending::Stopped(text)),
        };
        let mut why = "";
        if vector == PAGE_FAULT {
            match self.vm.space().fault(address) {
                Ok(()) => return,
                Err(Fault::NoMapping) => why = "no such memory",
                Err(Fault::OutOfMemory) => {
                    let megabytes = self.vm.memory_bytes() >> 20;
                    return self
                        .vm
                        .end(Ending::Stopped(format!("its memory of {megabytes} MiB is used up")));
                }
            }
        }
        let (signal, name) = match vector {
            0 | 16 | 19 => (libc::SIGFPE, "arithmetic error"),
            1 | 3 => (libc::SIGTRAP, "breakpoint"),
            6 => (libc::SIGILL, "invalid instruction"),
            PAGE_FAULT => (libc::SIGSEGV, "page fault"),
            _ => (libc::SIGSEGV, "protection fault"),
        };
        let has_code = matches!(vector, 8 | 10..=14 | 17 | 21 | 29 | 30);
        let frame = self.vcpu.registers().rsp.wrapping_add(if has_code { 8 } else { 0 });
        let mut instruction = [0];
        let _ = self.vm.space().tables.read_system(frame, &mut instruction);
        let at = instruction[0];
        let text = format!("{name} at {at:#x}, address {address:#x} {why}");
        self.vm.end(Ending::Killed(signal, text.trim_end().to_owned()));
    }
}
