//! What the manifest of a jar says belongs to it.

use peaberry_classfile::archive::Zip;
use std::path::{Path, PathBuf};

/// An entry of a jar's `Class-Path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestEntry {
    /// As the manifest has it.
    pub text: String,
    /// The file or directory that it names, from the jar's directory; `None` when it names something else.
    pub path: Option<PathBuf>,
}

/// The entries of `Class-Path` in a jar's manifest, in their order; none of what is no jar.
pub fn manifest_entries(jar: &Path) -> Vec<ManifestEntry> {
    let Ok(zip) = Zip::open(jar) else {
        return Vec::new();
    };
    let value = zip
        .manifest()
        .and_then(|manifest| manifest.get("Class-Path"))
        .unwrap_or_default();
    let entry = |text: &str| ManifestEntry {
        text: text.to_owned(),
        path: path_of(text),
    };
    value.split_whitespace().map(entry).collect()
}

/// The path of a URL of a file's, relative or not.
fn path_of(url: &str) -> Option<PathBuf> {
    let path = match url.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("file") => rest.strip_prefix("//").unwrap_or(rest),
        Some(_) => return None,
        None => url,
    };
    decoded(path).map(PathBuf::from)
}

/// Text with `%20` and the like replaced by what they stand for.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        rest = others;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, others) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = others;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_urls_of_files() {
        for (url, path) in [
            ("lib/a.jar", Some("lib/a.jar")),
            ("../a%20b.jar", Some("../a b.jar")),
            ("file:/srv/a.jar", Some("/srv/a.jar")),
            ("FILE:///srv/a.jar", Some("/srv/a.jar")),
            ("file:a.jar", Some("a.jar")),
            ("http://example.org/a.jar", None),
            ("a%2.jar", None),
            ("a%", None),
            ("%ff", None),
        ] {
            assert_eq!(path_of(url), path.map(PathBuf::from), "{url}");
        }
        assert_eq!(manifest_entries(Path::new("/no/such.jar")), []);
    }
}
