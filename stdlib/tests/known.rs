//! Every class, field and method of the table of known names exists in the class libraries on this machine.

use peaberry_runtime::options::VmOptions;
use peaberry_runtime::thread::lifecycle;
use peaberry_runtime::{boot, loader};
use std::path::{Path, PathBuf};

/// The JDKs to try: the usual place, and what the environment names.
fn class_libraries() -> Vec<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/jvm")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let named = ["PEABERRY_JDK", "JAVA_HOME"]
        .iter()
        .filter_map(|name| std::env::var_os(name).map(PathBuf::from));
    let mut homes: Vec<PathBuf> = installed
        .chain(named)
        .filter(|home| home.join("release").is_file() && home.join("lib/modules").is_file())
        .filter_map(|home| home.canonicalize().ok())
        .collect();
    homes.sort();
    homes.dedup();
    homes
}

fn missing(home: &Path) -> Vec<String> {
    let options = VmOptions {
        java_home: home.to_owned(),
        max_heap_bytes: 64 << 20,
        ..VmOptions::default()
    };
    let vm = boot::create(options, peaberry_stdlib::LIBRARY).expect("a VM");
    let thread = lifecycle::attach(&vm, false).expect("a thread");
    loader::bootstrap::bootstrap(thread).expect("the first classes");
    let missing = loader::bootstrap::missing_known(thread);
    std::mem::forget(vm);
    missing
}

#[test]
fn known_names_exist() {
    let homes = class_libraries();
    assert!(!homes.is_empty(), "no class library on this machine");
    for home in homes {
        let missing = missing(&home);
        assert!(missing.is_empty(), "{}:\n{}", home.display(), missing.join("\n"));
    }
}
