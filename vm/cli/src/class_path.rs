//! Wildcards of a class path.

use std::path::Path;

/// Expands each `directory/*` (or `*`) that is no file into the jars of the directory, in the directory's order.
pub fn expand_wildcards(path: &str) -> String {
    let entries = path.split(':').flat_map(|entry| {
        let jars = jars_of(entry);
        if jars.is_empty() { vec![entry.to_owned()] } else { jars }
    });
    entries.collect::<Vec<_>>().join(":")
}

fn jars_of(entry: &str) -> Vec<String> {
    let directory = match entry.strip_suffix('*') {
        Some("") => ".",
        Some(directory) if directory.ends_with('/') => directory,
        _ => return Vec::new(),
    };
    if Path::new(entry).exists() {
        return Vec::new();
    }
    let Ok(files) = std::fs::read_dir(directory) else {
        return Vec::new();
    };
    let prefix = entry.strip_suffix('*').unwrap_or_default();
    let names = files.flatten().filter_map(|file| file.file_name().into_string().ok());
    names
        .filter(|name| (name.ends_with(".jar") || name.ends_with(".JAR")) && !name.contains(':'))
        .map(|name| format!("{prefix}{name}"))
        .collect()
}
