//! Exceptions: throwing from Rust, stack traces, helpful messages.
use crate::method_area::ClassPtr;
use crate::thread::{JavaThread, Throw, JResult};
use peaberry_gc::layout::Obj;

/// Exceptions the VM keeps.
#[derive(Default)]
pub struct ExceptionState {}

impl JavaThread {
    /// Makes an exception of a boot class pending: `throw_new("java/lang/NullPointerException", "text")`.
    pub fn throw_new(&mut self, class: &str, message: &str) -> Throw {
        crate::stub!(class, message)
    }
    /// The same without a message.
    pub fn throw_plain(&mut self, class: &str) -> Throw {
        crate::stub!(class)
    }
    /// The same with a cause (and optional message).
    pub fn throw_with_cause(&mut self, class: &str, message: Option<&str>, cause: Obj) -> Throw {
        crate::stub!(class, message, cause)
    }
    /// An exception object of a given class, constructor `(String)` or `()` run.
    pub fn new_exception(&mut self, class: ClassPtr, message: Option<&str>) -> JResult<Obj> {
        crate::stub!(class, message)
    }
    /// NullPointerException without a message of its own.
    pub fn throw_null_pointer(&mut self) -> Throw {
        self.throw_plain("java/lang/NullPointerException")
    }
    /// OutOfMemoryError, made in advance when memory is out.
    pub fn throw_out_of_memory(&mut self, message: &str) -> Throw {
        crate::stub!(message)
    }
    /// StackOverflowError.
    pub fn throw_stack_overflow(&mut self) -> Throw {
        crate::stub!()
    }
}
