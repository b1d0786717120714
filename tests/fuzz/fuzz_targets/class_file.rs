//! Parser, dump and both verifiers over arbitrary bytes.
//!
//! `cargo xtask fuzz --target class_file`, or `cargo +nightly fuzz run --fuzz-dir tests/fuzz class_file <directory with class files>`

#![no_main]

use libfuzzer_sys::fuzz_target;
use peaberry_classfile::verifier::{Hierarchy, Member, verify_class};
use peaberry_classfile::{ParseOptions, dump, parse};
use std::convert::Infallible;

/// A world where every class extends `java/lang/Object` and none is an interface.
struct Flat;

impl Hierarchy for Flat {
    type Error = Infallible;

    fn is_interface(&mut self, class: &[u8]) -> Result<bool, Infallible> {
        Ok(class.len() % 2 == 1)
    }

    fn is_subclass(&mut self, class: &[u8], superclass: &[u8]) -> Result<bool, Infallible> {
        Ok(class == superclass || superclass == b"java/lang/Object")
    }

    fn common_superclass(&mut self, _: &[u8], _: &[u8]) -> Result<Vec<u8>, Infallible> {
        Ok(b"java/lang/Object".to_vec())
    }

    fn is_superclass_of_current(&mut self, class: &[u8]) -> bool {
        class == b"java/lang/Object"
    }

    fn is_protected_elsewhere(&mut self, _: &[u8], _: Member, name: &[u8], _: &[u8]) -> Result<bool, Infallible> {
        Ok(name.len() % 2 == 1)
    }
}

fuzz_target!(|bytes: &[u8]| {
    for verify in [true, false] {
        if let Ok(class) = parse(bytes, &ParseOptions { verify, allow_module: true, ..ParseOptions::default() }) {
            dump::dump(&class);
            let _ = verify_class(&class, &mut Flat);
        }
    }
});
