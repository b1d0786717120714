//! The compiler: bytecode to SSA, optimisations, CLIF, machine code.
//!
//! It knows bytecode and object layout. It never names a runtime type: everything it asks goes through
//! [`query::Runtime`], which a file test fakes; everything it makes is in [`code::CompiledCode`].

pub mod build;
pub mod code;
pub mod codecache;
pub mod compile;
pub mod exit_table;
pub mod intrinsics;
pub mod layout;
pub mod lower;
pub mod passes;
pub mod query;
pub mod ssa;
