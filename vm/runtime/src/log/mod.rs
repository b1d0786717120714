//! Unified logging in HotSpot's manner (`-Xlog`): messages have tags and a level, and go to the outputs that select them.

pub(crate) mod collection;
mod grammar;
mod help;
mod output;
mod tag_sets;
mod tags;

pub use grammar::{Configuration, similarity};
pub use help::help;
pub use tags::TagSet;

use crate::options::VmOptions;
use output::{Output, Place};
use parking_lot::Mutex;
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

/// Levels, least important first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Level {
    /// Everything.
    Trace,
    /// For those who look for a fault.
    Debug,
    /// What happens.
    Info,
    /// What may be wrong.
    Warning,
    /// What is wrong.
    Error,
    /// Nothing.
    Off,
}

impl Level {
    const NAMES: [(Level, &'static str); 6] = [
        (Level::Off, "off"),
        (Level::Trace, "trace"),
        (Level::Debug, "debug"),
        (Level::Info, "info"),
        (Level::Warning, "warning"),
        (Level::Error, "error"),
    ];
    fn parse(text: &str) -> Option<Level> {
        Level::NAMES
            .iter()
            .find(|(_, name)| *name == text)
            .map(|(level, _)| *level)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Level::NAMES.iter().find(|(level, _)| level == self);
        f.write_str(name.map_or("", |(_, name)| name))
    }
}

/// A VM's log.
pub struct Log {
    /// The least level anybody wants, for each tag set.
    levels: [AtomicU8; TagSet::COUNT],
    outputs: Mutex<Vec<Output>>,
    start: i64,
}

impl Log {
    /// The log that the options ask for; `start` is when the VM started, for uptimes.
    pub fn new(options: &VmOptions, start: i64) -> Log {
        let mut configuration = Configuration::default();
        for specification in &options.log {
            // What is wrong with a specification has been told to whoever gave it.
            let _ = configuration.apply(specification);
        }
        let log = Log {
            levels: std::array::from_fn(|_| AtomicU8::new(Level::Off as u8)),
            outputs: Mutex::new(configuration.open(options)),
            start,
        };
        log.refresh();
        log
    }
    fn refresh(&self) {
        let outputs = self.outputs.lock();
        for (index, level) in self.levels.iter().enumerate() {
            let least = outputs.iter().map(|output| output.levels[index]).min();
            level.store(least.unwrap_or(Level::Off) as u8, Ordering::Relaxed);
        }
    }
    /// Whether anybody wants such a message.
    #[inline]
    pub fn enabled(&self, tags: TagSet, level: Level) -> bool {
        level as u8 >= self.levels[tags as usize].load(Ordering::Relaxed)
    }
    /// Writes a message to the outputs that want it.
    pub fn write(&self, tags: TagSet, level: Level, text: &str) {
        let nanoseconds = peaberry_sys::time::monotonic_nanoseconds().saturating_sub(self.start);
        let mut outputs = self.outputs.lock();
        for output in outputs.iter_mut().filter(|o| level >= o.levels[tags as usize]) {
            output.write(tags, level, nanoseconds, text);
        }
    }
    /// Switches messages of a tag set at info level on standard output on or off, as the management beans do.
    pub fn set_verbose(&self, tags: TagSet, on: bool) {
        let mut outputs = self.outputs.lock();
        if let Some(output) = outputs.iter_mut().find(|o| matches!(o.place, Place::Stdout(_))) {
            output.levels[tags as usize] = if on { Level::Info } else { Level::Warning };
        }
        drop(outputs);
        self.refresh();
    }
}
