//! Tags, and the sets of them that the VM's messages have.

/// A set of tags that messages of the VM have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum TagSet {
    /// Initialization of classes.
    ClassInit,
    /// Classes defined.
    ClassLoad,
    /// Classes gone.
    ClassUnload,
    /// State of the code cache.
    CodeCache,
    /// Exceptions thrown.
    Exceptions,
    /// Collections.
    Gc,
    /// Processor time of collections.
    GcCpu,
    /// Pools of the heap before and after collections.
    GcHeap,
    /// The heap at the end.
    GcHeapExit,
    /// The heap, once.
    GcInit,
    /// The method area before and after collections.
    GcMetaspace,
    /// Collections that begin.
    GcStart,
    /// Compilations, refusals, exits and invalidations.
    Jit,
    /// Natives linked.
    JniResolve,
    /// Definition of modules.
    Module,
    /// Modules defined, with their location.
    ModuleLoad,
    /// Options accepted that mean nothing here.
    Options,
    /// Stops of the world.
    Safepoint,
    /// Phases of starting the VM.
    StartupTime,
}

impl TagSet {
    /// How many there are.
    pub const COUNT: usize = 19;
    /// All, in order.
    pub const ALL: [TagSet; TagSet::COUNT] = [
        TagSet::ClassInit,
        TagSet::ClassLoad,
        TagSet::ClassUnload,
        TagSet::CodeCache,
        TagSet::Exceptions,
        TagSet::Gc,
        TagSet::GcCpu,
        TagSet::GcHeap,
        TagSet::GcHeapExit,
        TagSet::GcInit,
        TagSet::GcMetaspace,
        TagSet::GcStart,
        TagSet::Jit,
        TagSet::JniResolve,
        TagSet::Module,
        TagSet::ModuleLoad,
        TagSet::Options,
        TagSet::Safepoint,
        TagSet::StartupTime,
    ];
    /// Its tags, as the log prints them.
    pub fn name(self) -> &'static str {
        match self {
            TagSet::ClassInit => "class,init",
            TagSet::ClassLoad => "class,load",
            TagSet::ClassUnload => "class,unload",
            TagSet::CodeCache => "codecache",
            TagSet::Exceptions => "exceptions",
            TagSet::Gc => "gc",
            TagSet::GcCpu => "gc,cpu",
            TagSet::GcHeap => "gc,heap",
            TagSet::GcHeapExit => "gc,heap,exit",
            TagSet::GcInit => "gc,init",
            TagSet::GcMetaspace => "gc,metaspace",
            TagSet::GcStart => "gc,start",
            TagSet::Jit => "jit",
            TagSet::JniResolve => "jni,resolve",
            TagSet::Module => "module",
            TagSet::ModuleLoad => "module,load",
            TagSet::Options => "options",
            TagSet::Safepoint => "safepoint",
            TagSet::StartupTime => "startuptime",
        }
    }
}

/// The tags that may be named: HotSpot's, for most of which the VM has no messages, and `options`.
const TAGS: &str = "\
    add age alloc annotation aot arguments array attach barrier biasedlocking blocks bot breakpoint bytecode \
    cause cds census class classhisto cleanup codecache compaction compilation condy constantpool constraints \
    container continuations coops cpu cset data datacreation dcmd decoder defaultmethods deoptimization \
    dependencies director dump dynamic ergo event exceptions exit fastlock finalizer fingerprint free freelist \
    gc handshake hashtables heap heapdump humongous ihop iklass indy init inlinecache inlining install \
    interpreter itables jfr jit jmethod jni jvmci jvmti lambda library link liveness load loader logging malloc \
    map mark marking membername memops metadata metaspace methodcomparator methodhandles methodtrace mirror mmu \
    module monitorinflation monitormismatch monitortable native nestmates nmethod nmt normalize numa \
    objecttagging obsolete oldobject oom oopmap oops oopstorage os owner page pagesize parser patch path perf \
    periodic phases plab placeholders preempt preorder preview promotion protectiondomain ptrqueue purge record \
    redefine ref refine region reloc remset resolve safepoint sampling scavenge sealed setting smr stackbarrier \
    stackmap stacktrace stackwalk start startup startuptime state stats streaming stringdedup stringtable stubs \
    subclass survivor suspend sweep symboltable system table task thread throttle time timer tlab tracking \
    training trimnative unload unmap unshareable update valuebasedclasses verification verify vmmutex \
    vmoperation vmthread vtables vtablestubs workgang \
    options";

/// The tags that may be named.
pub fn known() -> impl Iterator<Item = &'static str> {
    TAGS.split_whitespace()
}
