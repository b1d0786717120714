//! `sun.management.MemoryImpl`, memory pools and their managers: one pool for the heap, one for classes, one collector.

use super::vm_management::set_verbose;
use crate::io_support::{class_named, construct, get_ref_field};
use peaberry_runtime::log::TagSet;
use peaberry_runtime::object::{array_get_ref, array_length, array_set_ref};
use peaberry_runtime::{JResult, JavaThread, Obj, interp, natives, strings};

natives! { pub MEMORY: "sun/management/MemoryImpl" {
    "getMemoryUsage0" "(Z)Ljava/lang/management/MemoryUsage;" => usage_of_kind;
    "getMemoryPools0" "()[Ljava/lang/management/MemoryPoolMXBean;" => new_pools;
    "getMemoryManagers0" "()[Ljava/lang/management/MemoryManagerMXBean;" => new_managers;
    "setVerboseGC" "(Z)V" => |thread: &mut JavaThread, _: Obj, on: bool| set_verbose(thread, TagSet::Gc, on);
} }
natives! { pub MEMORY_POOL: "sun/management/MemoryPoolImpl" {
    "getUsage0" "()Ljava/lang/management/MemoryUsage;" => pool_usage;
    "getPeakUsage0" "()Ljava/lang/management/MemoryUsage;" => pool_usage;
    "getCollectionUsage0" "()Ljava/lang/management/MemoryUsage;" => pool_collection_usage;
    "getMemoryManagers0" "()[Ljava/lang/management/MemoryManagerMXBean;" => managers_of_pool;
} }
natives! { pub MEMORY_MANAGER: "sun/management/MemoryManagerImpl" {
    "getMemoryPools0" "()[Ljava/lang/management/MemoryPoolMXBean;" => pools_of_manager;
} }
natives! { pub GARBAGE_COLLECTOR: "sun/management/GarbageCollectorImpl" {
    "getCollectionCount" "()J" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().heap.statistics().collections as i64);
    "getCollectionTime" "()J" => |thread: &mut JavaThread, _: Obj| Ok((thread.vm().heap.statistics().collection_nanoseconds / 1_000_000) as i64);
} }

const HEAP: &str = "Immix Heap";
const CLASSES: &str = "Metaspace";
const COLLECTOR: &str = "Immix";
const CLASS_MANAGER: &str = "Metaspace Manager";

fn new_usage(thread: &mut JavaThread, initial: usize, used: usize, committed: usize, max: i64) -> JResult<Obj> {
    // Each takes two slots.
    let arguments = [initial as u64, 0, used as u64, 0, committed as u64, 0, max as u64, 0];
    construct(thread, "java/lang/management/MemoryUsage", "(JJJJ)V", &arguments)
}

fn heap_usage(thread: &mut JavaThread) -> JResult<Obj> {
    let heap = thread.vm().heap.statistics();
    let committed = heap.committed_bytes.max(heap.used_bytes);
    new_usage(
        thread,
        heap.initial_bytes,
        heap.used_bytes,
        committed,
        heap.max_bytes.max(committed) as i64,
    )
}

fn class_usage(thread: &mut JavaThread) -> JResult<Obj> {
    let arena = &thread.vm().arena;
    let (used, range) = (arena.used(), arena.range());
    new_usage(thread, 0, used, used, range.len() as i64)
}

fn usage_of_kind(thread: &mut JavaThread, _: Obj, heap: bool) -> JResult<Obj> {
    if heap { heap_usage(thread) } else { class_usage(thread) }
}

fn name_of(thread: &mut JavaThread, bean: Obj) -> String {
    strings::to_rust(thread, get_ref_field(bean, "name"))
}

fn pool_usage(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    if name_of(thread, this) == HEAP {
        heap_usage(thread)
    } else {
        class_usage(thread)
    }
}

/// Usage after the last collection; null for memory that is not collected.
fn pool_collection_usage(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    if name_of(thread, this) != HEAP {
        return Ok(Obj::NULL);
    }
    let heap = thread.vm().heap.statistics();
    let committed = heap.committed_bytes.max(heap.live_bytes);
    new_usage(
        thread,
        heap.initial_bytes,
        heap.live_bytes,
        committed,
        heap.max_bytes.max(committed) as i64,
    )
}

fn array_of(thread: &mut JavaThread, class: &str, beans: &[Obj]) -> JResult<Obj> {
    // The beans lie in the caller's frame.
    let class = class_named(thread, class)?;
    let array = thread.allocate_reference_array(class, beans.len())?;
    for (index, &bean) in beans.iter().enumerate() {
        array_set_ref(thread, array, index, bean);
    }
    Ok(array)
}

const POOL_BEAN: &str = "java/lang/management/MemoryPoolMXBean";
const MANAGER_BEAN: &str = "java/lang/management/MemoryManagerMXBean";

/// Thresholds are not supported: -1.
fn new_pool(thread: &mut JavaThread, name: &str, heap: bool) -> JResult<Obj> {
    let name = thread.new_string(name)?;
    let arguments = [name.0 as u64, u64::from(heap), u64::MAX, 0, u64::MAX, 0];
    construct(
        thread,
        "sun/management/MemoryPoolImpl",
        "(Ljava/lang/String;ZJJ)V",
        &arguments,
    )
}

fn new_pools(thread: &mut JavaThread) -> JResult<Obj> {
    let pools = [new_pool(thread, HEAP, true)?, new_pool(thread, CLASSES, false)?];
    array_of(thread, POOL_BEAN, &pools)
}

/// The collector's bean: the extended one where the module that has it is there.
fn new_collector(thread: &mut JavaThread) -> JResult<Obj> {
    let name = thread.new_string(COLLECTOR)?;
    let arguments = [name.0 as u64];
    let extended = "com/sun/management/internal/GarbageCollectorExtImpl";
    match class_named(thread, extended) {
        Ok(_) => construct(thread, extended, "(Ljava/lang/String;)V", &arguments),
        Err(_) => {
            thread.take_exception();
            construct(
                thread,
                "sun/management/GarbageCollectorImpl",
                "(Ljava/lang/String;)V",
                &arguments,
            )
        }
    }
}

fn new_managers(thread: &mut JavaThread) -> JResult<Obj> {
    let name = thread.new_string(CLASS_MANAGER)?;
    let classes = construct(
        thread,
        "sun/management/MemoryManagerImpl",
        "(Ljava/lang/String;)V",
        &[name.0 as u64],
    )?;
    let managers = [new_collector(thread)?, classes];
    array_of(thread, MANAGER_BEAN, &managers)
}

/// Beans that `MemoryImpl` keeps, those whose name is `wanted`.
fn kept(thread: &mut JavaThread, method: &str, bean: &str, wanted: &str) -> JResult<Obj> {
    let class = class_named(thread, "sun/management/MemoryImpl")?;
    let vm = thread.vm();
    let Some(method) = class.declared_method(vm.symbol(method), vm.symbol(&format!("()[L{bean};"))) else {
        return array_of(thread, bean, &[]);
    };
    let all = Obj(interp::call(thread, method, &[])? as usize);
    for index in 0..array_length(all) {
        let one = array_get_ref(all, index);
        if name_of(thread, one) == wanted {
            return array_of(thread, bean, &[one]);
        }
    }
    array_of(thread, bean, &[])
}

fn managers_of_pool(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let manager = if name_of(thread, this) == HEAP {
        COLLECTOR
    } else {
        CLASS_MANAGER
    };
    kept(thread, "getMemoryManagers", MANAGER_BEAN, manager)
}

fn pools_of_manager(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let pool = if name_of(thread, this) == COLLECTOR {
        HEAP
    } else {
        CLASSES
    };
    kept(thread, "getMemoryPools", POOL_BEAN, pool)
}
