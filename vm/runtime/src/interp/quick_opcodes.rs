//! The opcodes of quickened code beyond those of class files, each with the instruction it stands for.
//!
//! Quickened code has the layout of the class file's: an instruction is patched in place, operands first, its opcode
//! byte last. Fused opcodes take the place of two instructions ([`super::fuse`]); some have the numbers of class-file
//! opcodes that quickened code does without.

use peaberry_classfile::opcodes::op;

macro_rules! quick_opcodes {
    ($($(#[$doc:meta])* $name:ident = $number:literal stands for $original:ident;)*) => {
        $($(#[$doc])* pub(crate) const $name: u8 = $number;)*
        /// Every quick opcode: (number, name, opcode it replaces).
        pub const QUICK_OPCODES: &[(u8, &str, u8)] = &[$(($number, stringify!($name), op::$original),)*];
    };
}

quick_opcodes! {
    /// getfield; the operand is the byte offset of a `byte` or `boolean`.
    GETFIELD_BYTE = 203 stands for GETFIELD;
    /// Operand: offset of a `char`.
    GETFIELD_CHAR = 204 stands for GETFIELD;
    /// Operand: offset of a `short`.
    GETFIELD_SHORT = 205 stands for GETFIELD;
    /// Operand: offset of an `int` or `float`.
    GETFIELD_INT = 206 stands for GETFIELD;
    /// Operand: offset of a `long` or `double`.
    GETFIELD_LONG = 207 stands for GETFIELD;
    /// Operand: offset of a reference.
    GETFIELD_REFERENCE = 208 stands for GETFIELD;
    /// Volatile field, or one too far into its object for the operand: pool word is the `Field`.
    GETFIELD_ANY = 209 stands for GETFIELD;
    /// putfield of a `byte`; operand: offset.
    PUTFIELD_BYTE = 210 stands for PUTFIELD;
    /// putfield of a `boolean`; operand: offset.
    PUTFIELD_BOOLEAN = 211 stands for PUTFIELD;
    /// putfield of a `short` or `char`; operand: offset.
    PUTFIELD_SHORT = 212 stands for PUTFIELD;
    /// putfield of an `int` or `float`; operand: offset.
    PUTFIELD_INT = 213 stands for PUTFIELD;
    /// putfield of a `long` or `double`; operand: offset.
    PUTFIELD_LONG = 214 stands for PUTFIELD;
    /// putfield of a reference; operand: offset.
    PUTFIELD_REFERENCE = 215 stands for PUTFIELD;
    /// As [`GETFIELD_ANY`].
    PUTFIELD_ANY = 216 stands for PUTFIELD;
    /// getstatic of a `byte` or `boolean`; pool word: address.
    GETSTATIC_BYTE = 217 stands for GETSTATIC;
    /// getstatic of a `char`.
    GETSTATIC_CHAR = 218 stands for GETSTATIC;
    /// getstatic of a `short`.
    GETSTATIC_SHORT = 219 stands for GETSTATIC;
    /// getstatic of an `int` or `float`.
    GETSTATIC_INT = 220 stands for GETSTATIC;
    /// getstatic of a `long` or `double`.
    GETSTATIC_LONG = 221 stands for GETSTATIC;
    /// getstatic of a reference.
    GETSTATIC_REFERENCE = 222 stands for GETSTATIC;
    /// getstatic of a volatile field; pool word: the `Field`.
    GETSTATIC_VOLATILE = 223 stands for GETSTATIC;
    /// putstatic of a `byte`; pool word: address.
    PUTSTATIC_BYTE = 224 stands for PUTSTATIC;
    /// putstatic of a `boolean`.
    PUTSTATIC_BOOLEAN = 225 stands for PUTSTATIC;
    /// putstatic of a `short` or `char`.
    PUTSTATIC_SHORT = 226 stands for PUTSTATIC;
    /// putstatic of an `int` or `float`.
    PUTSTATIC_INT = 227 stands for PUTSTATIC;
    /// putstatic of a `long` or `double`.
    PUTSTATIC_LONG = 228 stands for PUTSTATIC;
    /// putstatic of a reference.
    PUTSTATIC_REFERENCE = 229 stands for PUTSTATIC;
    /// putstatic of a volatile field; pool word: the `Field`.
    PUTSTATIC_VOLATILE = 230 stands for PUTSTATIC;
    /// ldc of what the pool word's narrow slot holds.
    LDC_REFERENCE = 231 stands for LDC;
    /// ldc_w of what the pool word's narrow slot holds.
    LDC_W_REFERENCE = 232 stands for LDC_W;
    /// ldc of a class; pool word: the `Class`.
    LDC_CLASS = 233 stands for LDC;
    /// ldc_w of a class.
    LDC_W_CLASS = 234 stands for LDC_W;
    /// ldc, ldc_w or ldc2_w of a dynamic constant of primitive type.
    LDC_DYNAMIC = 235 stands for LDC;
    /// new of an initialized class with plain instances; pool word: the `Class`.
    NEW_QUICK = 236 stands for NEW;
    /// invokestatic; pool word: the `Method`.
    INVOKESTATIC_QUICK = 237 stands for INVOKESTATIC;
    /// invokespecial, or invokevirtual without selection; pool word: the `Method`.
    INVOKESPECIAL_QUICK = 238 stands for INVOKESPECIAL;
    /// invokevirtual; pool word: the `Method`, in a vtable.
    INVOKEVIRTUAL_QUICK = 239 stands for INVOKEVIRTUAL;
    /// invokevirtual; operands: argument slots, vtable index.
    INVOKEVIRTUAL_SHORT = 240 stands for INVOKEVIRTUAL;
    /// invokeinterface; pool word: the `Method`.
    INVOKEINTERFACE_QUICK = 241 stands for INVOKEINTERFACE;
    /// invokevirtual of an interface's method; pool word: the `Method`.
    INVOKEVIRTUAL_INTERFACE = 242 stands for INVOKEVIRTUAL;
    /// invokevirtual of a signature-polymorphic method; pool word: the `CallSite`.
    INVOKEHANDLE = 243 stands for INVOKEVIRTUAL;
    /// invokedynamic; operand: narrow address of the `CallSite`.
    INVOKEDYNAMIC_QUICK = 244 stands for INVOKEDYNAMIC;
    /// Any return of a method that uses monitors.
    RETURN_MONITORED = 245 stands for RETURN;
    /// ireturn of a method whose result is narrower than int.
    IRETURN_NARROW = 246 stands for IRETURN;
    /// Two loads of one slot; the operand byte has both indexes.
    LOAD_LOAD_2 = 202 stands for ILOAD;
    /// Two loads of one slot; operands: the indexes.
    LOAD_LOAD_3 = 247 stands for ILOAD;
    /// Two loads of one slot; operands: index, unused, index.
    LOAD_LOAD_4 = 248 stands for ILOAD;
    /// iinc and goto.
    IINC_GOTO = 249 stands for IINC;
    /// Load and if_icmpeq; operand: index.
    LOAD_IF_ICMPEQ_4 = 250 stands for ILOAD;
    /// Load and if_icmpeq; operand: index.
    LOAD_IF_ICMPEQ_5 = 251 stands for ILOAD;
    /// Load and if_icmpne; operand: index.
    LOAD_IF_ICMPNE_4 = 252 stands for ILOAD;
    /// Load and if_icmpne; operand: index.
    LOAD_IF_ICMPNE_5 = 253 stands for ILOAD;
    /// Load and if_icmplt; operand: index.
    LOAD_IF_ICMPLT_4 = 23 stands for ILOAD;
    /// Load and if_icmplt; operand: index.
    LOAD_IF_ICMPLT_5 = 24 stands for ILOAD;
    /// Load and if_icmpge; operand: index.
    LOAD_IF_ICMPGE_4 = 25 stands for ILOAD;
    /// Load and if_icmpge; operand: index.
    LOAD_IF_ICMPGE_5 = 34 stands for ILOAD;
    /// Load and if_icmpgt; operand: index.
    LOAD_IF_ICMPGT_4 = 35 stands for ILOAD;
    /// Load and if_icmpgt; operand: index.
    LOAD_IF_ICMPGT_5 = 36 stands for ILOAD;
    /// Load and if_icmple; operand: index.
    LOAD_IF_ICMPLE_4 = 37 stands for ILOAD;
    /// Load and if_icmple; operand: index.
    LOAD_IF_ICMPLE_5 = 38 stands for ILOAD;
    /// Load and ifeq; operand: index.
    LOAD_IFEQ_4 = 39 stands for ILOAD;
    /// Load and ifeq; operand: index.
    LOAD_IFEQ_5 = 40 stands for ILOAD;
    /// Load and ifne; operand: index.
    LOAD_IFNE_4 = 41 stands for ILOAD;
    /// Load and ifne; operand: index.
    LOAD_IFNE_5 = 42 stands for ILOAD;
    /// Load and ifnull; operand: index.
    LOAD_IFNULL_4 = 43 stands for ILOAD;
    /// Load and ifnull; operand: index.
    LOAD_IFNULL_5 = 44 stands for ILOAD;
    /// Load and ifnonnull; operand: index.
    LOAD_IFNONNULL_4 = 45 stands for ILOAD;
    /// Load and ifnonnull; operand: index.
    LOAD_IFNONNULL_5 = 48 stands for ILOAD;
    /// Load and iadd; operand: index.
    LOAD_IADD_2 = 49 stands for ILOAD;
    /// Load and iadd; operand: index.
    LOAD_IADD_3 = 56 stands for ILOAD;
    /// Load and isub; operand: index.
    LOAD_ISUB_2 = 57 stands for ILOAD;
    /// Load and isub; operand: index.
    LOAD_ISUB_3 = 58 stands for ILOAD;
    /// Load and dadd; operand: index.
    LOAD_DADD_2 = 67 stands for ILOAD;
    /// Load and dadd; operand: index.
    LOAD_DADD_3 = 68 stands for ILOAD;
    /// Load and dmul; operand: index.
    LOAD_DMUL_2 = 69 stands for ILOAD;
    /// Load and dmul; operand: index.
    LOAD_DMUL_3 = 70 stands for ILOAD;
    /// Load and getfield, not linked yet; operand: index.
    LOAD_GETFIELD_4 = 71 stands for ALOAD;
    /// Load and getfield of a field smaller than int; operands: index, offset with the type in its upper two bits.
    LOAD_GETFIELD_SMALL_4 = 72 stands for ALOAD;
    /// Load and [`GETFIELD_INT`]; operands: index, offset.
    LOAD_GETFIELD_INT_4 = 73 stands for ALOAD;
    /// Load and [`GETFIELD_LONG`]; operands: index, offset.
    LOAD_GETFIELD_LONG_4 = 74 stands for ALOAD;
    /// Load and [`GETFIELD_REFERENCE`]; operands: index, offset.
    LOAD_GETFIELD_REFERENCE_4 = 75 stands for ALOAD;
    /// Load and [`GETFIELD_ANY`]; operands: index, constant.
    LOAD_GETFIELD_ANY_4 = 76 stands for ALOAD;
    /// Load and getfield, not linked yet; operand: index.
    LOAD_GETFIELD_5 = 77 stands for ALOAD;
    /// Load and getfield of a field smaller than int; operands: index, offset with the type in its upper two bits.
    LOAD_GETFIELD_SMALL_5 = 78 stands for ALOAD;
    /// Load and [`GETFIELD_INT`]; operands: index, offset.
    LOAD_GETFIELD_INT_5 = 81 stands for ALOAD;
    /// Load and [`GETFIELD_LONG`]; operands: index, offset.
    LOAD_GETFIELD_LONG_5 = 82 stands for ALOAD;
    /// Load and [`GETFIELD_REFERENCE`]; operands: index, offset.
    LOAD_GETFIELD_REFERENCE_5 = 86 stands for ALOAD;
    /// Load and [`GETFIELD_ANY`]; operands: index, constant.
    LOAD_GETFIELD_ANY_5 = 174 stands for ALOAD;
    /// Where Rust's call of Java ends; in no method's code.
    LEAVE = 255 stands for NOP;
}

/// The class-file opcode a quickened opcode stands for. (`LDC_DYNAMIC` and `RETURN_MONITORED` stand for several: the
/// class file's bytecode, at the same index, tells.)
pub fn original_opcode(opcode: u8) -> u8 {
    QUICK_OPCODES
        .iter()
        .find(|row| row.0 == opcode)
        .map_or(opcode, |row| row.2)
}
