//! Writes a jimage, the form of a JDK's `lib/modules`, which the VM and the class library read.
//!
//! Behind the header lie a redirect table and an offset table with a word for each slot, the locations, the strings and the
//! resources. A name's hash says which word of the redirect table tells its slot: the slot itself, negative, when nothing
//! else has that hash, or else another seed for the hash, by which all names that share it have slots of their own.
//! Besides resources there is a directory tree in it for the file system `jrt:/`: `/modules/…`, whose contents are the
//! locations of what is in a directory, and `/packages/…`, whose contents are modules.

use libdeflater::{CompressionLvl, Compressor};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const MAGIC: u32 = 0xcafe_dada;
const VERSION: u32 = 1 << 16;
const HASH_MULTIPLIER: u32 = 0x0100_0193;
const COMPRESSED_MAGIC: u32 = 0xcafe_fafa;

/// The attributes of a location have numbers, in this order: module, parent, base, extension, offset, compressed size, size.
const MODULE: u8 = 1;
const ATTRIBUTES: usize = 7;

/// A resource to be written.
pub struct Resource {
    /// Its module.
    pub module: String,
    /// Its path within the module.
    pub path: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Compress it, if that makes it shorter.
    pub compress: bool,
}

/// Strings, each once, each with a zero byte behind it.
struct Strings {
    bytes: Vec<u8>,
    places: HashMap<String, u32>,
}

impl Strings {
    fn new() -> Strings {
        Strings {
            bytes: vec![0],
            places: HashMap::from([(String::new(), 0)]),
        }
    }

    fn add(&mut self, text: &str) -> u32 {
        if let Some(&place) = self.places.get(text) {
            return place;
        }
        let place = self.bytes.len() as u32;
        self.bytes.extend(text.as_bytes());
        self.bytes.push(0);
        self.places.insert(text.to_owned(), place);
        place
    }
}

struct Location {
    /// What is hashed. All are different.
    name: String,
    /// Values of the attributes from [`MODULE`] on.
    attributes: [u64; ATTRIBUTES],
}

fn hash(name: &str, seed: u32) -> u32 {
    let step = |value: u32, byte: &u8| value.wrapping_mul(HASH_MULTIPLIER) ^ u32::from(*byte);
    name.as_bytes().iter().fold(seed, step) & 0x7fff_ffff
}

/// The image's bytes; resources lie in it in the order given. `None` when it would be too big for the format.
pub fn write(resources: &[Resource]) -> Option<Vec<u8>> {
    let mut strings = Strings::new();
    let mut contents = Vec::new();
    let mut locations = Vec::new();
    // Packed once, read at each start: as small as it gets.
    let mut compressor = Compressor::new(CompressionLvl::best());
    for resource in resources {
        let offset = contents.len() as u64;
        let packed = resource
            .compress
            .then(|| compressed(&resource.content, &mut compressor, &mut strings))
            .flatten();
        let compressed_size = packed.as_ref().map_or(0, Vec::len) as u64;
        contents.extend_from_slice(packed.as_ref().unwrap_or(&resource.content));
        let (parent, file) = resource.path.rsplit_once('/').unwrap_or(("", &resource.path));
        let (base, extension) = file.rsplit_once('.').unwrap_or((file, ""));
        let mut string = |text: &str| u64::from(strings.add(text));
        locations.push(Location {
            name: format!("/{}/{}", resource.module, resource.path),
            attributes: [
                string(&resource.module),
                string(parent),
                string(base),
                string(extension),
                offset,
                compressed_size,
                resource.content.len() as u64,
            ],
        });
    }
    let tree = tree(resources);
    let mut at = contents.len() as u64;
    for (path, node) in &tree {
        let (module, base) = match path[1..].split_once('/') {
            Some((top, rest)) => (top, rest),
            None => ("", path.as_str()),
        };
        let size = node.size();
        let mut string = |text: &str| u64::from(strings.add(text));
        locations.push(Location {
            name: path.clone(),
            attributes: [string(module), 0, string(base), 0, at, 0, size],
        });
        at += size;
    }
    let table = Table::new(&locations)?;
    let mut attributes = vec![0];
    let mut places = vec![0u32; locations.len()];
    for &index in table.order.iter().flatten() {
        places[index] = attributes.len() as u32;
        push_attributes(&mut attributes, &locations[index].attributes);
    }
    let by_name: HashMap<&str, u32> = locations
        .iter()
        .map(|one| one.name.as_str())
        .zip(places.iter().copied())
        .collect();
    for node in tree.values() {
        match node {
            Node::Directory(children) => {
                for child in children {
                    contents.extend(by_name.get(child.as_str())?.to_le_bytes());
                }
            }
            Node::Package(modules) => {
                for (module, &empty) in modules {
                    contents.extend(u32::from(empty).to_le_bytes());
                    contents.extend(strings.add(module).to_le_bytes());
                }
            }
        }
    }
    attributes.resize(attributes.len().next_multiple_of(4), 0);
    strings.bytes.resize(strings.bytes.len().next_multiple_of(4), 0);
    let words = [
        MAGIC,
        VERSION,
        0,
        locations.len() as u32,
        table.order.len() as u32,
        u32::try_from(attributes.len()).ok()?,
        u32::try_from(strings.bytes.len()).ok()?,
    ];
    let redirect = table.redirect.iter().map(|&word| word as u32);
    // The first location is empty, for slots without any.
    let offsets = table.order.iter().map(|slot| slot.map_or(0, |index| places[index]));
    let mut image =
        Vec::with_capacity(contents.len() + attributes.len() + strings.bytes.len() + locations.len() * 8 + 28);
    for word in words.into_iter().chain(redirect).chain(offsets) {
        image.extend(word.to_le_bytes());
    }
    image.extend(attributes);
    image.extend(strings.bytes);
    image.extend(contents);
    Some(image)
}

/// Bytes that a resource has when it is compressed, or as it is, when that does not pay.
pub fn packed_size(content: &[u8]) -> u64 {
    let mut compressor = Compressor::new(CompressionLvl::best());
    let packed = compressed(content, &mut compressor, &mut Strings::new());
    packed.map_or(content.len(), |packed| packed.len()) as u64
}

/// A resource with the header of compressed ones, when that pays.
fn compressed(content: &[u8], compressor: &mut Compressor, strings: &mut Strings) -> Option<Vec<u8>> {
    let mut body = vec![0; compressor.zlib_compress_bound(content.len())];
    let length = compressor.zlib_compress(content, &mut body).ok()?;
    body.truncate(length);
    let mut packed = Vec::with_capacity(body.len() + 29);
    packed.extend(COMPRESSED_MAGIC.to_le_bytes());
    packed.extend((body.len() as u64).to_le_bytes());
    packed.extend((content.len() as u64).to_le_bytes());
    packed.extend(strings.add("zip").to_le_bytes());
    // No settings of the compressor's; and no other one was before it.
    packed.extend(u32::MAX.to_le_bytes());
    packed.push(1);
    packed.extend(body);
    (packed.len() < content.len() / 8 * 7).then_some(packed)
}

fn push_attributes(bytes: &mut Vec<u8>, values: &[u64]) {
    for (kind, &value) in (MODULE..).zip(values) {
        if value != 0 {
            let length = 8 - value.leading_zeros() as usize / 8;
            bytes.push(kind << 3 | (length - 1) as u8);
            bytes.extend(&value.to_be_bytes()[8 - length..]);
        }
    }
    bytes.push(0);
}

/// A node of the directory tree.
enum Node {
    /// Names of what is in it.
    Directory(BTreeSet<String>),
    /// Modules, and whether it is empty in them.
    Package(BTreeMap<String, bool>),
}

impl Node {
    fn size(&self) -> u64 {
        match self {
            Node::Directory(children) => children.len() as u64 * 4,
            Node::Package(modules) => modules.len() as u64 * 8,
        }
    }
}

fn tree(resources: &[Resource]) -> BTreeMap<String, Node> {
    let mut directories: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut packages: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
    directories.insert("/modules".to_owned(), BTreeSet::new());
    directories.insert("/packages".to_owned(), BTreeSet::new());
    for Resource { module, path, .. } in resources {
        // Each directory is in the one above it; a resource is named without `/modules`.
        let mut child = format!("/{module}/{path}");
        let mut directory = path.rsplit_once('/').map(|(directory, _)| directory);
        let mut empty = false;
        while let Some(inner) = directory {
            let whole = format!("/modules/{module}/{inner}");
            directories.entry(whole.clone()).or_default().insert(child);
            child = whole;
            if !inner.starts_with("META-INF") {
                let package = packages.entry(inner.replace('/', ".")).or_default();
                *package.entry(module.clone()).or_insert(true) &= empty;
            }
            empty = true;
            directory = inner.rsplit_once('/').map(|(above, _)| above);
        }
        let top = format!("/modules/{module}");
        directories.entry(top.clone()).or_default().insert(child);
        directories.entry("/modules".to_owned()).or_default().insert(top);
    }
    let names = packages.keys().map(|package| format!("/packages/{package}"));
    directories.entry("/packages".to_owned()).or_default().extend(names);
    let mut tree: BTreeMap<String, Node> = directories
        .into_iter()
        .map(|(path, children)| (path, Node::Directory(children)))
        .collect();
    tree.extend(
        packages
            .into_iter()
            .map(|(name, modules)| (format!("/packages/{name}"), Node::Package(modules))),
    );
    tree
}

/// The redirect table, and which location each slot has.
struct Table {
    redirect: Vec<i32>,
    order: Vec<Option<usize>>,
}

/// Seeds that are tried for a set of names before there are to be more slots: for some numbers of slots, no seed tells two
/// names apart.
const MOST_SEEDS: i32 = 10_000;

impl Table {
    /// As many slots as there are names, or a few more. `None` when two names are the same.
    fn new(locations: &[Location]) -> Option<Table> {
        let names: BTreeSet<&str> = locations.iter().map(|one| one.name.as_str()).collect();
        if names.len() < locations.len() {
            return None;
        }
        let mut count = locations.len();
        loop {
            if let Some(table) = Table::with_slots(locations, u32::try_from(count).ok()?) {
                return Some(table);
            }
            count = (count + 1) | 1;
        }
    }

    fn with_slots(locations: &[Location], count: u32) -> Option<Table> {
        let mut buckets = vec![Vec::new(); count as usize];
        for (index, location) in locations.iter().enumerate() {
            buckets[(hash(&location.name, HASH_MULTIPLIER) % count) as usize].push(index);
        }
        let mut by_size: Vec<usize> = (0..count as usize)
            .filter(|&bucket| !buckets[bucket].is_empty())
            .collect();
        by_size.sort_by_key(|&bucket| std::cmp::Reverse(buckets[bucket].len()));
        let mut redirect = vec![0; count as usize];
        let mut order: Vec<Option<usize>> = vec![None; count as usize];
        let mut free = 0;
        for bucket in by_size {
            let members = &buckets[bucket];
            if let &[only] = members.as_slice() {
                while order[free].is_some() {
                    free += 1;
                }
                order[free] = Some(only);
                redirect[bucket] = -1 - free as i32;
                continue;
            }
            // A seed under which all of them fall on free slots, each on one of its own.
            let seed = (1..MOST_SEEDS).find(|&seed| {
                let slot = |&index: &usize| (hash(&locations[index].name, seed as u32) % count) as usize;
                let slots: Vec<usize> = members.iter().map(slot).collect();
                let distinct: BTreeSet<&usize> = slots.iter().collect();
                let fits = distinct.len() == slots.len() && slots.iter().all(|&slot| order[slot].is_none());
                if fits {
                    let both = slots.iter().zip(members);
                    both.for_each(|(&slot, &index)| order[slot] = Some(index));
                }
                fits
            })?;
            redirect[bucket] = seed;
        }
        Some(Table { redirect, order })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use peaberry_classfile::archive::JImage;

    fn resource(module: &str, path: &str, content: &[u8]) -> Resource {
        Resource {
            module: module.to_owned(),
            path: path.to_owned(),
            content: content.to_vec(),
            compress: true,
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let long = b"all work and no play ".repeat(500);
        let mut resources = vec![
            resource("java.base", "java/lang/Object.class", &long),
            resource("java.base", "java/lang/String.class", b"short"),
            resource("java.base", "module-info.class", b""),
            resource("other", "META-INF/services/x.y", b"z"),
            resource("other", "a/b/c/plain", b"text"),
            resource("other", "java/more/Thing.class", b"?"),
        ];
        for number in 0..3000 {
            resources.push(resource(
                "many",
                &format!("p{}/C{number}.class", number % 17),
                &[number as u8; 9],
            ));
        }
        let bytes = write(&resources).expect("write");
        let path = std::env::temp_dir().join(format!("peaberry-jimage-{}", std::process::id()));
        std::fs::write(&path, &bytes).expect("write");
        let image = JImage::open(&path).expect("open");
        std::fs::remove_file(&path).expect("remove");
        for Resource {
            module, path, content, ..
        } in &resources
        {
            let found = image
                .find(module.as_bytes(), path.as_bytes())
                .unwrap_or_else(|| panic!("{path}"));
            assert_eq!(&*image.bytes(&found).expect("bytes"), content.as_slice(), "{path}");
        }
        assert!(bytes.len() < 3_000 * 100 + long.len());
        assert!(image.find(b"many", b"p1/C0.class").is_none());
        let modules: Vec<_> = image.modules().into_iter().map(String::from_utf8_lossy).collect();
        assert_eq!(modules, ["java.base", "many", "other"]);
        let module_of = |package: &str| image.package_to_module(package.as_bytes()).map(String::from_utf8_lossy);
        assert_eq!(module_of("java/lang").as_deref(), Some("java.base"));
        assert_eq!(module_of("java/more").as_deref(), Some("other"));
        assert_eq!(
            (module_of("java"), module_of("a/b"), module_of("none")),
            (None, None, None)
        );
        let twice = [resource("a", "b", b""), resource("a", "b", b"")];
        assert!(write(&twice).is_none() && write(&[]).is_some());
    }
}
