//! How the class library spells what the VM knows of it ([`KnownTable`]), version by version. This is the only place
//! that tells class-library versions apart by number, beside the version marks of native methods.

use peaberry_runtime::known::{FieldSpelling, InjectedField, KnownClass, KnownField, KnownMethod, KnownTable};
use peaberry_runtime::native::Versions;

const ALL: Versions = Versions::ALL;
/// Up to 18: threads keep their fields themselves.
const UNTIL_18: Versions = Versions::until(18);
/// From 19 on: threads share a field holder, virtual threads exist.
const SINCE_19: Versions = Versions::since(19);
const UNTIL_21: Versions = Versions::until(21);
const SINCE_21: Versions = Versions::since(21);
const SINCE_22: Versions = Versions::since(22);
const UNTIL_23: Versions = Versions::until(23);
const UNTIL_24: Versions = Versions::until(24);
const SINCE_25: Versions = Versions::since(25);

macro_rules! classes {
    ($($id:ident $versions:ident $name:literal;)*) => {
        const CLASSES: &[(KnownClass, Versions, &str)] = &[$((KnownClass::$id, $versions, $name),)*];
    };
}
macro_rules! fields {
    ($($class:ident { $($id:ident $versions:ident $name:literal $descriptor:literal;)* })*) => {
        const FIELDS: &[(KnownField, Versions, FieldSpelling)] =
            &[$($((KnownField::$id, $versions, (KnownClass::$class, $name, $descriptor)),)*)*];
    };
}
macro_rules! methods {
    ($($class:ident $id:ident $versions:ident $name:literal $descriptor:literal;)*) => {
        const METHODS: &[(KnownMethod, Versions, (KnownClass, &str, &str))] =
            &[$((KnownMethod::$id, $versions, (KnownClass::$class, $name, $descriptor)),)*];
    };
}
macro_rules! injected {
    ($($class:ident $versions:ident $name:literal $descriptor:literal;)*) => {
        const INJECTED: &[InjectedField] = &[$((KnownClass::$class, $versions, $name, $descriptor),)*];
    };
}

classes! {
    Object ALL "java/lang/Object";
    Class ALL "java/lang/Class";
    String ALL "java/lang/String";
    Cloneable ALL "java/lang/Cloneable";
    Serializable ALL "java/io/Serializable";
    System ALL "java/lang/System";
    Thread ALL "java/lang/Thread";
    ThreadGroup ALL "java/lang/ThreadGroup";
    ThreadFieldHolder SINCE_19 "java/lang/Thread$FieldHolder";
    ThreadConstants SINCE_19 "java/lang/Thread$Constants";
    Throwable ALL "java/lang/Throwable";
    StackTraceElement ALL "java/lang/StackTraceElement";
    StackFrameInfo ALL "java/lang/StackFrameInfo";
    ClassFrameInfo SINCE_22 "java/lang/ClassFrameInfo";
    Error ALL "java/lang/Error";
    Exception ALL "java/lang/Exception";
    RuntimeException ALL "java/lang/RuntimeException";
    ClassLoader ALL "java/lang/ClassLoader";
    BuiltinClassLoader ALL "jdk/internal/loader/BuiltinClassLoader";
    Module ALL "java/lang/Module";
    ModuleLayer ALL "java/lang/ModuleLayer";
    Package ALL "java/lang/Package";
    ProtectionDomain ALL "java/security/ProtectionDomain";
    AccessControlContext ALL "java/security/AccessControlContext";
    OwnableSynchronizer ALL "java/util/concurrent/locks/AbstractOwnableSynchronizer";
    Reference ALL "java/lang/ref/Reference";
    SoftReference ALL "java/lang/ref/SoftReference";
    WeakReference ALL "java/lang/ref/WeakReference";
    FinalReference ALL "java/lang/ref/FinalReference";
    PhantomReference ALL "java/lang/ref/PhantomReference";
    Finalizer ALL "java/lang/ref/Finalizer";
    ReferenceHandler ALL "java/lang/ref/Reference$ReferenceHandler";
    FinalizerThread ALL "java/lang/ref/Finalizer$FinalizerThread";
    InnocuousThread ALL "jdk/internal/misc/InnocuousThread";
    Cleaner ALL "jdk/internal/ref/Cleaner";
    Boolean ALL "java/lang/Boolean";
    Byte ALL "java/lang/Byte";
    Character ALL "java/lang/Character";
    Short ALL "java/lang/Short";
    Integer ALL "java/lang/Integer";
    Long ALL "java/lang/Long";
    Float ALL "java/lang/Float";
    Double ALL "java/lang/Double";
    Number ALL "java/lang/Number";
    Void ALL "java/lang/Void";
    ReflectField ALL "java/lang/reflect/Field";
    ReflectMethod ALL "java/lang/reflect/Method";
    ReflectConstructor ALL "java/lang/reflect/Constructor";
    ReflectParameter ALL "java/lang/reflect/Parameter";
    ReflectAccessibleObject ALL "java/lang/reflect/AccessibleObject";
    Executable ALL "java/lang/reflect/Executable";
    RecordComponent ALL "java/lang/reflect/RecordComponent";
    Record ALL "java/lang/Record";
    MethodAccessorImpl ALL "jdk/internal/reflect/MethodAccessorImpl";
    ConstructorAccessorImpl ALL "jdk/internal/reflect/ConstructorAccessorImpl";
    MagicAccessorImpl UNTIL_21 "jdk/internal/reflect/MagicAccessorImpl";
    ReflectConstantPool ALL "jdk/internal/reflect/ConstantPool";
    MethodHandle ALL "java/lang/invoke/MethodHandle";
    DirectMethodHandle ALL "java/lang/invoke/DirectMethodHandle";
    BoundMethodHandle ALL "java/lang/invoke/BoundMethodHandle";
    VarHandle ALL "java/lang/invoke/VarHandle";
    MethodType ALL "java/lang/invoke/MethodType";
    MemberName ALL "java/lang/invoke/MemberName";
    ResolvedMethodName ALL "java/lang/invoke/ResolvedMethodName";
    MethodHandleNatives ALL "java/lang/invoke/MethodHandleNatives";
    InternalVm ALL "jdk/internal/misc/VM";
    MethodHandleImpl ALL "java/lang/invoke/MethodHandleImpl";
    MethodHandlesLookup ALL "java/lang/invoke/MethodHandles$Lookup";
    LambdaForm ALL "java/lang/invoke/LambdaForm";
    LambdaFormHidden ALL "jdk/internal/vm/annotation/Hidden";
    CallSite ALL "java/lang/invoke/CallSite";
    ConstantCallSite ALL "java/lang/invoke/ConstantCallSite";
    MutableCallSite ALL "java/lang/invoke/MutableCallSite";
    VolatileCallSite ALL "java/lang/invoke/VolatileCallSite";
    CallSiteContext UNTIL_24 "java/lang/invoke/MethodHandleNatives$CallSiteContext";
    StringConcatFactory ALL "java/lang/invoke/StringConcatFactory";
    Unsafe ALL "jdk/internal/misc/Unsafe";
    Signal ALL "jdk/internal/misc/Signal";
    Properties ALL "java/util/Properties";
    StackOverflowError ALL "java/lang/StackOverflowError";
    OutOfMemoryError ALL "java/lang/OutOfMemoryError";
    NullPointerException ALL "java/lang/NullPointerException";
    ArithmeticException ALL "java/lang/ArithmeticException";
    ArrayIndexOutOfBoundsException ALL "java/lang/ArrayIndexOutOfBoundsException";
    ArrayStoreException ALL "java/lang/ArrayStoreException";
    ClassCastException ALL "java/lang/ClassCastException";
    NegativeArraySizeException ALL "java/lang/NegativeArraySizeException";
    IllegalMonitorStateException ALL "java/lang/IllegalMonitorStateException";
    LinkageError ALL "java/lang/LinkageError";
    NoClassDefFoundError ALL "java/lang/NoClassDefFoundError";
    ClassNotFoundException ALL "java/lang/ClassNotFoundException";
    InternalError ALL "java/lang/InternalError";
    ExceptionInInitializerError ALL "java/lang/ExceptionInInitializerError";
    BootstrapMethodError ALL "java/lang/BootstrapMethodError";
    AbstractStackWalker ALL "java/lang/StackStreamFactory$AbstractStackWalker";
    StackStreamFactory ALL "java/lang/StackStreamFactory";
    AssertionStatusDirectives ALL "java/lang/AssertionStatusDirectives";
    ByteArrayInputStream ALL "java/io/ByteArrayInputStream";
    Shutdown ALL "java/lang/Shutdown";
    ModuleBootstrap ALL "jdk/internal/module/ModuleBootstrap";
    BootLoader ALL "jdk/internal/loader/BootLoader";
    NativeEntryPoint UNTIL_18 "jdk/internal/invoke/NativeEntryPoint";
    NativeEntryPoint SINCE_19 "jdk/internal/foreign/abi/NativeEntryPoint";
    VirtualThread SINCE_19 "java/lang/VirtualThread";
    BaseVirtualThread SINCE_19 "java/lang/BaseVirtualThread";
    ContinuationScope SINCE_19 "jdk/internal/vm/ContinuationScope";
    Continuation SINCE_19 "jdk/internal/vm/Continuation";
    VMSupport ALL "jdk/internal/vm/VMSupport";
    Buffer ALL "java/nio/Buffer";
    ThreadLocalRandom ALL "java/util/concurrent/ThreadLocalRandom";
    Iterator ALL "java/util/Iterator";
    AnnotationParser ALL "sun/reflect/annotation/AnnotationParser";
    ClassValue ALL "java/lang/ClassValue";
}

fields! {
    Class {
        ClassClassLoader ALL "classLoader" "Ljava/lang/ClassLoader;";
        ClassComponentType ALL "componentType" "Ljava/lang/Class;";
        ClassModule ALL "module" "Ljava/lang/Module;";
        ClassName ALL "name" "Ljava/lang/String;";
        ClassProtectionDomain UNTIL_24 "protection_domain" "Ljava/lang/Object;";
        ClassProtectionDomain SINCE_25 "protectionDomain" "Ljava/security/ProtectionDomain;";
        ClassSigners UNTIL_24 "signers" "Ljava/lang/Object;";
        ClassSigners SINCE_25 "signers" "[Ljava/lang/Object;";
        ClassData ALL "classData" "Ljava/lang/Object;";
        ClassClassRedefinedCount ALL "classRedefinedCount" "I";
        ClassModifiers SINCE_25 "modifiers" "C";
        ClassPrimitive SINCE_25 "primitive" "Z";
    }
    String {
        StringValue ALL "value" "[B";
        StringCoder ALL "coder" "B";
        StringHash ALL "hash" "I";
        StringHashIsZero ALL "hashIsZero" "Z";
    }
    Thread {
        ThreadEetop ALL "eetop" "J";
        ThreadName ALL "name" "Ljava/lang/String;";
        ThreadTid ALL "tid" "J";
        ThreadGroup UNTIL_18 "group" "Ljava/lang/ThreadGroup;";
        ThreadPriority UNTIL_18 "priority" "I";
        ThreadDaemon UNTIL_18 "daemon" "Z";
        ThreadStatus UNTIL_18 "threadStatus" "I";
        ThreadTarget UNTIL_18 "target" "Ljava/lang/Runnable;";
        ThreadStackSize UNTIL_18 "stackSize" "J";
        ThreadHolder SINCE_19 "holder" "Ljava/lang/Thread$FieldHolder;";
        ThreadContextClassLoader ALL "contextClassLoader" "Ljava/lang/ClassLoader;";
        ThreadInterrupted ALL "interrupted" "Z";
        ThreadInheritedAccessControlContext UNTIL_23 "inheritedAccessControlContext" "Ljava/security/AccessControlContext;";
        ThreadUncaughtHandler ALL "uncaughtExceptionHandler" "Ljava/lang/Thread$UncaughtExceptionHandler;";
        ThreadScopedValueBindings SINCE_21 "scopedValueBindings" "Ljava/lang/Object;";
        ThreadParkBlocker ALL "parkBlocker" "Ljava/lang/Object;";
        ThreadStillborn UNTIL_18 "stillborn" "Z";
    }
    OwnableSynchronizer {
        OwnableSynchronizerOwner ALL "exclusiveOwnerThread" "Ljava/lang/Thread;";
    }
    ThreadFieldHolder {
        ThreadGroup SINCE_19 "group" "Ljava/lang/ThreadGroup;";
        ThreadPriority SINCE_19 "priority" "I";
        ThreadDaemon SINCE_19 "daemon" "Z";
        ThreadStatus SINCE_19 "threadStatus" "I";
        ThreadTarget SINCE_19 "task" "Ljava/lang/Runnable;";
        ThreadStackSize SINCE_19 "stackSize" "J";
    }
    ThreadGroup {
        ThreadGroupName ALL "name" "Ljava/lang/String;";
        ThreadGroupParent ALL "parent" "Ljava/lang/ThreadGroup;";
        ThreadGroupMaxPriority ALL "maxPriority" "I";
    }
    VirtualThread {
        VirtualThreadCarrier SINCE_19 "carrierThread" "Ljava/lang/Thread;";
    }
    Throwable {
        ThrowableBacktrace ALL "backtrace" "Ljava/lang/Object;";
        ThrowableDetailMessage ALL "detailMessage" "Ljava/lang/String;";
        ThrowableCause ALL "cause" "Ljava/lang/Throwable;";
        ThrowableStackTrace ALL "stackTrace" "[Ljava/lang/StackTraceElement;";
        ThrowableDepth ALL "depth" "I";
    }
    StackTraceElement {
        StackTraceElementDeclaringClass ALL "declaringClass" "Ljava/lang/String;";
        StackTraceElementMethodName ALL "methodName" "Ljava/lang/String;";
        StackTraceElementFileName ALL "fileName" "Ljava/lang/String;";
        StackTraceElementLineNumber ALL "lineNumber" "I";
        StackTraceElementModuleName ALL "moduleName" "Ljava/lang/String;";
        StackTraceElementModuleVersion ALL "moduleVersion" "Ljava/lang/String;";
        StackTraceElementClassLoaderName ALL "classLoaderName" "Ljava/lang/String;";
        StackTraceElementDeclaringClassObject ALL "declaringClassObject" "Ljava/lang/Class;";
    }
    StackFrameInfo {
        StackFrameInfoMemberName UNTIL_21 "memberName" "Ljava/lang/Object;";
        StackFrameInfoBci ALL "bci" "I";
        StackFrameInfoName SINCE_22 "name" "Ljava/lang/String;";
        StackFrameInfoType SINCE_22 "type" "Ljava/lang/Object;";
    }
    ClassFrameInfo {
        StackFrameInfoClassOrMemberName SINCE_22 "classOrMemberName" "Ljava/lang/Object;";
        StackFrameInfoFlags SINCE_22 "flags" "I";
    }
    Reference {
        ReferenceReferent ALL "referent" "Ljava/lang/Object;";
        ReferenceQueue ALL "queue" "Ljava/lang/ref/ReferenceQueue;";
        ReferenceNext ALL "next" "Ljava/lang/ref/Reference;";
        ReferenceDiscovered ALL "discovered" "Ljava/lang/ref/Reference;";
    }
    SoftReference {
        SoftReferenceTimestamp ALL "timestamp" "J";
        SoftReferenceClock ALL "clock" "J";
    }
    ClassLoader {
        ClassLoaderParent ALL "parent" "Ljava/lang/ClassLoader;";
        ClassLoaderName ALL "name" "Ljava/lang/String;";
        ClassLoaderNameAndId ALL "nameAndId" "Ljava/lang/String;";
        ClassLoaderUnnamedModule ALL "unnamedModule" "Ljava/lang/Module;";
        ClassLoaderParallelLockMap ALL "parallelLockMap" "Ljava/util/concurrent/ConcurrentHashMap;";
        ClassLoaderDefaultAssertionStatus ALL "defaultAssertionStatus" "Z";
    }
    Module {
        ModuleName ALL "name" "Ljava/lang/String;";
        ModuleLoader ALL "loader" "Ljava/lang/ClassLoader;";
        ModuleDescriptor ALL "descriptor" "Ljava/lang/module/ModuleDescriptor;";
    }
    Boolean { BoxBoolean ALL "value" "Z"; }
    Byte { BoxByte ALL "value" "B"; }
    Character { BoxCharacter ALL "value" "C"; }
    Short { BoxShort ALL "value" "S"; }
    Integer { BoxInteger ALL "value" "I"; }
    Long { BoxLong ALL "value" "J"; }
    Float { BoxFloat ALL "value" "F"; }
    Double { BoxDouble ALL "value" "D"; }
    ReflectAccessibleObject {
        FieldOverride ALL "override" "Z";
        MethodOverride ALL "override" "Z";
    }
    ReflectField {
        FieldClazz ALL "clazz" "Ljava/lang/Class;";
        FieldSlot ALL "slot" "I";
        FieldName ALL "name" "Ljava/lang/String;";
        FieldType ALL "type" "Ljava/lang/Class;";
        FieldModifiers ALL "modifiers" "I";
        FieldTrustedFinal ALL "trustedFinal" "Z";
        FieldSignature ALL "signature" "Ljava/lang/String;";
        FieldAnnotations ALL "annotations" "[B";
    }
    ReflectMethod {
        MethodClazz ALL "clazz" "Ljava/lang/Class;";
        MethodSlot ALL "slot" "I";
        MethodName ALL "name" "Ljava/lang/String;";
        MethodReturnType ALL "returnType" "Ljava/lang/Class;";
        MethodParameterTypes ALL "parameterTypes" "[Ljava/lang/Class;";
        MethodExceptionTypes ALL "exceptionTypes" "[Ljava/lang/Class;";
        MethodModifiers ALL "modifiers" "I";
        MethodSignature ALL "signature" "Ljava/lang/String;";
        MethodAnnotations ALL "annotations" "[B";
        MethodParameterAnnotations ALL "parameterAnnotations" "[B";
        MethodAnnotationDefault ALL "annotationDefault" "[B";
    }
    ReflectConstructor {
        ConstructorClazz ALL "clazz" "Ljava/lang/Class;";
        ConstructorSlot ALL "slot" "I";
        ConstructorParameterTypes ALL "parameterTypes" "[Ljava/lang/Class;";
        ConstructorExceptionTypes ALL "exceptionTypes" "[Ljava/lang/Class;";
        ConstructorModifiers ALL "modifiers" "I";
        ConstructorSignature ALL "signature" "Ljava/lang/String;";
        ConstructorAnnotations ALL "annotations" "[B";
        ConstructorParameterAnnotations ALL "parameterAnnotations" "[B";
    }
    ReflectParameter {
        ParameterName ALL "name" "Ljava/lang/String;";
        ParameterModifiers ALL "modifiers" "I";
        ParameterExecutable ALL "executable" "Ljava/lang/reflect/Executable;";
        ParameterIndex ALL "index" "I";
    }
    RecordComponent {
        RecordComponentClazz ALL "clazz" "Ljava/lang/Class;";
        RecordComponentName ALL "name" "Ljava/lang/String;";
        RecordComponentType ALL "type" "Ljava/lang/Class;";
        RecordComponentAccessor ALL "accessor" "Ljava/lang/reflect/Method;";
        RecordComponentSignature ALL "signature" "Ljava/lang/String;";
        RecordComponentAnnotations ALL "annotations" "[B";
        RecordComponentTypeAnnotations ALL "typeAnnotations" "[B";
    }
    ReflectConstantPool {
        ReflectConstantPoolOop ALL "constantPoolOop" "Ljava/lang/Object;";
    }
    MethodHandle {
        MethodHandleType ALL "type" "Ljava/lang/invoke/MethodType;";
        MethodHandleForm ALL "form" "Ljava/lang/invoke/LambdaForm;";
    }
    DirectMethodHandle {
        DirectMethodHandleMember ALL "member" "Ljava/lang/invoke/MemberName;";
    }
    LambdaForm {
        LambdaFormVmentry ALL "vmentry" "Ljava/lang/invoke/MemberName;";
    }
    MethodType {
        MethodTypeRtype ALL "rtype" "Ljava/lang/Class;";
        MethodTypePtypes ALL "ptypes" "[Ljava/lang/Class;";
    }
    MemberName {
        MemberNameClazz ALL "clazz" "Ljava/lang/Class;";
        MemberNameName ALL "name" "Ljava/lang/String;";
        MemberNameType ALL "type" "Ljava/lang/Object;";
        MemberNameFlags ALL "flags" "I";
        MemberNameMethod ALL "method" "Ljava/lang/invoke/ResolvedMethodName;";
        MemberNameResolution ALL "resolution" "Ljava/lang/Object;";
        MemberNameVmIndex ALL "vmindex" "J";
    }
    ResolvedMethodName {
        ResolvedMethodNameHolder ALL "vmholder" "";
        ResolvedMethodNameVmTarget ALL "vmtarget" "J";
    }
    CallSite {
        CallSiteTarget ALL "target" "Ljava/lang/invoke/MethodHandle;";
        CallSiteContext UNTIL_24 "context" "Ljava/lang/invoke/MethodHandleNatives$CallSiteContext;";
    }
    MethodHandlesLookup {
        LookupClass ALL "lookupClass" "Ljava/lang/Class;";
        LookupModes ALL "allowedModes" "I";
    }
    AssertionStatusDirectives {
        AssertionClasses ALL "classes" "[Ljava/lang/String;";
        AssertionClassEnabled ALL "classEnabled" "[Z";
        AssertionPackages ALL "packages" "[Ljava/lang/String;";
        AssertionPackageEnabled ALL "packageEnabled" "[Z";
        AssertionDefault ALL "deflt" "Z";
    }
    Buffer {
        BufferAddress ALL "address" "J";
    }
}

methods! {
    Object ObjectFinalize ALL "finalize" "()V";
    System SystemInitPhase1 ALL "initPhase1" "()V";
    System SystemInitPhase2 ALL "initPhase2" "(ZZ)I";
    System SystemInitPhase3 ALL "initPhase3" "()V";
    InternalVm SetJavaLangInvokeInited SINCE_25 "setJavaLangInvokeInited" "()V";
    Thread ThreadRun ALL "run" "()V";
    Thread ThreadExit ALL "exit" "()V";
    Thread ThreadInit ALL "<init>" "(Ljava/lang/ThreadGroup;Ljava/lang/String;)V";
    Thread ThreadDispatchUncaught ALL "dispatchUncaughtException" "(Ljava/lang/Throwable;)V";
    ThreadGroup ThreadGroupInit ALL "<init>" "()V";
    ThreadGroup ThreadGroupInitNamed ALL "<init>" "(Ljava/lang/ThreadGroup;Ljava/lang/String;)V";
    ThreadGroup ThreadGroupAdd UNTIL_18 "add" "(Ljava/lang/Thread;)V";
    Shutdown ShutdownShutdown ALL "shutdown" "()V";
    ClassLoader ClassLoaderGetSystem ALL "getSystemClassLoader" "()Ljava/lang/ClassLoader;";
    ClassLoader ClassLoaderLoadClass ALL "loadClass" "(Ljava/lang/String;)Ljava/lang/Class;";
    ClassLoader ClassLoaderCheckPackageAccess UNTIL_23 "checkPackageAccess"
        "(Ljava/lang/Class;Ljava/security/ProtectionDomain;)V";
    ClassLoader ClassLoaderAddClass ALL "addClass" "(Ljava/lang/Class;)V";
    Finalizer FinalizerRegister ALL "register" "(Ljava/lang/Object;)V";
    MethodHandleNatives FindMethodHandleType ALL "findMethodHandleType"
        "(Ljava/lang/Class;[Ljava/lang/Class;)Ljava/lang/invoke/MethodType;";
    MethodHandleNatives LinkMethod ALL "linkMethod"
        "(Ljava/lang/Class;ILjava/lang/Class;Ljava/lang/String;Ljava/lang/Object;[Ljava/lang/Object;)Ljava/lang/invoke/MemberName;";
    MethodHandleNatives LinkCallSite UNTIL_18 "linkCallSite"
        "(Ljava/lang/Object;ILjava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;[Ljava/lang/Object;)Ljava/lang/invoke/MemberName;";
    MethodHandleNatives LinkCallSite SINCE_19 "linkCallSite"
        "(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;[Ljava/lang/Object;)Ljava/lang/invoke/MemberName;";
    MethodHandleNatives LinkMethodHandleConstant ALL "linkMethodHandleConstant"
        "(Ljava/lang/Class;ILjava/lang/Class;Ljava/lang/String;Ljava/lang/Object;)Ljava/lang/invoke/MethodHandle;";
    MethodHandleNatives LinkDynamicConstant UNTIL_18 "linkDynamicConstant"
        "(Ljava/lang/Object;ILjava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;";
    MethodHandleNatives LinkDynamicConstant SINCE_19 "linkDynamicConstant"
        "(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;";
    Throwable ThrowableInit ALL "<init>" "(Ljava/lang/String;)V";
    Throwable ThrowableFillInStackTrace ALL "fillInStackTrace" "()Ljava/lang/Throwable;";
    Throwable ThrowableGetMessage ALL "getMessage" "()Ljava/lang/String;";
    Throwable ThrowablePrintStackTrace ALL "printStackTrace" "()V";
    Integer IntegerValueOf ALL "valueOf" "(I)Ljava/lang/Integer;";
    Signal SignalDispatch ALL "dispatch" "(I)V";
    Properties PropertiesPut ALL "put" "(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;";
    AbstractStackWalker StackWalkerDoStackWalk ALL "doStackWalk" "(JIIII)Ljava/lang/Object;";
    MethodType MethodTypeMake ALL "methodType" "(Ljava/lang/Class;[Ljava/lang/Class;)Ljava/lang/invoke/MethodType;";
    MethodHandle InvokeExactMethodHandle ALL "invokeExact" "([Ljava/lang/Object;)Ljava/lang/Object;";
}

injected! {
    Class UNTIL_24 "protection_domain" "Ljava/lang/Object;";
    Class UNTIL_24 "signers" "Ljava/lang/Object;";
    ClassLoader ALL "loader_data" "J";
    Module ALL "module_entry" "J";
    MemberName ALL "vmindex" "J";
    ResolvedMethodName ALL "vmtarget" "J";
    ResolvedMethodName ALL "vmholder" "Ljava/lang/Object;";
}

/// The table handed to the runtime.
pub static TABLE: KnownTable = KnownTable {
    classes: CLASSES,
    fields: FIELDS,
    methods: METHODS,
    injected: INJECTED,
};

/// The class library's launcher of source files, as a module's main class.
const SOURCE_LAUNCHERS: &[(&str, Versions)] = &[
    ("jdk.compiler/com.sun.tools.javac.launcher.Main", UNTIL_21),
    ("jdk.compiler/com.sun.tools.javac.launcher.SourceLauncher", SINCE_22),
];

/// The source launcher of a release.
pub fn source_launcher(release: u16) -> &'static str {
    let row = SOURCE_LAUNCHERS.iter().find(|(_, versions)| versions.has(release));
    row.map_or("", |(name, _)| name)
}
