//! Addresses of sockets between the forms of the guest, the host and Rust: all of the guest's are Linux's.

use crate::errno::Errno;
use crate::vm::Vm;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// Bytes of the longest address that is passed, `sockaddr_in6`.
const LONGEST: usize = 28;
/// Bytes of `sockaddr_in`.
const INET: usize = 16;

/// An address as it is handed to the host's kernel: a copy, which the guest cannot change once it was judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C, align(8))]
pub struct RawAddress {
    bytes: [u8; LONGEST],
    length: libc::socklen_t,
}

impl RawAddress {
    /// Room for an address.
    pub fn empty() -> RawAddress {
        RawAddress {
            bytes: [0; LONGEST],
            length: LONGEST as libc::socklen_t,
        }
    }

    /// Copies an address of the guest's.
    pub fn read(vm: &Vm, address: u64, length: u64) -> Result<RawAddress, Errno> {
        let length = length as u32;
        if !(2..=128).contains(&length) {
            return Err(Errno(libc::EINVAL));
        }
        let mut raw = RawAddress::empty();
        raw.length = length.min(LONGEST as u32);
        vm.read(address, &mut raw.bytes[..raw.length as usize])?;
        Ok(raw)
    }

    /// For the host's kernel.
    pub fn pointer(&self) -> *const libc::sockaddr {
        self.bytes.as_ptr().cast()
    }

    /// For the host's kernel to fill, and the length for it to set.
    pub fn parts(&mut self) -> (*mut libc::sockaddr, &mut libc::socklen_t) {
        (self.bytes.as_mut_ptr().cast(), &mut self.length)
    }

    /// Its length.
    pub fn length(&self) -> libc::socklen_t {
        self.length.min(LONGEST as u32)
    }

    /// Its family.
    pub fn family(&self) -> i32 {
        i32::from(u16::from_ne_bytes([self.bytes[0], self.bytes[1]]))
    }

    /// What it says.
    pub fn typed(&self) -> Result<SocketAddr, Errno> {
        let length = self.length() as usize;
        let port = u16::from_be_bytes([self.bytes[2], self.bytes[3]]);
        match self.family() {
            libc::AF_INET if length >= INET => {
                let [a, b, c, d] = [4, 5, 6, 7].map(|index| self.bytes[index]);
                Ok(SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), port).into())
            }
            libc::AF_INET6 if length >= LONGEST => {
                let mut octets = [0; 16];
                octets.copy_from_slice(&self.bytes[8..24]);
                Ok(SocketAddrV6::new(Ipv6Addr::from(octets), port, 0, 0).into())
            }
            libc::AF_INET | libc::AF_INET6 => Err(Errno(libc::EINVAL)),
            _ => Err(Errno(libc::EAFNOSUPPORT)),
        }
    }

    /// Writes it where the guest wants it, cut to the room it says there is, and its whole length. Nothing for null.
    pub fn write(&self, vm: &Vm, address: u64, length: u64) -> Result<(), Errno> {
        if address == 0 {
            return Ok(());
        }
        let mut room = [0; 4];
        vm.read(length, &mut room)?;
        let room = usize::try_from(i32::from_le_bytes(room)).map_err(|_| Errno(libc::EINVAL))?;
        let whole = self.length() as usize;
        vm.write(address, &self.bytes[..whole.min(room)])?;
        vm.write(length, &(whole as u32).to_le_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_say_what_they_are() {
        let mut raw = RawAddress::empty();
        raw.bytes[..8].copy_from_slice(&[2, 0, 0x1f, 0x90, 127, 0, 0, 1]);
        assert_eq!(raw.typed(), Ok("127.0.0.1:8080".parse().expect("address")));
        raw.length = 8;
        assert_eq!(raw.typed(), Err(Errno(libc::EINVAL)));
        raw = RawAddress::empty();
        (raw.bytes[0], raw.bytes[23]) = (libc::AF_INET6 as u8, 1);
        assert_eq!(raw.typed(), Ok("[::1]:0".parse().expect("address")));
        raw.bytes[0] = libc::AF_UNIX as u8;
        assert_eq!(raw.typed(), Err(Errno(libc::EAFNOSUPPORT)));
    }
}
