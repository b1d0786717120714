//! Static arguments of bootstrap methods (JVMS §5.4.3.6).

use crate::basic_type::BasicType;
use crate::known::KnownClass;
use crate::link;
use crate::method_area::ClassPtr;
use crate::object::array_set_ref;
use crate::thread::{JResult, JavaThread};
use peaberry_classfile::model::tag;
use peaberry_gc::layout::Obj;

/// A loadable constant as an object: numbers boxed, classes as mirrors.
pub fn box_to_loadable(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<Obj> {
    let pool = class.constants();
    let word = pool.resolved(constant);
    match pool.tag(constant) {
        tag::INTEGER => thread.new_box(BasicType::Int, word),
        tag::FLOAT => thread.new_box(BasicType::Float, word),
        tag::LONG => thread.new_box(BasicType::Long, word),
        tag::DOUBLE => thread.new_box(BasicType::Double, word),
        _ => link::resolve_loadable(thread, class, constant),
    }
}

/// The static arguments of a bootstrap specifier in the shape the class library expects: null for none, the argument
/// itself for one, an `Object[]` for more.
pub fn resolve_bootstrap_arguments(thread: &mut JavaThread, class: ClassPtr, constants: &[u16]) -> JResult<Obj> {
    match constants {
        [] => Ok(Obj::NULL),
        [single] => box_to_loadable(thread, class, *single),
        several => {
            let array = thread.allocate_reference_array(thread.known_class(KnownClass::Object), several.len())?;
            for (index, &constant) in several.iter().enumerate() {
                let argument = box_to_loadable(thread, class, constant)?;
                array_set_ref(thread, array, index, argument);
            }
            Ok(array)
        }
    }
}
