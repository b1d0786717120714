//! What is told of compilations: `-Xlog:jit`, `-XX:+PrintCompilation`.

use crate::compiled::InstalledCode;
use crate::log::{Level, TagSet};
use crate::method_area::MethodPtr;
use crate::vm::Vm;
use peaberry_jit::code::Entry;
use peaberry_sys::time::monotonic_nanoseconds;

/// `Foo::bar @ 12 (34 bytes)`, as HotSpot has it.
fn describe(method: MethodPtr, entry: Entry) -> String {
    let at = match entry {
        Entry::Normal => String::new(),
        Entry::Loop(bci) => format!(" @ {bci}"),
    };
    let (class, name) = (method.holder.external_name(), method.name);
    format!("{class}::{name}{at} ({} bytes)", method.code_length)
}

/// A line of `-XX:+PrintCompilation`.
fn print(vm: &Vm, id: u32, method: MethodPtr, entry: Entry, what: &str) {
    let milliseconds = (monotonic_nanoseconds() - vm.start_nanos) / 1_000_000;
    let mark = |set: bool, c: char| if set { c } else { ' ' };
    let attributes: String = [
        mark(entry != Entry::Normal, '%'),
        mark(method.is_synchronized(), 's'),
        mark(!method.handlers.is_empty(), '!'),
        mark(vm.tier.compiles_at_once(), 'b'),
        mark(method.is_native(), 'n'),
    ]
    .iter()
    .collect();
    let line = format!(
        "{milliseconds} {id:4} {attributes} 4       {}{what}\n",
        describe(method, entry)
    );
    vm.print(&line);
}

/// A compilation begins.
pub(super) fn begin(vm: &Vm, id: u32, method: MethodPtr, entry: Entry) {
    if vm.options.print_compilation {
        print(vm, id, method, entry, "");
    }
}

/// Code has been installed.
pub(super) fn installed(vm: &Vm, code: &InstalledCode, nanoseconds: i64) {
    if vm.log.enabled(TagSet::Jit, Level::Info) {
        let line = format!(
            "{} {} at {:#x}, {} bytes of code, {} exits, {} inlined, {:.3} ms",
            code.id,
            describe(code.method(), code.compiled.entry),
            code.address,
            code.length,
            code.compiled.exits.len(),
            code.compiled.inlined.len(),
            nanoseconds as f64 / 1e6
        );
        vm.log.write(TagSet::Jit, Level::Info, &line);
    }
}

/// A method was not compiled.
pub(super) fn refused(vm: &Vm, id: u32, method: MethodPtr, entry: Entry, reason: &str) {
    if vm.options.print_compilation {
        print(vm, id, method, entry, &format!("   COMPILE SKIPPED: {reason}"));
    }
    if vm.log.enabled(TagSet::Jit, Level::Info) {
        let line = format!("{id} {} not compiled: {reason}", describe(method, entry));
        vm.log.write(TagSet::Jit, Level::Info, &line);
    }
}

/// A method was asked for that is never compiled.
pub(super) fn stays_interpreted(vm: &Vm, method: MethodPtr, reason: &str) {
    if vm.log.enabled(TagSet::Jit, Level::Info) {
        let line = format!("{} not compiled: {reason}", describe(method, Entry::Normal));
        vm.log.write(TagSet::Jit, Level::Info, &line);
    }
}

/// A method is not compiled any more: its compilations took too long.
pub(super) fn gave_up(vm: &Vm, method: MethodPtr, nanoseconds: i64) {
    if vm.log.enabled(TagSet::Jit, Level::Info) {
        let name = describe(method, Entry::Normal);
        let seconds = nanoseconds as f64 / 1e9;
        let line = format!("{name} not compiled again: its compilations took {seconds:.1} s");
        vm.log.write(TagSet::Jit, Level::Info, &line);
    }
}

/// What happened in all, when the VM ends.
pub(super) fn totals(vm: &Vm) {
    if vm.compiled.is_enabled() && vm.log.enabled(TagSet::Jit, Level::Info) {
        let total = vm.compiled.statistics();
        let line = format!(
            "{} compilations installed, {} discarded, {} freed, {} exits, {} bytes of code, {:.3} s",
            total.installed,
            total.discarded,
            total.freed,
            total.exits,
            total.bytes,
            vm.tier.background.nanoseconds() as f64 / 1e9
        );
        vm.log.write(TagSet::Jit, Level::Info, &line);
    }
}

/// Code is no longer entered.
pub(super) fn not_entrant(vm: &Vm, code: &InstalledCode) {
    if vm.options.print_compilation {
        print(vm, code.id, code.method(), code.compiled.entry, "   made not entrant");
    }
}
