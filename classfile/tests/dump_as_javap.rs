//! Constant pool, code and attribute lines of the dump against `javap -v -p` of JDK 17.

mod support;

use peaberry_classfile::archive::JImage;
use peaberry_classfile::{ParseOptions, dump, parse};
use std::process::Command;

const CLASSES: &[&str] = &[
    "java/lang/Object",
    "java/lang/String",
    "java/lang/Class",
    "java/lang/Character",
    "java/lang/Integer",
    "java/lang/Math",
    "java/lang/StringConcatHelper",
    "java/lang/Thread$State",
    "java/lang/Deprecated",
    "java/lang/invoke/MethodHandleImpl",
    "java/lang/invoke/VarHandle",
    "java/util/HashMap",
    "java/util/HashMap$TreeNode",
    "java/util/regex/Pattern",
    "java/util/concurrent/ConcurrentHashMap",
    "java/util/Formatter",
    "jdk/internal/misc/Unsafe",
    "jdk/internal/org/objectweb/asm/ClassReader",
    "sun/security/ssl/CipherSuite",
    "sun/invoke/util/Wrapper",
];

/// Lines that do not depend on how declarations are written, nor on the digits that JDK 17 writes too many of for some
/// floats.
fn comparable(text: &str) -> Vec<&str> {
    text.lines()
        .skip_while(|line| !line.starts_with("  minor version"))
        .filter(|line| line.starts_with("    ") || line.trim_start().starts_with('#') || line.ends_with(':'))
        .filter(|line| !line.contains(", location=") && !line.contains("_PARAMETER"))
        .filter(|line| !line.contains("= Float ") && !line.contains("// float "))
        .collect()
}

#[test]
fn the_dump_reads_as_javap() {
    for home in support::jdk_homes() {
        let javap = home.join("bin/javap");
        let release = std::fs::read_to_string(home.join("release")).unwrap_or_default();
        if !javap.is_file() || !release.contains("JAVA_VERSION=\"17") {
            continue;
        }
        let image = JImage::open(&home.join("lib/modules")).unwrap();
        let output = Command::new(&javap)
            .args([
                "-v",
                "-p",
                "-J-Dfile.encoding=UTF-8",
                "-J-Dstdout.encoding=UTF-8",
                "--module",
                "java.base",
            ])
            .args(CLASSES.iter().map(|class| class.replace('/', ".")))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let dumps: Vec<&str> = text.split("Classfile jrt:").skip(1).collect();
        assert_eq!(dumps.len(), CLASSES.len());
        for (class, theirs) in CLASSES.iter().zip(dumps) {
            let resource = image.find_class(b"java.base", class.as_bytes()).expect("in java.base");
            let bytes = image.bytes(&resource).unwrap();
            let ours = dump::dump(&parse(&bytes, &ParseOptions::default()).unwrap());
            let (ours, theirs) = (comparable(&ours), comparable(theirs));
            for (ours, theirs) in ours.iter().zip(&theirs) {
                assert_eq!(ours, theirs, "{class}");
            }
            assert_eq!(ours.len(), theirs.len(), "{class}");
        }
        return;
    }
    eprintln!("SKIPPED: no javap of JDK 17 found");
}
