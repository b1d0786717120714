//! Finds the JDKs that tests read classes from.

use std::path::PathBuf;

/// Every JDK found through `JAVA_HOME` and the usual places, each once.
pub fn jdk_homes() -> Vec<PathBuf> {
    let mut homes: Vec<PathBuf> = std::env::var_os("JAVA_HOME").map(PathBuf::from).into_iter().collect();
    for directory in ["/usr/lib/jvm", "/opt/java"] {
        if let Ok(entries) = std::fs::read_dir(directory) {
            homes.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    let mut found: Vec<PathBuf> = homes
        .into_iter()
        .filter(|home| home.join("lib/modules").is_file())
        .filter_map(|home| home.canonicalize().ok())
        .collect();
    found.sort();
    found.dedup();
    if found.is_empty() {
        eprintln!("SKIPPED: no JDK with lib/modules found (JAVA_HOME, /usr/lib/jvm)");
    }
    found
}
