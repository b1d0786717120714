//! `jdk.internal.perf.Perf`: counters in memory of their own, seen by this process alone.

use peaberry_runtime::object::{array_length, array_slice};
use peaberry_runtime::{JResult, JavaThread, Obj, interp, link, loader, natives};

use crate::support::{not_null, nothing};

natives! { pub NATIVES: "jdk/internal/perf/Perf" {
    "registerNatives" "()V" => nothing;
    "createLong" "(Ljava/lang/String;IIJ)Ljava/nio/ByteBuffer;" => create_long;
    "createByteArray" "(Ljava/lang/String;II[BI)Ljava/nio/ByteBuffer;" => create_byte_array;
    "attach" "(Ljava/lang/String;II)Ljava/nio/ByteBuffer;" [until 23] => attach_user;
    "attach0" "(I)Ljava/nio/ByteBuffer;" [since 24] => attach;
    "detach" "(Ljava/nio/ByteBuffer;)V" => detach;
    "highResCounter" "()J" => counter;
    "highResFrequency" "()J" => frequency;
} }

/// A direct `ByteBuffer` over memory that is never freed (counters live as long as the VM).
pub fn direct_buffer(thread: &mut JavaThread, address: usize, bytes: usize) -> JResult<Obj> {
    let vm = thread.vm();
    let name = vm.symbol("java/nio/DirectByteBuffer");
    let class = loader::load_class(thread, vm.boot_loader(), name)?;
    link::initialize_class(thread, class)?;
    let init = vm.symbol("<init>");
    let long_capacity = class.declared_method(init, vm.symbol("(JJ)V"));
    let buffer = thread.allocate_instance(class)?;
    let (this, address, bytes) = (buffer.0 as u64, address as u64, bytes as u64);
    if let Some(constructor) = long_capacity {
        interp::call(thread, constructor, &[this, address, 0, bytes, 0])?;
    } else if let Some(constructor) = class.declared_method(init, vm.symbol("(JI)V")) {
        interp::call(thread, constructor, &[this, address, 0, bytes])?;
    } else {
        return Err(thread.throw_new("java/lang/InternalError", "DirectByteBuffer has no such constructor"));
    }
    Ok(buffer)
}

fn memory(bytes: usize) -> &'static mut [u8] {
    let words = vec![0u64; bytes.div_ceil(8).max(1)].leak();
    // SAFETY: the words are at least that many initialised bytes.
    unsafe { std::slice::from_raw_parts_mut(words.as_mut_ptr().cast::<u8>(), bytes) }
}

fn create_long(thread: &mut JavaThread, _: Obj, name: Obj, _variability: i32, _units: i32, value: i64) -> JResult<Obj> {
    not_null(thread, name)?;
    let memory = memory(8);
    memory.copy_from_slice(&value.to_ne_bytes());
    direct_buffer(thread, memory.as_ptr() as usize, 8)
}

#[allow(clippy::too_many_arguments)]
fn create_byte_array(
    thread: &mut JavaThread,
    _: Obj,
    name: Obj,
    _variability: i32,
    _units: i32,
    value: Obj,
    maximum: i32,
) -> JResult<Obj> {
    not_null(thread, name)?;
    let value = not_null(thread, value)?;
    let bytes = maximum.max(0) as usize + 1;
    let memory = memory(bytes);
    let count = array_length(value).min(bytes - 1);
    // SAFETY: a byte[] held by the caller's frame; copied at once.
    memory[..count].copy_from_slice(&unsafe { array_slice::<u8>(value) }[..count]);
    direct_buffer(thread, memory.as_ptr() as usize, bytes)
}

fn attach_user(thread: &mut JavaThread, _: Obj, _user: Obj, id: i32, _mode: i32) -> JResult<Obj> {
    attach(thread, Obj::NULL, id)
}

fn attach(thread: &mut JavaThread, _: Obj, _id: i32) -> JResult<Obj> {
    Err(thread.throw_new(
        "java/io/IOException",
        "performance counters of other processes are not accessible",
    ))
}

fn detach(_: &mut JavaThread, _: Obj, _buffer: Obj) -> JResult<()> {
    Ok(())
}

fn counter(thread: &mut JavaThread, _: Obj) -> JResult<i64> {
    Ok(peaberry_sys::time::monotonic_nanoseconds() - thread.vm().start_nanos)
}

fn frequency(_: &mut JavaThread, _: Obj) -> JResult<i64> {
    Ok(1_000_000_000)
}
