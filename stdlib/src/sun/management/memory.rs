//! `sun.management.MemoryImpl`, its pools and its collector: one heap, collected by one collector, and the method area.

use crate::io_support::{class_named, construct, get_ref_field};
use peaberry_runtime::object::{array_get_ref, array_length, array_set_ref};
use peaberry_runtime::{JResult, JavaThread, Obj, interp, natives, strings};

natives! { pub NATIVES: "sun/management/MemoryImpl" {
    "getMemoryPools0" "()[Ljava/lang/management/MemoryPoolMXBean;" => all_pools;
    "getMemoryManagers0" "()[Ljava/lang/management/MemoryManagerMXBean;" => all_managers;
    "getMemoryUsage0" "(Z)Ljava/lang/management/MemoryUsage;" => usage;
} }
natives! { pub POOL: "sun/management/MemoryPoolImpl" {
    "getUsage0" "()Ljava/lang/management/MemoryUsage;" => pool_usage;
    "getCollectionUsage0" "()Ljava/lang/management/MemoryUsage;" => pool_collection_usage;
    "getMemoryManagers0" "()[Ljava/lang/management/MemoryManagerMXBean;" => managers_of_pool;
} }
natives! { pub MANAGER: "sun/management/MemoryManagerImpl" {
    "getMemoryPools0" "()[Ljava/lang/management/MemoryPoolMXBean;" => pools_of_manager;
} }
natives! { pub COLLECTOR: "sun/management/GarbageCollectorImpl" {
    "getCollectionCount" "()J" => collection_count;
    "getCollectionTime" "()J" => collection_time;
} }

const HEAP_POOL: &str = "Immix Heap";
const COLLECTOR_NAME: &str = "Immix";
const AREA_POOL: &str = "Metaspace";
const AREA_MANAGER: &str = "Metaspace Manager";

const POOLS: &str = "java/lang/management/MemoryPoolMXBean";
const MANAGERS: &str = "java/lang/management/MemoryManagerMXBean";

/// A new array of a boot class.
fn array_of(thread: &mut JavaThread, class: &str, elements: &[Obj]) -> JResult<Obj> {
    let class = class_named(thread, class)?;
    let array = thread.allocate_reference_array(class, elements.len())?;
    for (index, &element) in elements.iter().enumerate() {
        array_set_ref(thread, array, index, element);
    }
    Ok(array)
}

/// Calls a static method of a boot class that answers an object.
fn call_static(thread: &mut JavaThread, class: &str, name: &str, descriptor: &str, arguments: &[u64]) -> JResult<Obj> {
    let class = class_named(thread, class)?;
    let vm = thread.vm();
    match class.declared_method(vm.symbol(name), vm.symbol(descriptor)) {
        Some(method) => Ok(Obj(interp::call(thread, method, arguments)? as usize)),
        None => {
            let message = format!("{}.{name}{descriptor}", class.external_name());
            Err(thread.throw_new("java/lang/NoSuchMethodError", &message))
        }
    }
}

fn new_pool(thread: &mut JavaThread, name: &str, is_heap: bool) -> JResult<Obj> {
    let name = thread.new_string(name)?;
    // No thresholds: nobody would watch them.
    let none = -1i64 as u64;
    call_static(
        thread,
        "sun/management/ManagementFactoryHelper",
        "createMemoryPool",
        "(Ljava/lang/String;ZJJ)Ljava/lang/management/MemoryPoolMXBean;",
        &[name.0 as u64, u64::from(is_heap), none, 0, none, 0],
    )
}

fn all_pools(thread: &mut JavaThread) -> JResult<Obj> {
    let heap = new_pool(thread, HEAP_POOL, true)?;
    let area = new_pool(thread, AREA_POOL, false)?;
    array_of(thread, POOLS, &[heap, area])
}

fn new_collector(thread: &mut JavaThread) -> JResult<Obj> {
    let name = thread.new_string(COLLECTOR_NAME)?;
    let arguments = [name.0 as u64, 0];
    let descriptor = "(Ljava/lang/String;Ljava/lang/String;)Ljava/lang/management/GarbageCollectorMXBean;";
    // The module jdk.management, where it is there, has a collector bean with more to ask.
    let extended = "com/sun/management/internal/GarbageCollectorExtImpl";
    match call_static(thread, extended, "createGarbageCollector", descriptor, &arguments) {
        Ok(collector) => Ok(collector),
        Err(_) => {
            thread.take_exception();
            let helper = "sun/management/ManagementFactoryHelper";
            call_static(thread, helper, "createGarbageCollector", descriptor, &arguments)
        }
    }
}

fn all_managers(thread: &mut JavaThread) -> JResult<Obj> {
    let name = thread.new_string(AREA_MANAGER)?;
    let area = call_static(
        thread,
        "sun/management/ManagementFactoryHelper",
        "createMemoryManager",
        "(Ljava/lang/String;)Ljava/lang/management/MemoryManagerMXBean;",
        &[name.0 as u64],
    )?;
    let collector = new_collector(thread)?;
    array_of(thread, MANAGERS, &[area, collector])
}

/// Those of an array of beans that bear this name, in a new array of `class`.
fn named(thread: &mut JavaThread, beans: Obj, name: &str, class: &str) -> JResult<Obj> {
    let mut found = Obj::NULL;
    for index in 0..array_length(beans) {
        let bean = array_get_ref(beans, index);
        if name_of(thread, bean) == name {
            found = bean;
        }
    }
    array_of(
        thread,
        class,
        if found.is_null() {
            &[]
        } else {
            std::slice::from_ref(&found)
        },
    )
}

fn name_of(thread: &JavaThread, bean: Obj) -> String {
    match get_ref_field(bean, "name") {
        name if name.is_null() => String::new(),
        name => strings::to_rust(thread, name),
    }
}

fn managers_of_pool(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let descriptor = "()[Ljava/lang/management/MemoryManagerMXBean;";
    let all = call_static(
        thread,
        "sun/management/MemoryImpl",
        "getMemoryManagers",
        descriptor,
        &[],
    )?;
    let is_heap = name_of(thread, this) == HEAP_POOL;
    named(
        thread,
        all,
        if is_heap { COLLECTOR_NAME } else { AREA_MANAGER },
        MANAGERS,
    )
}

fn pools_of_manager(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let descriptor = "()[Ljava/lang/management/MemoryPoolMXBean;";
    let all = call_static(thread, "sun/management/MemoryImpl", "getMemoryPools", descriptor, &[])?;
    let is_collector = name_of(thread, this) == COLLECTOR_NAME;
    named(thread, all, if is_collector { HEAP_POOL } else { AREA_POOL }, POOLS)
}

fn new_usage(thread: &mut JavaThread, initial: i64, used: i64, committed: i64, max: i64) -> JResult<Obj> {
    let slots = [initial, used, committed.max(used), max].map(|value| [value as u64, 0]);
    construct(
        thread,
        "java/lang/management/MemoryUsage",
        "(JJJJ)V",
        slots.as_flattened(),
    )
}

fn usage(thread: &mut JavaThread, _this: Obj, of_heap: bool) -> JResult<Obj> {
    if of_heap {
        let heap = thread.vm().heap.statistics();
        let (used, committed) = (heap.used_bytes as i64, heap.committed_bytes as i64);
        return new_usage(
            thread,
            heap.initial_bytes as i64,
            used,
            committed,
            heap.max_bytes as i64,
        );
    }
    let used = thread.vm().arena.used() as i64;
    new_usage(thread, 0, used, used, -1)
}

fn pool_usage(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let is_heap = name_of(thread, this) == HEAP_POOL;
    usage(thread, this, is_heap)
}

/// What was in use after the last collection; null for a pool that is not collected.
fn pool_collection_usage(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    if name_of(thread, this) != HEAP_POOL {
        return Ok(Obj::NULL);
    }
    let heap = thread.vm().heap.statistics();
    let (live, committed) = (heap.live_bytes as i64, heap.committed_bytes as i64);
    new_usage(
        thread,
        heap.initial_bytes as i64,
        live,
        committed,
        heap.max_bytes as i64,
    )
}

fn collection_count(thread: &mut JavaThread, _this: Obj) -> JResult<i64> {
    Ok(thread.vm().heap.statistics().collections as i64)
}

fn collection_time(thread: &mut JavaThread, _this: Obj) -> JResult<i64> {
    Ok((thread.vm().heap.statistics().collection_nanoseconds / 1_000_000) as i64)
}
