//! The kernel on this machine: from the start to the end of the program.

use super::clock::Clock;
use super::console::{self, say};
use super::memory::{self, Memory};
use super::{DIRECT_MAP, Only, entry, interrupts, power, processor};
use alloc::boxed::Box;
use alloc::rc::Rc;
use core::arch::asm;
use peaberry_guest_kernel::address_space::AddressSpace;
use peaberry_guest_kernel::files::Files;
use peaberry_guest_kernel::kernel::{Ending, Kernel, Machine, TIMER};
use peaberry_guest_kernel::page_tables::{PageTables, Stale};
use peaberry_guest_kernel::signal_frame::StateFormat;
use peaberry_guest_kernel::threads::Registers;

/// The kernel, and what is loaded in the processor.
struct Running {
    kernel: Kernel,
    alarm: Rc<core::cell::Cell<Option<u64>>>,
    clock: Clock,
    /// The thread whose bases are loaded, and those.
    loaded: (u64, u64),
}

static RUNNING: Only<Option<Running>> = Only::new(None);

/// The machine, as the kernel sees it.
struct Here {
    clock: Clock,
    /// When the timer interrupts next.
    alarm: Rc<core::cell::Cell<Option<u64>>>,
}

/// Has the timer interrupt at a time, unless it does so earlier.
fn set_alarm(clock: &Clock, alarm: &core::cell::Cell<Option<u64>>, wanted: Option<u64>) {
    if let Some(time) = wanted
        && alarm.get().is_none_or(|set| set > time)
    {
        clock.interrupt_in(time.saturating_sub(clock.now()));
        alarm.set(wanted);
    }
}

impl Machine for Here {
    fn now(&self) -> u64 {
        self.clock.now()
    }

    fn started(&self) -> u64 {
        self.clock.started()
    }

    fn write(&mut self, bytes: &[u8]) {
        console::write(bytes);
    }

    fn read(&mut self) -> Option<u8> {
        console::read()
    }

    fn idle(&mut self, until: Option<u64>) {
        set_alarm(&self.clock, &self.alarm, until);
        // SAFETY: the interrupt's entry changes nothing but the controller.
        unsafe { asm!("sti", "hlt", "cli", options(nostack)) };
        self.alarm.set(None);
    }

    fn forget(&mut self, space: &mut AddressSpace) {
        match space.tables.take_stale() {
            Stale::Pages(pages) => pages.iter().for_each(|page| {
                // SAFETY: forgets what may be wrong.
                unsafe { asm!("invlpg [{}]", in(reg) *page, options(nostack, preserves_flags)) }
            }),
            // SAFETY: the tables that are in use.
            Stale::All => unsafe { memory::reload(space.tables.root()) },
        }
    }

    fn state_format(&self) -> StateFormat {
        processor::features().format
    }

    fn features(&self) -> (u64, bool) {
        let features = processor::features();
        (features.word, features.base_instructions)
    }
}

/// A seed for random bytes: the processor's own where it has them; else the low bits of how long things take.
fn seed(clock: &Clock) -> [u32; 8] {
    let mut words = [0u32; 8];
    for (index, word) in words.iter_mut().enumerate() {
        let mut mixed = clock.started() ^ processor::stamp();
        for _ in 0..64 {
            // A register of a device's is read in a time that depends on everything.
            interrupts::counted();
            mixed = mixed.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ processor::stamp();
        }
        let random = processor::random().unwrap_or_default();
        *word = ((random >> 32) ^ random ^ (mixed >> 32) ^ mixed) as u32 ^ index as u32;
    }
    words
}

/// Loads the program and runs it to its end.
pub fn begin(memory: Memory) -> ! {
    interrupts::prepare();
    let clock = Clock::new();
    let alarm = Rc::new(core::cell::Cell::new(None));
    let frames = Rc::new(memory.frames);
    let tables = PageTables::new(frames.clone(), memory.root);
    let space = AddressSpace::new(frames, tables);
    let here = Here {
        clock,
        alarm: alarm.clone(),
    };
    let kernel = Kernel::new(
        Box::new(here),
        space,
        Files::new(memory.package),
        &memory.command_line,
        seed(&clock),
    );
    let kernel = kernel.unwrap_or_else(|why| power::fail(format_args!("{why}")));
    // SAFETY: nothing uses it yet.
    let running = unsafe { &mut *RUNNING.pointer() };
    let running = running.insert(Running {
        kernel,
        alarm,
        clock,
        loaded: (0, 0),
    });
    entry::go_on(running.next())
}

/// The program came in; gives the registers to go on with.
pub fn enter(address: u64) -> *mut Registers {
    // SAFETY: the kernel is never entered while it runs.
    let running = unsafe { &mut *RUNNING.pointer() };
    let Some(running) = running else {
        power::fail(format_args!("entered before it began"))
    };
    if running.kernel.thread().registers.vector == TIMER {
        running.alarm.set(None);
        interrupts::done();
    }
    running.store_bases();
    running.kernel.enter(address);
    running.next()
}

const FS_BASE: u32 = 0xc000_0100;
const GS_BASE: u32 = 0xc000_0101;

impl Running {
    /// Programs that have the instructions set these bases themselves.
    fn store_bases(&mut self) {
        if processor::features().base_instructions {
            // SAFETY: both registers are there.
            self.loaded = unsafe { (processor::read_register(FS_BASE), processor::read_register(GS_BASE)) };
            self.kernel.thread().bases = self.loaded;
        }
    }

    fn next(&mut self) -> *mut Registers {
        match self.kernel.choose_next() {
            Ok(()) => {}
            Err(ending) => {
                if let Ending::Killed(signal, why) = ending {
                    say!("peaberry kernel: the program was killed by signal {signal}: {why}");
                }
                power::off(ending.code())
            }
        }
        set_alarm(&self.clock, &self.alarm, self.kernel.alarm());
        let thread = self.kernel.thread();
        if self.loaded != thread.bases {
            self.loaded = thread.bases;
            // SAFETY: addresses that programs can have, which `arch_prctl` and the instructions check.
            unsafe {
                processor::write_register(FS_BASE, thread.bases.0);
                processor::write_register(GS_BASE, thread.bases.1);
            }
        }
        entry::expect(thread)
    }
}

const _: () = assert!(DIRECT_MAP >> 47 == 0x1ffff);
