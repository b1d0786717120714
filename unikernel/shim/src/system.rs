//! The host's `/dev/kvm`: whether it is there and can do what a VM needs.

use crate::cpuid::name_caches;
use kvm_bindings::{CpuId, KVM_API_VERSION, KVM_MAX_CPUID_ENTRIES};
use kvm_ioctls::Cap;
pub use kvm_ioctls::{Kvm, VmFd};
use std::ffi::CStr;

/// Why no VM can be made here.
#[derive(Debug, thiserror::Error)]
pub enum SystemError {
    /// There is no KVM to be had.
    #[error(
        "no virtual machines here: {0}: {1}; an image runs without it in QEMU: qemu-system-x86_64 -M microvm -kernel FILE"
    )]
    Absent(String, std::io::Error),
    /// KVM lacks something.
    #[error("the KVM of this machine lacks {0}")]
    Lacks(&'static str),
    /// A question to KVM failed.
    #[error("KVM: {0}")]
    Failed(#[from] kvm_ioctls::Error),
}

/// KVM, and what its processors offer.
pub struct System {
    /// The device.
    pub kvm: Kvm,
    /// What `cpuid` tells in a VM.
    pub cpuid: CpuId,
    /// Parts of the processor's state that programs may use (`XCR0`); 0 without `xsave`.
    pub extended_states: u64,
    /// `rdfsbase` and its like are there.
    pub base_instructions: bool,
    /// Most processors of a VM.
    pub most_processors: usize,
}

/// x87, SSE, AVX and AVX-512: state that needs no permission of the host's to use.
const KNOWN_STATES: u64 = 0b1110_0111;

/// Opens `/dev/kvm`.
pub fn device() -> Result<Kvm, SystemError> {
    open_device(c"/dev/kvm")
}

fn open_device(device: &CStr) -> Result<Kvm, SystemError> {
    let absent = |error: std::io::Error| SystemError::Absent(device.to_string_lossy().into_owned(), error);
    let kvm = Kvm::new_with_path(device).map_err(|error| absent(error.into()))?;
    // Another file, or a KVM of an age that has nothing of what follows.
    if kvm.get_api_version() != KVM_API_VERSION as i32 {
        return Err(absent(std::io::ErrorKind::Unsupported.into()));
    }
    for (capability, name) in [
        (Cap::UserMemory, "user memory"),
        (Cap::SyncRegs, "synchronised registers"),
    ] {
        if !kvm.check_extension(capability) {
            return Err(SystemError::Lacks(name));
        }
    }
    Ok(kvm)
}

impl System {
    /// Opens `/dev/kvm` and asks it for all of this.
    pub fn open() -> Result<System, SystemError> {
        System::of(device()?)
    }

    /// Asks an open device: this takes a while, and is not needed to make a VM.
    pub fn of(kvm: Kvm) -> Result<System, SystemError> {
        let mut cpuid = kvm.get_supported_cpuid(KVM_MAX_CPUID_ENTRIES)?;
        name_caches(cpuid.as_mut_slice());
        let leaf = |function: u32, index: u32| {
            let entries = cpuid.as_slice().iter();
            entries
                .copied()
                .find(|entry| entry.function == function && entry.index == index)
        };
        let xsave = leaf(1, 0).is_some_and(|entry| entry.ecx & 1 << 26 != 0);
        let states = leaf(0xd, 0).map_or(0, |entry| u64::from(entry.edx) << 32 | u64::from(entry.eax));
        Ok(System {
            extended_states: if xsave { states & KNOWN_STATES } else { 0 },
            base_instructions: leaf(7, 0).is_some_and(|entry| entry.ebx & 1 != 0),
            most_processors: kvm.get_max_vcpus(),
            cpuid,
            kvm,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_kvm_is_told_the_other_way_in_one_line() {
        for (device, why) in [
            (c"/dev/no-such-device", "No such file or directory"),
            (c"/etc", "Is a directory"),
            (c"/dev/null", "unsupported"),
        ] {
            let error = open_device(device).expect_err("no KVM").to_string();
            assert!(
                error.contains(why) && error.contains("qemu-system-x86_64 -M microvm"),
                "{error}"
            );
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }
}
