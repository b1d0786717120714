//! `com.sun.security.auth`: who runs this process.

use crate::io_support::{set_field, set_ref_field, throw_io};
use peaberry_runtime::basic_type::BasicType;
use peaberry_runtime::object::array_slice;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::directory;

natives! { pub UNIX_SYSTEM: "com/sun/security/auth/module/UnixSystem" {
    "getUnixInfo" "()V" => unix_info;
} }

fn unix_info(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    let identity = directory::identity().map_err(|error| throw_io(thread, error))?;
    let name = match thread.blocking(|| directory::user_name(identity.user)) {
        Ok(Some(name)) => String::from_utf8_lossy(&name).into_owned(),
        Ok(None) => return Err(thread.throw_new("java/lang/RuntimeException", "getpwuid_r error: Success")),
        Err(error) => {
            let text = format!("getpwuid_r error: {}", error.text());
            return Err(thread.throw_new("java/lang/RuntimeException", &text));
        }
    };
    let name = thread.new_string(&name)?;
    set_ref_field(thread, this, "username", name);
    set_field(this, "uid", i64::from(identity.user));
    set_field(this, "gid", i64::from(identity.group));
    let groups = thread.allocate_primitive_array(BasicType::Long, identity.groups.len())?;
    // SAFETY: the array is new and nothing is allocated while the slice lives.
    let slots = unsafe { array_slice::<i64>(groups) };
    for (slot, &group) in slots.iter_mut().zip(&identity.groups) {
        *slot = i64::from(group);
    }
    set_ref_field(thread, this, "groups", groups);
    Ok(())
}
