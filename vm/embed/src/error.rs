//! What can go wrong for an embedder.

use crate::class::Reference;
use std::fmt;

/// An error of the embedding API.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No usable class library.
    #[error("{0}")]
    ClassLibrary(String),
    /// An option has an impossible value.
    #[error("{0}")]
    Option(String),
    /// The VM's memory could not be had.
    #[error("{0}")]
    Memory(String),
    /// The class library did not initialize.
    #[error("the class library did not initialize: {0}")]
    Boot(String),
    /// The boot layer of modules could not be made; the class library has said why on standard error.
    #[error("the boot layer did not initialize")]
    BootLayer,
    /// An agent did not start: the trace of what it threw.
    #[error("{0}")]
    Agent(String),
    /// A Java exception left the called method.
    #[error("{0}")]
    Exception(JavaException),
    /// No such class, method or field.
    #[error("{0}")]
    NotFound(String),
    /// Arguments do not fit the method's descriptor.
    #[error("{0}")]
    Argument(String),
    /// The VM has ended (`System.exit`), with this exit code.
    #[error("the VM has exited with code {0}")]
    Exited(i32),
}

/// A Java exception as a Rust value.
#[derive(Clone, Debug)]
pub struct JavaException {
    /// Class name, with dots.
    pub class: String,
    /// `getMessage()`.
    pub message: Option<String>,
    /// The lines `printStackTrace` would print.
    pub stack_trace: String,
    /// The exception object.
    pub object: Reference,
}

impl fmt::Display for JavaException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.class)?;
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}
