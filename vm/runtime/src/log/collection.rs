//! What the log says of a collection, and of the heap at the end.

use super::{Level, TagSet};
use crate::management::{self, POOLS, Pool, Usage, cause_name};
use crate::vm::Vm;
use peaberry_gc::{CollectCause, CollectReport};
use peaberry_sys::time;

/// A collection under way.
pub(crate) struct Running {
    number: u64,
    cause: &'static str,
    /// Processor time in user mode and in the system, and the clock, in nanoseconds, where it is to be told.
    begun: Option<([i64; 2], i64)>,
}

/// A collection begins.
pub(crate) fn start(vm: &Vm, cause: CollectCause) -> Running {
    let log = &vm.log;
    let running = Running {
        number: vm.heap.statistics().collections,
        cause: cause_name(cause),
        begun: log
            .enabled(TagSet::GcCpu, Level::Info)
            .then(|| (time::process_times(), time::monotonic_nanoseconds())),
    };
    if log.enabled(TagSet::GcStart, Level::Info) {
        let line = format!("GC({}) Pause Full ({})", running.number, running.cause);
        log.write(TagSet::GcStart, Level::Info, &line);
    }
    running
}

impl Running {
    /// It has ended.
    pub fn end(self, vm: &Vm, report: &CollectReport, before: &[Usage; POOLS]) {
        let log = &vm.log;
        let number = self.number;
        let after = management::usages(vm);
        for (index, pool) in Pool::ALL.into_iter().enumerate() {
            let tags = if pool.is_heap() {
                TagSet::GcHeap
            } else {
                TagSet::GcMetaspace
            };
            if log.enabled(tags, Level::Info) {
                let [(was, had), (is, has)] =
                    [&before[index], &after[index]].map(|u| (u.used >> 10, u.committed >> 10));
                let line = format!("GC({number}) {}: {was}K({had}K)->{is}K({has}K)", pool.name());
                log.write(tags, Level::Info, &line);
            }
        }
        if log.enabled(TagSet::Gc, Level::Info) {
            let line = format!(
                "GC({number}) Pause Full ({}) {}M->{}M({}M) {:.3}ms",
                self.cause,
                report.used_before >> 20,
                report.used_after >> 20,
                report.committed >> 20,
                report.nanoseconds as f64 / 1e6
            );
            log.write(TagSet::Gc, Level::Info, &line);
        }
        if let Some((times, clock)) = self.begun {
            let [user, system] = time::process_times();
            let seconds = |nanoseconds: i64| nanoseconds as f64 / 1e9;
            let line = format!(
                "GC({number}) User={:.2}s Sys={:.2}s Real={:.2}s",
                seconds(user - times[0]),
                seconds(system - times[1]),
                seconds(time::monotonic_nanoseconds() - clock)
            );
            log.write(TagSet::GcCpu, Level::Info, &line);
        }
    }
}

/// The heap at the VM's end.
pub(crate) fn exit(vm: &Vm) {
    if !vm.log.enabled(TagSet::GcHeapExit, Level::Info) {
        return;
    }
    let say = |line: &str| vm.log.write(TagSet::GcHeapExit, Level::Info, line);
    say("Heap");
    for (pool, usage) in Pool::ALL.into_iter().zip(management::usages(vm)) {
        let [used, committed, max] = [usage.used, usage.committed, usage.max].map(|bytes| bytes >> 10);
        let name = pool.name();
        say(&if pool.is_heap() {
            format!(" {name:<24}total {committed}K, used {used}K")
        } else {
            format!(" {name:<16}used {used}K, committed {committed}K, reserved {max}K")
        });
    }
}
