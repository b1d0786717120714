//! Finding a JDK whose class library to use.

use std::io::Read;
use std::path::{Path, PathBuf};

/// True when the directory holds a class library: `lib/modules`, or `jmods/java.base.jmod`.
pub fn has_class_library(home: &Path) -> bool {
    home.join("lib/modules").is_file() || home.join("jmods/java.base.jmod").is_file()
}

/// The directory this program is the `bin/java` of, if that is laid out as a JAVA_HOME.
fn own_home() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let bin = own.parent().filter(|bin| bin.ends_with("bin"))?;
    bin.parent()
        .filter(|home| has_class_library(home))
        .map(Path::to_path_buf)
}

/// The JDK to use when none is given: the JAVA_HOME this program lies in, `PEABERRY_JDK`, `JAVA_HOME`, then the usual
/// install places, feature release 17 before others.
pub fn find_jdk() -> Option<PathBuf> {
    if let Some(home) = own_home() {
        return Some(home);
    }
    for variable in ["PEABERRY_JDK", "JAVA_HOME"] {
        if let Some(home) = std::env::var_os(variable).map(PathBuf::from)
            && has_class_library(&home)
        {
            return Some(home);
        }
    }
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for parent in ["/usr/lib/jvm", "/usr/java", "/opt/java", "/opt", "/usr/local/lib/jvm"] {
        let Ok(entries) = std::fs::read_dir(parent) else {
            continue;
        };
        for home in entries.flatten().map(|e| e.path()).filter(|h| has_class_library(h)) {
            let Some(release) = feature_release(&home) else {
                continue;
            };
            let home = home.canonicalize().unwrap_or(home);
            found.push((if release == 17 { 0 } else { release }, home));
        }
    }
    found.sort();
    found.into_iter().next().map(|(_, home)| home)
}

/// Checks a JDK home given by the user.
pub(crate) fn check_jdk(home: &Path) -> Result<PathBuf, String> {
    // The monitor names it without links, and opening the class library will tell whether it is there.
    if peaberry_sys::FOR_GUESTS && home.is_absolute() {
        return Ok(home.to_owned());
    }
    if has_class_library(home) {
        return home.canonicalize().map_err(|e| format!("{}: {e}", home.display()));
    }
    Err(format!(
        "no class library in {}: neither lib/modules nor jmods/java.base.jmod is there",
        home.display()
    ))
}

/// Feature release from the JDK's `release` file.
pub(crate) fn feature_release(home: &Path) -> Option<u32> {
    release_value(home, "JAVA_VERSION")?
        .split(['.', '-', '+'])
        .next()?
        .parse()
        .ok()
}

/// Text of a file that is mostly shorter than a few thousand bytes. Asking for its length and for its end would be two system
/// calls more, each of which takes long in a guest.
fn read_small(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut text = vec![0; 4096];
    let length = file.read(&mut text)?;
    let is_full = length == text.len();
    text.truncate(length);
    if is_full {
        file.read_to_end(&mut text)?;
    }
    String::from_utf8(text).map_err(|_| std::io::ErrorKind::InvalidData.into())
}

/// A value of the JDK's `release` file.
pub fn release_value(home: &Path, key: &str) -> Option<String> {
    let text = read_small(&home.join("release")).ok()?;
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
    Some(value.trim_matches('"').to_owned())
}
