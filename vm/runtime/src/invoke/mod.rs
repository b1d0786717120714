//! Method handles, var handles, invokedynamic and dynamic constants (JVMS §5.4.3.5-6, §6.5).
//!
//! The class library does the work (`java.lang.invoke`); the VM resolves members into `MemberName`s, asks
//! `MethodHandleNatives` to link call sites, and runs the `linkTo*` and `invokeBasic` intrinsics.

mod bootstrap;
mod linker;
pub mod member_name;
mod method_type;
mod target;

use crate::loader::unload::Dying;
use crate::method_area::symbol::QuickMap;
use crate::method_area::{CallSite, Meta, Method, MethodPtr};
use parking_lot::Mutex;

pub use bootstrap::{box_to_loadable, resolve_bootstrap_arguments};
pub use linker::{
    link_invokedynamic, link_invokehandle, resolve_dynamic_constant, resolve_method_handle_constant,
    resolve_method_type_constant,
};
pub use method_type::{class_of_field_descriptor, method_type_of};
pub use target::{member_name_target, method_handle_target};

/// What linking leaves behind, outside the method area.
#[derive(Default)]
pub struct InvokeState {
    /// Linked invokedynamic instructions by (method address, bci).
    sites: Mutex<QuickMap<(usize, u32), Site>>,
}

impl InvokeState {
    /// Visits the linked instructions' methods and call sites.
    pub(crate) fn for_each_site(&self, mut visit: impl FnMut(MethodPtr, Meta<CallSite>)) {
        for ((method, _), site) in self.sites.lock().iter() {
            // SAFETY: the methods of unloaded classes are taken out.
            let method = unsafe { Meta::new(*method as *const Method) };
            if let Site::Linked(site) = site {
                visit(method, *site);
            }
        }
    }
    /// Forgets the instructions of dying classes.
    pub(crate) fn forget(&self, dying: &Dying) {
        self.sites.lock().retain(|(method, _), _| !dying.contains(*method));
    }
}

/// An invokedynamic instruction's outcome; both kinds are final (JVMS §6.5).
#[derive(Clone)]
enum Site {
    Linked(Meta<CallSite>),
    /// The error, without its cause: HotSpot tells that once only.
    Failed(std::sync::Arc<crate::loader::KeptError>),
}

/// `Method::polymorphic_kind` values (intrinsics the interpreter runs itself).
pub mod polymorphic_kind {
    /// An ordinary method.
    pub const NONE: u8 = 0;
    /// `invoke`, `invokeExact` and the VarHandle accessors: linked through the class library (`link_invokehandle`).
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

/// Reference kinds of method handles (JVMS §4.4.8).
pub mod reference_kind {
    /// `getfield`
    pub const GET_FIELD: u8 = 1;
    /// `getstatic`
    pub const GET_STATIC: u8 = 2;
    /// `putfield`
    pub const PUT_FIELD: u8 = 3;
    /// `putstatic`
    pub const PUT_STATIC: u8 = 4;
    /// `invokevirtual`
    pub const INVOKE_VIRTUAL: u8 = 5;
    /// `invokestatic`
    pub const INVOKE_STATIC: u8 = 6;
    /// `invokespecial`
    pub const INVOKE_SPECIAL: u8 = 7;
    /// `new` and `invokespecial` of a constructor
    pub const NEW_INVOKE_SPECIAL: u8 = 8;
    /// `invokeinterface`
    pub const INVOKE_INTERFACE: u8 = 9;
}
