//! Method handles, var handles, invokedynamic and dynamic constants (JVMS §5.4.3.5-6, §6.5).
use crate::method_area::{CallSite, ClassPtr, MethodPtr, Meta};
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;

/// Linked invokers of a VM.
#[derive(Default)]
pub struct InvokeState {}

/// `Method::polymorphic_kind` values (intrinsics the interpreter runs itself).
pub mod polymorphic_kind {
    /// An ordinary method.
    pub const NONE: u8 = 0;
    /// `invoke`, `invokeExact` and the VarHandle accessors: linked through the class library (`link_method`).
    pub const GENERIC: u8 = 1;
    /// `MethodHandle.invokeBasic`
    pub const INVOKE_BASIC: u8 = 2;
    /// `linkToVirtual`
    pub const LINK_TO_VIRTUAL: u8 = 3;
    /// `linkToStatic`
    pub const LINK_TO_STATIC: u8 = 4;
    /// `linkToSpecial`
    pub const LINK_TO_SPECIAL: u8 = 5;
    /// `linkToInterface`
    pub const LINK_TO_INTERFACE: u8 = 6;
    /// `linkToNative`
    pub const LINK_TO_NATIVE: u8 = 7;
}

/// Links an invokedynamic instruction at `bci` (bootstrap method run, upcall to MethodHandleNatives.linkCallSite). Each instruction is linked once; racing threads get the same.
pub fn link_invokedynamic(thread: &mut JavaThread, caller: MethodPtr, bci: u32, constant: u16) -> JResult<Meta<CallSite>> {
    crate::stub!(thread, caller, bci, constant)
}
/// Links an invokevirtual of a GENERIC signature-polymorphic method (upcall to MethodHandleNatives.linkMethod).
pub fn link_invokehandle(thread: &mut JavaThread, caller: ClassPtr, constant: u16) -> JResult<Meta<CallSite>> {
    crate::stub!(thread, caller, constant)
}
/// Resolves a MethodType constant.
pub fn resolve_method_type_constant(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<Obj> {
    crate::stub!(thread, class, constant)
}
/// Resolves a MethodHandle constant.
pub fn resolve_method_handle_constant(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<Obj> {
    crate::stub!(thread, class, constant)
}
/// Resolves a Dynamic constant; primitives come boxed, null is possible.
pub fn resolve_dynamic_constant(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<Obj> {
    crate::stub!(thread, class, constant)
}
/// The `java.lang.invoke.MethodType` of a method descriptor.
pub fn method_type_of(thread: &mut JavaThread, class: ClassPtr, descriptor: &[u8]) -> JResult<Obj> {
    crate::stub!(thread, class, descriptor)
}
/// Target of `invokeBasic`: the `vmtarget` Method behind a MethodHandle's form. Null checks done by the caller.
pub fn method_handle_target(thread: &JavaThread, method_handle: Obj) -> Option<MethodPtr> {
    crate::stub!(thread, method_handle)
}
/// Target of a `linkTo*`: what the trailing MemberName says (vmtarget Method, vmindex).
/// For virtual and interface kinds selects on the receiver.
pub fn member_name_target(thread: &mut JavaThread, member_name: Obj, kind: u8, receiver: Obj) -> JResult<MethodPtr> {
    crate::stub!(thread, member_name, kind, receiver)
}
