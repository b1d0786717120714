//! Jars over arbitrary bytes.
//!
//! `cargo xtask fuzz --target archive`, or `cargo +nightly fuzz run --fuzz-dir tests/fuzz archive <directory with small jars>`

#![no_main]

use libfuzzer_sys::fuzz_target;
use peaberry_classfile::archive::Zip;
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(zip) = Zip::from_bytes(Path::new("fuzz.jar"), bytes.into()) {
        for name in zip.names() {
            let _ = zip.read(name);
        }
        zip.manifest();
        zip.versioned_name("a/B.class", 17);
    }
});
