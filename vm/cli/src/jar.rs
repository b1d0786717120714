//! What the launcher finds wrong with a jar before there is a VM.

use peaberry_classfile::archive::Zip;
use std::path::Path;

/// The complaint about a file given to `-jar`, if it cannot be read, is no archive or has no manifest.
pub fn check(path: &str) -> Result<(), String> {
    let corrupt = || format!("Error: Invalid or corrupt jarfile {path}");
    if std::fs::File::open(path).is_err() {
        return Err(format!("Error: Unable to access jarfile {path}"));
    }
    match Zip::open(Path::new(path)).and_then(|zip| zip.read("META-INF/MANIFEST.MF")) {
        Ok(Some(_)) => Ok(()),
        Ok(None) | Err(_) => Err(corrupt()),
    }
}
