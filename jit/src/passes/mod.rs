//! Passes over the SSA. Each takes a function that verifies and leaves one that does.

pub mod bounds;
pub mod dead_code;
pub mod dominators;
mod facts;
pub mod fold;
pub mod loops;
mod memory;
pub mod numbering;
pub mod parameters;
pub mod peeling;
mod repair;
pub mod substitution;

use crate::query::Runtime;
use crate::ssa::Function;

/// A pass.
pub type Pass = fn(&mut Function, &dyn Runtime);

/// The passes in the order in which a compilation runs them, with their names for file tests.
pub const ALL: &[(&str, Pass)] = &[
    ("parameters", |function, _| parameters::run(function)),
    ("numbering", |function, _| numbering::run(function)),
    ("parameters", |function, _| parameters::run(function)),
    ("peeling", |function, _| peeling::run(function)),
    ("parameters", |function, _| parameters::run(function)),
    ("numbering", |function, _| numbering::run(function)),
    ("parameters", |function, _| parameters::run(function)),
    ("bounds", bounds::run),
    ("dead-code", |function, _| dead_code::run(function)),
];
