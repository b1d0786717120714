//! Array classes and the pseudo classes of the primitive types.

use super::build::{blank_class, set_supertypes};
use super::mirror::{MirrorParts, make_mirror};
use crate::basic_type::BasicType;
use crate::known::KnownClass;
use crate::method_area::class::{ClassKind, class_flags};
use crate::method_area::{Class, ClassPtr, ClassState, Meta, MetaSlice, Sym};
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Shape;
use std::sync::atomic::Ordering;

/// Most dimensions of an array type (JVMS §4.4.1).
pub const MAX_DIMENSIONS: u8 = 255;

/// Array class with elements of `class`.
pub fn array_class_of(thread: &mut JavaThread, class: ClassPtr) -> JResult<ClassPtr> {
    // SAFETY: the cell holds null or an array class.
    if let Some(array) = unsafe { Meta::from_pointer(class.array_class.load(Ordering::Acquire)) } {
        return Ok(array);
    }
    if class.dimensions == MAX_DIMENSIONS || class.basic_type == BasicType::Void {
        let message = format!("[{}", class.name);
        return Err(thread.throw_new("java/lang/IllegalArgumentException", &message));
    }
    let array = make_array_class(thread, class);
    class.loader_data().built.lock().push(array);
    make_mirror(thread, array, MirrorParts::default())?;
    if class.lives_by_itself() {
        // The array class lives exactly as long as its elements' class, which refers to it.
        super::roots::new_root(thread, class, array.mirror());
    }
    let won = class.array_class.compare_exchange(
        std::ptr::null_mut(),
        array.as_ptr(),
        Ordering::AcqRel,
        Ordering::Acquire,
    );
    match won {
        Ok(_) => {
            class.loader_data().add_defined(array);
            Ok(array)
        }
        // SAFETY: somebody else's array class was published there.
        Err(other) => Ok(unsafe { Meta::new(other) }),
    }
}

/// Name of the array class whose elements are `class`.
fn array_name(thread: &JavaThread, class: ClassPtr) -> Sym {
    let mut name = vec![b'['];
    match class.kind {
        ClassKind::Primitive => name.push(class.basic_type.descriptor_char()),
        ClassKind::Instance => {
            name.push(b'L');
            name.extend_from_slice(class.name.bytes());
            name.push(b';');
        }
        _ => name.extend_from_slice(class.name.bytes()),
    }
    thread.vm().symbol_bytes(&name)
}

fn make_array_class(thread: &JavaThread, element: ClassPtr) -> ClassPtr {
    let vm = thread.vm();
    let known = &vm.known;
    let kind = if element.is_primitive() {
        ClassKind::PrimitiveArray
    } else {
        ClassKind::ReferenceArray
    };
    let name = array_name(thread, element);
    let mut class = blank_class(&vm.loaders, element.loader_data(), kind, name, element.package);
    let arena = vm.arena_of(element);
    let place = arena.allocate(size_of::<Class>(), 8).cast::<Class>();
    class.space = element.space;
    class.dimensions = element.dimensions + 1;
    class.element_class = Some(element);
    class.bottom_class.set(if element.is_array() {
        element.bottom_class.get()
    } else {
        Some(element)
    });
    class.basic_type = match element.kind {
        ClassKind::Primitive => element.basic_type,
        ClassKind::Instance => BasicType::Object,
        _ => BasicType::Array,
    };
    class.prefix.shape = if element.is_primitive() {
        Shape::PrimitiveArray
    } else {
        Shape::ReferenceArray
    };
    class.prefix.element_shift = class.basic_type.size_shift() as u8;
    // Visibility of the element, final and abstract (Class.getModifiers).
    let visibility = element.bottom_class.get().unwrap_or(element).modifier_flags & 0x0007;
    class.modifier_flags = visibility | 0x0410;
    class.access_flags = class.modifier_flags;
    class
        .package_entry
        .store(element.package_entry.load(Ordering::Acquire), Ordering::Relaxed);
    let interfaces: Vec<ClassPtr> = [KnownClass::Cloneable, KnownClass::Serializable]
        .iter()
        .filter_map(|id| known.class_if_present(*id))
        .collect();
    // SAFETY: placed in the method area.
    let interfaces = unsafe { MetaSlice::new(arena.place_slice(&interfaces)) };
    let object = known.class_if_present(KnownClass::Object);
    set_supertypes(&arena, &mut class, place, object, interfaces);
    if let Some(object) = object {
        class.vtable.set(object.vtable.get());
    }
    class
        .flags
        .store(class_flags::CLONEABLE | class_flags::VERIFIED, Ordering::Relaxed);
    class.state.store(ClassState::Initialized as u8, Ordering::Relaxed);
    // SAFETY: allocated for it above.
    unsafe {
        place.write(class);
        Meta::new(place.cast_const())
    }
}

/// The pseudo class of a primitive type or void.
fn make_primitive(thread: &JavaThread, basic_type: BasicType) -> ClassPtr {
    let vm = thread.vm();
    let name = vm.symbol(basic_type.keyword());
    let mut class = blank_class(&vm.loaders, vm.boot_loader(), ClassKind::Primitive, name, vm.symbol(""));
    let place = vm.arena().allocate(size_of::<Class>(), 8).cast::<Class>();
    class.basic_type = basic_type;
    class.access_flags = 0x0411;
    class.modifier_flags = 0x0411;
    let java_base = super::modules::boot_package(thread, vm.symbol("java/lang"), &vm.loaders.java_base);
    class
        .package_entry
        .store(std::ptr::from_ref(java_base).cast_mut(), Ordering::Relaxed);
    class.state.store(ClassState::Initialized as u8, Ordering::Relaxed);
    // SAFETY: allocated for it above.
    unsafe {
        place.write(class);
        let class: ClassPtr = Meta::new(place.cast_const());
        class.bottom_class.set(Some(class));
        class
    }
}

/// Makes the primitive types' classes and their array classes.
pub(super) fn make_primitives(thread: &mut JavaThread) -> JResult<()> {
    for basic_type in BasicType::PRIMITIVES.into_iter().chain([BasicType::Void]) {
        let class = make_primitive(thread, basic_type);
        make_mirror(thread, class, MirrorParts::default())?;
        thread.vm().boot_loader().defined.lock().push(class);
        let array = if basic_type == BasicType::Void {
            None
        } else {
            Some(array_class_of(thread, class)?)
        };
        thread.vm().known.set_primitive(basic_type, class, array);
    }
    Ok(())
}
