//! What the VM itself knows of the class library: classes, fields and methods, by meaning. Their spelling, and the
//! class-library versions that have them, is `stdlib::wellknown`, which hands it over as a [`KnownTable`].

use crate::method_area::{ClassPtr, LinkCell, MethodPtr};
use crate::native::Versions;

macro_rules! known_ids {
    ($(#[$doc:meta])* $name:ident { $($id:ident),* $(,)? }) => {
        $(#[$doc])*
        #[allow(missing_docs)]
        #[repr(u16)]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $($id),* }
        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [$name] = &[$($name::$id),*];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();
        }
    };
}

known_ids! {
    /// Classes the VM uses itself.
    KnownClass {
        Object, Class, String, Cloneable, Serializable, System, Thread, ThreadGroup, ThreadFieldHolder,
        ThreadConstants, Throwable, StackTraceElement, StackFrameInfo, ClassFrameInfo, Error, Exception, RuntimeException,
        ClassLoader, BuiltinClassLoader, Module, ModuleLayer, Package, ProtectionDomain,
        Reference, SoftReference, WeakReference, FinalReference, PhantomReference, Finalizer,
        Boolean, Byte, Character, Short, Integer, Long, Float, Double, Number, Void,
        ReflectField, ReflectMethod, ReflectConstructor, ReflectParameter, ReflectAccessibleObject, RecordComponent, Record,
        MethodAccessorImpl, ConstructorAccessorImpl, MagicAccessorImpl, ReflectConstantPool,
        MethodHandle, DirectMethodHandle, VarHandle, MethodType, MemberName, ResolvedMethodName, MethodHandleNatives,
        MethodHandleImpl, LambdaForm, CallSite, ConstantCallSite, MutableCallSite, VolatileCallSite, CallSiteContext,
        MethodHandlesLookup, BoundMethodHandle, LambdaFormHidden, Unsafe, Properties,
        StackOverflowError, OutOfMemoryError, NullPointerException, ArithmeticException, ArrayIndexOutOfBoundsException,
        ArrayStoreException, ClassCastException, NegativeArraySizeException, IllegalMonitorStateException,
        LinkageError, NoClassDefFoundError, ClassNotFoundException, InternalError, ExceptionInInitializerError,
        BootstrapMethodError, StringConcatFactory, AbstractStackWalker, StackStreamFactory, AssertionStatusDirectives,
        ByteArrayInputStream, Shutdown, ModuleBootstrap, BootLoader, ReferenceHandler, FinalizerThread, InnocuousThread, Signal, NativeEntryPoint,
        VirtualThread, BaseVirtualThread, ContinuationScope, Continuation, VMSupport, Buffer, InternalThreadLocalRandom,
        Iterator, AnnotationParser, ClassValue, Cleaner, ThreadLocalRandom, Executable, AccessControlContext, OwnableSynchronizer,
        InternalVm,
    }
}
known_ids! {
    /// Fields the VM reads or writes itself.
    KnownField {
        ClassClassLoader, ClassComponentType, ClassModule, ClassName, ClassProtectionDomain, ClassSigners, ClassData, ClassClassRedefinedCount,
        ClassModifiers, ClassPrimitive,
        StringValue, StringCoder, StringHash, StringHashIsZero,
        ThreadEetop, ThreadName, ThreadGroup, ThreadPriority, ThreadDaemon, ThreadStatus, ThreadTid, ThreadHolder,
        ThreadContextClassLoader, ThreadInterrupted, ThreadInheritedAccessControlContext, ThreadUncaughtHandler, ThreadTarget, ThreadStackSize,
        ThreadGroupName, ThreadGroupParent, ThreadGroupMaxPriority,
        ThrowableBacktrace, ThrowableDetailMessage, ThrowableCause, ThrowableStackTrace, ThrowableDepth,
        StackTraceElementDeclaringClass, StackTraceElementMethodName, StackTraceElementFileName,
        StackTraceElementLineNumber, StackTraceElementModuleName, StackTraceElementModuleVersion,
        StackTraceElementClassLoaderName, StackTraceElementDeclaringClassObject,
        StackFrameInfoMemberName, StackFrameInfoBci, StackFrameInfoClassOrMemberName, StackFrameInfoType, StackFrameInfoFlags,
        StackFrameInfoName,
        ReferenceReferent, ReferenceQueue, ReferenceNext, ReferenceDiscovered, SoftReferenceTimestamp, SoftReferenceClock,
        ClassLoaderParent, ClassLoaderName, ClassLoaderNameAndId, ClassLoaderUnnamedModule, ClassLoaderParallelLockMap,
        ClassLoaderVmData, ClassLoaderDefaultAssertionStatus, ModuleVmEntry, ModuleDescriptor,
        ModuleName, ModuleLoader,
        BoxBoolean, BoxByte, BoxCharacter, BoxShort, BoxInteger, BoxLong, BoxFloat, BoxDouble,
        FieldClazz, FieldSlot, FieldName, FieldType, FieldModifiers, FieldSignature, FieldAnnotations, FieldTrustedFinal, FieldOverride,
        MethodClazz, MethodSlot, MethodName, MethodReturnType, MethodParameterTypes, MethodExceptionTypes, MethodModifiers,
        MethodSignature, MethodAnnotations, MethodParameterAnnotations, MethodAnnotationDefault, MethodOverride,
        ConstructorClazz, ConstructorSlot, ConstructorParameterTypes, ConstructorExceptionTypes, ConstructorModifiers,
        ConstructorSignature, ConstructorAnnotations, ConstructorParameterAnnotations,
        ParameterName, ParameterModifiers, ParameterExecutable, ParameterIndex,
        RecordComponentClazz, RecordComponentName, RecordComponentType, RecordComponentAccessor, RecordComponentSignature,
        RecordComponentAnnotations, RecordComponentTypeAnnotations,
        MethodHandleType, MethodHandleForm, LambdaFormVmentry, MethodTypeRtype, MethodTypePtypes,
        MemberNameClazz, MemberNameName, MemberNameType, MemberNameFlags, MemberNameMethod, MemberNameResolution,
        ResolvedMethodNameHolder, ResolvedMethodNameVmTarget, MemberNameVmIndex, CallSiteTarget, CallSiteContext, CallSiteContextVmDependencies, DirectMethodHandleMember,
        StackStreamFrameCount, ReflectConstantPoolOop, LookupClass, LookupModes,
        AssertionClasses, AssertionClassEnabled, AssertionPackages, AssertionPackageEnabled, AssertionDefault,
        BufferAddress, VirtualThreadCarrier, ThreadScopedValueBindings, ThreadParkBlocker, ThreadStillborn, OwnableSynchronizerOwner,
    }
}
known_ids! {
    /// Methods the VM calls itself.
    KnownMethod {
        ObjectFinalize, SystemInitPhase1, SystemInitPhase2, SystemInitPhase3, SetJavaLangInvokeInited, ThreadRun, ThreadExit, ThreadInit,
        ThreadGroupInit, ThreadGroupInitNamed, ThreadGroupAdd, ThreadDispatchUncaught, ShutdownShutdown,
        ClassLoaderGetSystem, ClassLoaderLoadClass, ClassLoaderCheckPackageAccess, ClassLoaderAddClass, FinalizerRegister,
        FindMethodHandleType, LinkMethod, LinkCallSite, LinkMethodHandleConstant, LinkDynamicConstant,
        LookupInternal, ThrowableInit, IntegerValueOf, SignalDispatch, PropertiesPut, ThrowableFillInStackTrace,
        StackWalkerDoStackWalk, MethodTypeMake, ReferenceHandlerStart, ModuleDefine, InvokeExactMethodHandle,
        ThrowableGetMessage, ThrowablePrintStackTrace, ThreadUninterruptible, VmSupportAgent,
    }
}

/// Spelling of a known field: (class, name, descriptor); descriptor may be empty to match by name alone.
pub type FieldSpelling = (KnownClass, &'static str, &'static str);
/// Spelling of a known method: (class, name, descriptor).
pub type MethodSpelling = (KnownClass, &'static str, &'static str);
/// A field the VM adds to a class of the class library: (class, versions, name, descriptor).
pub type InjectedField = (KnownClass, Versions, &'static str, &'static str);

/// The spelling of everything known, supplied by `stdlib`. A missing row for a version means that the class library of
/// that version does not have it.
pub struct KnownTable {
    /// Classes: (id, versions, internal name).
    pub classes: &'static [(KnownClass, Versions, &'static str)],
    /// Fields.
    pub fields: &'static [(KnownField, Versions, FieldSpelling)],
    /// Methods.
    pub methods: &'static [(KnownMethod, Versions, MethodSpelling)],
    /// Fields the VM adds when it defines the class (`Field::injected`), hidden from reflection and resolution; left
    /// out where the class already declares a field of that name.
    pub injected: &'static [InjectedField],
}

impl KnownTable {
    /// (name, descriptor) of the fields to add to the boot class of this internal name.
    pub fn injected_fields(
        &self,
        release: u16,
        class_name: &str,
    ) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        let mut named = self
            .classes
            .iter()
            .filter(move |row| row.1.has(release) && row.2 == class_name);
        let id = named.next().map(|row| row.0);
        let rows = self
            .injected
            .iter()
            .filter(move |row| Some(row.0) == id && row.1.has(release));
        rows.map(|row| (row.2, row.3))
    }
}

/// Offset value of a field the class library does not have.
pub const ABSENT: u32 = u32::MAX;

/// The resolved known classes, field offsets and methods of one VM.
pub struct Known {
    classes: [LinkCell<Option<ClassPtr>>; KnownClass::COUNT],
    offsets: [LinkCell<u32>; KnownField::COUNT],
    methods: [LinkCell<Option<MethodPtr>>; KnownMethod::COUNT],
    primitives: [LinkCell<Option<ClassPtr>>; 16],
    primitive_arrays: [LinkCell<Option<ClassPtr>>; 16],
    /// Feature release of the class library (17, 21, 25).
    pub release: LinkCell<u16>,
}

impl Default for Known {
    fn default() -> Self {
        Known {
            classes: [const { LinkCell::new(None) }; KnownClass::COUNT],
            offsets: [const { LinkCell::new(ABSENT) }; KnownField::COUNT],
            methods: [const { LinkCell::new(None) }; KnownMethod::COUNT],
            primitives: [const { LinkCell::new(None) }; 16],
            primitive_arrays: [const { LinkCell::new(None) }; 16],
            release: LinkCell::new(0),
        }
    }
}

impl Known {
    /// A known class that every supported class library has and that boot has loaded.
    ///
    /// # Panics
    /// When asked before boot loaded it: a VM bug, not reachable by programs.
    #[inline]
    pub fn class(&self, id: KnownClass) -> ClassPtr {
        match self.classes[id as usize].get() {
            Some(class) => class,
            None => panic!("known class {id:?} is not loaded"),
        }
    }
    /// A known class, if loaded and present in this class library.
    #[inline]
    pub fn class_if_present(&self, id: KnownClass) -> Option<ClassPtr> {
        self.classes[id as usize].get()
    }
    /// Records a class.
    pub fn set_class(&self, id: KnownClass, class: ClassPtr) {
        self.classes[id as usize].set(Some(class));
    }
    /// Byte offset of a known field (instance: in the object; static: in the mirror), [`ABSENT`] when there is none.
    #[inline]
    pub fn offset(&self, id: KnownField) -> usize {
        self.offsets[id as usize].get() as usize
    }
    /// True when this class library has the field (and its class is loaded).
    #[inline]
    pub fn has_field(&self, id: KnownField) -> bool {
        self.offsets[id as usize].get() != ABSENT
    }
    /// Records an offset.
    pub fn set_offset(&self, id: KnownField, offset: u32) {
        self.offsets[id as usize].set(offset);
    }
    /// A known method, if its class is loaded and this class library has it.
    #[inline]
    pub fn method(&self, id: KnownMethod) -> Option<MethodPtr> {
        self.methods[id as usize].get()
    }
    /// Records a method.
    pub fn set_method(&self, id: KnownMethod, method: MethodPtr) {
        self.methods[id as usize].set(Some(method));
    }
    /// Pseudo class of a primitive type or void.
    #[inline]
    pub fn primitive(&self, basic_type: crate::basic_type::BasicType) -> ClassPtr {
        match self.primitives[basic_type as usize].get() {
            Some(class) => class,
            None => panic!("no primitive class {basic_type:?}"),
        }
    }
    /// Array class of a primitive type.
    #[inline]
    pub fn primitive_array(&self, basic_type: crate::basic_type::BasicType) -> ClassPtr {
        match self.primitive_arrays[basic_type as usize].get() {
            Some(class) => class,
            None => panic!("no primitive array class {basic_type:?}"),
        }
    }
    /// Array class of a primitive type, `None` while booting.
    #[inline]
    pub fn primitive_array_if_present(&self, basic_type: crate::basic_type::BasicType) -> Option<ClassPtr> {
        self.primitive_arrays[basic_type as usize].get()
    }
    /// Visits the primitive types' pseudo classes and their array classes, those there are so far (collector's roots).
    pub fn for_each_primitive(&self, mut f: impl FnMut(ClassPtr)) {
        self.primitives
            .iter()
            .chain(&self.primitive_arrays)
            .filter_map(LinkCell::get)
            .for_each(&mut f)
    }
    /// Records a primitive pseudo class and its array class.
    pub fn set_primitive(&self, basic_type: crate::basic_type::BasicType, class: ClassPtr, array: Option<ClassPtr>) {
        self.primitives[basic_type as usize].set(Some(class));
        self.primitive_arrays[basic_type as usize].set(array);
    }
}
