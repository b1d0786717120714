//! Class loading (JVMS §5.3): the boot path, loaders' dictionaries, modules, definition of classes.

use crate::method_area::symbol::QuickMap;
use crate::method_area::{ClassPtr, Sym};
use crate::thread::{JResult, JavaThread};
use parking_lot::{Mutex, RwLock};
use peaberry_gc::layout::{AtomicNarrow, Obj};

/// Everything the VM keeps of one class loader. Outlives its classes.
pub struct LoaderData {
    /// Serial number; 0 is the boot loader.
    pub id: u32,
    /// The `java.lang.ClassLoader`, null for the boot loader. Weak: the collector updates it.
    pub loader: AtomicNarrow,
    /// Classes this loader is an initiating loader of (those it defined included).
    pub dictionary: RwLock<QuickMap<Sym, ClassPtr>>,
    /// All classes it defined, hidden ones and arrays included (the collector walks these).
    pub defined: Mutex<Vec<ClassPtr>>,
}

/// All loaders of a VM.
pub struct Loaders {
    boot: &'static LoaderData,
}
impl Loaders {
    /// The boot loader's data.
    #[inline]
    pub fn boot(&self) -> &'static LoaderData {
        self.boot
    }
}

/// The boot loader's path.
pub struct BootPath {}

/// How a class is defined.
#[derive(Clone, Copy, Default)]
pub struct DefineOptions {
    /// `ProtectionDomain` or null.
    pub protection_domain: Obj,
    /// Hidden class.
    pub hidden: bool,
    /// Hidden class that lives as long as its loader.
    pub strong: bool,
    /// Nest host (hidden nest mates).
    pub nest_host: Option<ClassPtr>,
    /// `Class.classData`.
    pub class_data: Obj,
    /// May use access of a trusted VM-anonymous class (annotations like @Hidden honoured).
    pub trusted: bool,
    /// Skip name check against `name` when it is None.
    pub host: Option<ClassPtr>,
}

/// Loads a class through a loader; waits for or runs Java loaders. `name` is internal; array names work.
/// Throws NoClassDefFoundError / ClassNotFoundException as the loader threw it (`resolve` wraps it).
pub fn load_class(thread: &mut JavaThread, loader: &'static LoaderData, name: Sym) -> JResult<ClassPtr> {
    crate::stub!(thread, loader, name)
}
