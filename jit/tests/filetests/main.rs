//! File tests of the compiler: each file in `tests/jit` declares a small runtime and a method in assembler, says which
//! passes to run, and has the SSA that they must leave. `PEABERRY_BLESS=1` rewrites the expectations.
//!
//! The compiler never meets a VM here: [`world::World`] answers its questions. Random programs go through the same
//! assembler, and their SSA is run against an interpreter of their bytecode.

mod assembler;
mod candidates;
mod cases;
mod evaluator;
mod generator;
mod machine;
#[cfg(target_arch = "x86_64")]
mod native;
mod properties;
mod text;
mod values;
mod world;
