//! `java.lang.Class`: declared fields, methods, constructors and record components.

use super::reflect::make;
use crate::support::{bytes_or_null, new_known};
use peaberry_runtime::known::{KnownClass, KnownField};
use peaberry_runtime::method_area::class::class_flags;
use peaberry_runtime::method_area::method::method_flags;
use peaberry_runtime::method_area::{ClassPtr, MetaSlice, MethodPtr};
use peaberry_runtime::object::{array_set_ref, class_of_mirror};
use peaberry_runtime::{JResult, JavaThread, Obj, link};

/// Makes an array of `element` by making each of `items`.
fn new_array_of<T: Copy>(
    thread: &mut JavaThread,
    element: KnownClass,
    items: &[T],
    make: fn(&mut JavaThread, T) -> JResult<Obj>,
) -> JResult<Obj> {
    let array = thread.allocate_reference_array(thread.known_class(element), items.len())?;
    for (index, item) in items.iter().enumerate() {
        let object = make(thread, *item)?;
        array_set_ref(thread, array, index, object);
    }
    Ok(array)
}

/// `getDeclaredFields0`.
pub fn declared_fields(thread: &mut JavaThread, this: Obj, public_only: bool) -> JResult<Obj> {
    let class = class_of_mirror(this);
    let mut fields = Vec::new();
    if class.is_instance() {
        link::link_class(thread, class)?;
        let all = class.fields.get();
        fields.extend(
            all.iter()
                .copied()
                .filter(|f| !f.injected && (!public_only || f.access_flags & 1 != 0)),
        );
    }
    new_array_of(thread, KnownClass::ReflectField, &fields, make::new_field)
}

fn methods_of(
    thread: &mut JavaThread,
    class: ClassPtr,
    public_only: bool,
    constructors: bool,
) -> JResult<Vec<MethodPtr>> {
    if !class.is_instance() {
        return Ok(Vec::new());
    }
    link::link_class(thread, class)?;
    let methods = class.methods.get();
    let wanted = |m: &MethodPtr| {
        let kind = if constructors {
            m.is_constructor()
        } else {
            !m.is_constructor() && !m.is_class_initializer()
        };
        kind && !m.has_flag(method_flags::OVERPASS) && (!public_only || m.is_public())
    };
    Ok(methods.iter().copied().filter(wanted).collect())
}

/// `getDeclaredMethods0`.
pub fn declared_methods(thread: &mut JavaThread, this: Obj, public_only: bool) -> JResult<Obj> {
    let methods = methods_of(thread, class_of_mirror(this), public_only, false)?;
    new_array_of(thread, KnownClass::ReflectMethod, &methods, make::new_method)
}

/// `getDeclaredConstructors0`.
pub fn declared_constructors(thread: &mut JavaThread, this: Obj, public_only: bool) -> JResult<Obj> {
    let methods = methods_of(thread, class_of_mirror(this), public_only, true)?;
    new_array_of(thread, KnownClass::ReflectConstructor, &methods, make::new_constructor)
}

/// One component of a Record attribute.
#[derive(Clone, Copy)]
struct Component {
    class: ClassPtr,
    name: u16,
    descriptor: u16,
    signature: u16,
    annotations: MetaSlice<u8>,
    type_annotations: MetaSlice<u8>,
}

/// Reads the body of a Record attribute (JVMS §4.7.30); `None` when it is malformed.
fn components(class: ClassPtr) -> Option<Vec<Component>> {
    let body = class.attributes.record;
    let word = |at: usize| Some(u16::from_be_bytes(body.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    let mut components = Vec::new();
    for _ in 0..word(0)? {
        let mut component = Component {
            class,
            name: word(at)?,
            descriptor: word(at + 2)?,
            signature: 0,
            annotations: MetaSlice::EMPTY,
            type_annotations: MetaSlice::EMPTY,
        };
        let attributes = word(at + 4)?;
        at += 6;
        for _ in 0..attributes {
            let name = class.constants().utf8(word(at)?);
            let length = u32::from_be_bytes(body.get(at + 2..at + 6)?.try_into().ok()?) as usize;
            let bytes = body.get(at + 6..at + 6 + length)?;
            // SAFETY: part of the class file, which lives as long as the class.
            let slice = unsafe { MetaSlice::new(bytes) };
            match name {
                b"Signature" => component.signature = word(at + 6)?,
                b"RuntimeVisibleAnnotations" => component.annotations = slice,
                b"RuntimeVisibleTypeAnnotations" => component.type_annotations = slice,
                _ => {}
            }
            at += 6 + length;
        }
        components.push(component);
    }
    Some(components)
}

/// `getRecordComponents0`.
pub fn record_components(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let class = class_of_mirror(this);
    if !class.has_flag(class_flags::RECORD) {
        return Ok(Obj::NULL);
    }
    link::link_class(thread, class)?;
    let components = components(class).unwrap_or_default();
    new_array_of(thread, KnownClass::RecordComponent, &components, new_component)
}

fn new_component(thread: &mut JavaThread, component: Component) -> JResult<Obj> {
    let class = component.class;
    let object = new_known(thread, KnownClass::RecordComponent)?;
    let (name, descriptor) = (
        class.constants().utf8(component.name),
        class.constants().utf8(component.descriptor),
    );
    let name_string = thread.intern_mutf8(name)?;
    let component_type = make::type_mirror(thread, class, descriptor)?;
    thread.set_known_ref(object, KnownField::RecordComponentClazz, class.mirror());
    thread.set_known_ref(object, KnownField::RecordComponentName, name_string);
    thread.set_known_ref(object, KnownField::RecordComponentType, component_type);
    let accessor_descriptor = [b"()", descriptor].concat();
    let vm = thread.vm();
    let accessor = class.declared_method(vm.symbol_bytes(name), vm.symbol_bytes(&accessor_descriptor));
    if let Some(accessor) = accessor.filter(|m| !m.is_static()) {
        let method = make::new_method(thread, accessor)?;
        thread.set_known_ref(object, KnownField::RecordComponentAccessor, method);
    }
    if component.signature != 0 {
        let signature = thread.intern_mutf8(class.constants().utf8(component.signature))?;
        thread.set_known_ref(object, KnownField::RecordComponentSignature, signature);
    }
    let annotations = bytes_or_null(thread, component.annotations)?;
    thread.set_known_ref(object, KnownField::RecordComponentAnnotations, annotations);
    let annotations = bytes_or_null(thread, component.type_annotations)?;
    thread.set_known_ref(object, KnownField::RecordComponentTypeAnnotations, annotations);
    Ok(object)
}
