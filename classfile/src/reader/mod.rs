//! From bytes to [`ClassFile`]: one pass, with the format checks of JVMS §4.8 and HotSpot's messages.

mod class_attributes;
mod code;
mod constant_pool;
mod error;
mod inner_classes;
mod members;
mod module;
pub mod names;
mod parser;
mod stream;

pub use error::{ErrorKind, ParseError};

use crate::model::ClassFile;

/// What the parser is to check and to say.
#[derive(Clone, Copy, Debug)]
pub struct ParseOptions<'a> {
    /// Highest major version accepted; for a JDK N it is N + 44.
    pub max_major: u16,
    /// Accept `max_major`.65535 (preview features).
    pub enable_preview: bool,
    /// Check what HotSpot checks only for classes that it verifies: well-formed UTF-8, names, flags, descriptors of
    /// referenced members, duplicates, local variable tables. Without it the boot loader's classes load faster.
    /// What the rest of the VM relies on is checked always: bounds, lengths, kinds of constant-pool entries,
    /// descriptors of declared members, code and exception-table ranges.
    pub verify: bool,
    /// With `verify`: leave out the check of names, as HotSpot does for trusted loaders.
    pub relax: bool,
    /// Accept module descriptors (ACC_MODULE); they are no classes, so only for tools.
    pub allow_module: bool,
    /// Internal name the class was asked for by. Named in messages until the class's own name is known; a class of
    /// another name is rejected with NoClassDefFoundError.
    pub expected_name: Option<&'a [u8]>,
}

impl Default for ParseOptions<'_> {
    fn default() -> Self {
        Self {
            max_major: 69,
            enable_preview: false,
            verify: true,
            relax: false,
            allow_module: false,
            expected_name: None,
        }
    }
}

/// Parses and checks a class file.
pub fn parse<'a>(bytes: &'a [u8], options: &ParseOptions<'_>) -> Result<ClassFile<'a>, ParseError> {
    parser::Parser::new(bytes, options).parse()
}
