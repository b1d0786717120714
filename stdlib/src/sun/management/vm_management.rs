//! `sun.management.VMManagementImpl` and `ClassLoadingImpl`.

use crate::support::new_string_array;
use peaberry_runtime::log::{Level, TagSet};
use peaberry_runtime::object::set;
use peaberry_runtime::{JResult, JavaThread, Obj, loader, natives};
use peaberry_sys::{process, time};
use std::sync::atomic::Ordering;

natives! { pub NATIVES: "sun/management/VMManagementImpl" {
    "getVersion0" "()Ljava/lang/String;" [until 20] => |thread: &mut JavaThread| thread.new_string("3.0");
    "getVersion0" "()Ljava/lang/String;" [since 21] => |thread: &mut JavaThread| thread.new_string("4.0");
    "initOptionalSupportFields" "()V" => init_support;
    "isThreadContentionMonitoringEnabled" "()Z" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().management.measures_contention());
    "isThreadCpuTimeEnabled" "()Z" => |_: &mut JavaThread, _: Obj| Ok(true);
    "isThreadAllocatedMemoryEnabled" "()Z" => |_: &mut JavaThread, _: Obj| Ok(true);
    "getTotalClassCount" "()J" => class_count;
    "getUnloadedClassCount" "()J" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().management.classes_unloaded() as i64);
    "getVerboseClass" "()Z" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().log.enabled(TagSet::ClassLoad, Level::Info));
    "getVerboseGC" "()Z" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().log.enabled(TagSet::Gc, Level::Info));
    "getProcessId" "()I" => |_: &mut JavaThread, _: Obj| Ok(process::current());
    "getVmArguments0" "()[Ljava/lang/String;" => arguments;
    "getStartupTime" "()J" => start_time;
    "getUptime0" "()J" => |thread: &mut JavaThread, _: Obj| Ok(up_nanoseconds(thread) / 1_000_000);
    "getAvailableProcessors" "()I" => |_: &mut JavaThread, _: Obj| Ok(peaberry_sys::thread::processor_count() as i32);
    "getTotalThreadCount" "()J" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().threads.counts.started.load(Ordering::Relaxed) as i64);
    "getLiveThreadCount" "()I" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().threads.live_count() as i32);
    "getPeakThreadCount" "()I" => peak_thread_count;
    "getDaemonThreadCount" "()I" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().threads.daemon_count() as i32);
    "getTotalCompileTime" "()J" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().tier.compile_nanoseconds() / 1_000_000);
    "getSafepointCount" "()J" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().safepoint.stops() as i64);
    "getLoadedClassSize" "()J" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().method_area.used() as i64);
} }
natives! { pub CLASS_LOADING: "sun/management/ClassLoadingImpl" {
    "setVerboseClass" "(Z)V" => |thread: &mut JavaThread, on: bool| set_verbose(thread, TagSet::ClassLoad, on);
} }

/// What the beans may offer: names of the class's static booleans.
const SUPPORTED: [&[u8]; 7] = [
    b"compTimeMonitoringSupport",
    b"threadContentionMonitoringSupport",
    b"currentThreadCpuTimeSupport",
    b"otherThreadCpuTimeSupport",
    b"objectMonitorUsageSupport",
    b"synchronizerUsageSupport",
    b"threadAllocatedMemorySupport",
];

fn init_support(thread: &mut JavaThread) -> JResult<()> {
    let name = thread.vm().symbol("sun/management/VMManagementImpl");
    let class = loader::load_class(thread, thread.vm().boot_loader(), name)?;
    for field in class
        .fields
        .get()
        .iter()
        .filter(|f| f.is_static() && f.descriptor.bytes() == b"Z")
    {
        set(
            class.mirror(),
            field.offset.get() as usize,
            SUPPORTED.contains(&field.name.bytes()),
        );
    }
    Ok(())
}

/// Switches a kind of message on standard output on or off.
pub fn set_verbose(thread: &mut JavaThread, tags: TagSet, on: bool) -> JResult<()> {
    thread.vm().log.set_verbose(tags, on);
    Ok(())
}

fn class_count(thread: &mut JavaThread, _: Obj) -> JResult<i64> {
    let vm = thread.vm();
    Ok((vm.loaders.class_count() as u64 + vm.management.classes_unloaded()) as i64)
}

fn arguments(thread: &mut JavaThread, _: Obj) -> JResult<Obj> {
    let arguments: Vec<_> = thread.vm().options.input_arguments.iter().cloned().map(Some).collect();
    new_string_array(thread, &arguments)
}

fn up_nanoseconds(thread: &JavaThread) -> i64 {
    time::monotonic_nanoseconds() - thread.vm().start_nanos
}

fn start_time(thread: &mut JavaThread, _: Obj) -> JResult<i64> {
    let (seconds, nanoseconds) = time::wall_clock();
    Ok(seconds * 1000 + nanoseconds / 1_000_000 - up_nanoseconds(thread) / 1_000_000)
}

fn peak_thread_count(thread: &mut JavaThread, _: Obj) -> JResult<i32> {
    let threads = &thread.vm().threads;
    Ok(threads.counts.peak.load(Ordering::Relaxed).max(threads.live_count()) as i32)
}
