//! jimage, jmod and zip reading against the JDKs on this machine.

mod support;

use peaberry_classfile::archive::{JImage, Jmod, Zip};
use std::borrow::Cow;
use std::sync::Arc;

#[test]
fn every_resource_of_the_image_is_found_by_name() {
    for home in support::jdk_homes() {
        let image = JImage::open(&home.join("lib/modules")).unwrap();
        let (mut count, mut read) = (0, 0);
        for resource in image.resources() {
            assert!(image.bytes(&resource).is_ok());
            if matches!(resource.module, b"" | b"modules" | b"packages") {
                continue;
            }
            let found = image
                .find(resource.module, &resource.path())
                .expect("found by its own name");
            assert_eq!((found.offset, found.size), (resource.offset, resource.size));
            count += 1;
            let kept = image.bytes_to_keep(&found).unwrap();
            read += usize::from(matches!(kept, Cow::Owned(_)));
            assert!(
                kept == image.bytes(&found).unwrap(),
                "{}",
                String::from_utf8_lossy(&found.path())
            );
        }
        let object = image.find(b"java.base", b"java/lang/Object.class").expect("there");
        assert!(matches!(image.bytes_to_keep(&object), Ok(Cow::Borrowed(_))));
        assert!(read > 1000 && read < count, "{read} of {count} were read");
        assert!(count > 5000, "{}: only {count} resources", home.display());
        assert!(image.modules().contains(&&b"java.base"[..]));
        assert!(image.find(b"java.base", b"java/lang/Nothing.class").is_none());
        assert!(image.find(b"", b"").is_none());
    }
}

#[test]
fn packages_lead_to_their_modules() {
    for home in support::jdk_homes() {
        let image = JImage::open(&home.join("lib/modules")).unwrap();
        assert_eq!(image.package_to_module(b"java/lang"), Some(&b"java.base"[..]));
        let has_logging = image.modules().contains(&&b"java.logging"[..]);
        let expected = has_logging.then_some(&b"java.logging"[..]);
        assert_eq!(image.package_to_module(b"java/util/logging"), expected);
        assert_eq!(image.package_to_module(b"no/such/package"), None);
        // A package without classes of its own.
        assert_eq!(image.package_to_module(b"java"), None);
        for resource in image.resources().filter(|resource| resource.extension == b"class") {
            if resource.parent.is_empty() || resource.parent.starts_with(b"META-INF") {
                continue;
            }
            let module = image.package_to_module(resource.parent);
            assert_eq!(
                module,
                Some(resource.module),
                "{}",
                String::from_utf8_lossy(resource.parent)
            );
        }
    }
}

#[test]
fn jmods_hold_what_the_image_holds() {
    for home in support::jdk_homes() {
        let path = home.join("jmods/java.logging.jmod");
        if !path.is_file() {
            eprintln!("SKIPPED: {} is not there", path.display());
            continue;
        }
        let (jmod, image) = (
            Jmod::open(&path).unwrap(),
            JImage::open(&home.join("lib/modules")).unwrap(),
        );
        let mut count = 0;
        for name in jmod
            .names()
            .filter(|name| name.ends_with(".class") && *name != "module-info.class")
        {
            let bytes = jmod.read(name).unwrap().expect("listed, so there");
            let resource = image
                .find(b"java.logging", name.as_bytes())
                .expect("in the image as well");
            assert_eq!(bytes.len(), image.bytes(&resource).unwrap().len(), "{name}");
            count += 1;
        }
        assert!(count > 10);
    }
}

#[test]
fn damaged_images_are_refused_or_answer_nothing() {
    for home in support::jdk_homes().into_iter().take(1) {
        let directory = std::env::temp_dir().join(format!("peaberry-jimage-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("modules");
        // The tables come first; the resources are cut off.
        use std::io::Read;
        let mut bytes = Vec::new();
        std::fs::File::open(home.join("lib/modules"))
            .unwrap()
            .take(6 << 20)
            .read_to_end(&mut bytes)
            .unwrap();
        let mut state = 1u64;
        for round in 0..60 {
            let mut damaged = bytes.clone();
            if round % 3 == 0 {
                damaged.truncate(round * 4);
            }
            for _ in 0..(if round < 30 { 3 } else { 20_000 }) {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                let range = if round < 30 {
                    28.min(damaged.len())
                } else {
                    damaged.len()
                };
                if range > 8 {
                    let at = (state >> 33) as usize % range;
                    damaged[if round < 30 { 8 + at % (range - 8) } else { at }] = state as u8;
                }
            }
            std::fs::write(&path, &damaged).unwrap();
            if let Ok(image) = JImage::open(&path) {
                for resource in image.resources().take(20_000) {
                    let _ = image.bytes(&resource);
                    let _ = image.find(resource.module, &resource.path());
                }
                let _ = image.package_to_module(b"java/lang");
            }
        }
        std::fs::remove_dir_all(&directory).unwrap();
    }
}

#[test]
fn zip_in_threads() {
    for home in support::jdk_homes() {
        let path = home.join("jmods/java.logging.jmod");
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let zip = Arc::new(Zip::from_bytes(&path, bytes[4..].into()).unwrap());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for name in zip.names() {
                        let entry = zip.entry(name).unwrap().unwrap();
                        assert_eq!(zip.read(name).unwrap().unwrap().len() as u64, entry.size);
                    }
                });
            }
        });
    }
}
