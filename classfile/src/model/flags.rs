//! Access flags (JVMS tables 4.1-B, 4.5-A, 4.6-A, 4.7.6-A).

use bitflags::bitflags;

bitflags! {
    /// Flags of a class, also of an InnerClasses row.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct ClassFlags: u16 {
        /// `public`
        const PUBLIC = 0x0001;
        /// `private` (InnerClasses only)
        const PRIVATE = 0x0002;
        /// `protected` (InnerClasses only)
        const PROTECTED = 0x0004;
        /// `static` (InnerClasses only)
        const STATIC = 0x0008;
        /// `final`
        const FINAL = 0x0010;
        /// ACC_SUPER
        const SUPER = 0x0020;
        /// Is an interface.
        const INTERFACE = 0x0200;
        /// `abstract`
        const ABSTRACT = 0x0400;
        /// Not in the source.
        const SYNTHETIC = 0x1000;
        /// Is an annotation interface.
        const ANNOTATION = 0x2000;
        /// Is an enum class.
        const ENUM = 0x4000;
        /// Is a module descriptor.
        const MODULE = 0x8000;
    }
}

bitflags! {
    /// Flags of a field.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct FieldFlags: u16 {
        /// `public`
        const PUBLIC = 0x0001;
        /// `private`
        const PRIVATE = 0x0002;
        /// `protected`
        const PROTECTED = 0x0004;
        /// `static`
        const STATIC = 0x0008;
        /// `final`
        const FINAL = 0x0010;
        /// `volatile`
        const VOLATILE = 0x0040;
        /// `transient`
        const TRANSIENT = 0x0080;
        /// Not in the source.
        const SYNTHETIC = 0x1000;
        /// Is an enum constant.
        const ENUM = 0x4000;
    }
}

bitflags! {
    /// Flags of a method.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct MethodFlags: u16 {
        /// `public`
        const PUBLIC = 0x0001;
        /// `private`
        const PRIVATE = 0x0002;
        /// `protected`
        const PROTECTED = 0x0004;
        /// `static`
        const STATIC = 0x0008;
        /// `final`
        const FINAL = 0x0010;
        /// `synchronized`
        const SYNCHRONIZED = 0x0020;
        /// A bridge method.
        const BRIDGE = 0x0040;
        /// Variable number of arguments.
        const VARARGS = 0x0080;
        /// `native`
        const NATIVE = 0x0100;
        /// `abstract`
        const ABSTRACT = 0x0400;
        /// `strictfp`
        const STRICT = 0x0800;
        /// Not in the source.
        const SYNTHETIC = 0x1000;
    }
}
