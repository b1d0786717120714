//! Java class files: from bytes to a checked, borrowed model, and the places they come from.
//!
//! This crate is a leaf: it knows the class-file format (JVMS chapters 4 and 6) and the containers class files travel
//! in. It must never know a runtime type, an object, a class loader or an operating-system service beyond mapping a
//! file to read it.

#[macro_use]
pub mod opcodes;
pub mod analysis;
pub mod archive;
pub mod descriptors;
pub mod dump;
pub mod model;
pub mod mutf8;
pub mod reader;
pub mod verifier;

pub use model::{ClassFile, CodeAttribute, Constant, ConstantPool, Field, Method};
pub use opcodes::{Opcode, op};
pub use reader::{ErrorKind, ParseError, ParseOptions, parse};
