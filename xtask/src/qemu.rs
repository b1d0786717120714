//! QEMU, which runs images without KVM: the one that is installed, or Debian's packages unpacked below the target directory, as they
//! cannot be installed beside other versions of QEMU's tools.

use crate::process::Job;
use crate::{Outcome, paths};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

const NAME: &str = "qemu-system-x86_64";

/// Downloads the packages of QEMU that are not installed here, with all they need, and unpacks them in the current directory.
const UNPACK: &str = r#"
set -e
options="--recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances"
wanted=
for name in $(apt-cache depends $options qemu-system-x86 | grep -E '^(lib|qemu-system|seabios|ipxe-qemu)' | grep -v elogind | sort -u); do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || wanted="$wanted $name"
done
apt-get download $wanted
for package in *.deb; do
    dpkg -x "$package" .
done
rm -f *.deb
"#;

/// A QEMU.
#[derive(Clone, Debug)]
pub struct Qemu {
    program: PathBuf,
    /// Where it is unpacked, if it is.
    root: Option<PathBuf>,
}

fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(NAME))
        .find(|program| program.is_file())
}

impl Qemu {
    /// Finds one, or gets one.
    pub fn find() -> Outcome<Qemu> {
        static ONCE: Mutex<()> = Mutex::new(());
        let _guard = ONCE.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(program) = on_path() {
            return Ok(Qemu { program, root: None });
        }
        let root = paths::target().join("qemu");
        let program = root.join("usr/bin").join(NAME);
        if !program.is_file() {
            // Unpacked elsewhere and renamed, so that half of it is never taken for all.
            let fresh = paths::target().join(format!("qemu.{}", std::process::id()));
            paths::fresh_dir(&fresh)?;
            let unpacked = Job::new("sh")
                .args(["-c", UNPACK])
                .dir(&fresh)
                .limit(Duration::from_secs(600))
                .check();
            let moved =
                unpacked.and_then(|_| std::fs::rename(&fresh, &root).map_err(|e| format!("{}: {e}", root.display())));
            if let Err(why) = moved {
                let _ = std::fs::remove_dir_all(&fresh);
                return Err(format!(
                    "no {NAME} on the path, and Debian's packages cannot be unpacked: {why}"
                ));
            }
        }
        let found = Qemu {
            program,
            root: Some(root),
        };
        found.job().arg("--version").check()?;
        Ok(found)
    }

    /// A run of it.
    pub fn job(&self) -> Job {
        let job = Job::new(&self.program);
        let Some(root) = &self.root else { return job };
        let libraries = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"];
        let libraries = libraries.map(|directory| root.join(directory).display().to_string());
        let data = ["usr/share/qemu", "usr/share/seabios"].map(|directory| root.join(directory));
        let job = job.env("LD_LIBRARY_PATH", libraries.join(":"));
        data.iter().fold(job, |job, directory| job.arg("-L").arg(directory))
    }

    /// A machine without KVM that runs an image; what the program in it ends with becomes QEMU's exit code by [`exit_code`].
    pub fn machine(&self, image: &Path, memory: &str, line: &str) -> Job {
        self.job()
            .args(["-M", "microvm", "-accel", "tcg", "-cpu", "max", "-m", memory])
            .args([
                "-nodefaults",
                "-no-user-config",
                "-display",
                "none",
                "-serial",
                "stdio",
                "-no-reboot",
            ])
            .args(["-device", "isa-debug-exit,iobase=0x501,iosize=2"])
            .args(["-append", line])
            .arg("-kernel")
            .arg(image)
    }
}

/// The exit code of the program, of QEMU's.
pub fn exit_code(code: i32) -> Option<i32> {
    (code & 1 == 1).then_some(code >> 1)
}
