//! Every class of every JDK on this machine parses, with all checks, and decodes to the end.

mod support;

use peaberry_classfile::archive::JImage;
use peaberry_classfile::model::{Constant, RawAttribute, annotations};
use peaberry_classfile::reader::{ParseOptions, parse};
use std::time::Instant;

#[test]
fn all_classes_parse() {
    for home in support::jdk_homes() {
        let image = JImage::open(&home.join("lib/modules")).unwrap();
        let start = Instant::now();
        let (mut classes, mut methods, mut instructions, mut frames, mut bytes_parsed) = (0, 0, 0, 0, 0);
        for resource in image.resources().filter(|resource| resource.extension == b"class") {
            if matches!(resource.module, b"modules" | b"packages" | b"") {
                continue;
            }
            let bytes = image.bytes(&resource).unwrap();
            let path = String::from_utf8(resource.path()).unwrap();
            let options = ParseOptions {
                allow_module: true,
                ..ParseOptions::default()
            };
            let class = parse(&bytes, &options).unwrap_or_else(|error| panic!("{path}: {error}"));
            if resource.base != b"module-info" {
                assert_eq!([class.name, b".class"].concat(), path.as_bytes());
            } else {
                assert!(class.attributes.module.is_some());
            }
            let unverified = ParseOptions {
                verify: false,
                ..options
            };
            assert!(parse(&bytes, &unverified).is_ok());
            for content in [
                class.attributes.annotations.visible,
                class.attributes.annotations.invisible,
            ] {
                assert!(
                    content.is_none_or(|content| annotations::annotations(content).is_ok()),
                    "{path}"
                );
            }
            for method in &class.methods {
                methods += 1;
                let own = &method.annotations;
                let is_sound =
                    |content: Option<&[u8]>| content.is_none_or(|content| annotations::annotations(content).is_ok());
                assert!(is_sound(own.visible) && is_sound(own.invisible), "{path}");
                for content in [own.visible_type, own.invisible_type].into_iter().flatten() {
                    annotations::type_annotations(content).unwrap();
                }
                if let Some(content) = method.visible_parameter_annotations {
                    annotations::parameter_annotations(content).unwrap();
                }
                if let Some(content) = method.annotation_default {
                    annotations::annotation_default(content).unwrap();
                }
                let Some(code) = &method.code else { continue };
                let mut last = 0;
                for instruction in code.instructions() {
                    last = instruction.unwrap().next_bci();
                    instructions += 1;
                }
                assert_eq!(last, code.code.len());
                if let Some(table) = code.stack_map() {
                    let decoded: Result<Vec<_>, _> = table.frames().collect();
                    let decoded = decoded.unwrap_or_else(|error| panic!("{path}: {error}"));
                    assert_eq!(decoded.len(), usize::from(table.declared_len()));
                    frames += decoded.len();
                }
            }
            for index in 1..class.constant_pool.len() as u16 {
                let pool = &class.constant_pool;
                match pool.get(index).unwrap() {
                    Constant::Class { .. } => assert!(pool.class_name(index).is_some()),
                    Constant::Fieldref { .. } | Constant::Methodref { .. } | Constant::InterfaceMethodref { .. } => {
                        assert!(pool.member(index).is_some());
                    }
                    Constant::InvokeDynamic { .. } | Constant::Dynamic { .. } => {
                        let row = pool.dynamic(index).unwrap().bootstrap_method;
                        assert!(usize::from(row) < class.attributes.bootstrap_methods.len());
                    }
                    _ => {}
                }
            }
            let names: Vec<RawAttribute<'_>> = class.raw_attributes.iter().collect();
            assert!(
                names
                    .iter()
                    .all(|attribute| class.constant_pool.utf8(attribute.name_index).is_some())
            );
            classes += 1;
            bytes_parsed += bytes.len();
        }
        assert!(classes > 5000);
        eprintln!(
            "{}: {classes} classes, {bytes_parsed} bytes, {methods} methods, {instructions} instructions, \
             {frames} frames in {:?}",
            home.display(),
            start.elapsed()
        );
        for verify in [false, true] {
            let start = Instant::now();
            let options = ParseOptions {
                verify,
                ..ParseOptions::default()
            };
            for resource in image
                .resources()
                .filter(|r| r.module == b"java.base" && r.extension == b"class")
            {
                let _ = parse(&image.bytes(&resource).unwrap(), &options);
            }
            eprintln!("  java.base, verify {verify}: {:?}", start.elapsed());
        }
    }
}
