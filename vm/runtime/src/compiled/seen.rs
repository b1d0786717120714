//! Compiled code made known to profilers and debuggers: lines of a perf map, symbols for GDB.

use super::InstalledCode;
use super::registry::{CodeRef, Compiled};
use crate::loader::external_method;
use crate::options::VmOptions;
use crate::vm::Vm;
use parking_lot::Mutex;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::atomic::Ordering;

/// The file that `-XX:PerfMapFile` names, to which a line is written for each code when it is installed.
pub(super) struct PerfMap {
    file: Option<Mutex<File>>,
}

impl PerfMap {
    pub(super) fn new(options: &VmOptions) -> PerfMap {
        let path = options.perf_map_file.as_ref();
        let path = path.map(|path| path.replace("%p", &std::process::id().to_string()));
        let file = path.and_then(|path| match File::create(&path) {
            Ok(file) => Some(Mutex::new(file)),
            Err(error) => {
                tracing::warn!("{path}: {error}");
                None
            }
        });
        PerfMap { file }
    }
}

/// A line of a perf map, as HotSpot writes them.
fn line(code: &InstalledCode) -> String {
    let (address, length) = (code.address, code.length);
    format!("{address:#018x} {length:#018x} {}\n", external_method(code.method()))
}

impl Compiled {
    /// Tells profilers and debuggers of new code, as far as they were asked for.
    pub(super) fn tell(&self, vm: &Vm, code: CodeRef) {
        if let Some(file) = &self.perf_map.file {
            // A full disk is no reason to stop.
            let _ = file.lock().write_all(line(code).as_bytes());
        }
        if vm.options.debugger_interface {
            let name = external_method(code.method());
            let _ = code
                .debugged
                .set(peaberry_sys::debugger::register(&name, code.address, code.length));
        }
    }

    /// `-XX:+DumpPerfMapAtExit`: the code there is, for `perf`.
    pub(crate) fn dump_perf_map(&self) {
        let path = format!("/tmp/perf-{}.map", std::process::id());
        let Ok(file) = File::create(&path) else {
            tracing::warn!("{path}: cannot be written");
            return;
        };
        let mut file = BufWriter::new(file);
        // Code is freed with the index locked.
        self.for_each(|code| {
            if !code.discarded.load(Ordering::Relaxed) {
                let _ = file.write_all(line(code).as_bytes());
            }
        });
        let _ = file.flush();
    }
}
