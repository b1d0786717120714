//! Who called: `Reflection.getCallerClass` and its like.

use super::{StackWalker, WalkedFrame};
use crate::known::KnownClass;
use crate::method_area::method::method_flags;
use crate::method_area::{ClassPtr, MethodPtr};
use crate::thread::JavaThread;

/// Left out when looking for the caller: the machinery of method handles and of reflection. Methods of hidden classes
/// are callers like any other.
pub fn is_ignored_by_security_walk(thread: &JavaThread, method: MethodPtr) -> bool {
    if method.has_flag(method_flags::COMPILED_LAMBDA_FORM) || method.polymorphic_kind != 0 {
        return true;
    }
    let known = &thread.vm().known;
    let holder = method.holder;
    if known.class_if_present(KnownClass::ReflectMethod) == Some(holder) && method.name.bytes() == b"invoke" {
        return true;
    }
    [
        KnownClass::MethodAccessorImpl,
        KnownClass::ConstructorAccessorImpl,
        KnownClass::MagicAccessorImpl,
    ]
    .into_iter()
    .filter_map(|id| known.class_if_present(id))
    .any(|class| holder.is_subtype_of(class))
}

/// The activations that count for caller-sensitive methods, innermost first.
pub fn visible_frames(thread: &JavaThread) -> impl Iterator<Item = WalkedFrame> + '_ {
    StackWalker::new(thread).filter(move |walked| !is_ignored_by_security_walk(thread, walked.method))
}

/// The class of the `skip`-th visible activation; 0 is the innermost.
pub fn caller_class(thread: &JavaThread, skip: usize) -> Option<ClassPtr> {
    visible_frames(thread).nth(skip).map(|walked| walked.method.holder)
}

/// What `Reflection.getCallerClass()` answers when its native runs: the caller of the method that called it. Frame 0
/// is `getCallerClass` itself, frame 1 the caller-sensitive method, frame 2 and on the caller.
pub fn reflection_caller_class(thread: &JavaThread) -> Option<ClassPtr> {
    let mut frames = StackWalker::new(thread);
    frames.next()?;
    frames.next()?;
    frames
        .find(|walked| !is_ignored_by_security_walk(thread, walked.method))
        .map(|walked| walked.method.holder)
}

/// The innermost activation whose class was not defined by the boot loader.
pub fn latest_user_defined_loader_class(thread: &JavaThread) -> Option<ClassPtr> {
    visible_frames(thread)
        .map(|walked| walked.method.holder)
        .find(|class| class.loader_data().id != 0)
}
