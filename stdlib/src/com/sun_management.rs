//! `com.sun.management.internal`: the operating system, diagnostic commands, flags.

use crate::support::nothing;
use peaberry_runtime::known::KnownClass;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::{memory, time};

natives! { pub OPERATING_SYSTEM: "com/sun/management/internal/OperatingSystemImpl" {
    "initialize0" "()V" => nothing;
    "getCommittedVirtualMemorySize0" "()J" => resident;
    "getTotalMemorySize0" "()J" => total_memory;
    "getFreeMemorySize0" "()J" => free_memory;
    "getTotalSwapSpaceSize0" "()J" => total_swap;
    "getFreeSwapSpaceSize0" "()J" => free_swap;
    "getProcessCpuTime0" "()J" => cpu_time;
    "getCpuLoad0" "()D" => unknown_load;
    "getProcessCpuLoad0" "()D" => unknown_load;
    "getSingleCpuLoad0" "(I)D" => unknown_single_load;
    "getHostConfiguredCpuCount0" "()I" => processors;
    "getHostOnlineCpuCount0" "()I" => processors;
} }

natives! { pub DIAGNOSTIC_COMMAND: "com/sun/management/internal/DiagnosticCommandImpl" {
    "setNotificationEnabled" "(Z)V" => set_notification;
    "getDiagnosticCommands" "()[Ljava/lang/String;" => no_commands;
} }

natives! { pub FLAG: "com/sun/management/internal/Flag" {
    "initialize" "()V" => nothing;
    "getInternalFlagCount" "()I" => no_flags;
} }

natives! { pub COLLECTOR: "com/sun/management/internal/GarbageCollectorExtImpl" {
    "setNotificationEnabled" "(Lcom/sun/management/GarbageCollectorMXBean;Z)V" => set_collector_notification;
} }

fn resident(_: &mut JavaThread, _this: Obj) -> JResult<i64> {
    Ok(memory::resident().map_or(-1, |bytes| bytes as i64))
}

fn total_memory(_: &mut JavaThread, _this: Obj) -> JResult<i64> {
    Ok(memory::physical_total() as i64)
}

fn free_memory(_: &mut JavaThread, _this: Obj) -> JResult<i64> {
    Ok(memory::physical_available() as i64)
}

fn total_swap(_: &mut JavaThread, _this: Obj) -> JResult<i64> {
    Ok(memory::swap().0 as i64)
}

fn free_swap(_: &mut JavaThread, _this: Obj) -> JResult<i64> {
    Ok(memory::swap().1 as i64)
}

fn cpu_time(_: &mut JavaThread, _this: Obj) -> JResult<i64> {
    Ok(time::process_cpu_nanoseconds())
}

/// The bean's way of saying that a load is not available.
fn unknown_load(_: &mut JavaThread, _this: Obj) -> JResult<f64> {
    Ok(-1.0)
}

fn unknown_single_load(_: &mut JavaThread, _this: Obj, _processor: i32) -> JResult<f64> {
    Ok(-1.0)
}

fn processors(_: &mut JavaThread, _this: Obj) -> JResult<i32> {
    Ok(peaberry_sys::thread::processor_count() as i32)
}

/// There are no commands whose coming and going could be told.
fn set_notification(_: &mut JavaThread, _this: Obj, _on: bool) -> JResult<()> {
    Ok(())
}

fn no_commands(thread: &mut JavaThread, _this: Obj) -> JResult<Obj> {
    thread.allocate_reference_array(thread.known_class(KnownClass::String), 0)
}

fn no_flags(_: &mut JavaThread) -> JResult<i32> {
    Ok(0)
}

fn set_collector_notification(thread: &mut JavaThread, _this: Obj, _collector: Obj, on: bool) -> JResult<()> {
    if !on {
        return Ok(());
    }
    Err(thread.throw_new(
        "java/lang/UnsupportedOperationException",
        "notifications of collections",
    ))
}
