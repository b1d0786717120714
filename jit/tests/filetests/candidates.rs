//! The table of intrinsics against the methods that the class library marks `@IntrinsicCandidate`: `jit/INTRINSICS.md` says
//! which are done and which are not. `PEABERRY_BLESS=1` rewrites it.

use peaberry_classfile::archive::JImage;
use peaberry_classfile::model::MethodFlags;
use peaberry_classfile::model::annotations::annotations;
use peaberry_classfile::reader::{ParseOptions, parse};
use peaberry_jit::compile::CompileOptions;
use peaberry_jit::intrinsics::{find, names};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const VERSION: &str = "JAVA_VERSION=\"17.";
const MARK: &[u8] = b"Ljdk/internal/vm/annotation/IntrinsicCandidate;";

const HEADER: &str = "\
# Intrinsics: which the compiler has

Written by `cargo xtask bless --suite jit` and compared by the compiler's file tests. The methods of `java.base` 17 that
carry `@IntrinsicCandidate`: those done are computed by compiled code itself, or by a function that needs no frame
(`jit/src/intrinsics.rs`). Others are written in Java and so short that they are inlined wherever they are called
(`CompileOptions::inline_bytes`): boxing, for example, needs nothing more; for `sin`, `pow` and their like among them a
function of `stdlib` is called instead. What is not done is called, or inlined when hot, like any method.
";

/// A JDK 17, through `JAVA_HOME` and the usual places.
fn jdk() -> Option<PathBuf> {
    let mut homes: Vec<PathBuf> = std::env::var_os("JAVA_HOME").map(PathBuf::from).into_iter().collect();
    if let Ok(entries) = std::fs::read_dir("/usr/lib/jvm") {
        homes.extend(entries.flatten().map(|entry| entry.path()));
    }
    homes.sort();
    homes.into_iter().find(|home| {
        home.join("lib/modules").is_file()
            && std::fs::read_to_string(home.join("release")).is_ok_and(|release| release.contains(VERSION))
    })
}

/// The marked methods, `class.name descriptor`, and whether they are short.
fn candidates(modules: &Path) -> Result<BTreeMap<String, bool>, String> {
    let image = JImage::open(modules).map_err(|error| error.to_string())?;
    let options = ParseOptions {
        verify: false,
        ..ParseOptions::default()
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut found = BTreeMap::new();
    let limit = CompileOptions::default().inline_bytes as usize;
    for resource in image
        .resources()
        .filter(|resource| resource.module == b"java.base" && resource.extension == b"class")
    {
        let bytes = image.bytes(&resource).map_err(|error| error.to_string())?;
        let Ok(class) = parse(&bytes, &options) else { continue };
        for method in &class.methods {
            let Some(visible) = method.annotations.visible else {
                continue;
            };
            let marked = annotations(visible)
                .map_err(|error| error.to_string())?
                .iter()
                .any(|annotation| class.constant_pool.utf8(annotation.type_index) == Some(MARK));
            if marked {
                let name = format!("{}.{} {}", text(class.name), text(method.name), text(method.descriptor));
                let locks = method.access_flags.contains(MethodFlags::SYNCHRONIZED);
                let short = !locks && method.code.as_ref().is_some_and(|code| code.code.len() <= limit);
                found.insert(name, short);
            }
        }
    }
    Ok(found)
}

fn list(text: &mut String, title: &str, methods: &[&str]) {
    let mut classes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for method in methods {
        let dot = method.find('.').unwrap_or(0);
        classes.entry(&method[..dot]).or_default().push(&method[dot + 1..]);
    }
    let _ = writeln!(text, "\n## {title}: {}\n", methods.len());
    for (class, methods) in classes {
        let methods: Vec<String> = methods
            .iter()
            .map(|method| format!("`{}`", method.replace(' ', "")))
            .collect();
        let _ = writeln!(text, "- {}: {}", class.replace('/', "."), methods.join(", "));
    }
}

#[test]
fn cases_of_the_class_library() {
    let Some(home) = jdk() else {
        eprintln!("SKIPPED: no JDK 17 found (JAVA_HOME, /usr/lib/jvm)");
        return;
    };
    let candidates = candidates(&home.join("lib/modules")).expect("the class library");
    let (done, others): (Vec<&str>, Vec<&str>) = candidates
        .keys()
        .map(String::as_str)
        .partition(|name| find(name).is_some());
    let (inlined, open): (Vec<&str>, Vec<&str>) = others.iter().partition(|name| candidates[**name]);
    let idle: Vec<&str> = names().filter(|name| !candidates.contains_key(*name)).collect();
    let mut text = HEADER.to_owned();
    list(&mut text, "Done", &done);
    list(&mut text, "Inlined as ordinary methods", &inlined);
    list(&mut text, "Not done", &open);
    list(&mut text, "Rows for other releases", &idle);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("INTRINSICS.md");
    if std::env::var_os("PEABERRY_BLESS").is_some() {
        std::fs::write(&path, &text).expect("written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "jit/INTRINSICS.md is not true any more: `cargo xtask bless --suite jit` rewrites it"
    );
}
