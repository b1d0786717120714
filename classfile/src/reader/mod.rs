//! From bytes to [`ClassFile`]: one pass, with the format checks of JVMS §4.8 and HotSpot's messages.

mod error;

pub use error::{ErrorKind, ParseError};

use crate::model::ClassFile;

/// What the parser is to check and to say.
#[derive(Clone, Copy, Debug)]
pub struct ParseOptions<'a> {
    /// Highest major version accepted; for a JDK N it is N + 44.
    pub max_major: u16,
    /// Accept `max_major`.65535 (preview features).
    pub enable_preview: bool,
    /// Check names, flags, descriptors and cross references, as HotSpot does for classes it verifies. The boot
    /// loader's classes are parsed without; bounds and the kinds of constant-pool entries are checked always.
    pub verify: bool,
    /// HotSpot's relaxed checks for boot and platform classes that are not verified (exception-table ranges and
    /// local variable tables of old compilers).
    pub relax: bool,
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
            expected_name: None,
        }
    }
}

/// Parses and checks a class file.
pub fn parse<'a>(bytes: &'a [u8], options: &ParseOptions<'_>) -> Result<ClassFile<'a>, ParseError> {
    let _ = (bytes, options);
    Err(ParseError::new(
        ErrorKind::ClassFormatError,
        "parser is being written".into(),
    ))
}
