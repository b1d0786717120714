//! `com.sun.management.internal`: the operating system, options, the collector's extensions.

pub mod gc_info;

use crate::io_support::{class_named, construct, throw_io_text};
use crate::sun::management::notifications;
use crate::support::{new_string_array, not_null, nothing};
use peaberry_runtime::basic_type::BasicType;
use peaberry_runtime::object::{array_get_ref, array_length, array_set_ref, get_ref};
use peaberry_runtime::{JResult, JavaThread, Obj, natives, strings};
use peaberry_sys::{system, time};

natives! { pub OPERATING_SYSTEM: "com/sun/management/internal/OperatingSystemImpl" {
    "initialize0" "()V" => |thread: &mut JavaThread| { thread.vm().management.loads.system(); Ok(()) };
    "getCommittedVirtualMemorySize0" "()J" => |_: &mut JavaThread, _: Obj| Ok(system::virtual_memory().map_or(-1, |bytes| bytes as i64));
    "getFreeMemorySize0" "()J" => |_: &mut JavaThread, _: Obj| Ok(system::memory().free as i64);
    "getTotalMemorySize0" "()J" => |_: &mut JavaThread, _: Obj| Ok(system::memory().total as i64);
    "getFreeSwapSpaceSize0" "()J" => |_: &mut JavaThread, _: Obj| Ok(system::memory().free_swap as i64);
    "getTotalSwapSpaceSize0" "()J" => |_: &mut JavaThread, _: Obj| Ok(system::memory().total_swap as i64);
    "getMaxFileDescriptorCount0" "()J" => |_: &mut JavaThread, _: Obj| Ok(i64::try_from(system::descriptor_limit()).unwrap_or(i64::MAX));
    "getOpenFileDescriptorCount0" "()J" => |_: &mut JavaThread, _: Obj| Ok(system::open_descriptors().map_or(-1, |count| count as i64));
    "getProcessCpuTime0" "()J" => |_: &mut JavaThread, _: Obj| Ok(time::process_cpu_nanoseconds());
    "getProcessCpuLoad0" "()D" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().management.loads.process(thread.vm().start_nanos).unwrap_or(UNKNOWN_LOAD));
    "getCpuLoad0" "()D" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().management.loads.system().unwrap_or(UNKNOWN_LOAD));
    "getSingleCpuLoad0" "(I)D" => |_: &mut JavaThread, _: Obj, _: i32| Ok(UNKNOWN_LOAD);
    "getHostConfiguredCpuCount0" "()I" => |_: &mut JavaThread, _: Obj| Ok(system::processors().0);
    "getHostOnlineCpuCount0" "()I" => |_: &mut JavaThread, _: Obj| Ok(system::processors().1);
    "getHostTotalCpuTicks0" "()J" => |_: &mut JavaThread, _: Obj| Ok(system::total_processor_ticks().unwrap_or(-1));
} }
natives! { pub FLAG: "com/sun/management/internal/Flag" {
    "initialize" "()V" => nothing;
    "getAllFlagNames" "()[Ljava/lang/String;" => flag_names;
    "getFlags" "([Ljava/lang/String;[Lcom/sun/management/internal/Flag;I)I" => flags;
    "getInternalFlagCount" "()I" => |thread: &mut JavaThread| Ok(options(thread).len() as i32);
} }
natives! { pub DIAGNOSTIC_COMMAND: "com/sun/management/internal/DiagnosticCommandImpl" {
    "setNotificationEnabled" "(Z)V" => set_notification;
    "getDiagnosticCommands" "()[Ljava/lang/String;" => no_commands;
} }
natives! { pub DIAGNOSTIC: "com/sun/management/internal/HotSpotDiagnostic" {
    "dumpHeap0" "(Ljava/lang/String;Z)V" => dump_heap;
} }
natives! { pub COLLECTOR: "com/sun/management/internal/GarbageCollectorExtImpl" {
    "setNotificationEnabled" "(Lcom/sun/management/GarbageCollectorMXBean;Z)V" => set_collector_notification;
} }

/// The load "is not available", in the interface's words.
const UNKNOWN_LOAD: f64 = -1.0;

/// A VM option programs ask for.
enum OptionValue {
    Boolean(bool),
    Long(i64),
}

/// The options that have a meaning here, under HotSpot's names.
fn options(thread: &JavaThread) -> Vec<(&'static str, OptionValue)> {
    let options = &thread.vm().options;
    vec![
        ("UseGCOverheadLimit", OptionValue::Boolean(options.gc_overhead_limit)),
        ("UseCompressedOops", OptionValue::Boolean(true)),
        ("UseCompressedClassPointers", OptionValue::Boolean(true)),
        ("ObjectAlignmentInBytes", OptionValue::Long(8)),
        ("MaxHeapSize", OptionValue::Long(options.max_heap_bytes as i64)),
        ("InitialHeapSize", OptionValue::Long(options.initial_heap_bytes as i64)),
        ("ThreadStackSize", OptionValue::Long((options.stack_bytes >> 10) as i64)),
        (
            "MaxJavaStackTraceDepth",
            OptionValue::Long(options.max_stack_trace_depth as i64),
        ),
    ]
}

fn flag_names(thread: &mut JavaThread) -> JResult<Obj> {
    let names: Vec<_> = options(thread)
        .into_iter()
        .map(|(name, _)| Some(name.to_owned()))
        .collect();
    new_string_array(thread, &names)
}

/// Was the option given when the VM was made?
fn is_given(thread: &JavaThread, name: &str) -> bool {
    let short = match name {
        "MaxHeapSize" => Some("-Xmx"),
        "InitialHeapSize" => Some("-Xms"),
        "ThreadStackSize" => Some("-Xss"),
        _ => None,
    };
    thread.vm().options.input_arguments.iter().any(|argument| {
        let flag = argument
            .strip_prefix("-XX:")
            .map(|flag| flag.trim_start_matches(['+', '-']));
        flag.is_some_and(|flag| flag.split('=').next() == Some(name))
            || short.is_some_and(|short| argument.starts_with(short))
    })
}

fn new_flag(thread: &mut JavaThread, name: &str, value: &OptionValue) -> JResult<Obj> {
    let text = thread.new_string(name)?;
    let value = match *value {
        OptionValue::Boolean(value) => thread.new_box(BasicType::Boolean, u64::from(value))?,
        OptionValue::Long(value) => thread.new_box(BasicType::Long, value as u64)?,
    };
    let origins = class_named(thread, "com/sun/management/VMOption$Origin")?;
    let fields = origins.fields.get();
    let origin = if is_given(thread, name) {
        "VM_CREATION"
    } else {
        "DEFAULT"
    };
    let default = fields
        .iter()
        .find(|f| f.is_static() && f.name.bytes() == origin.as_bytes());
    let origin = default.map_or(Obj::NULL, |field| {
        get_ref(origins.mirror(), field.offset.get() as usize)
    });
    // Not writeable, and not external: both false.
    let arguments = [text.0 as u64, value.0 as u64, 0, 0, origin.0 as u64];
    let descriptor = "(Ljava/lang/String;Ljava/lang/Object;ZZLcom/sun/management/VMOption$Origin;)V";
    construct(thread, "com/sun/management/internal/Flag", descriptor, &arguments)
}

/// Fills in a flag for each known name, or for all when there are no names; answers how many there are.
fn flags(thread: &mut JavaThread, names: Obj, flags: Obj, count: i32) -> JResult<i32> {
    let flags = not_null(thread, flags)?;
    let room = (count.max(0) as usize).min(array_length(flags));
    let known = options(thread);
    let mut found = 0;
    for index in 0..room {
        let option = if names.is_null() {
            known.get(index)
        } else if index < array_length(names) {
            let name = array_get_ref(names, index);
            let name = {
                let name = not_null(thread, name)?;
                strings::to_rust(thread, name)
            };
            known.iter().find(|(known, _)| *known == name)
        } else {
            None
        };
        if let Some((name, value)) = option {
            let flag = new_flag(thread, name, value)?;
            array_set_ref(thread, flags, index, flag);
            found += 1;
        }
    }
    Ok(found)
}

/// There are no commands whose coming and going could be told.
fn set_notification(_: &mut JavaThread, _: Obj, _on: bool) -> JResult<()> {
    Ok(())
}

fn no_commands(thread: &mut JavaThread, _: Obj) -> JResult<Obj> {
    new_string_array(thread, &[])
}

fn set_collector_notification(thread: &mut JavaThread, _: Obj, _collector: Obj, on: bool) -> JResult<()> {
    thread.vm().management.tell_collections(on);
    if on { notifications::start(thread) } else { Ok(()) }
}

fn dump_heap(thread: &mut JavaThread, _: Obj, _file: Obj, _live: bool) -> JResult<()> {
    Err(throw_io_text(thread, "heap dumps are not supported"))
}
