//! How a VM starts: what takes long is done side by side.
//!
//! A thread of its own has KVM make the VM, and maps and reads the program ([`Preparation`]); who knows the program and how much memory there
//! is to be can begin that before all else is known. It is the thread that goes ahead of the guest then. Meanwhile this one looks at what is
//! granted, makes the lists that threads are confined by, has KVM tell what processors offer and make the first one, is confined, and serves
//! the guest's first thread. There are not more than two that have something to do: of more, a host of two processors has one wait for
//! milliseconds, mostly the one that matters, and a thread that is woken may wait, too.

use super::{
    BootError, Configuration, Ending, Guest, KICK, Known, LEAST_MEMORY, Processors, THREAD_STACK, Task, Threads, Vm,
};
use crate::address_space::{AddressSpace, Flush, PROGRAM_BASE, SharedSpace, Showing};
use crate::ahead::Ahead;
use crate::beside;
use crate::clock_page::Clock;
use crate::confinement::{Confinement, Kind};
use crate::descriptors::Descriptors;
use crate::errno::Errno;
use crate::front_end::{Facts, FrontEnd, Stream};
use crate::host_signals::{self, Passing};
use crate::hypercalls;
use crate::loader::{self, LoadError, Loaded, Program, Start};
use crate::memory::{CHUNK, Chunks, GuestMemory};
use crate::page_cache::{self, Cached};
use crate::policy::{Found, Grant, Policy};
use crate::signals::Action;
use crate::statistics::Statistics;
use crate::system::{self, Kvm, System, VmFd};
use crate::tables::{OWN_CHUNKS, ProcessorTables, Tables};
use crate::vcpu::Vcpu;
use kvm_bindings::{kvm_regs, kvm_userspace_memory_region};
use peaberry_package::{ALIGNMENT, GUEST};
use std::fs::{File, Metadata};
use std::hint::black_box;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, Once, OnceLock};
use std::thread::{Builder, JoinHandle};

/// Bytes of memory that KVM is told of before the guest begins: with more of it this takes longer, and the program waits for it.
const FIRST_BYTES: u64 = 64 << 20;

/// Tells KVM of a part of the guest's memory.
fn make_known(fd: &VmFd, memory: &GuestMemory, slot: u32, part: Range<u64>) -> Result<(), kvm_ioctls::Error> {
    let region = kvm_userspace_memory_region {
        slot,
        flags: 0,
        guest_phys_addr: part.start,
        memory_size: part.end - part.start,
        userspace_addr: memory.host_base() as u64 + part.start,
    };
    // SAFETY: the memory outlives all that runs in the VM: both are fields of `Vm`, of which the descriptor is dropped first, and
    // nothing runs before.
    unsafe { fd.set_user_memory_region(region) }
}

/// Tells KVM of the memory that it does not know yet; false when it refuses.
fn make_rest_known(fd: &VmFd, memory: &GuestMemory) -> bool {
    /// The second is [`shadow_flush`]'s.
    const SLOT: u32 = 2;
    let rest = FIRST_BYTES..memory.bytes();
    rest.is_empty() || make_known(fd, memory, SLOT, rest).is_ok()
}

/// A VM that begins: what can be done before all is known of it. Who gives it up ends it.
pub struct Preparation {
    memory: Arc<GuestMemory>,
    chunks: Arc<Chunks>,
    processors: Processors,
    statistics: Arc<Statistics>,
    /// Where threads may run that are not the guest's.
    all: beside::Set,
    machine: Receiver<Result<Machine, BootError>>,
    program: Receiver<Result<Mapped, LoadError>>,
    ahead: Ahead,
}

/// KVM, and the VM that it made.
type Machine = (Kvm, Arc<VmFd>);
/// The address space, and the program in it.
type Mapped = (Arc<SharedSpace>, Loaded);

impl Preparation {
    /// Begins, with what is known first: the program, memory, processors, whether files are shared. The calling thread keeps to the processor
    /// that it is on until it has handed this on, off the one that the thread is on that goes ahead: who wakes up there waits for that.
    pub fn begin(known: &Known) -> Result<Preparation, BootError> {
        let (all, processors) = (beside::own(), Processors::choose(known.processors));
        beside::keep_to(&beside::here());
        let no_memory = |error| BootError::Host("memory", error);
        let memory = GuestMemory::new(known.memory.max(LEAST_MEMORY)).map_err(no_memory)?;
        install_kick();
        let chunks = Chunks::new(memory.clone(), OWN_CHUNKS);
        chunks.limit_to(FIRST_BYTES);
        let statistics = Arc::new(Statistics::new(known.statistics));
        let (made, machine) = channel();
        let (mapped, program) = channel();
        let known = known.clone();
        let loading = Loading {
            memory: memory.clone(),
            chunks: chunks.clone(),
            share: known.share,
            statistics: statistics.clone(),
        };
        let first = move || {
            // Nobody waits for what is sent who has given up the start.
            let machine = make_machine(&loading.memory);
            let fd = machine.as_ref().ok().map(|(_, fd)| fd.clone());
            if let Some(fd) = fd.clone() {
                let memory = loading.memory.clone();
                loading.chunks.limit_until(move || make_rest_known(&fd, &memory));
            }
            let _ = made.send(machine);
            let loaded = loading.run(&known, fd?);
            let ready = loaded.as_ref().ok().map(|(addresses, _)| addresses.clone());
            let _ = mapped.send(loaded);
            ready.filter(|_| !known.share)
        };
        let ahead =
            Ahead::begin(&chunks, &all, processors.set, first).map_err(|error| BootError::Host("thread", error))?;
        Ok(Preparation {
            memory,
            chunks,
            processors,
            statistics,
            all,
            machine,
            program,
            ahead,
        })
    }
}

/// Has KVM make a VM, and tells it of the memory that the start needs.
fn make_machine(memory: &GuestMemory) -> Result<Machine, BootError> {
    let kvm = system::device()?;
    let fd = kvm.create_vm()?;
    make_known(&fd, memory, 0, 0..memory.bytes().min(FIRST_BYTES))?;
    Ok((kvm, Arc::new(fd)))
}

/// Runs a program in a VM to its end. The calling thread serves the guest's first: it runs on the guest's processors alone and is confined by
/// then, as all threads that have to do with the guest are. Who wants more of it afterwards runs this in a thread of its own.
pub fn run(configuration: &Configuration) -> Result<Ending, BootError> {
    run_prepared(configuration, Preparation::begin(&configuration.into())?)
}

/// The same in a thread of its own, for which the caller waits.
pub fn run_apart(
    configuration: Configuration,
    preparation: Preparation,
) -> std::io::Result<JoinHandle<Result<Ending, BootError>>> {
    let all = preparation.all;
    let builder = Builder::new().name("guest 1".to_owned());
    beside::begin_here(builder, &all, move || run_prepared(&configuration, preparation))
}

/// The same, in a VM that was begun before, with what the configuration says, too.
fn run_prepared(configuration: &Configuration, preparation: Preparation) -> Result<Ending, BootError> {
    let Preparation {
        memory,
        chunks,
        processors,
        statistics,
        all,
        machine,
        program,
        mut ahead,
    } = preparation;
    let no_thread = |error| BootError::Host("thread", error);
    let failed = |error| no_thread(std::io::Error::other(error));
    let policy = Policy::new(&configuration.grants, &texts(configuration), &configuration.directory)
        .map_err(BootError::Grant)?
        .over(configuration.image.clone());
    let confinement =
        Confinement::new(&policy, &configuration.network).map_err(|error| BootError::Host("confinement", error))?;
    let (kvm, fd) = machine.recv().map_err(failed)??;
    let system = System::of(kvm)?;
    let mut vcpu = Vcpu::new(&fd, 0, &system, ProcessorTables::of(0))?;
    // What looks at the host comes before this thread is confined.
    let (inherited, clock) = (host_signals::inherited(), Clock::new());
    let streams = [0, 1, 2].map(Stream::of);
    let descriptors = Descriptors::new(configuration.limits.descriptors)
        .map_err(|Errno(number)| BootError::Host("descriptor", std::io::Error::from_raw_os_error(number)))?;
    let (made, vms) = channel();
    let expected = configuration.expected.clone();
    let passing = Passing::begin().map_err(|error| BootError::Host("signals", error))?;
    let apart = beside::others(&all);
    let watch = move || {
        // What it does first is not to keep the guest waiting.
        beside::keep_to(&apart);
        let vm = vms.recv().ok()?;
        Some(watch(&vm, expected.as_deref(), passing, &all))
    };
    let watch = thread("watch").spawn(watch).map_err(no_thread)?;
    let own_processors = processors.set;
    let confined = confinement.apply(Kind::Processor);
    let second = (configuration.limits.threads > 1).then(|| begin_second(own_processors));
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
    let (addresses, loaded) = program.recv().map_err(failed)??;
    let (rsp, front_end, break_bounds) = {
        let mut space = addresses.lock_at(PROGRAM_BASE);
        let rsp = loader::lay_stack(&mut space, &loaded, &start)?;
        (rsp, loader::lay_front_end(&mut space, &loaded)?, space.break_bounds())
    };
    let registers = kvm_regs {
        rip: loaded.entry,
        rsp,
        ..Default::default()
    };
    let front_end = FrontEnd::new(memory.clone(), front_end);
    for (signal, action) in (1..)
        .zip(&inherited)
        .filter(|(_, action)| **action != Action::default())
    {
        front_end.set_action(signal, action);
    }
    let (break_start, break_end) = break_bounds;
    front_end.set_break(break_start, break_start, break_end);
    if loaded.front_end.is_some() {
        let facts = Facts {
            base_instructions: system.base_instructions,
            stack_limit: loader::STACK_BYTES,
            processors: processors.count,
            name: &hypercalls::names(),
            directory: &policy.directory(),
            leaves: system.cpuid.as_slice(),
            streams,
        };
        front_end
            .begin(&facts)
            .map_err(|error| BootError::Host("random bytes", error))?;
    }
    vcpu.start(&registers, 0)?;
    let vm = Arc::new(Vm {
        fd,
        system,
        chunks,
        memory,
        addresses,
        descriptors,
        policy,
        network: configuration.network.clone(),
        processors,
        confinement,
        front_end,
        pending: AtomicU64::new(0),
        most_threads: configuration.limits.threads,
        waiting: Mutex::new(second.flatten()),
        clock: Mutex::new(clock),
        threads: Mutex::new(Threads {
            made: 1,
            ..Default::default()
        }),
        changed: Condvar::new(),
        stopping: AtomicBool::new(false),
        statistics,
        dear_calls: OnceLock::new(),
    });
    vm.statistics.note_start();
    let task = {
        let mut threads = vm.threads();
        threads.last += 1;
        let number = threads.last;
        vm.task(&mut threads, number, vcpu, 0, 0)
    };
    // It is there: nothing but this ends it.
    ahead.serve(&vm, made);
    vm.check_confined(confined);
    beside::keep_to(&own_processors);
    task.run();
    match watch.join() {
        Ok(Some(ending)) => Ok(ending),
        _ => Err(no_thread(std::io::Error::other("it failed"))),
    }
}

/// Does what need not be done before the guest begins, and waits for its end.
fn watch(vm: &Arc<Vm>, expected: Option<&Path>, mut passing: Option<Passing>, processors: &beside::Set) -> Ending {
    vm.chunks.ask_processor();
    vm.make_rest_known();
    if let Some(path) = expected {
        vm.expect(path);
    }
    beside::keep_to(processors);
    if let Some(Err(error)) = passing.as_mut().map(|passing| passing.serve(vm)) {
        vm.end(Ending::Stopped(format!("signals could not be passed on: {error}")));
    }
    vm.confine(Kind::Waiting);
    let ending = vm.wait();
    eprint!("{}", vm.report());
    ending
}

impl Vm {
    /// Has KVM know of all memory.
    fn make_rest_known(&self) {
        if !self.chunks.end_limit() {
            self.end(Ending::Stopped("KVM refused the rest of its memory".to_owned()));
        }
    }

    /// Has the expected file be shown where the host has huge pages of it. What it has nothing of comes in by who reads it, since that takes
    /// long, and so it does before the address space is locked.
    fn show_expected(&self, file: &File, offset: u64, wanted: usize) {
        for number in 0..wanted {
            let at = offset + number as u64 * CHUNK;
            match page_cache::cached(file, at) {
                Cached::None | Cached::Some => continue,
                Cached::Unknown => page_cache::bring_in(file, at),
                Cached::All => {}
            }
            if !self.space().show_expected(number) {
                break;
            }
        }
    }

    /// Has what a file begins with read before the guest maps it, if it may.
    fn expect(&self, path: &Path) {
        let found = self.policy.follow(b"", path.as_os_str().as_bytes(), true);
        let file = match found {
            Ok((Found::Beneath(place), _)) => place.open(libc::O_RDONLY | libc::O_NONBLOCK, 0).ok().and_then(|fd| {
                let file = File::from(fd);
                let metadata = file.metadata().ok().filter(Metadata::is_file)?;
                Some((Arc::new(file), 0, metadata.len()))
            }),
            Ok((Found::Packed(node), _)) if node.kind == peaberry_package::Kind::File => {
                let image = self.policy.image();
                image.map(|image| (image.file().clone(), node.offset, node.length))
            }
            _ => None,
        };
        if let Some((file, offset, length)) = file {
            let wanted = self.space().expect(file.clone(), offset, length);
            self.show_expected(&file, offset, wanted);
            let more = self.space().expects_more();
            self.chunks.expect(more);
        }
    }
}

/// So much can a program move its break without asking the monitor: the C library's start, and little else, does.
const BREAK_AHEAD: u64 = 256 << 10;

/// What the address space of a VM is made of, and the program that begins in it.
struct Loading {
    memory: Arc<GuestMemory>,
    chunks: Arc<Chunks>,
    share: bool,
    statistics: Arc<Statistics>,
}

impl Loading {
    /// Maps the program, and has it be the pages that the host has of its file, where these are huge. Nearly all of a program is used soon, so
    /// that the rest is asked for, and comes while other things are made and while it runs already: first its first instruction and what that
    /// changes, which is at the end. Memory is left alone until KVM knows it, which has a worker of the host's kernel run, and waits for it.
    fn run(self, known: &Known, fd: Arc<VmFd>) -> Result<Mapped, LoadError> {
        let program = program(known)?;
        page_cache::bring_in(&program.file, program.start / CHUNK * CHUNK);
        let flush = shadow_flush(fd, self.memory.clone());
        let tables = Tables::new(self.memory.clone());
        let mut space = AddressSpace::new(self.memory, self.chunks.clone(), tables, flush);
        space.share = self.share;
        space.showing = Showing::new();
        space.statistics = Some(self.statistics);
        space.add_processor().ok_or(LoadError::TooBig)?;
        let loaded = loader::load(&program, &mut space)?;
        space.start_break(loaded.end);
        if loaded.front_end.is_some() {
            let (start, _) = space.break_bounds();
            space.set_break(start + BREAK_AHEAD);
        }
        let all = (PROGRAM_BASE..loaded.file_end).step_by(CHUNK as usize);
        all.clone().for_each(|address| {
            space.show_huge(address);
        });
        let first = [loaded.entry, loaded.file_end - 1, space.break_bounds().0];
        self.chunks.ask(first.into_iter().chain(all));
        Ok((Arc::new(SharedSpace::new(space)), loaded))
    }
}

/// Starts a thread, confined as this one is, that is to serve the guest's second, once that is sent to it: what a thread takes of the host, a
/// stack above all, would wait then for memory that is being found for the guest.
fn begin_second(processors: beside::Set) -> Option<Sender<Task>> {
    let (second, tasks) = channel();
    // It begins where the guest's first thread is, which is going to wait for it, not behind the thread that goes ahead.
    let here = beside::own();
    let begun = beside::begin_here(thread("guest 2"), &here, move || serve_one(&tasks, &processors));
    begun.ok().map(|_| second)
}

fn thread(name: &str) -> Builder {
    Builder::new().name(name.to_owned()).stack_size(THREAD_STACK)
}

/// Serves the thread of the guest's that is sent; ends when nobody is left to send one.
fn serve_one(tasks: &Receiver<Task>, processors: &beside::Set) {
    // The allocator makes room now for what this thread is going to ask for.
    drop(black_box(Vec::<u64>::with_capacity(8)));
    if let Ok(task) = tasks.recv() {
        beside::keep_to(processors);
        task.run();
    }
}

/// The guest program: a file, or a part of the image file.
fn program(known: &Known) -> Result<Program, LoadError> {
    let image = match (&known.guest, &known.image) {
        (Guest::File(path), _) => return Program::open(path),
        (Guest::Packed, image) => image.as_ref(),
    };
    let name = image.map_or("nothing", |image| image.name()).to_owned();
    let node = image.and_then(|image| Some((image, image.node(GUEST.as_bytes())?)));
    match node {
        Some((image, node)) if node.kind == peaberry_package::Kind::File && node.offset.is_multiple_of(ALIGNMENT) => {
            Ok(Program {
                file: image.file().clone(),
                start: node.offset,
                length: node.length,
                name,
            })
        }
        _ => Err(LoadError::Unfit(name, "no guest program in it")),
    }
}

/// Small files that every guest finds: how names are resolved, whether there is IPv6, if it is granted such addresses, what it is
/// granted as mounts, and what it finds of itself.
fn texts(configuration: &Configuration) -> Vec<(&'static str, Vec<u8>)> {
    const INTERFACES: &str = "/proc/net/if_inet6";
    let network = &configuration.network;
    let mut texts = vec![
        ("/etc/nsswitch.conf", b"hosts: files\n".to_vec()),
        ("/etc/hosts", network.hosts()),
    ];
    if network.has_ipv6()
        && let Ok(interfaces) = std::fs::read_to_string(INTERFACES)
        && !interfaces.is_empty()
    {
        texts.push((INTERFACES, format!("{:032x} 01 80 10 80 lo\n", 1).into_bytes()));
    }
    let mounts = mounts(&configuration.grants);
    texts.extend(["/etc/mtab", "/proc/mounts", "/proc/self/mounts"].map(|path| (path, mounts.clone())));
    let words = configuration.arguments.iter().map(|word| format!("{word}\0"));
    let command = words.collect::<String>().into_bytes();
    texts.extend(["/proc/self/cmdline", "/proc/1/cmdline"].map(|path| (path, command.clone())));
    texts.extend(hypercalls::process_files::MADE.iter().map(|&path| (path, Vec::new())));
    texts
}

/// Granted directories in the form of Linux's list of mounts, in which some characters are written in octal.
fn mounts(grants: &[Grant]) -> Vec<u8> {
    let mut text = b"granted / granted ro 0 0\n".to_vec();
    for grant in grants.iter().filter(|grant| grant.host.is_dir()) {
        text.extend(b"granted ");
        for &byte in grant.guest.as_os_str().as_bytes() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\\' => text.extend(format!("\\{byte:03o}").as_bytes()),
                _ => text.push(byte),
            }
        }
        let access: &[u8] = if grant.writable {
            b" granted rw 0 0\n"
        } else {
            b" granted ro 0 0\n"
        };
        text.extend(access);
    }
    text
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
