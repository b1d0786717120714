//! What the verifiers say of broken classes is what HotSpot 17 says, word for word. `verify_messages/Broken.java`
//! makes the classes and asks HotSpot.

#[path = "support/hierarchy.rs"]
mod hierarchy;
mod support;

use hierarchy::{View, World};
use peaberry_classfile::verifier::{VerifyError, verify_class};
use peaberry_classfile::{ParseOptions, parse};
use std::path::Path;
use std::process::Command;

fn verdict(world: &World, bytes: &[u8]) -> String {
    let class = match parse(bytes, &ParseOptions::default()) {
        Ok(class) => class,
        Err(error) => return error.to_string(),
    };
    match verify_class(&class, &mut View::new(world, &class)) {
        Ok(()) => "ok".to_owned(),
        Err(VerifyError::Hierarchy(name)) => format!("java.lang.NoClassDefFoundError: {name}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn messages_are_those_of_hotspot() {
    let jdk17 = support::jdk_homes().into_iter().find(|home| {
        let release = std::fs::read_to_string(home.join("release")).unwrap_or_default();
        release.contains("JAVA_VERSION=\"17") && home.join("bin/java").is_file()
    });
    let Some(home) = jdk17 else {
        eprintln!("SKIPPED: no JDK 17");
        return;
    };
    let directory = std::env::temp_dir().join(format!("peaberry-broken-classes-{}", std::process::id()));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify_messages/Broken.java");
    let output = Command::new(home.join("bin/java"))
        .arg("--add-exports=java.base/jdk.internal.org.objectweb.asm=ALL-UNNAMED")
        .arg(source)
        .arg(&directory)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let world = World::of_jdk(&home, |module| module == b"java.base");
    let expected = std::fs::read_to_string(directory.join("expected.txt")).unwrap();
    let (mut cases, mut wrong) = (0, Vec::new());
    for case in expected.split("=== ").skip(1) {
        let (name, expected) = case.split_once('\n').unwrap();
        let bytes = std::fs::read(directory.join(format!("{name}.class"))).unwrap();
        let mut found = verdict(&world, &bytes);
        if !found.ends_with('\n') {
            found.push('\n');
        }
        cases += 1;
        if found != expected {
            wrong.push(format!("=== {name}\n--- HotSpot\n{expected}--- Peaberry\n{found}"));
        }
    }
    let _ = std::fs::remove_dir_all(&directory);
    assert!(cases > 300);
    assert!(
        wrong.is_empty(),
        "{} of {cases} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
