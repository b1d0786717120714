//! A machine without KVM, for the fuzz target: what it makes does nothing.

use kvm_bindings::{CpuId, kvm_cpuid_entry2, kvm_userspace_memory_region};
use kvm_ioctls::Error;

/// Why no VM can be made here: never.
#[derive(Debug, thiserror::Error)]
pub enum SystemError {
    /// No description of the processor can be made.
    #[error("no cpuid")]
    Absent,
}

/// In place of KVM's device.
pub struct Kvm;

impl Kvm {
    /// A VM.
    pub fn create_vm(&self) -> Result<VmFd, Error> {
        Ok(VmFd)
    }
}

/// In place of KVM's VM.
pub struct VmFd;

impl VmFd {
    /// Nobody looks at the memory.
    ///
    /// # Safety
    ///
    /// None is needed.
    pub unsafe fn set_user_memory_region(&self, _: kvm_userspace_memory_region) -> Result<(), Error> {
        Ok(())
    }
}

/// KVM, and what its processors offer.
pub struct System {
    /// The device.
    pub kvm: Kvm,
    /// What `cpuid` tells in a VM.
    pub cpuid: CpuId,
    /// Parts of the processor's state that programs may use.
    pub extended_states: u64,
    /// `rdfsbase` and its like are there.
    pub base_instructions: bool,
    /// Most processors of a VM.
    pub most_processors: usize,
}

/// The device.
pub fn device() -> Result<Kvm, SystemError> {
    Ok(Kvm)
}

impl System {
    /// The machine.
    pub fn of(kvm: Kvm) -> Result<System, SystemError> {
        let cpuid = CpuId::from_entries(&[kvm_cpuid_entry2::default()]).map_err(|_| SystemError::Absent)?;
        Ok(System {
            kvm,
            cpuid,
            extended_states: 7,
            base_instructions: true,
            most_processors: 8,
        })
    }
}
