//! System calls of clocks: the host's. Most readings do not come here but to the guest's own page ([`crate::clock_page`]).

use super::{Call, read_time};
use crate::clock_page;
use crate::errno::{Errno, Served, host};
use crate::vm::Task;

/// The host's number of a clock the guest may read.
fn clock(task: &Task, number: u64) -> Result<libc::clockid_t, Errno> {
    let unknown = Errno(libc::EINVAL);
    let number = number as u32 as i32;
    match number {
        libc::CLOCK_REALTIME
        | libc::CLOCK_MONOTONIC
        | libc::CLOCK_PROCESS_CPUTIME_ID
        | libc::CLOCK_THREAD_CPUTIME_ID
        | libc::CLOCK_MONOTONIC_RAW
        | libc::CLOCK_REALTIME_COARSE
        | libc::CLOCK_MONOTONIC_COARSE
        | libc::CLOCK_BOOTTIME => Ok(number),
        // Processor time of a thread: its number, negated, and the kind of clock in three bits.
        _ if number < 0 && number & 7 == 6 => {
            let host = task.vm.host_thread(!(number >> 3)).filter(|&host| host != 0);
            Ok(!host.ok_or(unknown)? << 3 | 6)
        }
        _ => Err(unknown),
    }
}

fn write_time(task: &Task, address: u64, time: libc::timespec) -> Served {
    task.vm
        .write_words(address, &[time.tv_sec as u64, time.tv_nsec as u64])?;
    Ok(0)
}

const ZERO: libc::timespec = libc::timespec { tv_sec: 0, tv_nsec: 0 };

/// `clock_gettime`.
pub fn now(task: &mut Task, call: &Call) -> Served {
    if call.arguments[5] == clock_page::TOLD {
        let frequency = task.vcpu.frequency();
        task.vm.set_clock(|clock| clock.begin(call.arguments[3], frequency));
    }
    let clock = clock(task, call.arguments[0])?;
    let mut time = ZERO;
    // SAFETY: writes one structure.
    host(i64::from(unsafe { libc::clock_gettime(clock, &mut time) }))?;
    write_time(task, call.arguments[1], time)
}

/// `clock_getres`.
pub fn resolution(task: &mut Task, call: &Call) -> Served {
    let clock = clock(task, call.arguments[0])?;
    let mut time = ZERO;
    // SAFETY: writes one structure.
    host(i64::from(unsafe { libc::clock_getres(clock, &mut time) }))?;
    match call.arguments[1] {
        0 => Ok(0),
        address => write_time(task, address, time),
    }
}

fn real_time() -> libc::timespec {
    let mut time = ZERO;
    // SAFETY: writes one structure; this clock is always there.
    unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &mut time) };
    time
}

/// `gettimeofday`.
pub fn of_day(task: &mut Task, call: &Call) -> Served {
    let time = real_time();
    if call.arguments[0] != 0 {
        let words = [time.tv_sec as u64, time.tv_nsec as u64 / 1000];
        task.vm.write_words(call.arguments[0], &words)?;
    }
    Ok(0)
}

/// `time`.
pub fn seconds(task: &mut Task, call: &Call) -> Served {
    let seconds = real_time().tv_sec as u64;
    if call.arguments[0] != 0 {
        task.vm.write_words(call.arguments[0], &[seconds])?;
    }
    Ok(seconds)
}

fn sleep_for(task: &Task, clock: i32, flags: i32, wanted: u64, left: u64) -> Served {
    let wanted = read_time(&task.vm, wanted)?.ok_or(Errno(libc::EFAULT))?;
    let mut rest = ZERO;
    // SAFETY: both times are locals. The error is what is returned.
    let error = unsafe { libc::clock_nanosleep(clock, flags, &wanted, &mut rest) };
    if error == libc::EINTR && left != 0 && flags & libc::TIMER_ABSTIME == 0 {
        write_time(task, left, rest)?;
    }
    if error == 0 { Ok(0) } else { Err(Errno(error)) }
}

/// `nanosleep`.
pub fn sleep(task: &mut Task, call: &Call) -> Served {
    sleep_for(task, libc::CLOCK_MONOTONIC, 0, call.arguments[0], call.arguments[1])
}

/// `clock_nanosleep`.
pub fn sleep_on_clock(task: &mut Task, call: &Call) -> Served {
    let [number, flags, wanted, left, ..] = call.arguments;
    let clock = clock(task, number)?;
    sleep_for(task, clock, flags as i32 & libc::TIMER_ABSTIME, wanted, left)
}
