//! Module attributes, read for tools only: a module descriptor is no class.

use super::parser::Parser;
use super::stream::{Result, Stream};
use crate::model::*;

impl<'a> Parser<'a, '_> {
    pub(super) fn parse_module_attribute(
        &self,
        attributes: &mut ClassAttributes<'a>,
        name: &[u8],
        content: &'a [u8],
    ) -> Result<()> {
        let mut stream = Stream::new(content);
        match name {
            b"Module" => {
                self.only_once(attributes.module.is_some(), name)?;
                attributes.module = Some(Box::new(self.parse_module(&mut stream)?));
            }
            b"ModulePackages" => {
                self.only_once(attributes.module_packages.is_some(), name)?;
                attributes.module_packages = Some(self.tagged_list(&mut stream, tag::PACKAGE)?);
            }
            _ => {
                self.only_once(attributes.module_main_class.is_some(), name)?;
                attributes.module_main_class = Some(self.tagged(&mut stream, tag::CLASS)?);
            }
        }
        if !stream.at_end() {
            let name = crate::mutf8::to_string_lossy(name);
            return Err(self.error(format_args!("Wrong {name} attribute length")));
        }
        Ok(())
    }

    fn parse_module(&self, stream: &mut Stream<'a>) -> Result<ModuleAttribute<'a>> {
        let name = self.tagged(stream, tag::MODULE)?;
        let flags = stream.u2()?;
        let version = self.optional_utf8(stream)?;
        let count = stream.u2()?;
        let requires: Table<'a, ModuleRequires> = Table::new(stream.take(usize::from(count) * ModuleRequires::SIZE)?);
        for row in requires.iter() {
            self.check_tag(row.module, tag::MODULE)?;
            if row.version != 0 {
                self.check_tag(row.version, tag::UTF8)?;
            }
        }
        let exports = self.module_packages(stream)?;
        let opens = self.module_packages(stream)?;
        let uses = self.tagged_list(stream, tag::CLASS)?;
        let count = stream.u2()?;
        let mut provides = Vec::new();
        for _ in 0..count {
            let service = self.tagged(stream, tag::CLASS)?;
            provides.push(ModuleProvides {
                service,
                with: self.tagged_list(stream, tag::CLASS)?,
            });
        }
        Ok(ModuleAttribute {
            name,
            flags,
            version,
            requires,
            exports,
            opens,
            uses,
            provides,
        })
    }

    fn module_packages(&self, stream: &mut Stream<'a>) -> Result<Vec<ModulePackage<'a>>> {
        let count = stream.u2()?;
        let mut packages = Vec::new();
        for _ in 0..count {
            let package = self.tagged(stream, tag::PACKAGE)?;
            let flags = stream.u2()?;
            packages.push(ModulePackage {
                package,
                flags,
                to: self.tagged_list(stream, tag::MODULE)?,
            });
        }
        Ok(packages)
    }

    fn tagged_list(&self, stream: &mut Stream<'a>, expected: u8) -> Result<Table<'a, u16>> {
        let count = stream.u2()?;
        let list: Table<'a, u16> = Table::new(stream.take(usize::from(count) * 2)?);
        list.iter().try_for_each(|index| self.check_tag(index, expected))?;
        Ok(list)
    }

    fn tagged(&self, stream: &mut Stream<'a>, expected: u8) -> Result<u16> {
        let index = stream.u2()?;
        self.check_tag(index, expected)?;
        Ok(index)
    }

    fn optional_utf8(&self, stream: &mut Stream<'a>) -> Result<u16> {
        let index = stream.u2()?;
        if index != 0 {
            self.check_tag(index, tag::UTF8)?;
        }
        Ok(index)
    }

    fn check_tag(&self, index: u16, expected: u8) -> Result<()> {
        if self.pool.tag(index) == expected {
            return Ok(());
        }
        Err(self.error(format_args!("Invalid constant pool index {index}")))
    }
}
