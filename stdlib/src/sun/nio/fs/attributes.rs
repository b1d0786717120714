//! File attributes as the class library's objects hold them.

use peaberry_runtime::object::{class_of, set};
use peaberry_runtime::{JavaThread, Obj, loader};
use peaberry_sys::file::{FileStatus, FileSystemStatus};

/// Does this class library ask for the time of birth?
pub fn wants_birth_time(thread: &mut JavaThread) -> bool {
    let name = thread.vm().symbol("sun/nio/fs/UnixFileAttributes");
    match loader::load_class(thread, thread.vm().boot_loader(), name) {
        Ok(class) => class
            .fields
            .get()
            .iter()
            .any(|f| f.name.bytes() == b"birthtime_available"),
        Err(_) => {
            thread.take_exception();
            false
        }
    }
}

/// Has this object room for the time of birth?
pub fn has_birth_time(attributes: Obj) -> bool {
    class_of(attributes)
        .fields
        .get()
        .iter()
        .any(|f| f.name.bytes() == b"birthtime_available")
}

/// Fills a `UnixFileAttributes`.
pub fn fill(attributes: Obj, status: &FileStatus, birth: Option<(i64, i64)>) {
    let fields = class_of(attributes).fields.get();
    for field in fields.iter().filter(|f| !f.is_static()) {
        let long = match field.name.bytes() {
            b"st_ino" => status.st_ino as i64,
            b"st_dev" => status.st_dev as i64,
            b"st_rdev" => status.st_rdev as i64,
            b"st_size" => status.st_size,
            b"st_atime_sec" => status.st_atime,
            b"st_atime_nsec" => status.st_atime_nsec,
            b"st_mtime_sec" => status.st_mtime,
            b"st_mtime_nsec" => status.st_mtime_nsec,
            b"st_ctime_sec" => status.st_ctime,
            b"st_ctime_nsec" => status.st_ctime_nsec,
            b"st_birthtime_sec" => birth.map_or(0, |b| b.0),
            b"st_birthtime_nsec" => birth.map_or(0, |b| b.1),
            name => {
                let offset = field.offset.get() as usize;
                match name {
                    b"st_mode" => set(attributes, offset, status.st_mode),
                    b"st_nlink" => set(attributes, offset, status.st_nlink as i32),
                    b"st_uid" => set(attributes, offset, status.st_uid),
                    b"st_gid" => set(attributes, offset, status.st_gid),
                    b"birthtime_available" => set(attributes, offset, birth.is_some()),
                    _ => {}
                }
                continue;
            }
        };
        set(attributes, field.offset.get() as usize, long);
    }
}

/// Fills a `UnixFileStoreAttributes`.
pub fn fill_store(attributes: Obj, status: &FileSystemStatus) {
    let clamp = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let fields = class_of(attributes).fields.get();
    for field in fields.iter().filter(|f| !f.is_static()) {
        let value = match field.name.bytes() {
            b"f_frsize" => clamp(status.f_frsize),
            b"f_blocks" => clamp(status.f_blocks),
            b"f_bfree" => clamp(status.f_bfree),
            b"f_bavail" => clamp(status.f_bavail),
            _ => continue,
        };
        set(attributes, field.offset.get() as usize, value);
    }
}
