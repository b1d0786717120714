//! Why a class file was rejected.

use thiserror::Error;

/// The Java exception a rejected class file is reported with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The bytes are no class file.
    ClassFormatError,
    /// Its version is newer than `max_major`, or a preview version that is not enabled.
    UnsupportedClassVersionError,
    /// It defines another class than the one asked for, or is a module descriptor.
    NoClassDefFoundError,
}

impl ErrorKind {
    /// Internal name of the exception class.
    pub fn exception_class(self) -> &'static str {
        match self {
            ErrorKind::ClassFormatError => "java/lang/ClassFormatError",
            ErrorKind::UnsupportedClassVersionError => "java/lang/UnsupportedClassVersionError",
            ErrorKind::NoClassDefFoundError => "java/lang/NoClassDefFoundError",
        }
    }
}

/// A rejected class file: which exception to throw, and its message, worded as HotSpot's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}: {message}", kind.exception_class().replace('/', "."))]
pub struct ParseError {
    /// Exception class.
    pub kind: ErrorKind,
    /// Exception message.
    pub message: String,
}

impl ParseError {
    #[cold]
    pub(crate) fn new(kind: ErrorKind, message: String) -> Self {
        Self { kind, message }
    }
}
