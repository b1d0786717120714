//! `jdk.internal.vm`: agent properties, and what this VM leaves to the class library's fallbacks (continuations,
//! foreign linker, vector intrinsics).

use crate::support::nothing;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};

natives! { pub NATIVES: "jdk/internal/vm/VMSupport" {
    "initAgentProperties" "(Ljava/util/Properties;)Ljava/util/Properties;" => init_agent_properties;
    "getVMTemporaryDirectory" "()Ljava/lang/String;" => temporary_directory;
} }

natives! { pub CONTINUATION_SUPPORT: "jdk/internal/vm/ContinuationSupport" {
    "isSupported0" "()Z" [since 18] => no;
} }

natives! { pub CONTINUATION: "jdk/internal/vm/Continuation" {
    "registerNatives" "()V" [since 18] => nothing;
    "pin" "()V" [since 18] => nothing;
    "unpin" "()V" [since 18] => nothing;
    "isPinned0" "(Ljdk/internal/vm/ContinuationScope;)I" [since 18] => is_pinned;
} }

natives! { pub FOREIGN_LINKER_SUPPORT: "jdk/internal/vm/ForeignLinkerSupport" {
    "isSupported0" "()Z" [since 18] => no;
} }

natives! { pub NATIVE_ENTRY_POINT_17: "jdk/internal/invoke/NativeEntryPoint" {
    "registerNatives" "()V" [until 18] => nothing;
    "vmStorageToVMReg" "(II)J" [until 18] => no_foreign_calls;
} }

natives! { pub NATIVE_ENTRY_POINT: "jdk/internal/foreign/abi/NativeEntryPoint" {
    "registerNatives" "()V" [since 19] => nothing;
} }

natives! { pub UPCALL_LINKER: "jdk/internal/foreign/abi/UpcallLinker" {
    "registerNatives" "()V" [since 19] => nothing;
} }

natives! { pub UPCALL_STUBS: "jdk/internal/foreign/abi/UpcallStubs" {
    "registerNatives" "()V" [since 19] => nothing;
} }

natives! { pub VIRTUAL_THREAD: "java/lang/VirtualThread" {
    "registerNatives" "()V" [since 19] => nothing;
} }

natives! { pub VECTOR_SUPPORT: "jdk/internal/vm/vector/VectorSupport" {
    "registerNatives" "()I" => register_vector;
    "getMaxLaneCount" "(Ljava/lang/Class;)I" => max_lane_count;
    "getCPUFeatures" "()Ljava/lang/String;" [since 18] => cpu_features;
} }

natives! { pub CGROUP_METRICS: "jdk/internal/platform/CgroupMetrics" {
    "isUseContainerSupport" "()Z" => |thread: &mut JavaThread| Ok(thread.vm().options.container_support);
    "isContainerized0" "()Z" [since 18] => no;
    "getTotalMemorySize0" "()J" => total_memory;
    "getTotalSwapSize0" "()J" => total_swap;
} }

fn no(_: &mut JavaThread) -> JResult<bool> {
    Ok(false)
}

fn init_agent_properties(thread: &mut JavaThread, properties: Obj) -> JResult<Obj> {
    crate::support::not_null(thread, properties)
}

fn temporary_directory(thread: &mut JavaThread) -> JResult<Obj> {
    thread.new_string("/tmp")
}

/// No continuation is mounted: every carrier is pinned by its native frames.
fn is_pinned(_: &mut JavaThread, _scope: Obj) -> JResult<i32> {
    Ok(3)
}

fn register_vector(_: &mut JavaThread) -> JResult<i32> {
    Ok(0)
}

/// Vectors have no hardware shape here: the class library computes lane by lane.
fn max_lane_count(_: &mut JavaThread, _element: Obj) -> JResult<i32> {
    Ok(-1)
}

fn cpu_features(thread: &mut JavaThread) -> JResult<Obj> {
    thread.new_string("")
}

fn total_memory(_: &mut JavaThread) -> JResult<i64> {
    Ok(peaberry_sys::memory::physical_total() as i64)
}

fn total_swap(_: &mut JavaThread) -> JResult<i64> {
    Ok(peaberry_sys::memory::swap().0 as i64)
}

fn no_foreign_calls(thread: &mut JavaThread, _: i32, _: i32) -> JResult<i64> {
    Err(thread.throw_new("java/lang/UnsupportedOperationException", "foreign function calls"))
}
