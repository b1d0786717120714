//! The compiler: bytecode to native code. For now the boundary alone: what the compiler asks the runtime
//! ([`query::Runtime`]), so that profiles and metadata are kept in a shape it can use.
//!
//! It knows bytecode and object layout. It must never name a runtime type: a file test can fake the runtime behind the
//! trait.

pub mod query;
