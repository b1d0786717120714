//! `cargo xtask kernel`: the small kernel that images carry for monitors other than Peaberry's own.

use crate::process::Job;
use crate::{Outcome, guest, paths};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What it is built for.
pub const TARGET: &str = "x86_64-unknown-linux-gnu";
const PROFILE: &str = "guest-kernel";

/// A program of its own: no C library, at addresses of its linker script's, two gigabytes below the end of the address space.
fn flags() -> String {
    let script = paths::root().join("unikernel/guest/link.ld");
    let code = "-C relocation-model=static -C code-model=kernel -C target-feature=+crt-static";
    let link = [
        "-nostartfiles",
        "-nostdlib",
        "-static",
        "-Wl,--build-id=none",
        "-Wl,-z,max-page-size=4096",
    ];
    let link: String = link.iter().map(|flag| format!(" -C link-arg={flag}")).collect();
    format!("{code}{link} -C link-arg=-T{}", script.display())
}

/// A run of cargo's on the kernel.
fn cargo(command: &str) -> Job {
    Job::new("cargo")
        .args([command, "--quiet", "--profile", PROFILE, "--target", TARGET])
        .args(["-p", "peaberry-guest-kernel", "--features", "kernel"])
        .env("RUSTFLAGS", flags())
        .dir(&paths::root())
        .limit(Duration::from_secs(30 * 60))
}

/// Builds the kernel and puts it beside a `peaberry`, where `peaberry image build` looks for it.
pub fn build(vm: &Path) -> Outcome<PathBuf> {
    cargo("build").check()?;
    let built = paths::target().join(TARGET).join(PROFILE).join("peaberry-kernel");
    guest::put_beside(&built, vm, "peaberry-kernel", |_| Ok(()))
}

/// Clippy on what `cargo clippy --workspace` does not see, as it does not link like other programs.
pub fn lint() -> Outcome {
    cargo("clippy").args(["--", "-D", "warnings"]).check().map(|_| ())
}
