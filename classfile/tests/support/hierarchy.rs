//! A class hierarchy of parsed classes, for verifying them.

use peaberry_classfile::model::{ClassFlags, FieldFlags, MethodFlags};
use peaberry_classfile::verifier::{Hierarchy, Member};
use peaberry_classfile::{ClassFile, ParseOptions, archive::JImage, parse};
use std::collections::HashMap;
use std::path::Path;

/// Parsed classes by name.
#[derive(Default)]
pub struct World {
    pub classes: HashMap<&'static [u8], ClassFile<'static>>,
}

impl World {
    /// All classes of a JDK's modules whose name `filter` accepts. They live as long as the test process.
    pub fn of_jdk(home: &Path, filter: impl Fn(&[u8]) -> bool) -> World {
        let image = JImage::open(&home.join("lib/modules")).unwrap();
        let mut world = World::default();
        for resource in image.resources().filter(|resource| resource.extension == b"class") {
            if !filter(resource.module) || matches!(resource.module, b"modules" | b"packages" | b"") {
                continue;
            }
            if resource.base == b"module-info" {
                continue;
            }
            world.add(image.bytes(&resource).unwrap().into_owned());
        }
        world
    }

    /// Parses and adds a class.
    pub fn add(&mut self, bytes: Vec<u8>) -> &'static [u8] {
        let bytes: &'static [u8] = Box::leak(bytes.into_boxed_slice());
        let class = parse(bytes, &ParseOptions::default()).unwrap();
        let name = class.name;
        self.classes.insert(name, class);
        name
    }
}

/// The view of one class on the world.
pub struct View<'w> {
    pub world: &'w World,
    pub current: &'w ClassFile<'w>,
    pub questions: usize,
}

impl<'w> View<'w> {
    pub fn new(world: &'w World, current: &'w ClassFile<'w>) -> Self {
        View {
            world,
            current,
            questions: 0,
        }
    }

    fn class(&self, name: &[u8]) -> Result<&'w ClassFile<'w>, String> {
        if name == self.current.name {
            return Ok(self.current);
        }
        match self.world.classes.get(name) {
            Some(class) => Ok(class),
            None => Err(String::from_utf8_lossy(name).into_owned()),
        }
    }

    fn superclasses(&self, name: &[u8]) -> Result<Vec<&'w ClassFile<'w>>, String> {
        let mut chain = vec![self.class(name)?];
        while let Some(name) = chain.last().and_then(|class| class.super_name) {
            if chain.len() > 1000 {
                return Err("circular".to_owned());
            }
            chain.push(self.class(name)?);
        }
        Ok(chain)
    }
}

fn package(name: &[u8]) -> &[u8] {
    name.iter()
        .rposition(|byte| *byte == b'/')
        .map_or(b"", |at| &name[..at])
}

impl Hierarchy for View<'_> {
    type Error = String;

    fn is_interface(&mut self, class: &[u8]) -> Result<bool, String> {
        self.questions += 1;
        Ok(self.class(class)?.access_flags.contains(ClassFlags::INTERFACE))
    }

    fn is_subclass(&mut self, class: &[u8], superclass: &[u8]) -> Result<bool, String> {
        self.questions += 1;
        self.class(superclass)?;
        Ok(self.superclasses(class)?.iter().any(|class| class.name == superclass))
    }

    fn common_superclass(&mut self, first: &[u8], second: &[u8]) -> Result<Vec<u8>, String> {
        self.questions += 1;
        let others = self.superclasses(second)?;
        let chain = self.superclasses(first)?;
        let common = chain
            .iter()
            .find(|class| others.iter().any(|other| other.name == class.name));
        Ok(common.map_or(b"java/lang/Object".to_vec(), |class| class.name.to_vec()))
    }

    fn is_superclass_of_current(&mut self, class: &[u8]) -> bool {
        let chain = self.superclasses(self.current.name).unwrap_or_default();
        chain.iter().skip(1).any(|other| other.name == class)
    }

    fn is_protected_elsewhere(
        &mut self,
        class: &[u8],
        member: Member,
        name: &[u8],
        descriptor: &[u8],
    ) -> Result<bool, String> {
        self.questions += 1;
        for class in self.superclasses(class)? {
            let protected = match member {
                Member::Field => class
                    .find_field(name, descriptor)
                    .map(|field| field.access_flags.contains(FieldFlags::PROTECTED)),
                Member::Method => class
                    .find_method(name, descriptor)
                    .map(|method| method.access_flags.contains(MethodFlags::PROTECTED)),
            };
            if let Some(protected) = protected {
                return Ok(protected && package(class.name) != package(self.current.name));
            }
        }
        Ok(false)
    }
}
