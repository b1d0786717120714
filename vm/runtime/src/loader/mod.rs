//! Class loading (JVMS §5.3): the boot path, loaders' dictionaries, modules, definition of classes.
//!
//! No Rust lock is held over an upcall or an allocation. Two threads that load one class through the boot loader both
//! build it; the dictionary decides whose is kept.

pub mod arrays;
mod boot_path;
pub mod bootstrap;
mod build;
mod check;
pub mod constraints;
mod define;
pub mod describe;
mod field_layout;
mod hidden;
mod in_progress;
mod load;
mod mirror;
pub mod modules;
mod pool;
pub mod roots;
mod supers;
mod symbols;
pub(crate) mod unload;

pub use boot_path::{BootEntry, BootPath, BootPathError};
pub(crate) use build::return_type;
pub use define::{ClassBytes, define_class};
pub(crate) use describe::{both_in_modules, in_module_of_loader_and_parent};
pub use describe::{external_descriptor, external_method, external_method_name};
pub(crate) use hidden::has_annotation;
pub use load::{
    class_for_name, find_boot_class, find_loaded, load_class, loader_data_for, loader_data_if_any,
    resolve_class_by_name,
};
pub use modules::{ModuleEntry, PackageEntry, named_module_of};

use crate::known::KnownField;
use crate::method_area::symbol::QuickMap;
use crate::method_area::{ClassPtr, LinkCell, Meta, MethodPtr, Owner, Space, Sym};
use crate::thread::JavaThread;
use constraints::Constraints;
use in_progress::InProgress;
use parking_lot::{Condvar, Mutex, RwLock};
use peaberry_gc::layout::{AtomicNarrow, Obj};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

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
    /// Classes of other loaders that it is an initiating loader of, and so keeps alive.
    pub(crate) initiated: Mutex<Vec<ClassPtr>>,
    /// Run-time packages.
    pub(crate) packages: RwLock<QuickMap<Sym, Box<PackageEntry>>>,
    /// Named modules defined to it; boxed, since they are pointed at.
    #[expect(clippy::vec_box, reason = "addresses must stay")]
    pub(crate) modules: Mutex<Vec<Box<ModuleEntry>>>,
    /// Its unnamed module.
    pub(crate) unnamed_module: Box<ModuleEntry>,
    /// Where its classes are allocated in the method area.
    pub(crate) space: Space,
    /// Classes built in its name that are not, or never will be, in `defined`.
    pub(crate) built: Mutex<Vec<ClassPtr>>,
    /// The hidden classes it defined that live by themselves, from the moment they are built; each has its own space.
    pub(crate) weak_hidden: Mutex<Vec<ClassPtr>>,
    /// Guards the making of root segments of its classes.
    pub(crate) roots: Mutex<()>,
    /// Is it the platform class loader (its classes are as trusted as the boot loader's)?
    pub(crate) is_platform: AtomicBool,
}

impl LoaderData {
    fn new(id: u32, module_id: u32, loader: Obj) -> Box<LoaderData> {
        let mut data = Box::new(LoaderData {
            id,
            loader: AtomicNarrow::new(loader.narrow()),
            dictionary: RwLock::default(),
            defined: Mutex::default(),
            initiated: Mutex::default(),
            packages: RwLock::default(),
            modules: Mutex::default(),
            unnamed_module: Box::new(ModuleEntry::unnamed(module_id)),
            space: Space::new(Owner::Vm),
            built: Mutex::default(),
            weak_hidden: Mutex::default(),
            roots: Mutex::default(),
            is_platform: AtomicBool::new(false),
        });
        if id != 0 {
            data.space = Space::new(Owner::Loader(std::ptr::from_ref(&*data) as usize));
        }
        data
    }
    /// The boot loader?
    #[inline]
    pub fn is_boot(&self) -> bool {
        self.id == 0
    }
    /// Boot or platform loader: VM annotations count, `java.` packages are allowed.
    pub fn is_boot_or_platform(&self) -> bool {
        self.is_boot() || self.is_platform.load(Ordering::Relaxed)
    }
    /// The `java.lang.ClassLoader`, null for the boot loader.
    #[inline]
    pub fn object(&self) -> Obj {
        self.loader.load()
    }
    /// Is the loader parallel capable?
    pub fn is_parallel_capable(&self, thread: &JavaThread) -> bool {
        self.is_boot()
            || !thread
                .known_ref(self.object(), KnownField::ClassLoaderParallelLockMap)
                .is_null()
    }
    /// Enters a finished class among those the loader defined.
    pub(crate) fn add_defined(&self, class: ClassPtr) {
        self.defined.lock().push(class);
        let mut built = self.built.lock();
        if let Some(at) = built.iter().rposition(|c| *c == class) {
            built.swap_remove(at);
        }
    }
    /// The same data with the lifetime of its VM.
    ///
    /// # Safety
    /// The data is owned by the `Loaders` of a VM and the caller keeps the loader alive.
    pub(crate) unsafe fn forever(&self) -> &'static LoaderData {
        // SAFETY: loader data is boxed, and freed only when its loader is unreachable or the VM goes.
        unsafe { &*std::ptr::from_ref(self) }
    }
}

/// An error of resolution kept with its constant (JVMS §5.4.3).
#[derive(Clone)]
pub(crate) struct KeptError {
    pub class: ClassPtr,
    pub message: Option<String>,
    pub cause: Option<(ClassPtr, Option<String>)>,
}

/// All loaders of a VM, and what loading and linking share.
pub struct Loaders {
    boot: Box<LoaderData>,
    /// All others; boxed, since they are pointed at.
    #[expect(clippy::vec_box, reason = "addresses must stay")]
    pub(crate) others: Mutex<Vec<Box<LoaderData>>>,
    /// Offset of the hidden word in `java.lang.ClassLoader` that holds the address of its data.
    pub(crate) loader_data_offset: LinkCell<u32>,
    /// Offset of the hidden word in `java.lang.Module` that holds the address of its entry.
    pub(crate) module_entry_offset: LinkCell<u32>,
    /// Loader constraints (JVMS §5.3.4).
    pub(crate) constraints: Mutex<Constraints>,
    /// Loads under way.
    pub(crate) in_progress: InProgress,
    /// Guards subclass lists and implementor counts.
    pub(crate) hierarchy: Mutex<()>,
    /// Guards the making of vtables and itables.
    pub(crate) link_lock: Mutex<()>,
    /// Guards changes of initialization states.
    pub(crate) init_lock: Mutex<()>,
    /// Told when a class's initialization has ended.
    pub(crate) init_done: Condvar,
    /// Kept resolution errors by (address of the constant pool, index).
    pub(crate) errors: Mutex<QuickMap<(usize, u16), KeptError>>,
    /// Why a class's nest host is not the one that it names, by class address.
    pub(crate) nest_host_errors: Mutex<QuickMap<usize, String>>,
    /// Root with the error that made a class erroneous, by class address.
    pub(crate) init_errors: Mutex<QuickMap<usize, usize>>,
    /// Intrinsics of signature-polymorphic methods by (kind, descriptor address).
    pub(crate) intrinsics: Mutex<QuickMap<(u8, usize), MethodPtr>>,
    /// Classes made before `java.lang.Class` was there.
    pub(crate) without_mirror: Mutex<Vec<ClassPtr>>,
    /// `java.base`.
    pub(crate) java_base: Box<ModuleEntry>,
    /// `java.base` has been defined by the class library: other modules may be.
    pub(crate) modules_ready: AtomicBool,
    next_class: AtomicU32,
    next_loader: AtomicU32,
    next_module: AtomicU32,
    next_hidden: AtomicU32,
}

impl Default for Loaders {
    fn default() -> Self {
        Self::new()
    }
}

impl Loaders {
    /// The loaders of a new VM: the boot loader alone.
    pub fn new() -> Self {
        let boot = LoaderData::new(0, 1, Obj::NULL);
        let address = std::ptr::from_ref(&*boot).cast_mut();
        boot.unnamed_module.loader.store(address, Ordering::Release);
        let java_base = Box::new(ModuleEntry::unnamed(0));
        java_base.loader.store(address, Ordering::Release);
        Loaders {
            boot,
            others: Mutex::default(),
            loader_data_offset: LinkCell::new(0),
            module_entry_offset: LinkCell::new(0),
            constraints: Mutex::default(),
            in_progress: InProgress::default(),
            hierarchy: Mutex::default(),
            link_lock: Mutex::default(),
            init_lock: Mutex::default(),
            init_done: Condvar::new(),
            errors: Mutex::default(),
            nest_host_errors: Mutex::default(),
            init_errors: Mutex::default(),
            intrinsics: Mutex::default(),
            without_mirror: Mutex::default(),
            java_base,
            modules_ready: AtomicBool::new(false),
            next_class: AtomicU32::new(1),
            next_loader: AtomicU32::new(1),
            next_module: AtomicU32::new(2),
            next_hidden: AtomicU32::new(0),
        }
    }
    /// The boot loader's data.
    #[inline]
    pub fn boot(&self) -> &'static LoaderData {
        // SAFETY: the box lives as long as the VM.
        unsafe { self.boot.forever() }
    }
    /// Visits the data of every loader, the boot loader's first.
    pub fn for_each(&self, mut f: impl FnMut(&LoaderData)) {
        f(&self.boot);
        for data in self.others.lock().iter() {
            f(data);
        }
    }
    /// Visits every class of the VM, arrays included, primitive types not.
    pub fn for_each_class(&self, mut f: impl FnMut(ClassPtr)) {
        self.for_each(|data| {
            data.defined
                .lock()
                .iter()
                .filter(|c| !c.is_primitive())
                .for_each(|class| f(*class))
        });
    }
    /// Number of loaded classes, arrays included.
    pub fn class_count(&self) -> usize {
        let mut count = 0;
        self.for_each(|data| count += data.defined.lock().len());
        count
    }
    pub(crate) fn new_class_serial(&self) -> u32 {
        self.next_class.fetch_add(1, Ordering::Relaxed)
    }
    pub(crate) fn new_module_id(&self) -> u32 {
        self.next_module.fetch_add(1, Ordering::Relaxed)
    }
    pub(crate) fn new_hidden_serial(&self) -> u32 {
        self.next_hidden.fetch_add(1, Ordering::Relaxed)
    }
    /// The data at an address read from a loader's hidden word.
    ///
    /// # Safety
    /// `address` is 0 or came from that word of a live loader.
    pub(crate) unsafe fn data_at(address: u64) -> Option<&'static LoaderData> {
        // SAFETY: the caller vouches for the address.
        unsafe { (address as *const LoaderData).as_ref() }
    }
    /// The data of a loader object whose hidden word is `word`, made at the first question.
    pub(crate) fn data_of(&self, loader: Obj, word: &AtomicU64) -> (&'static LoaderData, bool) {
        // SAFETY: the word is 0 or the address of the loader's data.
        if let Some(data) = unsafe { Self::data_at(word.load(Ordering::Acquire)) } {
            return (data, false);
        }
        let mut others = self.others.lock();
        // SAFETY: as above; looked at again under the lock.
        if let Some(data) = unsafe { Self::data_at(word.load(Ordering::Acquire)) } {
            return (data, false);
        }
        let id = self.next_loader.fetch_add(1, Ordering::Relaxed);
        let data = LoaderData::new(id, self.new_module_id(), loader);
        // SAFETY: boxed and owned by `others` until the loader dies.
        let forever = unsafe { data.forever() };
        forever
            .unnamed_module
            .loader
            .store(std::ptr::from_ref(forever).cast_mut(), Ordering::Release);
        others.push(data);
        word.store(std::ptr::from_ref(forever) as u64, Ordering::Release);
        (forever, true)
    }
}

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

/// A class's superclass list, walked under no lock: classes are only ever put in front.
pub fn direct_subclasses(class: ClassPtr) -> impl Iterator<Item = ClassPtr> {
    // SAFETY: the lists hold live classes.
    let first = unsafe { Meta::from_pointer(class.first_subclass.load(Ordering::Acquire)) };
    // SAFETY: as above.
    std::iter::successors(first, |c| unsafe {
        Meta::from_pointer(c.next_sibling.load(Ordering::Acquire))
    })
}
