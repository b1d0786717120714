//! The garbage-collected heap: object layout, allocation, barriers, spaces, the collector, and the heap verifier.
//!
//! This crate knows what an object looks like ([`layout`]) and how to find, move and free objects. It must never know
//! what a class, a method or a Java thread is: the runtime hands it roots through [`roots`].
//!
//! The heap is mark-region (Immix): 32 KiB blocks of 128-byte lines, bump allocation into runs of free lines, marking
//! of objects and lines, and evacuation of fragmented blocks in the same pass. See [`block`] for the geometry,
//! [`collect`] for the order of a collection, [`roots`] for what the runtime must supply.

pub mod barrier;
pub mod block;
pub mod collect;
mod evacuate;
pub mod heap;
mod immovable;
mod large;
pub mod layout;
mod metadata;
pub mod objects;
pub mod placement;
mod policy;
pub mod references;
pub mod roots;
mod spaces;
mod stack;
pub mod stats;
mod sweep;
pub mod tlab;
mod trace;
mod verify;

pub use collect::{CollectCause, CollectReport, CollectRequest};
pub use heap::{Heap, HeapConfig, HeapError};
pub use layout::{Narrow, Obj};
pub use references::{ReferenceOffsets, SoftPolicy};
pub use roots::{AmbiguousVisitor, Liveness, RootSource};
pub use stats::Statistics;
pub use tlab::Tlab;
pub use trace::Tracer;
