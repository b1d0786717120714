//! Processors without KVM, for the fuzz target: they come out again and again as a script says, and never run anything.
//!
//! All processors of the VM share one script. The first has a second one made, which ends the VM when the script has been played or
//! has taken too long: calls may wait.

use crate::address_space::PROGRAM_BASE;
use crate::system::{System, VmFd};
use crate::tables::ProcessorTables;
use kvm_bindings::{kvm_regs, kvm_xsave};
use kvm_ioctls::Error;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// Longest time a script is played.
const PATIENCE: Duration = Duration::from_millis(20);

/// An argument of a scripted system call.
#[derive(Clone, Copy, Debug)]
pub enum Argument {
    /// This.
    Value(u64),
    /// What a call before gave: the last one with 0, the one before it with 1.
    Result(usize),
}

/// Why a processor comes out.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// A system call: its number and arguments, and the stack pointer.
    Call(u64, [Argument; 6], u64),
    /// An access to an address.
    Access(u64),
    /// Another exception, with a stack pointer of CPL 0.
    Exception(u16, u64),
    /// An access that the host has no page for, and where, if it is told.
    Absent(Option<u64>),
    /// A kick.
    Nothing,
}

struct Script {
    steps: VecDeque<Step>,
    results: Vec<u64>,
    begun: bool,
    waiting: usize,
}

static SCRIPT: Mutex<Script> = Mutex::new(Script {
    steps: VecDeque::new(),
    results: Vec::new(),
    begun: false,
    waiting: 0,
});
static PLAYED: Condvar = Condvar::new();

fn script() -> MutexGuard<'static, Script> {
    SCRIPT.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// What processors of the next VM play.
pub fn play(steps: impl IntoIterator<Item = Step>) {
    *script() = Script {
        steps: steps.into_iter().collect(),
        results: Vec::new(),
        begun: false,
        waiting: 0,
    };
}

/// Why a processor came out of the guest.
pub enum Exit {
    /// A system call; its number and arguments are in the registers.
    SystemCall,
    /// An exception, by vector.
    Exception(u16),
    /// The host has no page for memory that it accessed; where, if KVM tells.
    Absent(Option<u64>),
    /// A signal of the host's arrived.
    Interrupted,
    /// It cannot go on.
    Broken(String),
}

/// A processor.
pub struct Vcpu {
    number: u64,
    registers: kvm_regs,
    bases: (u64, u64),
    fault: u64,
    /// Ends the VM when it is time.
    timer: bool,
    called: bool,
}

impl Vcpu {
    /// Makes the processor with this number.
    pub fn new(_: &VmFd, number: u64, _: &System, _: ProcessorTables) -> Result<Vcpu, Error> {
        Ok(Vcpu {
            number,
            registers: kvm_regs::default(),
            bases: (0, 0),
            fault: 0,
            timer: number == 1,
            called: false,
        })
    }

    /// Its number.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Begins.
    pub fn start(&mut self, registers: &kvm_regs, thread_pointer: u64) -> Result<(), Error> {
        (self.registers, self.bases) = (*registers, (thread_pointer, 0));
        Ok(())
    }

    /// Goes on.
    pub fn go_on(&mut self, registers: &kvm_regs) -> Result<(), Error> {
        self.set_registers(registers);
        Ok(())
    }

    /// Frequency of its time stamp in kHz.
    pub fn frequency(&self) -> u32 {
        2_000_000
    }

    /// Registers of SSE, AVX and AVX-512.
    pub fn extended_state(&self) -> Result<kvm_xsave, Error> {
        Ok(kvm_xsave::default())
    }

    /// Sets them.
    pub fn set_extended_state(&self, state: &kvm_xsave) -> Result<(), Error> {
        // What KVM refuses, as far as a test needs it: states that are not there.
        if state.region[128] & !7 != 0 {
            return Err(Error::new(libc::EINVAL));
        }
        Ok(())
    }

    fn call(&mut self, number: u64, arguments: [u64; 6], stack: u64) -> Exit {
        let [rdi, rsi, rdx, r10, r8, r9] = arguments;
        self.called = true;
        self.registers = kvm_regs {
            rax: number,
            rdi,
            rsi,
            rdx,
            r10,
            r8,
            r9,
            rcx: PROGRAM_BASE,
            rip: PROGRAM_BASE,
            rsp: stack,
            ..self.registers
        };
        Exit::SystemCall
    }

    /// Plays a step.
    pub fn run(&mut self) -> Exit {
        let mut script = script();
        if !script.begun {
            script.begun = true;
            let thread = libc::CLONE_VM | libc::CLONE_FS | libc::CLONE_FILES | libc::CLONE_SIGHAND | libc::CLONE_THREAD;
            let flags = (thread | libc::CLONE_SETTLS) as u64;
            return self.call(libc::SYS_clone as u64, [flags, 0, 0, 0, 0, 0], PROGRAM_BASE);
        }
        if self.timer {
            let end = Instant::now() + PATIENCE;
            while (!script.steps.is_empty() || script.waiting != 0) && Instant::now() < end {
                let left = end.saturating_duration_since(Instant::now());
                let waited = PLAYED.wait_timeout(script, left);
                script = waited.unwrap_or_else(|poisoned| poisoned.into_inner()).0;
            }
            return self.call(libc::SYS_exit_group as u64, [0; 6], PROGRAM_BASE);
        }
        script.waiting = usize::from(!script.steps.is_empty());
        let Some(step) = script.steps.pop_front() else {
            PLAYED.notify_all();
            drop(script);
            return self.call(libc::SYS_exit as u64, [0; 6], PROGRAM_BASE);
        };
        match step {
            Step::Call(number, arguments, stack) => {
                let results = &script.results;
                let arguments = arguments.map(|argument| match argument {
                    Argument::Value(value) => value,
                    Argument::Result(back) => results.iter().rev().nth(back).copied().unwrap_or(0),
                });
                drop(script);
                self.call(number, arguments, stack)
            }
            Step::Access(address) => {
                self.fault = address;
                Exit::Exception(14)
            }
            Step::Exception(vector, stack) => {
                self.registers.rsp = stack;
                Exit::Exception(vector)
            }
            Step::Absent(physical) => Exit::Absent(physical),
            Step::Nothing => Exit::Interrupted,
        }
    }

    /// The registers as they were when it came out.
    pub fn registers(&self) -> kvm_regs {
        self.registers
    }

    /// What it goes on with.
    pub fn set_registers(&mut self, registers: &kvm_regs) {
        if std::mem::take(&mut self.called) {
            script().results.push(registers.rax);
        }
        self.registers = *registers;
    }

    /// The level (CPL) it came out of.
    pub fn level(&self) -> Result<u16, Error> {
        Ok(3)
    }

    /// Address of the last page fault.
    pub fn fault_address(&self) -> Result<u64, Error> {
        Ok(self.fault)
    }

    /// Bases of FS and GS.
    pub fn bases(&self) -> Result<(u64, u64), Error> {
        Ok(self.bases)
    }

    /// Sets the bases of FS and GS.
    pub fn set_bases(&mut self, bases: (u64, u64)) -> Result<(), Error> {
        self.bases = bases;
        Ok(())
    }
}
