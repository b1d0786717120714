use super::*;
use peaberry_package::{ADDRESS, Item};
use std::path::PathBuf;

/// An ELF file with nothing but a package in it.
fn elf_around(package: &[u8], offset: u64, length: u64) -> Vec<u8> {
    let mut bytes = vec![0; ALIGNMENT as usize];
    bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
    bytes[32..40].copy_from_slice(&64u64.to_le_bytes());
    bytes[54] = elf::SEGMENT as u8;
    bytes[56] = 1;
    bytes[64] = 1;
    bytes[64 + 8..][..8].copy_from_slice(&offset.to_le_bytes());
    bytes[64 + 24..][..8].copy_from_slice(&ADDRESS.to_le_bytes());
    bytes[64 + 32..][..8].copy_from_slice(&length.to_le_bytes());
    bytes.extend(package);
    bytes
}

fn packed() -> Vec<u8> {
    let item = |path, kind, content| Item {
        path,
        kind,
        mode: 0o755,
        content,
    };
    let items = [
        item("/.peaberry", Kind::Directory, &b""[..]),
        item("/.peaberry/arguments", Kind::File, b"peaberry\0two words\0"),
        item("/app", Kind::Directory, b""),
        item("/app/deep", Kind::Directory, b""),
        item("/app/deep/file", Kind::File, b"content"),
        item("/app/down", Kind::Link, b"deep"),
        item("/app/loop", Kind::Link, b"loop"),
        item("/app/out", Kind::Link, b"/../../.peaberry/arguments"),
        item("/app/round", Kind::Link, b"../app/./down/file"),
        item("/app.txt", Kind::File, b"beside"),
    ];
    let mut items = items.to_vec();
    items.sort_by_key(|item| item.path);
    let mut bytes = Vec::new();
    peaberry_package::write(&items, 0, |piece| {
        bytes.extend_from_slice(piece);
        Ok::<(), ()>(())
    })
    .expect("a Vec takes everything");
    bytes
}

fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("peaberry-image-{name}-{}", std::process::id()));
    std::fs::write(&path, bytes).expect("write");
    path
}

fn parts(path: &str) -> Vec<Vec<u8>> {
    path.split('/').map(|part| part.as_bytes().to_vec()).collect()
}

#[test]
fn paths_lead_where_links_do_and_not_to_what_is_hidden() {
    let package = packed();
    let path = file("paths", &elf_around(&package, ALIGNMENT, package.len() as u64));
    assert!(Image::is_image(&path));
    let image = Image::open(&path).expect("open");
    std::fs::remove_file(&path).expect("remove");
    let find = |path: &str, follow| {
        let node = image.look_up(&parts(path), follow);
        node.map(|node| String::from_utf8_lossy(&node.path).into_owned())
    };
    for (path, leads) in [
        ("/", ""),
        ("/app", "/app"),
        ("/app/deep/file", "/app/deep/file"),
        ("/app/down/file", "/app/deep/file"),
        ("/app/round", "/app/deep/file"),
        ("/app/down", "/app/deep"),
    ] {
        assert_eq!(find(path, true).as_deref(), Ok(leads), "{path}");
    }
    assert_eq!(find("/app/down", false).as_deref(), Ok("/app/down"));
    for (path, error) in [
        ("/app/none", libc::ENOENT),
        ("/app/deep/file/more", libc::ENOTDIR),
        ("/app/loop", libc::ELOOP),
        ("/app/out", libc::ENOENT),
        ("/.peaberry", libc::ENOENT),
        ("/.peaberry/arguments", libc::ENOENT),
    ] {
        assert_eq!(find(path, true), Err(Errno(error)), "{path}");
    }
    let names = |path: &str| {
        let directory = image.node(path.as_bytes()).expect("directory");
        let names = image
            .children(directory)
            .map(|(name, _)| String::from_utf8_lossy(name).into_owned());
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        [names(""), names("/app"), names("/app/deep")],
        ["app app.txt", "deep down loop out round", "file"]
    );
    assert_eq!(
        image.lines(peaberry_package::ARGUMENTS).expect("lines"),
        ["peaberry", "two words"]
    );
    assert!(image.text(peaberry_package::CONFIGURATION).is_err());
}

#[test]
fn damage_is_an_error() {
    let package = packed();
    let length = package.len() as u64;
    let whole = elf_around(&package, ALIGNMENT, length);
    let open = |name: &str, bytes: &[u8]| {
        let path = file(name, bytes);
        let opened = Image::open(&path).err().map(|error| error.to_string());
        std::fs::remove_file(&path).expect("remove");
        opened.unwrap_or_default().replace(&path.display().to_string(), "FILE")
    };
    let cut_off = "FILE is a damaged image: the package is cut off";
    assert_eq!(open("cut", &whole[..whole.len() - 1]), cut_off);
    assert_eq!(open("short", &whole[..5000]), cut_off);
    assert_eq!(open("far", &elf_around(&package, u64::MAX - 4095, length)), cut_off);
    assert_eq!(open("odd", &elf_around(&package, ALIGNMENT + 8, length - 8)), cut_off);
    assert_eq!(open("empty", &elf_around(&package, ALIGNMENT, 0)), cut_off);
    assert_eq!(
        open("tiny", &elf_around(&package, ALIGNMENT, 10)),
        "FILE is a damaged image: not a package"
    );
    assert_eq!(open("nothing", b""), "FILE is no image of Peaberry's");
    assert_eq!(open("text", &[b'x'; 9000]), "FILE is no image of Peaberry's");
    let mut other = whole.clone();
    other[ALIGNMENT as usize + 16] = 9;
    let version = "FILE is a damaged image: a package of version 9, where 1 is understood";
    assert_eq!(open("version", &other), version);
    assert!(matches!(Image::open(Path::new("/")), Err(ImageError::Other(_))));
    assert!(matches!(
        Image::open(Path::new("/no/such")),
        Err(ImageError::Unreadable(..))
    ));
}
