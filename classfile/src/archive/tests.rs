use super::*;
use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, ZipWriter};
use std::io::{Cursor, Write};
use std::sync::Arc;

fn jar(entries: &[(&str, &str)], method: CompressionMethod) -> Zip {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default().compression_method(method))
            .unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    Zip::from_bytes(Path::new("test.jar"), bytes.into()).unwrap()
}

const MANIFEST: &str =
    "Manifest-Version: 1.0\r\nMain-Class: a.very.long\r\n .Name\r\nmulti-release: TRUE\r\n\r\nName: x\r\n";

#[test]
fn entries_and_listing() {
    let long = "x".repeat(100_000);
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let jar = jar(&[("a/b.txt", "text"), ("a/c/d.txt", ""), ("e", &long)], method);
        assert_eq!(jar.read("a/b.txt").unwrap().unwrap(), b"text");
        assert_eq!(jar.read("a/c/d.txt").unwrap().unwrap(), b"");
        assert_eq!(jar.read("e").unwrap().unwrap(), long.as_bytes());
        assert_eq!(jar.read("f").unwrap(), None);
        assert_eq!(jar.entry("e").unwrap().unwrap().size, 100_000);
        assert_eq!(jar.list(""), ["a/", "e"]);
        assert_eq!(jar.list("a"), ["b.txt", "c/"]);
        assert_eq!(jar.len(), 3);
    }
}

#[test]
fn manifest_lines_are_joined() {
    let manifest = Manifest::parse(MANIFEST.as_bytes());
    assert_eq!(manifest.get("main-class"), Some("a.very.long.Name"));
    assert_eq!(manifest.iter().count(), 3);
    assert_eq!(Manifest::parse(b"").iter().count(), 0);
    assert_eq!(Manifest::parse(b" odd\nA:b").get("A"), Some("b"));
}

#[test]
fn multi_release() {
    let entries = [
        ("META-INF/MANIFEST.MF", MANIFEST),
        ("A.class", "base"),
        ("META-INF/versions/11/A.class", "11"),
        ("META-INF/versions/21/A.class", "21"),
        ("META-INF/versions/11/B.class", "new"),
        ("META-INF/versions/8/A.class", "never"),
    ];
    let jar = jar(&entries, CompressionMethod::Stored);
    assert_eq!(jar.versioned_name("A.class", 8).as_deref(), Some("A.class"));
    assert_eq!(jar.versioned_name("A.class", 10).as_deref(), Some("A.class"));
    assert_eq!(
        jar.versioned_name("A.class", 17).as_deref(),
        Some("META-INF/versions/11/A.class")
    );
    assert_eq!(
        jar.versioned_name("A.class", 25).as_deref(),
        Some("META-INF/versions/21/A.class")
    );
    assert_eq!(jar.versioned_name("B.class", 10), None);
    let plain = self::jar(&entries[1..], CompressionMethod::Stored);
    assert_eq!(plain.versioned_name("A.class", 17).as_deref(), Some("A.class"));
}

#[test]
fn what_is_no_archive() {
    for bytes in [&b""[..], b"PK", b"JM\x01\x00", &[0; 5000]] {
        assert!(Zip::from_bytes(Path::new("bad.jar"), Arc::from(bytes)).is_err());
    }
    assert!(matches!(
        Zip::open(Path::new("/no/such/file")),
        Err(ArchiveError::Io { .. })
    ));
    assert!(matches!(
        JImage::open(Path::new("/no/such/file")),
        Err(ArchiveError::Io { .. })
    ));
    assert!(Jmod::open(Path::new("/dev/null")).is_err());
    assert!(Zip::open(Path::new("/")).is_err());
    assert!(JImage::open(Path::new("/")).is_err());
}

#[test]
fn inflate_is_bounded() {
    assert_eq!(inflate::inflate(&[0; 10], u64::MAX, false), None);
    assert_eq!(inflate::inflate(b"\x03\x00", 0, false), Some(Vec::new()));
    assert_eq!(inflate::inflate(b"\x03\x00", 5, false), None);
    assert_eq!(inflate::inflate(b"", 5, false), None);
}

#[test]
fn inflate_takes_what_is_whole() {
    let block = &b"\x01\x05\x00\xfa\xffhello"[..];
    let hello = || Some(b"hello".to_vec());
    assert_eq!(inflate::inflate(block, 5, false), hello());
    assert_eq!(inflate::inflate(&[block, b"behind"].concat(), 5, false), hello());
    assert_eq!(inflate::inflate(block, 4, false), None);
    assert_eq!(inflate::inflate(block, 6, false), None);
    assert_eq!(inflate::inflate(&block[..9], 5, false), None);
    let with_header = |sum: &[u8]| inflate::inflate(&[b"\x78\x01", block, sum].concat(), 5, true);
    assert_eq!(with_header(b"\x06\x2c\x02\x15"), hello());
    assert_eq!(with_header(b"\x06\x2c\x02\x16"), None);
    assert_eq!(with_header(b""), None);
    assert_eq!(inflate::inflate(block, 5, true), None);
}
