//! What a guest came out of its VM for, how often, and what serving it took of the processor: counted when it is asked for.

use crate::hypercalls;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

/// A moment of a thread's processor time, in nanoseconds.
pub type Moment = Option<u64>;

fn processor_time() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes one structure; every thread has this clock.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Why a processor came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// A system call, by number.
    Call(u64),
    /// An exception, by vector.
    Exception(u16),
    /// A signal of the host's.
    Interrupted,
}

#[derive(Default)]
struct Count {
    times: AtomicU64,
    nanoseconds: AtomicU64,
}

impl Count {
    fn add(&self, nanoseconds: u64) {
        self.times.fetch_add(1, Relaxed);
        self.nanoseconds.fetch_add(nanoseconds, Relaxed);
    }
}

/// Places for calls, one of them for numbers that are no call's, for exceptions, and for interruptions.
const CALLS: usize = hypercalls::NUMBERS + 1;
const EXCEPTIONS: usize = 32;
const PLACES: usize = CALLS + EXCEPTIONS + 1;

/// Counters of a VM.
pub struct Statistics {
    begun: Instant,
    places: Option<Box<[Count]>>,
    /// All threads' time in the guest, and on the way there and back.
    inside: AtomicU64,
    /// When the first processor was started, and when the first line was written; 0 as long as they were not.
    started: AtomicU64,
    wrote: AtomicU64,
    /// Bytes of files that were mapped and touched.
    file_bytes: AtomicU64,
}

impl Statistics {
    /// Begins; nothing is counted without `wanted`.
    pub fn new(wanted: bool) -> Statistics {
        let places = || (0..PLACES).map(|_| Count::default()).collect();
        Statistics {
            begun: Instant::now(),
            places: wanted.then(places),
            inside: AtomicU64::new(0),
            started: AtomicU64::new(0),
            wrote: AtomicU64::new(0),
            file_bytes: AtomicU64::new(0),
        }
    }

    /// A moment of the calling thread's, if anything is counted.
    pub fn now(&self) -> Moment {
        self.places.as_ref().map(|_| processor_time())
    }

    fn mark(&self, mark: &AtomicU64) {
        let now = self.begun.elapsed().as_nanos() as u64;
        let _ = mark.compare_exchange(0, now, Relaxed, Relaxed);
    }

    /// A processor came out that went in at the moment; gives the moment it came out at.
    pub fn came_out(&self, entered: Moment) -> Moment {
        let entered = entered?;
        let now = processor_time();
        self.inside.fetch_add(now - entered, Relaxed);
        Some(now)
    }

    /// What a processor came out for at the moment was served.
    pub fn served(&self, reason: Reason, came_out: Moment) {
        let (Some(places), Some(came_out)) = (&self.places, came_out) else {
            return;
        };
        let place = match reason {
            Reason::Call(number) => number.min(CALLS as u64 - 1) as usize,
            Reason::Exception(vector) => CALLS + usize::from(vector).min(EXCEPTIONS - 1),
            Reason::Interrupted => PLACES - 1,
        };
        places[place].add(processor_time() - came_out);
    }

    /// The first processor is about to start.
    pub fn note_start(&self) {
        self.mark(&self.started);
    }

    /// The program writes to its output.
    pub fn note_output(&self) {
        self.mark(&self.wrote);
    }

    /// Bytes of a mapped file were read.
    pub fn note_file(&self, bytes: u64) {
        self.file_bytes.fetch_add(bytes, Relaxed);
    }
}

/// The table that `--statistics` prints.
pub struct Report<'a> {
    /// What was counted.
    pub statistics: &'a Statistics,
    /// Processors that were made.
    pub processors: u64,
    /// Bytes of guest memory that were given out.
    pub memory: u64,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Some(places) = &self.statistics.places else {
            return Ok(());
        };
        let milliseconds = |count: &AtomicU64| count.load(Relaxed) as f64 / 1e6;
        let mut rows: Vec<(String, u64, f64)> = places
            .iter()
            .enumerate()
            .map(|(place, count)| {
                let name = match place {
                    _ if place == PLACES - 1 => "interrupted".to_owned(),
                    CALLS.. => format!("exception {}", place - CALLS),
                    _ => match hypercalls::name(place) {
                        Some(name) => name.to_owned(),
                        None => format!("call {place}, not served"),
                    },
                };
                (name, count.times.load(Relaxed), milliseconds(&count.nanoseconds))
            })
            .filter(|row| row.1 > 0)
            .collect();
        rows.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
        let exits: u64 = rows.iter().map(|row| row.1).sum();
        let served: f64 = rows.iter().map(|row| row.2).sum();
        let statistics = self.statistics;
        writeln!(
            f,
            "guest: started after {:.2} ms, first output after {:.2} ms, ended after {:.2} ms",
            milliseconds(&statistics.started),
            milliseconds(&statistics.wrote),
            statistics.begun.elapsed().as_secs_f64() * 1e3,
        )?;
        writeln!(
            f,
            "{exits} exits, {served:.2} ms of processor time to serve them, {:.2} ms in the guest and on the way",
            milliseconds(&statistics.inside)
        )?;
        writeln!(
            f,
            "{} processors made, {} KiB of memory given out, {} KiB of mapped files read",
            self.processors,
            self.memory >> 10,
            statistics.file_bytes.load(Relaxed) >> 10
        )?;
        writeln!(f, "{:>9} {:>12}  exit", "times", "CPU ms")?;
        for (name, times, milliseconds) in rows {
            writeln!(f, "{times:>9} {milliseconds:>12.3}  {name}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told() {
        let statistics = Statistics::new(true);
        let entered = statistics.now();
        let came_out = statistics.came_out(entered);
        statistics.served(Reason::Call(libc::SYS_write as u64), came_out);
        statistics.served(Reason::Call(u64::MAX), came_out);
        statistics.served(Reason::Exception(14), came_out);
        statistics.served(Reason::Exception(14), came_out);
        statistics.served(Reason::Interrupted, came_out);
        let report = Report {
            statistics: &statistics,
            processors: 1,
            memory: 2 << 20,
        };
        let report = report.to_string();
        assert!(report.contains("5 exits"), "{report}");
        let times = |name: &str| {
            let line = report.lines().find(|line| line.ends_with(name)).expect(name);
            line.split_whitespace().next().expect("number").to_owned()
        };
        assert_eq!(
            ["write", "not served", "exception 14", "interrupted"].map(times),
            ["1", "1", "2", "1"]
        );
    }

    #[test]
    fn nothing_is_counted_unasked() {
        let statistics = Statistics::new(false);
        assert_eq!(statistics.now(), None);
        let report = Report {
            statistics: &statistics,
            processors: 1,
            memory: 0,
        };
        assert_eq!(report.to_string(), "");
    }
}
