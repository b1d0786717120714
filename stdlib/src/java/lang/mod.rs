//! `java.lang`.
pub mod class;
pub mod class_loader;
pub mod class_members;
pub mod class_nesting;
pub mod invoke;
mod live_stack_frame;
pub mod math;
pub mod module;
pub mod object;
pub mod process_environment;
pub mod process_handle_impl;
pub mod process_impl;
#[path = "ref.rs"]
pub mod reference;
pub mod reflect;
pub mod runtime;
pub mod stack_stream_factory;
pub mod strict_math;
pub mod string;
pub mod system;
pub mod thread;
pub mod throwable;
