//! Linking (JVMS §5.4) and initialization (§5.5): layout, vtables and itables, verification glue, resolution, access.
//!
//! A vtable holds methods of classes only. A call resolved to an interface's method, be the instruction invokevirtual
//! (a default or Miranda method) or invokeinterface, dispatches through the receiver's itable; a call resolved to a
//! method of `Object` through an interface dispatches through the vtable. A null itable entry means that
//! [`select_interface`] throws.

pub mod access;
pub(crate) mod errors;
mod initialize;
mod itable;
mod linker;
mod loadable;
pub mod lookup;
mod nest;
pub mod polymorphic;
mod resolve;
mod resolve_field;
mod resolve_method;
mod select;
mod verify;
mod vtable;

use crate::method_area::method::NONVIRTUAL;
use crate::method_area::{ClassPtr, MethodPtr};

pub use crate::loader::arrays::array_class_of;
pub use access::can_access_class;
pub use initialize::initialize_class;
pub(crate) use linker::check_stack;
pub use linker::link_class;
pub use loadable::resolve_loadable;
pub use lookup::{find_field, find_interface_method, find_method};
pub use nest::{are_nest_mates, nest_host};
pub use polymorphic::{is_signature_polymorphic_holder, polymorphic_intrinsic};
pub use resolve::{load_for_resolution, resolve_class};
pub use resolve_field::{check_field_reference, resolve_field, resolve_field_in};
pub use resolve_method::{resolve_method, resolve_method_in};
pub use select::{select_interface, select_virtual};

/// "vtable index" of an interface's method that is called through a class: in no vtable, so that whoever looks it up
/// goes on to [`select_virtual`], which goes by the itable.
pub const BY_ITABLE: i32 = i32::MAX;

/// Vtable index with which `method`, of `class` or a supertype, is called on instances of `class`.
pub fn vtable_index_in(class: ClassPtr, method: MethodPtr) -> i32 {
    if !method.holder.is_interface() {
        method.vtable_index.get()
    } else if class.is_interface() || method.is_private() {
        NONVIRTUAL
    } else {
        BY_ITABLE
    }
}

/// What a method reference is resolved for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvokeKind {
    /// invokevirtual
    Virtual,
    /// invokespecial
    Special,
    /// invokestatic
    Static,
    /// invokeinterface
    Interface,
}

/// What a field reference is resolved for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldAccess {
    /// getfield
    Get,
    /// putfield
    Put,
    /// getstatic
    GetStatic,
    /// putstatic
    PutStatic,
}

impl FieldAccess {
    /// getstatic or putstatic?
    pub fn is_static(self) -> bool {
        matches!(self, FieldAccess::GetStatic | FieldAccess::PutStatic)
    }
    /// putfield or putstatic?
    pub fn is_put(self) -> bool {
        matches!(self, FieldAccess::Put | FieldAccess::PutStatic)
    }
}
