//! `sun.nio.fs.LinuxNativeDispatcher`: mount tables, advice, copies.

use super::{calling, copy, path_at};
use crate::io_support::{set_ref_field, throw_unix};
use crate::support::{new_byte_array, not_null, nothing};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::Errno;
use peaberry_sys::{directory, file};

natives! { pub NATIVES: "sun/nio/fs/LinuxNativeDispatcher" {
    "init" "()V" => nothing;
    "setmntent0" "(JJ)J" [blocks] => open_mounts;
    "getmntent0" "(JLsun/nio/fs/UnixMountEntry;JI)I" [blocks] => next_mount;
    "endmntent" "(J)V" [blocks] => close_mounts;
    "posix_fadvise" "(IJJI)I" [since 18] => advise;
    "directCopy0" "(IIJ)I" [since 19] [blocks] => copy::direct_copy;
} }

fn open_mounts(thread: &mut JavaThread, path: i64, mode: i64) -> JResult<i64> {
    let (path, mode) = (path_at(path), path_at(mode));
    calling(thread, || directory::open_mounts(&path, &mode)).map(|file| file as i64)
}

fn next_mount(thread: &mut JavaThread, file: i64, entry: Obj, buffer: i64, length: i32) -> JResult<i32> {
    let entry = not_null(thread, entry)?;
    // SAFETY: the class library passes a mount table it opened and a native buffer of this length.
    let mount = thread.blocking(|| unsafe { directory::next_mount(file as usize, buffer as *mut u8, length) });
    let Some(mount) = mount else { return Ok(-1) };
    for (field, bytes) in [
        ("name", mount.name),
        ("dir", mount.directory),
        ("fstype", mount.kind),
        ("opts", mount.options),
    ] {
        let bytes = new_byte_array(thread, &bytes)?;
        set_ref_field(thread, entry, field, bytes);
    }
    Ok(0)
}

fn close_mounts(thread: &mut JavaThread, file: i64) -> JResult<()> {
    // SAFETY: the class library closes a mount table it opened once.
    thread.blocking(|| unsafe { directory::close_mounts(file as usize) });
    Ok(())
}

fn advise(thread: &mut JavaThread, descriptor: i32, offset: i64, length: i64, advice: i32) -> JResult<i32> {
    match file::advise(descriptor, offset, length, advice) {
        Ok(error) => Ok(error),
        Err(Errno(error)) => Err(throw_unix(thread, Errno(error))),
    }
}
