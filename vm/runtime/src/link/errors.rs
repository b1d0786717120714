//! Errors of resolution are kept with their constant and thrown again, the same each time (JVMS §5.4.3).

use crate::known::{KnownClass, KnownField};
use crate::loader::KeptError;
use crate::loader::roots::new_root;
use crate::method_area::ClassPtr;
use crate::object::class_of;
use crate::strings;
use crate::thread::{JResult, JavaThread, Throw};
use peaberry_gc::layout::Obj;
use std::sync::atomic::Ordering;

fn message_of(thread: &JavaThread, exception: Obj) -> Option<String> {
    let text = thread.known_ref(exception, KnownField::ThrowableDetailMessage);
    (!text.is_null()).then(|| strings::to_rust(thread, text))
}

/// Class and message, as `Throwable.toString` has them when nobody overrides it.
pub(super) fn describe(thread: &JavaThread, exception: Obj) -> String {
    let class = class_of(exception).external_name();
    match message_of(thread, exception) {
        Some(message) => format!("{class}: {message}"),
        None => class.to_string(),
    }
}

/// What `owner` keeps of an exception and its cause.
pub(crate) fn kept_error(
    thread: &JavaThread,
    owner: ClassPtr,
    exception: Obj,
    cause: Option<(ClassPtr, Option<String>)>,
) -> KeptError {
    let class = class_of(exception);
    for kept in [Some(class), cause.as_ref().map(|(class, _)| *class)]
        .into_iter()
        .flatten()
    {
        // Another loader's exceptions live as long as they may be thrown again.
        if !kept.loader_data().is_boot() && !std::ptr::eq(kept.loader, owner.loader) {
            new_root(thread, owner, kept.mirror());
        }
    }
    KeptError {
        class,
        message: message_of(thread, exception),
        cause,
    }
}

/// Keeps the pending exception with a constant if it is a LinkageError: others (no memory, no stack) may go away.
pub(super) fn keep(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> Throw {
    let exception = thread.exception;
    let vm = thread.vm();
    let linkage = vm.known.class_if_present(KnownClass::LinkageError);
    if exception.is_null() || linkage.is_none_or(|l| !class_of(exception).is_subtype_of(l)) {
        return Throw;
    }
    let cause = thread.known_ref(exception, KnownField::ThrowableCause);
    let cause = (!cause.is_null() && cause != exception).then(|| (class_of(cause), message_of(thread, cause)));
    let kept = kept_error(thread, class, exception, cause);
    let pool = class.constants();
    vm.loaders
        .errors
        .lock()
        .entry((pool.address(), constant))
        .or_insert(kept);
    if let Some(failed) = pool.failed.get(constant as usize) {
        failed.store(1, Ordering::Release);
    }
    Throw
}

/// Throws the error kept with a constant, if there is one.
#[inline]
pub(super) fn check(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<()> {
    let pool = class.constants();
    if pool
        .failed
        .get(constant as usize)
        .is_none_or(|f| f.load(Ordering::Acquire) == 0)
    {
        return Ok(());
    }
    rethrow(thread, pool.address(), constant)
}

#[cold]
fn rethrow(thread: &mut JavaThread, pool: usize, constant: u16) -> JResult<()> {
    let errors = thread.vm().loaders.errors.lock();
    let Some(kept) = errors.get(&(pool, constant)) else {
        return Ok(());
    };
    let kept = kept.clone();
    drop(errors);
    Err(throw_kept(thread, &kept))
}

/// Throws a new exception like the one that was kept.
pub(crate) fn throw_kept(thread: &mut JavaThread, kept: &KeptError) -> Throw {
    match instance_of(thread, kept) {
        Ok(exception) => thread.throw(exception),
        Err(throw) => throw,
    }
}

fn instance_of(thread: &mut JavaThread, kept: &KeptError) -> JResult<Obj> {
    let exception = thread.new_exception(kept.class, kept.message.as_deref())?;
    if let Some((class, message)) = &kept.cause {
        let cause = thread.new_exception(*class, message.as_deref())?;
        thread.set_known_ref(exception, KnownField::ThrowableCause, cause);
    }
    Ok(exception)
}
