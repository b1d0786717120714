//! Verification glue: what the verifiers ask about other classes.

use super::access::same_package;
use super::find_field;
use super::lookup::{chain, find_in_classes};
use crate::known::KnownClass;
use crate::loader::resolve_class_by_name;
use crate::method_area::ClassPtr;
use crate::method_area::class::class_flags;
use crate::options::VerifyMode;
use crate::thread::{JResult, JavaThread, Throw};
use peaberry_classfile::ParseOptions;
use peaberry_classfile::verifier::{self, Hierarchy, Member, VerifyError};

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

/// Parses the class file again and runs the verifier that its version asks for.
fn run(thread: &mut JavaThread, class: ClassPtr) -> JResult<()> {
    // SAFETY: the class file's bytes live as long as the class.
    let bytes: &'static [u8] = unsafe { &*std::ptr::from_ref::<[u8]>(&class.attributes.bytes) };
    let options = ParseOptions {
        max_major: u16::MAX,
        enable_preview: true,
        verify: false,
        ..ParseOptions::default()
    };
    let parsed = match peaberry_classfile::parse(bytes, &options) {
        Ok(parsed) => parsed,
        Err(error) => return Err(thread.throw_new(error.kind.exception_class(), &error.message)),
    };
    let mut supertypes = Supertypes {
        thread,
        class,
        own_name: parsed.name,
    };
    let (exception, message) = match verifier::verify_class(&parsed, &mut supertypes) {
        Ok(()) => return Ok(()),
        Err(VerifyError::Hierarchy(throw)) => return Err(throw),
        Err(VerifyError::Verify(message)) => ("java/lang/VerifyError", message),
        Err(VerifyError::ClassFormat(message)) => ("java/lang/ClassFormatError", message),
    };
    Err(thread.throw_new(exception, &message))
}

/// Answers the verifiers' questions by loading classes through the defining loader of the class.
struct Supertypes<'t> {
    thread: &'t mut JavaThread,
    class: ClassPtr,
    /// The class's name in its class file: hidden classes have another at run time.
    own_name: &'static [u8],
}

impl Supertypes<'_> {
    fn load(&mut self, name: &[u8]) -> JResult<ClassPtr> {
        if name == self.own_name {
            return Ok(self.class);
        }
        let name = self.thread.vm().symbol_bytes(name);
        resolve_class_by_name(self.thread, self.class.loader_data(), name)
    }
    fn superclass(&self, name: &[u8]) -> Option<ClassPtr> {
        chain(self.class).skip(1).find(|c| c.name.bytes() == name)
    }
}

impl Hierarchy for Supertypes<'_> {
    type Error = Throw;

    fn is_interface(&mut self, class: &[u8]) -> JResult<bool> {
        Ok(self.load(class)?.is_interface())
    }

    fn is_subclass(&mut self, class: &[u8], superclass: &[u8]) -> JResult<bool> {
        let superclass = self.load(superclass)?;
        let class = self.load(class)?;
        Ok(class.is_subtype_of(superclass))
    }

    fn common_superclass(&mut self, first: &[u8], second: &[u8]) -> JResult<Vec<u8>> {
        let first = self.load(first)?;
        let second = self.load(second)?;
        let common = chain(first).find(|c| second.is_subtype_of(*c));
        Ok(match common {
            Some(common) if common == self.class => self.own_name.to_vec(),
            Some(common) => common.name.bytes().to_vec(),
            None => b"java/lang/Object".to_vec(),
        })
    }

    fn is_superclass_of_current(&mut self, class: &[u8]) -> bool {
        self.superclass(class).is_some()
    }

    fn is_protected_elsewhere(
        &mut self,
        class: &[u8],
        member: Member,
        name: &[u8],
        descriptor: &[u8],
    ) -> JResult<bool> {
        let Some(superclass) = self.superclass(class) else {
            return Ok(false);
        };
        let symbols = &self.thread.vm().symbols;
        let (Some(name), Some(descriptor)) = (symbols.find(name), symbols.find(descriptor)) else {
            return Ok(false);
        };
        let found = match member {
            Member::Field => find_field(superclass, name, descriptor).map(|f| (f.holder, f.access_flags)),
            Member::Method => find_in_classes(superclass, name, descriptor).map(|m| (m.holder, m.access_flags)),
        };
        Ok(found.is_some_and(|(holder, flags)| flags & 4 != 0 && !same_package(holder, self.class)))
    }
}
