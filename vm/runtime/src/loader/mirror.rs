//! The `java.lang.Class` objects of classes.

use super::build::lay_out_statics;
use crate::basic_type::BasicType;
use crate::known::{KnownClass, KnownField};
use crate::method_area::ClassPtr;
use crate::object::{set, write_slot};
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;

/// What goes into a mirror beside what the class tells.
#[derive(Clone, Copy, Default)]
pub(super) struct MirrorParts {
    pub protection_domain: Obj,
    pub class_data: Obj,
}

/// Makes the mirror of a class. Before `java.lang.Class` is there the class is noted for [`make_missing`].
pub(super) fn make_mirror(thread: &mut JavaThread, class: ClassPtr, parts: MirrorParts) -> JResult<()> {
    let vm = thread.vm();
    let Some(class_class) = vm.known.class_if_present(KnownClass::Class) else {
        vm.loaders.without_mirror.lock().push(class);
        return Ok(());
    };
    lay_out_statics(thread, class, class_class);
    let mirror = thread.allocate_mirror(class)?;
    class.prefix.mirror.store(mirror);
    let loader = class.loader_data().object();
    thread.set_known_ref(mirror, KnownField::ClassClassLoader, loader);
    thread.set_known_ref(mirror, KnownField::ClassProtectionDomain, parts.protection_domain);
    thread.set_known_ref(mirror, KnownField::ClassData, parts.class_data);
    let module = super::modules::module_object_of(thread, class);
    thread.set_known_ref(mirror, KnownField::ClassModule, module);
    if let Some(element) = class.element_class {
        thread.set_known_ref(mirror, KnownField::ClassComponentType, element.mirror());
    }
    thread.set_known::<u16>(
        mirror,
        KnownField::ClassModifiers,
        class.modifier_flags as u16 & 0x7fff & !0x0020,
    );
    thread.set_known::<u8>(mirror, KnownField::ClassPrimitive, u8::from(class.is_primitive()));
    set_numeric_constants(thread, class, mirror);
    Ok(())
}

/// Mirrors for all classes that were made before `java.lang.Class`.
pub(super) fn make_missing(thread: &mut JavaThread) -> JResult<()> {
    let classes = std::mem::take(&mut *thread.vm().loaders.without_mirror.lock());
    for class in classes {
        make_mirror(thread, class, MirrorParts::default())?;
    }
    Ok(())
}

/// Static fields with a numeric ConstantValue; strings wait for initialization (JVMS §5.5).
fn set_numeric_constants(thread: &JavaThread, class: ClassPtr, mirror: Obj) {
    for field in class
        .fields
        .get()
        .iter()
        .filter(|f| f.is_static() && f.constant_value != 0)
    {
        let word = class.constants().resolved(field.constant_value);
        let offset = field.offset.get() as usize;
        match field.basic_type {
            BasicType::Object | BasicType::Array => {}
            // Not masked to one bit by HotSpot either: the constant is 0 or 1 in sane class files.
            BasicType::Boolean => set(mirror, offset, word as u8 & 1),
            basic_type => write_slot(thread, mirror, offset, basic_type, word),
        }
    }
}
