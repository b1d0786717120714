//! A processor of a VM: how it starts at CPL 3, and why it came out.

use crate::front_end::FrontEnd;
use crate::system::System;
use crate::tables::{
    EXCEPTION_PORT, ProcessorTables, STAR, SYSTEM_CALL_PORT, TASK, Tables, USER_CODE, USER_DATA, VECTORS,
};
use kvm_bindings::{Msrs, kvm_fpu, kvm_msr_entry, kvm_regs, kvm_segment, kvm_sregs, kvm_xcrs, kvm_xsave};
use kvm_ioctls::{Error, SyncReg, VcpuExit, VcpuFd, VmFd};

const CR0: u64 = 0x8005_0033;
const CR4_PHYSICAL_ADDRESS_EXTENSION: u64 = 1 << 5;
const CR4_SSE: u64 = 1 << 9 | 1 << 10;
const CR4_BASE_INSTRUCTIONS: u64 = 1 << 16;
const CR4_XSAVE: u64 = 1 << 18;
/// System calls, long mode enabled and active, no-execute.
const EFER: u64 = 1 | 1 << 8 | 1 << 10 | 1 << 11;
/// Reserved bit, and interrupts enabled, which nobody sends.
const RFLAGS: u64 = 0x202;

const MSR_STAR: u32 = 0xc000_0081;
const MSR_LSTAR: u32 = 0xc000_0082;
const MSR_SFMASK: u32 = 0xc000_0084;

/// Flags that the entry for system calls begins without, as Linux's does: a program that steps through itself, say, would be trapped
/// at CPL 0 with a stack of its choice. Direction, trap, nested task, alignment check.
const ENTRY_CLEARS: u64 = 1 << 10 | 1 << 8 | 1 << 14 | 1 << 18;

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
    fd: VcpuFd,
    number: u64,
    tables: ProcessorTables,
    states: u64,
    base_instructions: bool,
}

impl Vcpu {
    /// Makes the processor with this number.
    pub fn new(vm: &VmFd, number: u64, system: &System, tables: ProcessorTables) -> Result<Vcpu, Error> {
        let mut fd = vm.create_vcpu(number)?;
        fd.set_cpuid2(&system.cpuid)?;
        let entry = |index, data| kvm_msr_entry {
            index,
            data,
            ..Default::default()
        };
        let entries = [
            entry(MSR_STAR, STAR),
            entry(MSR_LSTAR, Tables::system_call_entry()),
            entry(MSR_SFMASK, ENTRY_CLEARS),
        ];
        let msrs = Msrs::from_entries(&entries).map_err(|_| Error::new(libc::EINVAL))?;
        if fd.set_msrs(&msrs)? != entries.len() {
            return Err(Error::new(libc::EINVAL));
        }
        fd.set_sync_valid_reg(SyncReg::Register);
        Ok(Vcpu {
            fd,
            number,
            tables,
            states: system.extended_states,
            base_instructions: system.base_instructions,
        })
    }

    /// Its number.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Has it begin at CPL 3 with these registers and thread pointer.
    pub fn start(&mut self, registers: &kvm_regs, thread_pointer: u64) -> Result<(), Error> {
        let mut special = self.fd.get_sregs()?;
        special.cr0 = CR0;
        special.cr3 = 0;
        special.cr4 = CR4_PHYSICAL_ADDRESS_EXTENSION | CR4_SSE;
        if self.base_instructions {
            special.cr4 |= CR4_BASE_INSTRUCTIONS;
        }
        if self.states != 0 {
            special.cr4 |= CR4_XSAVE;
        }
        special.efer = EFER;
        segments(&mut special, &self.tables);
        special.fs.base = thread_pointer;
        special.gs.base = FrontEnd::thread_address(self.number);
        self.fd.set_sregs(&special)?;
        if self.states != 0 {
            let mut registers = kvm_xcrs {
                nr_xcrs: 1,
                ..Default::default()
            };
            registers.xcrs[0].value = self.states;
            self.fd.set_xcrs(&registers)?;
        }
        let floating = kvm_fpu {
            fcw: 0x37f,
            mxcsr: 0x1f80,
            ..Default::default()
        };
        self.fd.set_fpu(&floating)?;
        let registers = kvm_regs {
            rflags: RFLAGS,
            ..*registers
        };
        // Not through an ioctl, whose registers those of the call by which the last thread ended would replace.
        self.set_registers(&registers);
        Ok(())
    }

    /// Has it go on at CPL 3 with these registers, wherever it came out.
    pub fn go_on(&mut self, registers: &kvm_regs) -> Result<(), Error> {
        let mut special = self.fd.get_sregs()?;
        let bases = (special.fs.base, special.gs.base);
        segments(&mut special, &self.tables);
        (special.fs.base, special.gs.base) = bases;
        self.fd.set_sregs(&special)?;
        self.set_registers(registers);
        Ok(())
    }

    /// Frequency of its time stamp in kHz; 0 when KVM does not tell.
    pub fn frequency(&self) -> u32 {
        self.fd.get_tsc_khz().unwrap_or(0)
    }

    /// Registers of SSE, AVX and AVX-512.
    pub fn extended_state(&self) -> Result<kvm_xsave, Error> {
        self.fd.get_xsave()
    }

    /// Sets them.
    pub fn set_extended_state(&self, state: &kvm_xsave) -> Result<(), Error> {
        // SAFETY: the plain structure, without states that would make it longer: those take a permission nobody asked for.
        unsafe { self.fd.set_xsave(state) }
    }

    /// Runs it until it comes out.
    pub fn run(&mut self) -> Exit {
        let broken = match self.fd.run() {
            Ok(VcpuExit::IoOut(SYSTEM_CALL_PORT, _)) => return Exit::SystemCall,
            Ok(VcpuExit::IoOut(port, _)) if (EXCEPTION_PORT..EXCEPTION_PORT + VECTORS).contains(&port) => {
                return Exit::Exception(port - EXCEPTION_PORT);
            }
            Ok(VcpuExit::MemoryFault { gpa, .. }) => return Exit::Absent(Some(gpa)),
            Ok(exit) => format!("{exit:?}"),
            Err(error) if matches!(error.errno(), libc::EINTR | libc::EAGAIN) => return Exit::Interrupted,
            Err(error) if error.errno() == libc::EFAULT => return Exit::Absent(None),
            Err(error) => error.to_string(),
        };
        Exit::Broken(broken)
    }

    /// The registers as they were when it came out.
    pub fn registers(&self) -> kvm_regs {
        self.fd.sync_regs().regs
    }

    /// What it goes on with.
    pub fn set_registers(&mut self, registers: &kvm_regs) {
        self.fd.sync_regs_mut().regs = *registers;
        self.fd.set_sync_dirty_reg(SyncReg::Register);
    }

    /// The level (CPL) it came out of.
    pub fn level(&self) -> Result<u16, Error> {
        Ok(self.fd.get_sregs()?.cs.selector & 3)
    }

    /// Address of the last page fault.
    pub fn fault_address(&self) -> Result<u64, Error> {
        Ok(self.fd.get_sregs()?.cr2)
    }

    /// Bases of FS and GS.
    pub fn bases(&self) -> Result<(u64, u64), Error> {
        let special = self.fd.get_sregs()?;
        Ok((special.fs.base, special.gs.base))
    }

    /// Sets the bases of FS and GS.
    pub fn set_bases(&mut self, (fs, gs): (u64, u64)) -> Result<(), Error> {
        let mut special = self.fd.get_sregs()?;
        special.fs.base = fs;
        special.gs.base = gs;
        self.fd.set_sregs(&special)
    }
}

fn segments(special: &mut kvm_sregs, tables: &ProcessorTables) {
    let data = kvm_segment {
        base: 0,
        limit: 0xffff_ffff,
        selector: USER_DATA,
        type_: 3,
        present: 1,
        dpl: 3,
        db: 1,
        s: 1,
        g: 1,
        ..Default::default()
    };
    special.ds = data;
    special.es = data;
    special.ss = data;
    special.fs = data;
    special.gs = data;
    special.cs = kvm_segment {
        selector: USER_CODE,
        type_: 0xb,
        db: 0,
        l: 1,
        ..data
    };
    special.tr = kvm_segment {
        base: tables.task.0,
        limit: tables.task.1,
        selector: TASK,
        type_: 0xb,
        present: 1,
        ..Default::default()
    };
    special.ldt = kvm_segment {
        unusable: 1,
        ..Default::default()
    };
    (special.gdt.base, special.gdt.limit) = tables.descriptors;
    (special.idt.base, special.idt.limit) = tables.interrupts;
}
