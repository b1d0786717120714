//! Passes over the SSA. Each takes a function that verifies and leaves one that does.

pub mod bounds;
pub mod dead_code;
pub mod dominators;
mod duplicate;
pub mod escape;
mod facts;
pub mod fold;
pub mod locks;
pub mod loops;
mod memory;
pub mod merging;
pub mod numbering;
pub mod parameters;
pub mod peeling;
mod repair;
mod replacement;
pub mod rotation;
pub mod substitution;
pub mod threading;

use crate::query::Runtime;
use crate::ssa::Function;

/// A pass.
pub type Pass = fn(&mut Function, &dyn Runtime);

/// The passes in the order in which a compilation runs them, with their names for file tests.
pub const ALL: &[(&str, Pass)] = &[
    ("parameters", |function, _| parameters::run(function)),
    ("numbering", |function, _| numbering::run(function)),
    ("parameters", |function, _| parameters::run(function)),
    ("merging", |function, _| merging::run(function)),
    ("threading", |function, _| threading::run(function)),
    ("parameters", |function, _| parameters::run(function)),
    ("peeling", |function, _| peeling::run(function)),
    ("outer-rotation", |function, _| rotation::run(function, false)),
    ("parameters", |function, _| parameters::run(function)),
    ("locks", |function, _| locks::run(function)),
    ("numbering", |function, _| numbering::run(function)),
    ("parameters", |function, _| parameters::run(function)),
    ("escape", escape::run),
    ("bounds", bounds::run),
    ("rotation", |function, _| rotation::run(function, true)),
    ("parameters", |function, _| parameters::run(function)),
    ("merging", |function, _| merging::run(function)),
    ("dead-code", |function, _| dead_code::run(function)),
];
