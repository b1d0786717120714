//! `sun.management.MemoryImpl`, memory pools and their managers: three pools for the heap's spaces, one for classes; one
//! collector.

use super::notifications;
use super::vm_management::set_verbose;
use crate::io_support::{class_named, construct, get_ref_field};
use crate::support::not_null;
use peaberry_runtime::log::TagSet;
use peaberry_runtime::management::{self, POOLS, Pool, Usage};
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
    "getPeakUsage0" "()Ljava/lang/management/MemoryUsage;" => pool_peak;
    "getCollectionUsage0" "()Ljava/lang/management/MemoryUsage;" => pool_collection_usage;
    "setUsageThreshold0" "(JJ)V" => |thread: &mut JavaThread, this: Obj, _: i64, new: i64| set_threshold(thread, this, false, new);
    "setCollectionThreshold0" "(JJ)V" => |thread: &mut JavaThread, this: Obj, _: i64, new: i64| set_threshold(thread, this, true, new);
    "resetPeakUsage0" "()V" => reset_peak;
    "getMemoryManagers0" "()[Ljava/lang/management/MemoryManagerMXBean;" => managers_of_pool;
    "setPoolUsageSensor" "(Lsun/management/Sensor;)V" => |thread: &mut JavaThread, this: Obj, sensor: Obj| set_sensor(thread, this, false, sensor);
    "setPoolCollectionSensor" "(Lsun/management/Sensor;)V" => |thread: &mut JavaThread, this: Obj, sensor: Obj| set_sensor(thread, this, true, sensor);
} }
natives! { pub MEMORY_MANAGER: "sun/management/MemoryManagerImpl" {
    "getMemoryPools0" "()[Ljava/lang/management/MemoryPoolMXBean;" => pools_of_manager;
} }
natives! { pub GARBAGE_COLLECTOR: "sun/management/GarbageCollectorImpl" {
    "getCollectionCount" "()J" => |thread: &mut JavaThread, _: Obj| Ok(thread.vm().heap.statistics().collections as i64);
    "getCollectionTime" "()J" => |thread: &mut JavaThread, _: Obj| Ok((thread.vm().heap.statistics().collection_nanoseconds / 1_000_000) as i64);
} }

/// Name of the collector.
pub const COLLECTOR: &str = "Immix";
const CLASS_MANAGER: &str = "Metaspace Manager";

/// A `MemoryUsage`.
pub fn new_usage(thread: &mut JavaThread, usage: &Usage) -> JResult<Obj> {
    // Each takes two slots.
    let [initial, used, committed, max] = [usage.initial, usage.used, usage.committed, usage.max].map(|n| n as u64);
    let arguments = [initial, 0, used, 0, committed, 0, max, 0];
    construct(thread, "java/lang/management/MemoryUsage", "(JJJJ)V", &arguments)
}

fn usage_of_kind(thread: &mut JavaThread, _: Obj, heap: bool) -> JResult<Obj> {
    let vm = thread.vm();
    let usage = if heap {
        let heap = vm.heap.statistics();
        let committed = heap.committed_bytes.max(heap.used_bytes);
        Usage {
            initial: heap.initial_bytes,
            used: heap.used_bytes,
            committed,
            max: heap.max_bytes.max(committed),
        }
    } else {
        management::usages(vm)[Pool::Classes as usize]
    };
    new_usage(thread, &usage)
}

fn name_of(thread: &mut JavaThread, bean: Obj) -> String {
    strings::to_rust(thread, get_ref_field(bean, "name"))
}

fn pool_of(thread: &mut JavaThread, bean: Obj) -> Pool {
    let name = name_of(thread, bean);
    let pool = Pool::ALL.into_iter().find(|pool| pool.name() == name);
    pool.unwrap_or(Pool::Classes)
}

fn pool_usage(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let pool = pool_of(thread, this);
    let usage = management::usages(thread.vm())[pool as usize];
    new_usage(thread, &usage)
}

fn pool_peak(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let pool = pool_of(thread, this);
    let vm = thread.vm();
    let usage = management::usages(vm)[pool as usize];
    let used = vm.management.peak(pool, usage.used);
    let peak = Usage {
        used,
        committed: usage.committed.max(used),
        max: usage.max.max(used),
        ..usage
    };
    new_usage(thread, &peak)
}

fn reset_peak(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    let pool = pool_of(thread, this);
    let vm = thread.vm();
    vm.management
        .reset_peak(pool, management::usages(vm)[pool as usize].used);
    Ok(())
}

/// Usage after the last collection; null for memory that is not collected.
fn pool_collection_usage(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let pool = pool_of(thread, this);
    if !pool.is_heap() {
        return Ok(Obj::NULL);
    }
    let usage = management::usages_after_collection(thread.vm())[pool as usize];
    new_usage(thread, &usage)
}

fn set_threshold(thread: &mut JavaThread, this: Obj, after_collection: bool, threshold: i64) -> JResult<()> {
    let pool = pool_of(thread, this);
    let vm = thread.vm();
    vm.management
        .set_threshold(vm, pool, after_collection, usize::try_from(threshold).unwrap_or(0));
    Ok(())
}

fn set_sensor(thread: &mut JavaThread, this: Obj, after_collection: bool, sensor: Obj) -> JResult<()> {
    let pool = pool_of(thread, this);
    let sensor = not_null(thread, sensor)?;
    let vm = thread.vm();
    vm.management.set_sensor(pool, after_collection, vm.handles.add(sensor));
    notifications::start(thread)
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

/// A threshold of -1 says that there can be none: what is not collected has no use after collections.
fn new_pool(thread: &mut JavaThread, pool: Pool) -> JResult<Obj> {
    let name = thread.new_string(pool.name())?;
    let collection_threshold = if pool.is_heap() { 0 } else { u64::MAX };
    let arguments = [name.0 as u64, u64::from(pool.is_heap()), 0, 0, collection_threshold, 0];
    construct(
        thread,
        "sun/management/MemoryPoolImpl",
        "(Ljava/lang/String;ZJJ)V",
        &arguments,
    )
}

fn new_pools(thread: &mut JavaThread) -> JResult<Obj> {
    let mut pools = [Obj::NULL; POOLS];
    for pool in Pool::ALL {
        pools[pool as usize] = new_pool(thread, pool)?;
    }
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

/// Beans that `MemoryImpl` keeps, those whose name is wanted.
fn kept(thread: &mut JavaThread, method: &str, bean: &str, wanted: &[&str]) -> JResult<Obj> {
    let class = class_named(thread, "sun/management/MemoryImpl")?;
    let vm = thread.vm();
    let Some(method) = class.declared_method(vm.symbol(method), vm.symbol(&format!("()[L{bean};"))) else {
        return array_of(thread, bean, &[]);
    };
    let all = Obj(interp::call(thread, method, &[])? as usize);
    let mut found = [Obj::NULL; POOLS];
    let mut count = 0;
    for index in 0..array_length(all) {
        let one = array_get_ref(all, index);
        let name = name_of(thread, one);
        if wanted.contains(&name.as_str()) && count < POOLS {
            found[count] = one;
            count += 1;
        }
    }
    array_of(thread, bean, &found[..count])
}

fn managers_of_pool(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let manager = if pool_of(thread, this).is_heap() {
        COLLECTOR
    } else {
        CLASS_MANAGER
    };
    kept(thread, "getMemoryManagers", MANAGER_BEAN, &[manager])
}

fn pools_of_manager(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let of_collector = name_of(thread, this) == COLLECTOR;
    let pools = Pool::ALL.iter().filter(|pool| pool.is_heap() == of_collector);
    let names: Vec<&str> = pools.map(|pool| pool.name()).collect();
    kept(thread, "getMemoryPools", POOL_BEAN, &names)
}

/// The collector's bean among those kept.
pub fn collector(thread: &mut JavaThread) -> JResult<Obj> {
    let found = kept(thread, "getMemoryManagers", MANAGER_BEAN, &[COLLECTOR])?;
    Ok(if array_length(found) == 0 {
        Obj::NULL
    } else {
        array_get_ref(found, 0)
    })
}
