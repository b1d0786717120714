//! System calls of clocks.

use super::{Arguments, SECOND, read_time};
use crate::errno::*;
use crate::kernel::Kernel;
use crate::threads::Wait;
use linux_raw_sys::general::*;

/// What a clock says, in nanoseconds.
fn read_clock(kernel: &mut Kernel, number: u64) -> Result<u64, Errno> {
    let number = number as u32 as i32;
    let now = kernel.now();
    match number as u32 {
        CLOCK_REALTIME | CLOCK_REALTIME_COARSE => Ok(now + kernel.machine.started()),
        CLOCK_MONOTONIC | CLOCK_MONOTONIC_RAW | CLOCK_MONOTONIC_COARSE | CLOCK_BOOTTIME => Ok(now),
        CLOCK_PROCESS_CPUTIME_ID => {
            let running: u64 = kernel.threads.iter_mut().map(|(_, thread)| thread.time).sum();
            Ok(kernel.time + running)
        }
        CLOCK_THREAD_CPUTIME_ID => Ok(kernel.thread().time),
        // Processor time of a thread: its number, negated, and the kind of clock in three bits.
        _ if number < 0 && number & 7 == 6 => {
            let thread = usize::try_from(!(number >> 3))
                .ok()
                .and_then(|number| kernel.threads.get(number));
            thread.map(|thread| thread.time).ok_or(Errno(EINVAL))
        }
        _ => Err(Errno(EINVAL)),
    }
}

fn write_time(kernel: &mut Kernel, address: u64, time: u64) -> Served {
    kernel.space.write_words(address, &[time / SECOND, time % SECOND])?;
    Ok(0)
}

/// `clock_gettime`.
pub fn now(kernel: &mut Kernel, [clock, address, ..]: Arguments) -> Served {
    let time = read_clock(kernel, clock)?;
    write_time(kernel, address, time)
}

/// `clock_getres`.
pub fn resolution(kernel: &mut Kernel, [clock, address, ..]: Arguments) -> Served {
    read_clock(kernel, clock)?;
    if address != 0 {
        write_time(kernel, address, 1)?;
    }
    Ok(0)
}

/// `gettimeofday`.
pub fn of_day(kernel: &mut Kernel, [address, ..]: Arguments) -> Served {
    let time = kernel.now() + kernel.machine.started();
    if address != 0 {
        kernel
            .space
            .write_words(address, &[time / SECOND, time % SECOND / 1000])?;
    }
    Ok(0)
}

/// `time`.
pub fn seconds(kernel: &mut Kernel, [address, ..]: Arguments) -> Served {
    let seconds = (kernel.now() + kernel.machine.started()) / SECOND;
    if address != 0 {
        kernel.space.write_words(address, &[seconds])?;
    }
    Ok(seconds)
}

/// `nanosleep`.
pub fn sleep(kernel: &mut Kernel, [wanted, left, ..]: Arguments) -> Served {
    sleep_on_clock(kernel, [u64::from(CLOCK_MONOTONIC), 0, wanted, left, 0, 0])
}

/// `clock_nanosleep`.
pub fn sleep_on_clock(kernel: &mut Kernel, [clock, flags, wanted, left, ..]: Arguments) -> Served {
    let wanted = read_time(&mut kernel.space, wanted)?.ok_or(Errno(EFAULT))?;
    let now = kernel.now();
    let until = match (clock as u32, flags as u32 & TIMER_ABSTIME) {
        (CLOCK_REALTIME | CLOCK_MONOTONIC | CLOCK_BOOTTIME, 0) => now.saturating_add(wanted),
        (CLOCK_REALTIME, _) => wanted.saturating_sub(kernel.machine.started()),
        (CLOCK_MONOTONIC | CLOCK_BOOTTIME, _) => wanted,
        _ => return fail(EINVAL),
    };
    if until <= now {
        return Ok(0);
    }
    kernel.wait_until(Some(until));
    let relative = flags as u32 & TIMER_ABSTIME == 0;
    Err(Stop::Wait(Wait::Time(if relative { left } else { 0 })))
}
