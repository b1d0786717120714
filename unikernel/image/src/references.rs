//! What class files refer to: packages, and members that tell that a provider of a service will be asked for.

use peaberry_classfile::archive::Zip;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// What was found.
#[derive(Default)]
pub struct References {
    /// Packages (with slashes) of classes referred to.
    pub packages: BTreeSet<String>,
    /// Classes and members referred to, as `java/util/Locale` and `java/util/Locale.GERMAN`, of those that a rule asks for.
    pub members: BTreeSet<String>,
    /// Class files looked at.
    pub classes: usize,
}

/// Archives in archives, as some programs are packed, to this depth.
const DEEPEST: usize = 3;

impl References {
    /// Looks at a file of the application's: a class file, or an archive with class files in it. Others have no references.
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        self.add_nested(name, bytes, 0);
    }

    fn add_nested(&mut self, name: &str, bytes: &[u8], depth: usize) {
        if name.ends_with(".class") {
            self.add_class(bytes);
        } else if bytes.starts_with(b"PK\x03\x04") && depth < DEEPEST {
            let Ok(zip) = Zip::from_bytes(Path::new(name), Arc::from(bytes)) else {
                return;
            };
            let nested = |name: &&str| [".class", ".jar", ".war", ".zip"].iter().any(|end| name.ends_with(end));
            for name in zip.names().filter(nested) {
                if let Ok(Some(bytes)) = zip.read(name) {
                    self.add_nested(name, &bytes, depth + 1);
                }
            }
        }
    }

    /// Looks at a class file's constants. What is damaged refers to nothing from there on.
    fn add_class(&mut self, bytes: &[u8]) {
        let Some(pool) = Pool::read(bytes) else { return };
        self.classes += 1;
        for index in 0..pool.entries.len() {
            let Some((tag, first, second)) = pool.words(index) else {
                continue;
            };
            match tag {
                CLASS => self.add_type(pool.utf8(first)),
                NAME_AND_TYPE => self.add_descriptor(pool.utf8(second)),
                METHOD_TYPE => self.add_descriptor(pool.utf8(first)),
                FIELD | METHOD | INTERFACE_METHOD => {
                    let class = pool
                        .words(first)
                        .map(|(_, name, _)| pool.utf8(name))
                        .unwrap_or_default();
                    let name = pool
                        .words(second)
                        .map(|(_, name, _)| pool.utf8(name))
                        .unwrap_or_default();
                    if class.starts_with("java/") {
                        self.members.insert(class.to_owned());
                        self.members.insert(format!("{class}.{name}"));
                    }
                }
                // Descriptors of the class's own fields and methods are text alone.
                UTF8 => {
                    let text = pool.utf8(index);
                    if text.starts_with('(') || text.ends_with(';') {
                        self.add_descriptor(text);
                    }
                }
                _ => {}
            }
        }
    }

    fn add_type(&mut self, name: &str) {
        match name.starts_with('[') {
            true => self.add_descriptor(name),
            false => self.add_package_of(name),
        }
    }

    fn add_descriptor(&mut self, descriptor: &str) {
        let mut rest = descriptor;
        while let Some(start) = rest.find('L') {
            let Some(length) = rest[start..].find(';') else { return };
            self.add_package_of(&rest[start + 1..start + length]);
            rest = &rest[start + length + 1..];
        }
    }

    fn add_package_of(&mut self, class: &str) {
        if let Some((package, _)) = class.rsplit_once('/')
            && !self.packages.contains(package)
        {
            self.packages.insert(package.to_owned());
        }
    }
}

const UTF8: u8 = 1;
const CLASS: u8 = 7;
const FIELD: u8 = 9;
const METHOD: u8 = 10;
const INTERFACE_METHOD: u8 = 11;
const NAME_AND_TYPE: u8 = 12;
const METHOD_TYPE: u8 = 16;

/// A constant pool, whatever the version of the class file.
struct Pool<'a> {
    bytes: &'a [u8],
    /// Where the entries begin, with their tags; 0 for none.
    entries: Vec<usize>,
}

impl<'a> Pool<'a> {
    fn read(bytes: &'a [u8]) -> Option<Pool<'a>> {
        let word = |at: usize| {
            bytes
                .get(at..at + 2)
                .map(|pair| usize::from(u16::from_be_bytes([pair[0], pair[1]])))
        };
        if bytes.get(..4)? != 0xcafe_babe_u32.to_be_bytes() {
            return None;
        }
        let count = word(8)?;
        let (mut entries, mut at) = (vec![0], 10);
        while entries.len() < count {
            entries.push(at);
            at += match *bytes.get(at)? {
                UTF8 => 3 + word(at + 1)?,
                3 | 4 | FIELD | METHOD | INTERFACE_METHOD | NAME_AND_TYPE | 17 | 18 => 5,
                5 | 6 => {
                    entries.push(0);
                    9
                }
                CLASS | 8 | METHOD_TYPE | 19 | 20 => 3,
                15 => 4,
                _ => return None,
            };
        }
        Some(Pool { bytes, entries })
    }

    /// An entry's tag and the two words behind it; for entries with one word, the second means nothing.
    fn words(&self, index: usize) -> Option<(u8, usize, usize)> {
        let at = *self.entries.get(index).filter(|&&at| at != 0)?;
        let word = |at: usize| {
            self.bytes
                .get(at..at + 2)
                .map(|pair| usize::from(u16::from_be_bytes([pair[0], pair[1]])))
        };
        Some((self.bytes[at], word(at + 1)?, word(at + 3).unwrap_or(0)))
    }

    fn utf8(&self, index: usize) -> &'a str {
        let text = self
            .words(index)
            .filter(|(tag, ..)| *tag == UTF8)
            .and_then(|(_, length, _)| {
                let start = self.entries[index] + 3;
                std::str::from_utf8(self.bytes.get(start..start + length)?).ok()
            });
        text.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class_writer::{ClassWriter, STATIC};

    #[test]
    fn references_of_all_kinds_are_found() {
        let mut class = ClassWriter::new(61, "app/Main", "lib/Base", &["lib/more/Face"]);
        class.method(STATIC, "run", "([Lin/array/A;Lin/second/B;)V", |code| {
            code.field("java/util/Locale", "GERMAN", "Ljava/util/Locale;");
            code.call_static("[[Lof/array/C;", "clone", "()Lout/D;");
            code.return_object();
        });
        let bytes = class.finish().expect("class");
        let mut references = References::default();
        references.add("Main.class", &bytes);
        let found: Vec<&str> = references.packages.iter().map(String::as_str).collect();
        let expected = [
            "app",
            "in/array",
            "in/second",
            "java/util",
            "lib",
            "lib/more",
            "of/array",
            "out",
        ];
        assert_eq!(found, expected);
        assert!(references.members.contains("java/util/Locale.GERMAN"));
        assert_eq!(references.classes, 1);
        for end in 0..bytes.len() {
            References::default().add("Main.class", &bytes[..end]);
        }
        for at in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0xff;
            References::default().add("Main.class", &bytes);
        }
    }
}
