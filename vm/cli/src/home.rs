//! `--make-home`: a directory laid out as a JAVA_HOME, its `java` being Peaberry and all else a JDK's.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Makes the directory; says what was made.
pub fn make(directory: &Path, jdk: Option<PathBuf>) -> Result<String, String> {
    let no_jdk = "no JDK found: give its home with --jdk, PEABERRY_JDK or JAVA_HOME";
    let jdk = jdk.or_else(peaberry::find_jdk).ok_or(no_jdk)?;
    let jdk = jdk.canonicalize().map_err(|e| format!("{}: {e}", jdk.display()))?;
    if !peaberry::has_class_library(&jdk) {
        return Err(format!("no class library in {}", jdk.display()));
    }
    let bin = directory.join("bin");
    std::fs::create_dir_all(&bin).map_err(|e| format!("{}: {e}", bin.display()))?;
    let home = directory
        .canonicalize()
        .map_err(|e| format!("{}: {e}", directory.display()))?;
    if home == jdk {
        return Err(format!("{} is the JDK itself", directory.display()));
    }
    for entry in names(&jdk)?.iter().filter(|name| *name != "bin") {
        link(&jdk.join(entry), &home.join(entry))?;
    }
    let own = std::env::current_exe().map_err(|e| format!("the program itself: {e}"))?;
    let java = bin.join("java");
    // A symbolic link would not do: the program looks for its JAVA_HOME around its own file.
    remove(&java)?;
    if std::fs::hard_link(&own, &java).is_err() {
        std::fs::copy(&own, &java).map_err(|e| format!("{}: {e}", java.display()))?;
    }
    for name in names(&jdk.join("bin"))?.iter().filter(|name| *name != "java") {
        let original = jdk.join("bin").join(name);
        let target = if crate::tools::is_tool(name) {
            Path::new("java")
        } else {
            &original
        };
        link(target, &bin.join(name))?;
    }
    Ok(format!("{}: a JAVA_HOME over {}\n", home.display(), jdk.display()))
}

fn names(directory: &Path) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(directory).map_err(|e| format!("{}: {e}", directory.display()))?;
    Ok(entries
        .flatten()
        .filter_map(|e| e.file_name().into_string().ok())
        .collect())
}

/// Removes what an earlier run made there; a directory is somebody else's.
fn remove(path: &Path) -> Result<(), String> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {error}", path.display())),
        _ => Ok(()),
    }
}

fn link(target: &Path, place: &Path) -> Result<(), String> {
    remove(place)?;
    symlink(target, place).map_err(|e| format!("{}: {e}", place.display()))
}
