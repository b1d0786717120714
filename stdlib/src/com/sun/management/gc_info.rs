//! `com.sun.management.GcInfo`: a collection, with the use of the pools before and after.

use crate::io_support::{class_named, construct};
use crate::sun::management::memory::new_usage;
use peaberry_runtime::management::{Collection, POOLS, Usage};
use peaberry_runtime::object::{array_length, array_set_ref, class_of};
use peaberry_runtime::{JResult, JavaThread, Obj, interp, natives};

natives! { pub NATIVES: "com/sun/management/internal/GcInfoBuilder" {
    "getNumGcExtAttributes" "(Ljava/lang/management/GarbageCollectorMXBean;)I" => |_: &mut JavaThread, _: Obj, _: Obj| Ok(0);
    "fillGcAttributeInfo" "(Ljava/lang/management/GarbageCollectorMXBean;I[Ljava/lang/String;[C[Ljava/lang/String;)V" => no_attributes;
    "getLastGcInfo0" "(Ljava/lang/management/GarbageCollectorMXBean;I[Ljava/lang/Object;[C[Ljava/lang/management/MemoryUsage;[Ljava/lang/management/MemoryUsage;)Lcom/sun/management/GcInfo;" => last;
} }

fn no_attributes(_: &mut JavaThread, _: Obj, _: Obj, _: i32, _: Obj, _: Obj, _: Obj) -> JResult<()> {
    // There are no attributes beyond the usual ones.
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "as the class library has it")]
fn last(
    thread: &mut JavaThread,
    this: Obj,
    _collector: Obj,
    _count: i32,
    attributes: Obj,
    _types: Obj,
    before: Obj,
    after: Obj,
) -> JResult<Obj> {
    match thread.vm().management.last_collection() {
        Some(collection) => new_info(thread, this, &collection, attributes, before, after),
        None => Ok(Obj::NULL),
    }
}

fn fill(thread: &mut JavaThread, array: Obj, usages: &[Usage; POOLS]) -> JResult<()> {
    for (index, usage) in usages.iter().enumerate().take(array_length(array)) {
        let usage = new_usage(thread, usage)?;
        array_set_ref(thread, array, index, usage);
    }
    Ok(())
}

fn new_info(
    thread: &mut JavaThread,
    builder: Obj,
    collection: &Collection,
    attributes: Obj,
    before: Obj,
    after: Obj,
) -> JResult<Obj> {
    const DESCRIPTOR: &str = "(Lcom/sun/management/internal/GcInfoBuilder;JJJ[Ljava/lang/management/MemoryUsage;\
        [Ljava/lang/management/MemoryUsage;[Ljava/lang/Object;)V";
    fill(thread, before, &collection.before)?;
    fill(thread, after, &collection.after)?;
    let [number, begun, ended] = [collection.number, collection.begun as u64, collection.ended as u64];
    let arguments = [
        builder.0 as u64,
        number,
        0,
        begun,
        0,
        ended,
        0,
        before.0 as u64,
        after.0 as u64,
        attributes.0 as u64,
    ];
    construct(thread, "com/sun/management/GcInfo", DESCRIPTOR, &arguments)
}

/// The information on a collection, made with the builder of the collector's bean.
pub fn new_info_for(thread: &mut JavaThread, bean: Obj, collection: &Collection) -> JResult<Obj> {
    let vm = thread.vm();
    let name = vm.symbol("getGcInfoBuilder");
    let descriptor = vm.symbol("()Lcom/sun/management/internal/GcInfoBuilder;");
    let Some(method) = class_of(bean).declared_method(name, descriptor) else {
        return Ok(Obj::NULL);
    };
    let builder = Obj(interp::call(thread, method, &[bean.0 as u64])? as usize);
    let usage = class_named(thread, "java/lang/management/MemoryUsage")?;
    let before = thread.allocate_reference_array(usage, POOLS)?;
    let after = thread.allocate_reference_array(usage, POOLS)?;
    let object = class_named(thread, "java/lang/Object")?;
    let attributes = thread.allocate_reference_array(object, 0)?;
    new_info(thread, builder, collection, attributes, before, after)
}
