//! `java.lang.ref`: `Reference`, `PhantomReference` and `Finalizer`.

use peaberry_runtime::known::KnownField;
use peaberry_runtime::thread::registry::wait_for_pending_references;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};

natives! { pub REFERENCE: "java/lang/ref/Reference" {
    "getAndClearReferencePendingList" "()Ljava/lang/ref/Reference;" => take_pending;
    "hasReferencePendingList" "()Z" => has_pending;
    "waitForReferencePendingList" "()V" [blocks] => wait_for_pending;
    "refersTo0" "(Ljava/lang/Object;)Z" [leaf] => refers_to;
    "clear0" "()V" [leaf] => clear;
} }

natives! { pub PHANTOM_REFERENCE: "java/lang/ref/PhantomReference" {
    "refersTo0" "(Ljava/lang/Object;)Z" [leaf] => refers_to;
    "clear0" "()V" [since 19] [leaf] => clear;
} }

natives! { pub FINALIZER: "java/lang/ref/Finalizer" {
    "isFinalizationEnabled" "()Z" [since 18] => is_finalization_enabled;
    "reportComplete" "(Ljava/lang/Object;)V" [since 18] => report_complete;
} }

fn take_pending(thread: &mut JavaThread) -> JResult<Obj> {
    Ok(thread.vm().heap.take_pending())
}

fn has_pending(thread: &mut JavaThread) -> JResult<bool> {
    Ok(thread.vm().heap.has_pending())
}

fn wait_for_pending(thread: &mut JavaThread) -> JResult<()> {
    wait_for_pending_references(thread);
    Ok(())
}

fn refers_to(thread: &mut JavaThread, this: Obj, object: Obj) -> JResult<bool> {
    Ok(thread.known_ref(this, KnownField::ReferenceReferent) == object)
}

fn clear(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    thread.set_known_ref(this, KnownField::ReferenceReferent, Obj::NULL);
    Ok(())
}

fn is_finalization_enabled(thread: &mut JavaThread) -> JResult<bool> {
    Ok(thread.vm().options.finalization)
}

/// Finalization is not counted.
fn report_complete(_: &mut JavaThread, _finalizee: Obj) -> JResult<()> {
    Ok(())
}
