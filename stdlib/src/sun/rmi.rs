//! `sun.rmi`.

use peaberry_runtime::{JResult, JavaThread, natives};
use peaberry_sys::time::monotonic_nanoseconds;

natives! { pub GC: "sun/rmi/transport/GC" {
    "maxObjectInspectionAge" "()J" => inspection_age;
} }

/// Milliseconds since all objects were looked at: since the last collection, or since the VM's start.
fn inspection_age(thread: &mut JavaThread) -> JResult<i64> {
    let vm = thread.vm();
    let up = (monotonic_nanoseconds() - vm.start_nanos) / 1_000_000;
    Ok(up - vm.management.last_collection().map_or(0, |collection| collection.ended))
}
