//! `java.lang.reflect`.
pub mod array;
pub mod executable;
pub mod make;
