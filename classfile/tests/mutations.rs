//! Damaged class files never make the parser, the decoders or the dump panic.

mod support;

use peaberry_classfile::archive::{JImage, Zip};
use peaberry_classfile::descriptors::{MethodDescriptor, parse_field};
use peaberry_classfile::model::annotations;
use peaberry_classfile::reader::{ParseOptions, names, parse};
use peaberry_classfile::{ClassFile, dump, mutf8};
use proptest::prelude::*;
use std::hint::black_box;
use std::path::Path;

/// Deterministic numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

/// Reads everything the model gives access to.
fn walk(class: &ClassFile<'_>) {
    let pool = &class.constant_pool;
    for index in 0..=pool.len() as u16 {
        black_box((
            pool.class_name(index),
            pool.member(index),
            pool.dynamic(index),
            pool.method_handle(index),
        ));
    }
    for method in &class.methods {
        black_box(MethodDescriptor::parse(method.descriptor).map(|d| d.parameters().count()));
        for content in [method.annotations.visible, method.annotations.invisible]
            .into_iter()
            .flatten()
        {
            let _ = black_box(annotations::annotations(content));
            black_box(annotations::annotation_types(content, pool).count());
        }
        if let Some(code) = &method.code {
            for instruction in code.instructions().flatten() {
                instruction.for_each_target(|target| {
                    black_box(target);
                });
            }
            black_box(code.stack_map().map(|table| table.frames().count()));
            black_box(code.line_number(3));
        }
    }
}

fn check(bytes: &[u8], with_dump: bool) {
    for verify in [true, false] {
        let options = ParseOptions {
            verify,
            allow_module: true,
            ..ParseOptions::default()
        };
        if let Ok(class) = parse(bytes, &options) {
            walk(&class);
            if with_dump && verify {
                black_box(dump::dump(&class));
            }
        }
    }
}

#[test]
fn damaged_classes() {
    let mut random = Random(1);
    for home in support::jdk_homes() {
        let image = JImage::open(&home.join("lib/modules")).unwrap();
        let classes: Vec<_> = image
            .resources()
            .filter(|resource| resource.extension == b"class" && resource.size < 6000 && resource.module != b"modules")
            .collect();
        for _ in 0..800 {
            let original = image.bytes(&classes[random.below(classes.len())]).unwrap().into_owned();
            for round in 0..150 {
                let mut bytes = original.clone();
                for _ in 0..=random.below(4) {
                    let at = random.below(bytes.len());
                    match random.below(4) {
                        0 => bytes[at] = random.next() as u8,
                        1 => bytes[at] ^= 1 << random.below(8),
                        2 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)],
                        _ => {
                            // Another part of the same file: well-formed pieces in the wrong place.
                            let length = random.below(16).min(bytes.len() - at);
                            let from = random.below(bytes.len() - length + 1);
                            bytes.copy_within(from..from + length, at);
                        }
                    }
                }
                if round % 25 == 0 {
                    bytes.truncate(random.below(bytes.len()));
                }
                check(&bytes, round % 50 == 1);
            }
        }
    }
}

#[test]
fn damaged_jars() {
    let mut random = Random(2);
    for home in support::jdk_homes() {
        let Ok(bytes) = std::fs::read(home.join("jmods/java.logging.jmod")) else {
            continue;
        };
        for _ in 0..200 {
            let mut damaged = bytes[4..].to_vec();
            let tail = damaged.len() - random.below(8000).max(30);
            for _ in 0..=random.below(6) {
                let start = if random.below(2) == 0 { tail } else { 0 };
                let at = start + random.below(damaged.len() - start);
                damaged[at] = random.next() as u8;
            }
            if let Ok(zip) = Zip::from_bytes(Path::new("damaged"), damaged.into()) {
                for name in zip.names() {
                    let _ = black_box(zip.read(name));
                    let _ = black_box(zip.entry(name));
                }
                black_box((zip.list("classes"), zip.versioned_name("a", 17)));
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&[&[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61][..], &bytes].concat(), false);
        let _ = annotations::annotations(&bytes);
        let _ = annotations::parameter_annotations(&bytes);
        let _ = annotations::type_annotations(&bytes);
        let _ = annotations::annotation_default(&bytes);
        mutf8::to_string_lossy(&bytes);
    }

    #[test]
    fn descriptors_and_names(text in "[\\[\\](){}LIJVDZ;/<>.a-cé]{0,24}", major in 45u16..70) {
        let bytes = text.as_bytes();
        let field = parse_field(bytes).is_some();
        if names::is_legal_field_descriptor(bytes, major) == Ok(true) {
            prop_assert!(field);
        }
        if names::check_method_descriptor(bytes, major).is_ok_and(|slots| slots.is_some()) {
            let slots = names::check_method_descriptor(bytes, major).unwrap();
            prop_assert_eq!(MethodDescriptor::parse(bytes).map(|d| d.parameter_slots()), slots);
        }
        let _ = names::is_legal_class_name(bytes, major);
        names::is_legal_method_name(bytes, major);
    }

    #[test]
    fn modified_utf8(units in proptest::collection::vec(any::<u16>(), 0..40)) {
        let mut bytes = Vec::new();
        mutf8::encode_utf16(units.iter().copied(), &mut bytes);
        prop_assert!(mutf8::is_valid(&bytes, false));
        prop_assert_eq!(mutf8::decode(&bytes).collect::<Vec<_>>(), units.clone());
        prop_assert_eq!(mutf8::utf16_len(&bytes), units.len());
    }
}
