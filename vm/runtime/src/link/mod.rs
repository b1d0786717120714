//! Linking (JVMS §5.4) and initialization (§5.5): layout, vtables and itables, verification glue, resolution, access.
use crate::method_area::{ClassPtr, FieldPtr, MethodPtr, Sym};
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;

/// What a method reference is resolved for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvokeKind { /// invokevirtual
 Virtual, /// invokespecial
 Special, /// invokestatic
 Static, /// invokeinterface
 Interface }
/// What a field reference is resolved for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldAccess { /// getfield
 Get, /// putfield
 Put, /// getstatic
 GetStatic, /// putstatic
 PutStatic }

/// Verifies, prepares and links a class and its supertypes.
pub fn link_class(thread: &mut JavaThread, class: ClassPtr) -> JResult<()> {
    crate::stub!(thread, class)
}
/// Initializes a class (links first). Returns at once when initialized or being initialized by this thread.
pub fn initialize_class(thread: &mut JavaThread, class: ClassPtr) -> JResult<()> {
    crate::stub!(thread, class)
}
/// Array class with elements of `class`.
pub fn array_class_of(thread: &mut JavaThread, class: ClassPtr) -> JResult<ClassPtr> {
    crate::stub!(thread, class)
}
/// Resolves a Class constant of `class`'s pool, checks access, publishes the resolved word, records failures.
pub fn resolve_class(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<ClassPtr> {
    crate::stub!(thread, class, constant)
}
/// Resolves a Fieldref as used by `method` (final-field rule), all checks; no initialization, resolved word not published (the interpreter quickens).
pub fn resolve_field(thread: &mut JavaThread, method: MethodPtr, constant: u16, access: FieldAccess) -> JResult<FieldPtr> {
    crate::stub!(thread, method, constant, access)
}
/// Resolves a Methodref or InterfaceMethodref with all checks of the instruction (static-ness, interface-ness, access, loader constraints). For Special gives the method to run (super selection done). Signature-polymorphic methods come back as their intrinsic or GENERIC declaration (polymorphic_kind != 0).
pub fn resolve_method(thread: &mut JavaThread, class: ClassPtr, constant: u16, kind: InvokeKind) -> JResult<MethodPtr> {
    crate::stub!(thread, class, constant, kind)
}
/// Resolves a String, MethodHandle, MethodType, Class or Dynamic constant for ldc: the object (primitives of Dynamic boxed); publishes.
pub fn resolve_loadable(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<Obj> {
    crate::stub!(thread, class, constant)
}
/// Method look-up in a class and its supertypes (JVMS §5.4.3.3 without access checks).
pub fn find_method(class: ClassPtr, name: Sym, descriptor: Sym) -> Option<MethodPtr> {
    crate::stub!(class, name, descriptor)
}
/// Interface method look-up (JVMS §5.4.3.4).
pub fn find_interface_method(class: ClassPtr, name: Sym, descriptor: Sym) -> Option<MethodPtr> {
    crate::stub!(class, name, descriptor)
}
/// Field look-up in a class, its interfaces and superclasses (JVMS §5.4.3.2).
pub fn find_field(class: ClassPtr, name: Sym, descriptor: Sym) -> Option<FieldPtr> {
    crate::stub!(class, name, descriptor)
}
/// Virtual selection: the implementation of `method` for a receiver class. AbstractMethodError when there is none.
pub fn select_virtual(thread: &mut JavaThread, method: MethodPtr, receiver: ClassPtr) -> JResult<MethodPtr> {
    crate::stub!(thread, method, receiver)
}
/// Interface selection by itable (slow: the interpreter has its own inline scan). IncompatibleClassChangeError when the receiver does not implement it, AbstractMethodError, IllegalAccessError.
pub fn select_interface(thread: &mut JavaThread, method: MethodPtr, receiver: ClassPtr) -> JResult<MethodPtr> {
    crate::stub!(thread, method, receiver)
}
/// May `from` access class `to` (public and module-readable/exported, or same package)?
pub fn can_access_class(thread: &JavaThread, from: ClassPtr, to: ClassPtr) -> bool {
    crate::stub!(thread, from, to)
}
/// Nest host of a class.
pub fn nest_host(thread: &mut JavaThread, class: ClassPtr) -> JResult<ClassPtr> {
    crate::stub!(thread, class)
}
