//! The virtual machine as a value: everything that belongs to one VM hangs here, nothing is process-wide.

use crate::handles::Handles;
use crate::instrument::Instrument;
use crate::known::{Known, KnownTable};
use crate::loader::{BootPath, LoaderData, Loaders};
use crate::log::Log;
use crate::management::Management;
use crate::method_area::{Arena, ClassPtr, MethodArea, Sym, SymbolTable};
use crate::monitor::MonitorTable;
use crate::native::NativeRow;
use crate::native::registry::NativeRegistry;
use crate::options::VmOptions;
use crate::safepoint::Safepoint;
use crate::strings::InternTable;
use crate::thread::lifecycle::Threads;
use peaberry_gc::Heap;
use peaberry_sys::memory::Reservation;

/// Name of this VM: `java.vm.name`, and what its warnings begin with.
pub const VM_NAME: &str = "Peaberry 64-Bit VM";

/// What the standard library layer supplies to the runtime.
#[derive(Clone, Copy)]
pub struct Library {
    /// Spelling of the known classes, fields and methods.
    pub known: &'static KnownTable,
    /// All native methods, class by class.
    pub natives: &'static [&'static [NativeRow]],
    /// Rust versions of methods that the class library has in Java, class by class; leaves, all of them.
    pub intrinsics: &'static [&'static [NativeRow]],
}

/// One virtual machine. Made by `boot::create`, shared by its threads through raw pointers, dropped after the last one.
pub struct Vm {
    /// Options it was made with.
    pub options: VmOptions,
    /// Logging.
    pub log: Log,
    /// The standard library layer.
    pub class_library: Library,
    /// Memory of the method area.
    pub method_area: MethodArea,
    /// Symbols.
    pub symbols: SymbolTable,
    /// Known classes, offsets and methods.
    pub known: Known,
    /// Interned strings.
    pub interned: InternTable,
    /// Class loaders and their dictionaries.
    pub loaders: Loaders,
    /// Where the boot loader finds classes.
    pub boot_path: BootPath,
    /// Registered natives.
    pub natives: NativeRegistry,
    /// Where frames of methods hold references, as far as collections have asked.
    pub reference_maps: parking_lot::Mutex<crate::stack::ReferenceMaps>,
    /// Inflated monitors.
    pub monitors: MonitorTable,
    /// Safepoints and handshakes.
    pub safepoint: Safepoint,
    /// All Java threads.
    pub threads: Threads,
    /// Agents.
    pub instrument: Instrument,
    /// What management beans watch.
    pub management: Management,
    /// Global references.
    pub handles: Handles,
    /// Invocation of method handles: linked invokers and the like.
    pub invoke: crate::invoke::InvokeState,
    /// Exceptions made in advance, resolution errors kept.
    pub exceptions: crate::exceptions::ExceptionState,
    /// Compiled code.
    pub compiled: crate::compiled::Compiled,
    /// What is compiled when.
    pub tier: crate::tier::Tier,
    /// Start of the VM, monotonic nanoseconds.
    pub start_nanos: i64,
    /// The heap. Dropped before the reservation.
    pub heap: Heap,
    /// The address range of method area, heap and code cache.
    pub reservation: Reservation,
}

// SAFETY: all parts are synchronised; raw pointers among them point into the method area, which is immutable or atomic.
unsafe impl Send for Vm {}
// SAFETY: as above.
unsafe impl Sync for Vm {}

impl Drop for Vm {
    fn drop(&mut self) {
        // Before anything goes that a compilation under way looks at.
        self.tier.stop();
    }
}

impl Vm {
    /// Interns a name or descriptor.
    #[inline]
    pub fn symbol(&self, text: &str) -> Sym {
        self.symbol_bytes(text.as_bytes())
    }
    /// Interns modified UTF-8 bytes.
    #[inline]
    pub fn symbol_bytes(&self, bytes: &[u8]) -> Sym {
        self.symbols.intern(&self.arena(), bytes)
    }
    /// Where to allocate what lives as long as the VM.
    #[inline]
    pub fn arena(&self) -> Arena<'_> {
        Arena::new(&self.method_area, &self.boot_loader().space)
    }
    /// Where to allocate what lives as long as a class.
    #[inline]
    pub fn arena_of(&self, class: ClassPtr) -> Arena<'_> {
        // SAFETY: null, or the class's own space, which lives as long as the class.
        match unsafe { class.space.as_ref() } {
            Some(own) => Arena::new(&self.method_area, own),
            None => Arena::new(&self.method_area, &class.loader_data().space),
        }
    }
    /// The boot loader's data.
    #[inline]
    pub fn boot_loader(&self) -> &'static LoaderData {
        self.loaders.boot()
    }
    /// Feature release of the class library.
    #[inline]
    pub fn release(&self) -> u16 {
        self.known.release.get()
    }
}
