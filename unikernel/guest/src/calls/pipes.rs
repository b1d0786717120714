//! Descriptors that threads wake each other by.

use super::Arguments;
use crate::descriptors::{Object, Open, PipeEnd};
use crate::errno::Served;
use crate::kernel::Kernel;
use core::cell::Cell;
use linux_raw_sys::general::*;

fn create(kernel: &mut Kernel, address: u64, flags: u64) -> Served {
    let flags = flags as u32 & O_NONBLOCK;
    let [read, write] = PipeEnd::pair();
    let one = kernel
        .descriptors
        .add(Open::new(Object::Pipe(read), flags | O_RDONLY), 0)?;
    let other = kernel
        .descriptors
        .add(Open::new(Object::Pipe(write), flags | O_WRONLY), 0);
    let told = other.and_then(|other| {
        let numbers = [one as u32, other as u32].map(u32::to_le_bytes);
        kernel.space.write(address, numbers.as_flattened())
    });
    if let Err(error) = told {
        let _ = kernel.descriptors.close(one);
        let _ = other.and_then(|other| kernel.descriptors.close(other));
        return Err(error.into());
    }
    Ok(0)
}

/// `pipe`.
pub fn pipe(kernel: &mut Kernel, [address, ..]: Arguments) -> Served {
    create(kernel, address, 0)
}

/// `pipe2`.
pub fn pipe_with(kernel: &mut Kernel, [address, flags, ..]: Arguments) -> Served {
    create(kernel, address, flags)
}

/// `eventfd2`.
pub fn events(kernel: &mut Kernel, [count, flags, ..]: Arguments) -> Served {
    let flags = flags as u32;
    let object = Object::Events(Cell::new(u64::from(count as u32)), flags & EFD_SEMAPHORE != 0);
    Ok(kernel
        .descriptors
        .add(Open::new(object, flags & O_NONBLOCK | O_RDWR), 0)?)
}
