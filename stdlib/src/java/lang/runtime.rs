//! `java.lang.Runtime`: memory, processors; and `java.lang.Shutdown`: the end.

use peaberry_runtime::safepoint::{CollectCause, CollectRequest};
use peaberry_runtime::thread::lifecycle;
use peaberry_runtime::{JResult, JavaThread, Obj, natives, safepoint};

natives! { pub NATIVES: "java/lang/Runtime" {
    "availableProcessors" "()I" => available_processors;
    "freeMemory" "()J" => free_memory;
    "totalMemory" "()J" => total_memory;
    "maxMemory" "()J" => max_memory;
    "gc" "()V" => gc;
} }

natives! { pub SHUTDOWN: "java/lang/Shutdown" {
    "beforeHalt" "()V" => crate::support::nothing;
    "halt0" "(I)V" => halt;
} }

fn available_processors(thread: &mut JavaThread, _this: Obj) -> JResult<i32> {
    let count = match thread.vm().options.active_processors {
        0 => peaberry_sys::thread::processor_count(),
        count => count,
    };
    Ok(count.min(i32::MAX as usize) as i32)
}

fn free_memory(thread: &mut JavaThread, _this: Obj) -> JResult<i64> {
    let statistics = thread.vm().heap.statistics();
    Ok(statistics.committed_bytes.saturating_sub(statistics.used_bytes) as i64)
}

fn total_memory(thread: &mut JavaThread, _this: Obj) -> JResult<i64> {
    Ok(thread.vm().heap.statistics().committed_bytes as i64)
}

fn max_memory(thread: &mut JavaThread, _this: Obj) -> JResult<i64> {
    Ok(thread.vm().heap.statistics().max_bytes as i64)
}

fn gc(thread: &mut JavaThread, _this: Obj) -> JResult<()> {
    if !thread.vm().options.explicit_gc {
        return Ok(());
    }
    safepoint::collect_for_native(
        thread,
        CollectRequest {
            cause: CollectCause::Explicit,
            clear_soft: false,
            defragment: false,
        },
    );
    Ok(())
}

fn halt(thread: &mut JavaThread, code: i32) -> JResult<()> {
    lifecycle::halt(thread, code);
    Ok(())
}
