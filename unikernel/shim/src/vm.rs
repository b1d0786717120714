//! A VM: its memory, its threads, each a processor of KVM's on a thread of the host's, and its end.

use crate::address_space::{AddressSpace, Piece, READ, SharedSpace, WRITE};
use crate::beside;
use crate::clock_page::Clock;
use crate::confinement::{Confinement, Kind};
use crate::descriptors::{Descriptors, MOST_DESCRIPTORS};
use crate::errno::Errno;
use crate::faults::PAGE_FAULT;
use crate::front_end::FrontEnd;
use crate::hypercalls;
use crate::image::Image;
use crate::loader::LoadError;
use crate::memory::{Chunks, GuestMemory};
use crate::network::Network;
use crate::policy::{Grant, Policy};
use crate::resident;
use crate::signals::Mailbox;
use crate::statistics::{Reason, Report, Statistics};
use crate::system::{System, SystemError, VmFd};
use crate::tables::Tables;
use crate::vcpu::{Exit, Vcpu};
use kvm_bindings::kvm_regs;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SendError, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

mod start;

pub use start::{Preparation, run, run_apart};

/// What a VM is made of.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The program that is the guest.
    pub guest: Guest,
    /// The image whose files the guest finds beneath `/`.
    pub image: Option<Arc<Image>>,
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
    /// A file that it will map soon, by its path in the guest: what it begins with is read while the guest starts.
    pub expected: Option<PathBuf>,
    /// Files that it maps to read are not copied: guests of the same files have their pages in common, at a page fault each.
    pub share: bool,
    /// Files and directories it may use.
    pub grants: Vec<Grant>,
    /// Addresses it may listen on and connect to.
    pub network: Network,
    /// What it may have at most.
    pub limits: Limits,
    /// Tell on standard error, in the end, what it came out of the VM for.
    pub statistics: bool,
}

/// What is to be known of a configuration before a VM can begin.
#[derive(Clone, Debug)]
pub struct Known {
    /// The program that is the guest.
    pub guest: Guest,
    /// The image that it may be packed into.
    pub image: Option<Arc<Image>>,
    /// As in [`Configuration`].
    pub processors: usize,
    /// As in [`Configuration`].
    pub memory: u64,
    /// As in [`Configuration`].
    pub share: bool,
    /// As in [`Configuration`].
    pub statistics: bool,
}

impl From<&Configuration> for Known {
    fn from(configuration: &Configuration) -> Known {
        Known {
            guest: configuration.guest.clone(),
            image: configuration.image.clone(),
            processors: configuration.processors,
            memory: configuration.memory,
            share: configuration.share,
            statistics: configuration.statistics,
        }
    }
}

/// The program that is the guest.
#[derive(Clone, Debug)]
pub enum Guest {
    /// A file.
    File(PathBuf),
    /// The one packed into the image.
    Packed,
}

/// What a VM may have at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Threads.
    pub threads: usize,
    /// Files, sockets and the like that are open.
    pub descriptors: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            threads: usize::MAX,
            descriptors: MOST_DESCRIPTORS,
        }
    }
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
pub const THREAD_STACK: usize = 256 << 10;
/// The signal that makes a thread of the monitor look at [`Vm::stopping`] is the first real-time signal plus this.
const KICK: i32 = 5;
/// Time after which the guest's clock is set again.
const CLOCK_AGAIN: Duration = Duration::from_secs(1);
/// Time between kicks of threads that were on their way into a call just then.
const KICK_AGAIN: Duration = Duration::from_millis(2);

/// A VM.
pub struct Vm {
    fd: Arc<VmFd>,
    system: System,
    /// Guest-physical memory.
    pub chunks: Arc<Chunks>,
    memory: Arc<GuestMemory>,
    /// The program's addresses.
    pub addresses: Arc<SharedSpace>,
    /// File descriptors.
    pub descriptors: Descriptors,
    /// What it may use.
    pub policy: Policy,
    /// Addresses it may use.
    pub network: Network,
    processors: Processors,
    /// What threads that serve it are confined by.
    pub confinement: Confinement,
    /// What the guest answers itself, and what it set for each signal.
    pub front_end: FrontEnd,
    /// Signals for whichever thread takes them.
    pub pending: AtomicU64,
    most_threads: usize,
    /// A thread of the host's that waits to serve the next of the guest's.
    waiting: Mutex<Option<Sender<Task>>>,
    clock: Mutex<Clock>,
    threads: Mutex<Threads>,
    changed: Condvar,
    stopping: AtomicBool,
    /// What it came out for.
    pub statistics: Arc<Statistics>,
    /// [`crate::direct`] is of use.
    pub dear_calls: OnceLock<bool>,
}

#[derive(Default)]
struct Threads {
    /// Threads by the guest's number.
    running: BTreeMap<i32, Arc<Mailbox>>,
    last: i32,
    /// Processors whose thread ended.
    idle: Vec<Vcpu>,
    /// Processors that have had none.
    ready: Vec<Vcpu>,
    made: u64,
    ending: Option<Ending>,
}

/// The host's processors that threads of a VM run on.
struct Processors {
    set: beside::Set,
    count: usize,
}

impl Processors {
    /// As many as wanted of those this process may use, beginning with another one in each process.
    fn choose(wanted: usize) -> Processors {
        let allowed = beside::own();
        // SAFETY: all-zero is the empty set.
        let mut set = unsafe { std::mem::zeroed::<beside::Set>() };
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
    /// It is to end.
    pub ended: bool,
    /// The signal stack it set.
    pub signal_stack: [u64; 3],
    /// Its part that other threads see.
    pub mailbox: Arc<Mailbox>,
}

impl Vm {
    /// The address space, locked.
    pub fn space(&self) -> MutexGuard<'_, AddressSpace> {
        self.addresses.lock()
    }

    /// Has a processor ready for the next thread, for a thread beside those that start threads.
    pub fn have_processor(&self) {
        let number = {
            let mut threads = self.threads();
            let enough = threads.running.len() >= self.most_threads || !threads.ready.is_empty();
            if enough || threads.made >= self.system.most_processors as u64 {
                return;
            }
            threads.made += 1;
            threads.made - 1
        };
        // Who wants one that could not be made is told why.
        if let Ok(vcpu) = self.make_processor(number) {
            self.threads().ready.push(vcpu);
        }
    }

    fn make_processor(&self, number: u64) -> Result<Vcpu, Errno> {
        let tables = self.space().add_processor().ok_or(Errno(libc::EAGAIN))?;
        Vcpu::new(&self.fd, number, &self.system, tables).map_err(|error| Errno(error.errno()))
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

    /// A thread by its number.
    pub fn mailbox(&self, number: i32) -> Option<Arc<Mailbox>> {
        self.threads().running.get(&number).cloned()
    }

    /// The host's number of a thread.
    pub fn host_thread(&self, number: i32) -> Option<i32> {
        Some(self.mailbox(number)?.host.load(Ordering::SeqCst))
    }

    /// Makes threads that have signals come out of the guest, or out of the calls they wait in, until they have taken them.
    pub fn kick_those_with_signals(&self) {
        let threads = self.threads();
        self.kick(&threads, |thread| self.has_signal(thread));
        self.changed.notify_all();
    }

    /// Interrupts some threads; were there any?
    fn kick(&self, threads: &Threads, chosen: impl Fn(&Mailbox) -> bool) -> bool {
        let mut any = false;
        for thread in threads.running.values().filter(|thread| chosen(thread)) {
            any = true;
            let host = thread.host.load(Ordering::SeqCst);
            if host != 0 {
                // SAFETY: a signal to a thread of this process that has not ended, as it is still listed.
                unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), host, libc::SIGRTMIN() + KICK) };
            }
        }
        any
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
        if threads.running.len() >= self.most_threads {
            return Err(again);
        }
        let mut vcpu = match threads.idle.pop().or_else(|| threads.ready.pop()) {
            Some(vcpu) => vcpu,
            None => {
                if threads.made >= self.system.most_processors as u64 {
                    return Err(again);
                }
                threads.made += 1;
                self.make_processor(threads.made - 1)?
            }
        };
        if threads.idle.is_empty() && threads.ready.is_empty() {
            self.chunks.ask_processor();
        }
        threads.last += 1;
        let number = threads.last;
        let begun = announce(number).and_then(|()| {
            let started = vcpu.start(registers, thread_pointer);
            started.map_err(|error| Errno(error.errno()))
        });
        if let Err(error) = begun {
            // There are so many processors and no more.
            threads.idle.push(vcpu);
            return Err(error);
        }
        // The thread finds itself among those running: it waits for the lock.
        let mut task = self.task(&mut threads, number, vcpu, clear_at_end, blocked);
        if let Some(waiting) = self.waiting().take() {
            match waiting.send(task) {
                Ok(()) => return Ok(number),
                // It is gone.
                Err(SendError(back)) => task = back,
            }
        }
        let builder = std::thread::Builder::new().name(format!("guest {number}"));
        let spawned = builder.stack_size(THREAD_STACK).spawn(move || task.run());
        if spawned.is_err() {
            threads.running.remove(&number);
            return Err(again);
        }
        Ok(number)
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Sender<Task>>> {
        self.waiting.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// A thread of the guest's that is to run on a started processor; it is listed from now on.
    fn task(self: &Arc<Vm>, threads: &mut Threads, number: i32, vcpu: Vcpu, clear_at_end: u64, blocked: u64) -> Task {
        let place = self.front_end.thread(vcpu.number());
        if let Some(place) = &place {
            place.begin(number);
        }
        let mailbox = Arc::new(Mailbox::new(place, blocked, clear_at_end));
        threads.running.insert(number, mailbox.clone());
        Task {
            vm: self.clone(),
            vcpu,
            number,
            ended: false,
            signal_stack: [0, libc::SS_DISABLE as u64, 0],
            mailbox,
        }
    }

    /// Sets what the guest's clock is made of, if it has one after `change`.
    pub fn set_clock(&self, change: impl FnOnce(&mut Clock)) {
        let mut clock = self.clock.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        change(&mut clock);
        Tables::set_clock(&self.memory, &clock.words());
    }

    /// Confines the calling thread; a guest whose monitor cannot be confined ends.
    pub fn confine(&self, kind: Kind) {
        self.check_confined(self.confinement.apply(kind));
    }

    fn check_confined(&self, confined: std::io::Result<()>) {
        if let Err(error) = confined {
            self.end(Ending::Stopped(format!("its monitor could not be confined: {error}")));
        }
    }

    /// What was counted.
    fn report(&self) -> Report<'_> {
        Report {
            statistics: &self.statistics,
            processors: {
                let threads = self.threads();
                threads.made - threads.ready.len() as u64
            },
            memory: self.memory_bytes() - self.chunks.available(),
        }
    }

    /// Waits until all threads have ended.
    fn wait(&self) -> Ending {
        let mut threads = self.threads();
        let mut settled = false;
        while !threads.running.is_empty() {
            let stopping = self.is_stopping();
            if self.kick(&threads, |thread| stopping || self.has_signal(thread)) {
                let waited = self.changed.wait_timeout(threads, KICK_AGAIN);
                threads = waited.unwrap_or_else(|poisoned| poisoned.into_inner()).0;
            } else {
                let waited = self.changed.wait_timeout(threads, CLOCK_AGAIN);
                let (waited, result) = waited.unwrap_or_else(|poisoned| poisoned.into_inner());
                threads = waited;
                self.set_clock(|_| {});
                // A guest that runs for longer than that has started.
                if result.timed_out() && !std::mem::replace(&mut settled, true) {
                    resident::give_back_text();
                }
            }
        }
        // A program whose threads have all ended without a word ended well.
        threads.ending.clone().unwrap_or(Ending::Exited(0))
    }

    /// [`AddressSpace::resolve`].
    pub fn resolve(&self, address: u64, length: u64, protection: u8) -> Result<Vec<Piece>, Errno> {
        self.addresses.lock_at(address).resolve(address, length, protection)
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
    /// Serves the guest's thread to its end, on a thread that has its processors and is confined, as all are that such a thread starts.
    fn run(self) {
        let (vm, number) = (self.vm.clone(), self.number);
        let served = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.serve()));
        if served.is_err() {
            vm.end(Ending::Stopped("an error of the monitor".to_owned()));
            vm.threads().running.remove(&number);
            vm.changed.notify_all();
        }
    }

    fn serve(mut self) {
        // SAFETY: gettid has no preconditions.
        let host = unsafe { libc::syscall(libc::SYS_gettid) as i32 };
        self.mailbox.host.store(host, Ordering::SeqCst);
        while !self.ended && !self.vm.is_stopping() {
            let entered = self.vm.statistics.now();
            let exit = self.vcpu.run();
            let came_out = self.vm.statistics.came_out(entered);
            let reason = match exit {
                Exit::SystemCall => {
                    let registers = self.as_called(self.vcpu.registers());
                    self.system_call(&registers);
                    Reason::Call(registers.rax)
                }
                Exit::Exception(vector) => {
                    self.exception(vector);
                    Reason::Exception(vector)
                }
                Exit::Absent(physical) => {
                    self.absent(physical);
                    Reason::Exception(PAGE_FAULT)
                }
                Exit::Interrupted => {
                    self.interrupted();
                    Reason::Interrupted
                }
                Exit::Broken(text) => {
                    let text = format!("its processor came out with {text}");
                    self.vm.end(Ending::Stopped(text));
                    break;
                }
            };
            self.vm.statistics.served(reason, came_out);
        }
        let Task {
            vm,
            vcpu,
            number,
            mailbox,
            ..
        } = self;
        let clear = mailbox.clear_at_end();
        if clear != 0 && !vm.is_stopping() {
            hypercalls::thread_ended(&vm, clear);
        }
        let mut threads = vm.threads();
        threads.idle.push(vcpu);
        threads.running.remove(&number);
        vm.changed.notify_all();
    }

    fn system_call(&mut self, registers: &kvm_regs) {
        if registers.rax == libc::SYS_rt_sigreturn as u64 {
            return self.return_from_handler(registers.rsp);
        }
        let served = loop {
            let served = hypercalls::serve(self, registers);
            // Nothing interrupted it but a kick for a signal that another thread took.
            let nothing = || !self.vm.is_stopping() && !self.vm.has_signal(&self.mailbox);
            if served != Err(Errno(libc::EINTR)) || !nothing() {
                break served;
            }
        };
        self.finish_call(registers, served);
    }
}
