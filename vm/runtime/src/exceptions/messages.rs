//! Texts of the exceptions that bytecodes throw, as HotSpot words them.

use crate::loader::describe;
use crate::method_area::ClassPtr;
use crate::thread::JavaThread;

/// Text of a ClassCastException.
pub fn class_cast_message(thread: &JavaThread, object_class: ClassPtr, target: ClassPtr) -> String {
    format!(
        "class {} cannot be cast to class {} ({})",
        object_class.external_name(),
        target.external_name(),
        describe::both_in_modules(thread, object_class, target)
    )
}

/// Text of an ArrayStoreException: the class of the refused value.
pub fn array_store_message(value_class: ClassPtr) -> String {
    value_class.external_name()
}

/// Text of an ArrayIndexOutOfBoundsException.
pub fn array_index_message(index: i32, length: usize) -> String {
    format!("Index {index} out of bounds for length {length}")
}
