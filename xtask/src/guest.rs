//! `cargo xtask guest`: the `peaberry` command once more, as the program that runs in a guest.

use crate::process::Job;
use crate::{Outcome, call_sites, paths};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What it is built for.
pub const TARGET: &str = "x86_64-unknown-linux-gnu";

/// A static, position-independent program that names no folder of the machine it was built on.
fn flags() -> Vec<String> {
    let mut flags = vec![
        "-Ctarget-feature=+crt-static".to_owned(),
        "-Crelocation-model=pie".to_owned(),
    ];
    let folders = paths::cargo_home().into_iter().map(|home| (home, "/cargo"));
    for (folder, name) in folders.chain([(paths::root(), "/peaberry")]) {
        flags.push(format!("--remap-path-prefix={}={name}", folder.display()));
    }
    flags
}

/// What the allocator is built with besides what it is everywhere: its memory in pages of a quarter of their size, and its first mapping such
/// that what it keeps of that takes little, so that a start touches few of the 2 MiB that a guest's memory comes in.
fn allocator_flags() -> (&'static str, String) {
    let everywhere = std::env::var("CFLAGS").unwrap_or_default();
    let flags = format!("{everywhere} -DMI_ARENA_SLICE_SHIFT=14 -DMI_DEFAULT_ARENA_RESERVE=65536");
    ("CFLAGS_x86_64_unknown_linux_gnu", flags)
}

/// Builds the static, position-independent command and puts it beside a `peaberry`, which looks for it there. Without
/// link-time optimisation, which would take CI minutes more.
pub fn build(vm: &Path) -> Outcome<PathBuf> {
    let script = paths::root().join("unikernel/guest/calls.ld");
    let (name, flags_of_allocator) = allocator_flags();
    Job::new("cargo")
        .args(["rustc", "--quiet", "--profile", "iterate", "--target", TARGET])
        .args(["-p", "peaberry-cli", "--bin", "peaberry", "--no-default-features"])
        // Half a megabyte less in images.
        .args(["--", "-C", "link-arg=-Wl,-z,pack-relative-relocs"])
        // What lies in the file lies as far from its beginning in memory, so that 2 MiB of the one can be shown as 2 MiB of the other.
        .args(["-C", "link-arg=-Wl,-z,separate-loadable-segments"])
        .arg("-C")
        .arg(format!("link-arg=-Wl,-T,{}", script.display()))
        .env(name, flags_of_allocator)
        // Flags apart from each other, as paths may hold spaces.
        .env("CARGO_ENCODED_RUSTFLAGS", flags().join("\x1f"))
        .dir(&paths::root())
        .limit(Duration::from_secs(60 * 60))
        .check()?;
    let built = paths::target().join(TARGET).join("iterate/peaberry");
    put_beside(&built, vm, "peaberry-guest", |program| {
        call_sites::fill(program).map(drop)
    })
}

/// Checks the command as the guest has it: static, and without what the workspace's own check builds it with.
pub fn lint() -> Outcome {
    let (name, flags_of_allocator) = allocator_flags();
    let words = "clippy --quiet -p peaberry-cli --no-default-features --all-targets --target";
    Job::new("cargo")
        .args(words.split(' '))
        .args([TARGET, "--", "-D", "warnings"])
        .env(name, flags_of_allocator)
        .env("CARGO_ENCODED_RUSTFLAGS", flags().join("\x1f"))
        .dir(&paths::root())
        .limit(Duration::from_secs(30 * 60))
        .check()
        .map(drop)
}

/// Copies what was built, after a last change to it, to a name beside a `peaberry`, unless that is newer.
pub fn put_beside(built: &Path, vm: &Path, name: &str, finish: impl FnOnce(&mut [u8]) -> Outcome) -> Outcome<PathBuf> {
    let guest = vm.with_file_name(name);
    let failed = |error: std::io::Error| format!("{}: {error}", guest.display());
    let newer = |path: &Path| path.metadata().and_then(|meta| meta.modified()).ok();
    if newer(&guest).is_none() || newer(&guest) < newer(built) {
        // Renamed into place, as a guest may be running the old one and another process may copy it, too.
        let fresh = guest.with_extension(format!("new-{}", std::process::id()));
        std::fs::copy(built, &fresh).map_err(failed)?;
        let mut program = std::fs::read(built).map_err(failed)?;
        finish(&mut program)?;
        std::fs::write(&fresh, program).map_err(failed)?;
        std::fs::rename(&fresh, &guest).map_err(failed)?;
    }
    Ok(guest)
}
