//! `jdk.internal.loader.BootLoader`: its unnamed module and its packages.

use crate::support::{new_string_array, not_null};
use peaberry_runtime::loader::modules;
use peaberry_runtime::{JResult, JavaThread, Obj, natives, strings};

natives! { pub NATIVES: "jdk/internal/loader/BootLoader" {
    "setBootLoaderUnnamedModule0" "(Ljava/lang/Module;)V" => modules::set_boot_unnamed_module;
    "getSystemPackageLocation" "(Ljava/lang/String;)Ljava/lang/String;" => package_location;
    "getSystemPackageNames" "()[Ljava/lang/String;" => package_names;
} }

fn package_location(thread: &mut JavaThread, name: Obj) -> JResult<Obj> {
    let name = not_null(thread, name)?;
    let name = strings::to_mutf8(thread, name);
    match modules::boot_package_location(thread, &name) {
        Some(location) => thread.new_string(&location),
        None => Ok(Obj::NULL),
    }
}

fn package_names(thread: &mut JavaThread) -> JResult<Obj> {
    let names: Vec<_> = modules::boot_packages(thread)
        .iter()
        .map(|name| Some(name.text().into_owned()))
        .collect();
    new_string_array(thread, &names)
}
