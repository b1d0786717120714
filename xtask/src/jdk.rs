//! The JDKs of this machine: HotSpot is the oracle, and each JDK brings a class library.

use crate::{Outcome, paths};
use std::path::{Path, PathBuf};

/// An installed JDK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jdk {
    /// Its feature release: 17, 21, 25 …
    pub version: u32,
    /// Its home directory.
    pub home: PathBuf,
}

impl Jdk {
    /// A tool of it, such as `java` or `javac`.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.home.join("bin").join(name)
    }

    fn at(home: &Path) -> Option<Jdk> {
        let home = home.canonicalize().ok()?;
        if !home.join("bin/javac").exists() || !home.join("lib/modules").exists() {
            return None;
        }
        let release = paths::read(&home.join("release")).ok()?;
        let text = release.lines().find_map(|line| line.strip_prefix("JAVA_VERSION="))?;
        let version = text.trim_matches('"').split(['.', '-', '+']).next()?.parse().ok()?;
        Some(Jdk { version, home })
    }
}

/// The JDK of this feature release: `PEABERRY_JDK<version>`, `JAVA_HOME`, then the usual install places.
pub fn find(version: u32) -> Option<Jdk> {
    let named = [format!("PEABERRY_JDK{version}"), "JAVA_HOME".to_string()];
    let mut homes: Vec<PathBuf> = named.iter().filter_map(std::env::var_os).map(PathBuf::from).collect();
    for dir in ["/usr/lib/jvm", "/opt", "/usr/java"] {
        let Ok(entries) = std::fs::read_dir(dir) else { continue };
        let mut found: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
        found.sort();
        homes.extend(found);
    }
    homes
        .iter()
        .filter_map(|home| Jdk::at(home))
        .find(|jdk| jdk.version == version)
}

/// The JDK 17 that expectations come from.
pub fn reference() -> Outcome<Jdk> {
    find(17).ok_or_else(|| "no JDK 17 found: run `cargo xtask setup`".to_string())
}

/// The source archive of JDK 17 (Debian's openjdk-17-source puts it beside the JDK).
pub fn sources() -> Outcome<PathBuf> {
    let mut places = vec![
        PathBuf::from("/usr/lib/jvm/openjdk-17/lib/src.zip"),
        "/usr/lib/jvm/openjdk-17/src.zip".into(),
    ];
    if let Some(jdk) = find(17) {
        places.push(jdk.home.join("lib/src.zip"));
    }
    places
        .into_iter()
        .find(|p| p.is_file())
        .ok_or_else(|| "no src.zip of JDK 17: run `cargo xtask setup`".to_string())
}
