//! The thread that tells listeners of beans what the VM noted: thresholds crossed, collections ended.

use super::memory::{COLLECTOR, collector, new_usage};
use crate::com::sun::management::gc_info;
use peaberry_runtime::management::{self, Collection, Event, SensorChange};
use peaberry_runtime::thread::initial::start_service;
use peaberry_runtime::{JResult, JavaThread, Obj, interp};
use peaberry_sys::time;

/// Starts the thread at the first call.
pub fn start(thread: &mut JavaThread) -> JResult<()> {
    if thread.vm().management.claim_service() {
        start_service(thread, "Notification Thread", 9, run, false)?;
    }
    Ok(())
}

fn run(thread: &mut JavaThread) {
    while let Some(event) = management::next(thread) {
        let told = match event {
            Event::Sensor(sensor, change) => {
                let sensor = thread.vm().handles.get(sensor);
                tell_sensor(thread, sensor, change)
            }
            Event::Collection(collection) => tell_collection(thread, &collection),
        };
        if told.is_err() {
            // What a listener throws is its own business.
            thread.take_exception();
        }
    }
}

/// Calls a method of the object's class or one it inherits; does nothing if there is none.
fn call(thread: &mut JavaThread, object: Obj, name: &str, descriptor: &str, arguments: &[u64]) -> JResult<()> {
    let vm = thread.vm();
    let (name, descriptor) = (vm.symbol(name), vm.symbol(descriptor));
    let mut class = Some(peaberry_runtime::object::class_of(object));
    while let Some(at) = class {
        if let Some(method) = at.declared_method(name, descriptor) {
            let mut slots = vec![object.0 as u64];
            slots.extend_from_slice(arguments);
            return interp::call(thread, method, &slots).map(|_| ());
        }
        class = at.super_class.get();
    }
    Ok(())
}

fn tell_sensor(thread: &mut JavaThread, sensor: Obj, change: SensorChange) -> JResult<()> {
    match change {
        SensorChange::On(count, usage) => {
            let usage = new_usage(thread, &usage)?;
            let arguments = [u64::from(count), usage.0 as u64];
            call(
                thread,
                sensor,
                "trigger",
                "(ILjava/lang/management/MemoryUsage;)V",
                &arguments,
            )
        }
        SensorChange::Off(count) => call(thread, sensor, "clear", "(I)V", &[u64::from(count)]),
    }
}

fn tell_collection(thread: &mut JavaThread, collection: &Collection) -> JResult<()> {
    const DESCRIPTOR: &str = "(JLjava/lang/String;Ljava/lang/String;Ljava/lang/String;Lcom/sun/management/GcInfo;)V";
    let bean = collector(thread)?;
    if bean.is_null() {
        return Ok(());
    }
    let info = gc_info::new_info_for(thread, bean, collection)?;
    let (seconds, nanoseconds) = time::wall_clock();
    let now = seconds * 1000 + nanoseconds / 1_000_000;
    let name = thread.new_string(COLLECTOR)?;
    let action = thread.new_string("end of major GC")?;
    let cause = thread.new_string(collection.cause)?;
    let arguments = [
        now as u64,
        0,
        name.0 as u64,
        action.0 as u64,
        cause.0 as u64,
        info.0 as u64,
    ];
    call(thread, bean, "createGCNotification", DESCRIPTOR, &arguments)
}
