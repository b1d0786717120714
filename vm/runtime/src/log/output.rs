//! Outputs of the log: standard streams and rotated files, and what stands before each message.

use super::Level;
use super::tags::TagSet;
use crate::calendar::calendar;
use crate::options::OutputSink;
use std::fs::{self, File, OpenOptions};
use std::io::Write;

/// What may stand before a message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Decorator {
    Time,
    UtcTime,
    Uptime,
    TimeMillis,
    UptimeMillis,
    TimeNanos,
    UptimeNanos,
    HostName,
    Pid,
    Tid,
    Level,
    Tags,
}

impl Decorator {
    const COUNT: usize = 12;
    /// What stands there unless something else is asked for.
    pub(super) const DEFAULT: [Decorator; 3] = [Decorator::Uptime, Decorator::Level, Decorator::Tags];
    /// Name and abbreviation of each, in the order in which they are printed.
    pub(super) const NAMES: [(Decorator, &'static str, &'static str); Decorator::COUNT] = [
        (Decorator::Time, "time", "t"),
        (Decorator::UtcTime, "utctime", "utc"),
        (Decorator::Uptime, "uptime", "u"),
        (Decorator::TimeMillis, "timemillis", "tm"),
        (Decorator::UptimeMillis, "uptimemillis", "um"),
        (Decorator::TimeNanos, "timenanos", "tn"),
        (Decorator::UptimeNanos, "uptimenanos", "un"),
        (Decorator::HostName, "hostname", "hn"),
        (Decorator::Pid, "pid", "p"),
        (Decorator::Tid, "tid", "ti"),
        (Decorator::Level, "level", "l"),
        (Decorator::Tags, "tags", "tg"),
    ];
    pub(super) fn parse(text: &str) -> Result<Vec<Decorator>, String> {
        match text {
            "" => return Ok(Decorator::DEFAULT.to_vec()),
            "none" => return Ok(Vec::new()),
            _ => {}
        }
        let mut found = Vec::new();
        for word in text.split(',') {
            let named = Decorator::NAMES
                .iter()
                .find(|(_, name, short)| *name == word || *short == word);
            match named {
                Some((decorator, ..)) => found.push(*decorator),
                None => return Err(format!("Invalid decorator '{word}'.")),
            }
        }
        found.sort();
        found.dedup();
        Ok(found)
    }
}

/// When a file is rotated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct FileSettings {
    count: u32,
    size: u64,
}

impl FileSettings {
    pub(super) fn parse(options: &str) -> Result<FileSettings, String> {
        let mut settings = FileSettings {
            count: 5,
            size: 20 << 20,
        };
        for option in options.split(',').filter(|o| !o.is_empty()) {
            match option.split_once('=') {
                Some(("filecount", value)) => {
                    let count = value.parse().ok().filter(|count| *count <= 1000);
                    settings.count = count.ok_or("Invalid option: filecount must be in range [0, 1000]")?;
                }
                Some(("filesize", value)) => {
                    let wrong = || format!("Invalid option: filesize must be in range [0, {}]", u64::MAX);
                    settings.size = size(value).ok_or_else(wrong)?;
                }
                Some(("foldmultilines", "true" | "false")) => {}
                Some(("foldmultilines", _)) => {
                    return Err("Invalid option: foldmultilines must be 'true' or 'false'.".to_owned());
                }
                _ => {
                    let name = option.split('=').next().unwrap_or_default();
                    return Err(format!("Invalid option '{name}' for log file output."));
                }
            }
        }
        Ok(settings)
    }
}

fn size(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match &text[digits.len()..] {
        "" => 0,
        "k" | "K" => 10,
        "m" | "M" => 20,
        "g" | "G" => 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// Where messages go.
pub(super) enum Place {
    Stdout(Option<OutputSink>),
    Stderr(Option<OutputSink>),
    File(LogFile),
}

/// A file that is put aside when it has grown.
pub(super) struct LogFile {
    name: String,
    file: File,
    written: u64,
    next: u32,
    settings: FileSettings,
}

/// `%p` is the process, `%t` the time at which the log was opened.
fn file_name(pattern: &str) -> String {
    let (seconds, _) = peaberry_sys::time::wall_clock();
    let moment = calendar(seconds);
    let stamp = format!("{}_{}", moment.date, moment.time.replace(':', "-"));
    pattern
        .replace("%p", &std::process::id().to_string())
        .replace("%t", &stamp)
}

impl Place {
    /// Whether a file can be opened; it is left as it is.
    pub(super) fn probe(pattern: &str) -> Result<(), String> {
        let name = file_name(pattern);
        let existed = fs::metadata(&name).is_ok();
        let opened = OpenOptions::new().append(true).create(true).open(&name);
        let opened = opened.map_err(|error| message(&error))?;
        drop(opened);
        if !existed {
            // It will be made when the VM is.
            let _ = fs::remove_file(&name);
        }
        Ok(())
    }
    pub(super) fn open(pattern: &str, settings: FileSettings) -> std::io::Result<Place> {
        let name = file_name(pattern);
        let mut next = 0;
        if settings.count > 0 && fs::metadata(&name).is_ok_and(|m| m.is_file() && m.len() > 0) {
            // The place of the oldest of those put aside by earlier runs, or the first free one.
            let age = |n: u32| fs::metadata(aside(&name, n)).and_then(|m| m.modified()).ok();
            next = (0..settings.count).min_by_key(|n| age(*n)).unwrap_or(0);
            fs::rename(&name, aside(&name, next))?;
            next = (next + 1) % settings.count;
        }
        let file = File::create(&name)?;
        Ok(Place::File(LogFile {
            name,
            file,
            written: 0,
            next,
            settings,
        }))
    }
}

fn aside(name: &str, number: u32) -> String {
    format!("{name}.{number}")
}

/// The system's words for an error, without its number.
fn message(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

impl LogFile {
    fn write(&mut self, line: &str) {
        // Nobody to tell when the disk is full.
        let _ = self.file.write_all(line.as_bytes());
        self.written += line.len() as u64;
        let FileSettings { count, size } = self.settings;
        if count == 0 || size == 0 || self.written < size {
            return;
        }
        if fs::rename(&self.name, aside(&self.name, self.next)).is_ok()
            && let Ok(file) = File::create(&self.name)
        {
            self.file = file;
            self.written = 0;
            self.next = (self.next + 1) % count;
        }
    }
}

/// An output, with what it selects.
pub(super) struct Output {
    pub(super) place: Place,
    pub(super) levels: [Level; TagSet::COUNT],
    decorators: Vec<Decorator>,
    /// The widest text of each decorator so far: the others are filled up to it.
    widths: [usize; Decorator::COUNT],
}

impl Output {
    pub(super) fn new(place: Place, decorators: Vec<Decorator>, levels: [Level; TagSet::COUNT]) -> Output {
        Output {
            place,
            levels,
            decorators,
            widths: [0; Decorator::COUNT],
        }
    }
    pub(super) fn write(&mut self, tags: TagSet, level: Level, uptime: i64, text: &str) {
        let mut line = String::new();
        for decorator in &self.decorators {
            let width = &mut self.widths[*decorator as usize];
            let value = decorate(*decorator, tags, level, uptime);
            *width = (*width).max(value.len());
            line.push_str(&format!("[{value:<width$}]"));
        }
        let gap = if line.is_empty() { "" } else { " " };
        line.push_str(&format!("{gap}{text}\n"));
        match &mut self.place {
            Place::Stdout(Some(sink)) | Place::Stderr(Some(sink)) => sink(line.as_bytes()),
            Place::Stdout(None) => {
                let mut stream = std::io::stdout().lock();
                let _ = stream.write_all(line.as_bytes()).and_then(|()| stream.flush());
            }
            Place::Stderr(None) => {
                let _ = std::io::stderr().lock().write_all(line.as_bytes());
            }
            Place::File(file) => file.write(&line),
        }
    }
}

fn decorate(decorator: Decorator, tags: TagSet, level: Level, uptime: i64) -> String {
    let (seconds, nanoseconds) = peaberry_sys::time::wall_clock();
    match decorator {
        Decorator::Time | Decorator::UtcTime => {
            let moment = calendar(seconds);
            format!("{}T{}.{:03}+0000", moment.date, moment.time, nanoseconds / 1_000_000)
        }
        Decorator::Uptime => format!("{:.3}s", uptime as f64 / 1e9),
        Decorator::TimeMillis => format!("{}ms", seconds * 1000 + nanoseconds / 1_000_000),
        Decorator::UptimeMillis => format!("{}ms", uptime / 1_000_000),
        Decorator::TimeNanos => format!("{}ns", seconds * 1_000_000_000 + nanoseconds),
        Decorator::UptimeNanos => format!("{uptime}ns"),
        Decorator::HostName => fs::read_to_string("/proc/sys/kernel/hostname")
            .map_or_else(|_| "localhost".to_owned(), |name| name.trim().to_owned()),
        Decorator::Pid => std::process::id().to_string(),
        Decorator::Tid => peaberry_sys::thread::native_id().to_string(),
        Decorator::Level => level.to_string(),
        Decorator::Tags => tags.name().to_owned(),
    }
}
