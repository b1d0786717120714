//! VMs in which no Java runs.

use peaberry_runtime::known::KnownTable;
use peaberry_runtime::options::VmOptions;
use peaberry_runtime::vm::Library;
use peaberry_runtime::{Vm, boot};
use std::path::PathBuf;
use std::sync::Arc;

static TABLE: KnownTable = KnownTable {
    classes: &[],
    fields: &[],
    methods: &[],
    injected: &[],
};
static LIBRARY: Library = Library {
    known: &TABLE,
    natives: &[],
    intrinsics: &[],
};

fn jdk() -> Option<PathBuf> {
    let named = ["PEABERRY_JDK", "JAVA_HOME"]
        .iter()
        .filter_map(std::env::var_os)
        .map(PathBuf::from);
    let installed = std::fs::read_dir("/usr/lib/jvm")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    named
        .chain(installed)
        .find(|home| home.join("lib/modules").is_file() && home.join("release").is_file())
}

/// A VM with a small heap; `None` (said aloud) without a JDK.
pub fn vm(change: impl FnOnce(&mut VmOptions)) -> Option<Arc<Vm>> {
    let Some(java_home) = jdk() else {
        eprintln!("SKIPPED: no JDK found (PEABERRY_JDK, JAVA_HOME, /usr/lib/jvm)");
        return None;
    };
    let mut options = VmOptions {
        java_home,
        max_heap_bytes: 32 << 20,
        initial_heap_bytes: 8 << 20,
        method_area_bytes: 16 << 20,
        verify_after_gc: true,
        ..VmOptions::default()
    };
    change(&mut options);
    Some(boot::create(options, LIBRARY).expect("a VM"))
}
