//! The two verifiers of the JVM specification: type checking against StackMapTable (§4.10.1) and type inference
//! (§4.10.2), with the decisions and messages of HotSpot.
//!
//! Neither allocates per instruction: types are single words, class names are interned per class. What the verifiers
//! must know about other classes they ask a [`Hierarchy`]; they never load anything themselves.

mod checker;
mod context;
mod details;
mod frame;
mod inference;
mod matching;
mod members;
mod operations;
mod stack_map;
mod types;

use crate::model::ClassFile;
use context::Context;
use thiserror::Error;

/// First class version that is verified with StackMapTable.
pub const STACK_MAP_MAJOR_VERSION: u16 = 50;
/// First class version that may not fall back to inference when its stack maps are wrong.
pub const NO_FAILOVER_MAJOR_VERSION: u16 = 51;

/// What the verifiers ask about classes. Names are internal names, resolved with the defining loader of the class
/// being verified; the name of that class itself means itself. Answers may load classes and so may fail; the error
/// is handed through. No question is asked whose answer equal names already give.
pub trait Hierarchy {
    /// The runtime's own error, usually a Java exception in flight.
    type Error;

    /// Whether the class is an interface. Loads it.
    fn is_interface(&mut self, class: &[u8]) -> Result<bool, Self::Error>;

    /// Whether `class` is `superclass` or has it among its superclasses; interfaces do not count. Loads
    /// `superclass`, then `class`.
    fn is_subclass(&mut self, class: &[u8], superclass: &[u8]) -> Result<bool, Self::Error>;

    /// Name of the deepest class that is `first` or `second` or a superclass of both. Loads both; neither is an
    /// interface. Only the inference verifier asks.
    fn common_superclass(&mut self, first: &[u8], second: &[u8]) -> Result<Vec<u8>, Self::Error>;

    /// Whether `class` is the name of a proper superclass of the class being verified. Loads nothing: superclasses
    /// are there already.
    fn is_superclass_of_current(&mut self, class: &[u8]) -> bool;

    /// Looks the member up, starting at `class`, which is a proper superclass of the class being verified: a method
    /// in its superclasses, a field also in its superinterfaces. Answers whether it exists, is protected and was
    /// declared in another run-time package than the class being verified.
    fn is_protected_elsewhere(
        &mut self,
        class: &[u8],
        member: Member,
        name: &[u8],
        descriptor: &[u8],
    ) -> Result<bool, Self::Error>;
}

/// Kind of member of [`Hierarchy::is_protected_elsewhere`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// A field.
    Field,
    /// A method or constructor.
    Method,
}

/// Why a class did not verify.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VerifyError<E> {
    /// Throw `java.lang.VerifyError` with this message.
    #[error("java.lang.VerifyError: {0}")]
    Verify(String),
    /// Throw `java.lang.ClassFormatError` with this message.
    #[error("java.lang.ClassFormatError: {0}")]
    ClassFormat(String),
    /// The [`Hierarchy`] failed.
    #[error("a class needed for verification could not be had")]
    Hierarchy(E),
}

/// Which verifier to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// What the class's version asks for: inference below 50, type checking from 50 on, with inference as a second
    /// chance for version 50.
    #[default]
    ByVersion,
    /// Type checking only.
    TypeChecking,
    /// Inference only, stack maps ignored; newer instructions are understood.
    Inference,
}

/// Verifies all methods of a class in the way its version asks for.
pub fn verify_class<H: Hierarchy>(class: &ClassFile<'_>, hierarchy: &mut H) -> Result<(), VerifyError<H::Error>> {
    verify_class_as(class, hierarchy, Mode::ByVersion)
}

/// Verifies all methods of a class with the verifier chosen.
pub fn verify_class_as<H: Hierarchy>(
    class: &ClassFile<'_>,
    hierarchy: &mut H,
    mode: Mode,
) -> Result<(), VerifyError<H::Error>> {
    let mut context = Context::new(class, hierarchy);
    let checks = match mode {
        Mode::ByVersion => class.major_version >= STACK_MAP_MAJOR_VERSION,
        Mode::TypeChecking => true,
        Mode::Inference => false,
    };
    if !checks {
        return inference::verify(&mut context).map_err(|_| context.take_failure());
    }
    if checker::verify(&mut context).is_ok() {
        return Ok(());
    }
    let failure = context.take_failure();
    let message = match &failure {
        VerifyError::Verify(message) | VerifyError::ClassFormat(message)
            if mode == Mode::ByVersion
                && class.major_version < NO_FAILOVER_MAJOR_VERSION
                && !context.format_error_is_final =>
        {
            message.clone()
        }
        _ => return Err(failure),
    };
    // HotSpot throws what inference found with the message of the type checker.
    match inference::verify(&mut context) {
        Ok(()) => Ok(()),
        Err(_) => Err(match context.take_failure() {
            VerifyError::Verify(_) => VerifyError::Verify(message),
            VerifyError::ClassFormat(_) => VerifyError::ClassFormat(message),
            other => other,
        }),
    }
}
