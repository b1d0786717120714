//! `sun.management.VMManagementImpl`: counters and abilities of the VM; class-loading's verbosity.

use crate::io_support::class_named;
use crate::support::new_string_array;
use peaberry_runtime::object::set;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};

natives! { pub NATIVES: "sun/management/VMManagementImpl" {
    "getVersion0" "()Ljava/lang/String;" => version;
    "initOptionalSupportFields" "()V" => init_support;
    "isThreadContentionMonitoringEnabled" "()Z" => no;
    "isThreadCpuTimeEnabled" "()Z" => yes;
    "isThreadAllocatedMemoryEnabled" "()Z" => yes;
    "getTotalClassCount" "()J" => class_count;
    "getUnloadedClassCount" "()J" => zero;
    "getVerboseClass" "()Z" => verbose_class;
    "getVerboseGC" "()Z" => verbose_gc;
    "getProcessId" "()I" => process_id;
    "getVmArguments0" "()[Ljava/lang/String;" => arguments;
    "getStartupTime" "()J" => startup_time;
    "getUptime0" "()J" => uptime;
    "getAvailableProcessors" "()I" => processors;
    "getTotalCompileTime" "()J" => zero;
    "getLiveThreadCount" "()I" => live_threads;
    "getDaemonThreadCount" "()I" => daemon_threads;
} }

natives! { pub CLASS_LOADING: "sun/management/ClassLoadingImpl" {
    "setVerboseClass" "(Z)V" => set_verbose;
} }

/// Of the management interface between class library and VM: 4.0 in 17 and 25.
fn version(thread: &mut JavaThread) -> JResult<Obj> {
    thread.new_string("4.0")
}

/// Sets the fields of what this VM can do; what is not named here it cannot.
fn init_support(thread: &mut JavaThread) -> JResult<()> {
    let class = class_named(thread, "sun/management/VMManagementImpl")?;
    for field in class.fields.get().iter().filter(|f| f.is_static()) {
        let supported = matches!(
            field.name.bytes(),
            b"currentThreadCpuTimeSupport" | b"otherThreadCpuTimeSupport" | b"threadAllocatedMemorySupport"
        );
        if field.name.bytes().ends_with(b"Support") {
            set(class.mirror(), field.offset.get() as usize, u8::from(supported));
        }
    }
    Ok(())
}

fn no(_: &mut JavaThread, _this: Obj) -> JResult<bool> {
    Ok(false)
}

fn yes(_: &mut JavaThread, _this: Obj) -> JResult<bool> {
    Ok(true)
}

fn zero(_: &mut JavaThread, _this: Obj) -> JResult<i64> {
    Ok(0)
}

fn class_count(thread: &mut JavaThread, _this: Obj) -> JResult<i64> {
    Ok(thread.vm().loaders.class_count() as i64)
}

/// Is something of this kind logged?
fn logs(thread: &JavaThread, tag: &str) -> bool {
    let mut specifications = thread.vm().options.log.iter();
    specifications.any(|specification| specification.contains(tag))
}

fn verbose_class(thread: &mut JavaThread, _this: Obj) -> JResult<bool> {
    Ok(logs(thread, "class"))
}

fn verbose_gc(thread: &mut JavaThread, _this: Obj) -> JResult<bool> {
    Ok(logs(thread, "gc"))
}

/// The log is chosen when the VM starts.
fn set_verbose(thread: &mut JavaThread, on: bool) -> JResult<()> {
    if on == logs(thread, "class") {
        return Ok(());
    }
    Err(thread.throw_new(
        "java/lang/UnsupportedOperationException",
        "class loading is logged from the start or not at all",
    ))
}

fn process_id(_: &mut JavaThread, _this: Obj) -> JResult<i32> {
    Ok(peaberry_sys::process::current())
}

fn arguments(thread: &mut JavaThread, _this: Obj) -> JResult<Obj> {
    let arguments: Vec<Option<String>> = thread.vm().options.input_arguments.iter().cloned().map(Some).collect();
    new_string_array(thread, &arguments)
}

fn nanoseconds_up(thread: &JavaThread) -> i64 {
    peaberry_sys::time::monotonic_nanoseconds() - thread.vm().start_nanos
}

/// Milliseconds since 1970 when the VM was started.
fn startup_time(thread: &mut JavaThread, _this: Obj) -> JResult<i64> {
    let (seconds, nanoseconds) = peaberry_sys::time::wall_clock();
    Ok(seconds * 1000 + nanoseconds / 1_000_000 - nanoseconds_up(thread) / 1_000_000)
}

fn uptime(thread: &mut JavaThread, _this: Obj) -> JResult<i64> {
    Ok(nanoseconds_up(thread) / 1_000_000)
}

fn processors(_: &mut JavaThread, _this: Obj) -> JResult<i32> {
    Ok(peaberry_sys::thread::processor_count().min(i32::MAX as usize) as i32)
}

fn live_threads(thread: &mut JavaThread, _this: Obj) -> JResult<i32> {
    Ok(thread.vm().threads.live_count() as i32)
}

fn daemon_threads(thread: &mut JavaThread, _this: Obj) -> JResult<i32> {
    Ok(thread.vm().threads.daemon_count() as i32)
}
