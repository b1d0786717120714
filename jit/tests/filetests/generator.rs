//! Random programs, valid and typed, as text of a test file. The choices come from bytes; when they are used up only the
//! simplest choices are left, so that a shorter string of bytes is a smaller program.

use std::fmt::Write;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Type {
    Int,
    Long,
    Float,
    Double,
    Ints,
    Longs,
    Bytes,
    Nodes,
    Node,
}

/// Locals of `main`: slot, type. The first ones are parameters.
const LOCALS: [(usize, Type); 15] = [
    (0, Type::Int),
    (1, Type::Int),
    (2, Type::Long),
    (4, Type::Ints),
    (5, Type::Node),
    (6, Type::Int),
    (7, Type::Int),
    (8, Type::Long),
    (10, Type::Float),
    (11, Type::Double),
    (13, Type::Ints),
    (14, Type::Node),
    (15, Type::Longs),
    (16, Type::Bytes),
    (17, Type::Nodes),
];
/// First slot behind them: counters of loops, locks.
const FREE: usize = 18;

const PRELUDE: &str = "\
class Object
class Throwable super=Object
class NullPointerException super=Throwable
class ArithmeticException super=Throwable
class ArrayIndexOutOfBoundsException super=Throwable
class ClassCastException super=Throwable
class ArrayStoreException super=Throwable
class NegativeArraySizeException super=Throwable
class OutOfMemoryError super=Throwable
class Shape super=Object interface
class Node super=Object implements=Shape bytes=64
class Sub super=Node final bytes=64
class Late super=Object uninitialized
class Ints super=Object of=int
class Longs super=Object of=long
class Bytes super=Object of=byte
class Booleans super=Object of=boolean
class Nodes super=Object of=Node
field Node.i I
field Node.v I volatile
field Node.j J
field Node.b B
field Node.z Z
field Node.c C
field Node.d D
field Node.next LNode;
field Node.si I static
field Node.sj J static
field Node.sn LNode; static
field Node.sv I static volatile
field Late.si I static
field Node.sf I static final value=7
";

pub struct Generator<'a> {
    bytes: &'a [u8],
    at: usize,
    text: String,
    labels: usize,
    /// Enclosing loops' counters, with whether an array's length bounds it.
    counters: Vec<usize>,
    free: usize,
    statements: usize,
    /// In a helper: only its own locals.
    is_helper: bool,
}

/// A program of several methods, the first one being the one to compile.
pub fn program(bytes: &[u8]) -> String {
    let mut generator = Generator {
        bytes,
        at: 0,
        text: String::from("test all\n"),
        labels: 0,
        counters: Vec::new(),
        free: FREE,
        statements: 0,
        is_helper: false,
    };
    generator.all();
    generator.text
}

impl Generator<'_> {
    fn choose(&mut self, count: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(byte) % count
    }
    fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }
    fn emit(&mut self, line: &str) {
        let _ = writeln!(self.text, "  {line}");
    }
    fn label(&mut self) -> String {
        self.labels += 1;
        format!("l{}", self.labels)
    }
    fn place(&mut self, label: &str) {
        let _ = writeln!(self.text, "{label}:");
    }

    fn all(&mut self) {
        let options = ["", "options compile-handlers\n", "options inline-depth=0\n"];
        let option = options[self.choose(options.len())];
        self.text.push_str(option);
        self.text.push_str(PRELUDE);
        let kinds = ["", " never-inline", " force-inline"];
        let synchronized = if self.choose(4) == 1 { " synchronized" } else { "" };
        let returns_long = self.choose(3) == 1;
        let result = if returns_long { 'J' } else { 'I' };
        let _ = writeln!(self.text, "method Node.main (IIJ[ILNode;){result} static{synchronized}");
        for (slot, kind) in &LOCALS[5..] {
            let (constant, store) = match kind {
                Type::Int => ("iconst_3", "istore"),
                Type::Long => ("lconst_1", "lstore"),
                Type::Float => ("fconst_2", "fstore"),
                Type::Double => ("dconst_1", "dstore"),
                _ => ("aconst_null", "astore"),
            };
            self.emit(constant);
            self.emit(&format!("{store} {slot}"));
        }
        self.emit("iconst_5");
        self.emit("newarray int");
        self.emit("astore 13");
        let mut rows = String::new();
        while !self.is_done() && self.statements < 60 {
            self.statement(0, &mut rows);
        }
        if returns_long {
            self.expression(Type::Long, 0);
            self.emit("lreturn");
        } else {
            self.expression(Type::Int, 0);
            self.emit("ireturn");
        }
        self.text.push_str(&rows);
        self.text.push_str("end\n");
        self.is_helper = true;
        for (index, (name, flags, index_of_x)) in [
            ("Node.help (II)I static", true, 0),
            ("Node.get (I)I vtable=3", true, 1),
            ("Sub.get (I)I overrides=Node.get vtable=3", true, 1),
            ("Node.lock (I)I synchronized", true, 1),
            ("Node.long (JI)J static", false, 2),
        ]
        .into_iter()
        .enumerate()
        {
            let _ = flags;
            let kind = kinds[self.choose(kinds.len())];
            let _ = writeln!(self.text, "method {name}{kind}");
            self.helper(index, index_of_x);
            self.text.push_str("end\n");
        }
        let unique = if self.choose(2) == 0 { " unique=Node.area" } else { "" };
        let _ = write!(
            self.text,
            "method Shape.area (I)I abstract\nmethod Node.area (I)I overrides=Shape.area{unique}\n  \
             iload_1\n  aload_0\n  getfield Node.i\n  imul\n  ireturn\nend\n"
        );
    }

    fn helper(&mut self, index: usize, x: usize) {
        if index == 4 {
            self.emit("lload_0");
            self.emit(&format!("iload {x}"));
            self.emit("i2l");
            let operations = ["ladd", "lsub", "lmul", "lxor", "ldiv", "lrem"];
            let operation = operations[self.choose(operations.len())];
            self.emit(operation);
            self.emit("lreturn");
            return;
        }
        self.emit(&format!("iload {x}"));
        match self.choose(6) {
            0 => self.emit("iconst_3"),
            1 if index == 0 => self.emit("iload_1"),
            2 => self.emit("getstatic Node.si"),
            3 => {
                self.emit("dup");
                self.emit("putstatic Node.si");
                self.emit("iconst_4");
            }
            _ if index != 0 => {
                self.emit("aload_0");
                self.emit("getfield Node.i");
            }
            _ => self.emit("bipush 17"),
        }
        let operations = ["iadd", "isub", "imul", "ixor", "idiv", "irem"];
        let operation = operations[self.choose(operations.len())];
        self.emit(operation);
        match self.choose(4) {
            1 => {
                let (yes, end) = (self.label(), self.label());
                self.emit("dup");
                self.emit(&format!("ifge {yes}"));
                self.emit("ineg");
                self.emit(&format!("goto {end}"));
                self.place(&yes);
                self.emit("iconst_1");
                self.emit("iadd");
                self.place(&end);
            }
            2 => {
                // Throws, and catches what it throws.
                let (from, to, handler) = (self.label(), self.label(), self.label());
                self.emit("istore 6");
                self.place(&from);
                self.emit("bipush 60");
                self.emit("iload 6");
                self.emit("idiv");
                self.place(&to);
                self.emit("ireturn");
                self.place(&handler);
                self.emit("pop");
                self.emit("iload 6");
                let _ = writeln!(
                    self.text,
                    "  ireturn\n  catch {from} {to} {handler} ArithmeticException"
                );
                return;
            }
            _ => {}
        }
        self.emit("ireturn");
    }

    fn local(&mut self, wanted: Type) -> usize {
        let slots: Vec<usize> = LOCALS
            .iter()
            .filter(|(_, kind)| *kind == wanted)
            .map(|(slot, _)| *slot)
            .collect();
        slots[self.choose(slots.len())]
    }

    fn small(&mut self) {
        let value = [0, 1, 2, 3, -1, 5, 31, 32, 100, -7][self.choose(10)];
        self.emit(&format!("bipush {value}"));
    }

    /// Leaves a value of the type on the stack.
    fn expression(&mut self, kind: Type, depth: usize) {
        let simple = depth > 3 || self.is_done();
        match kind {
            Type::Int => self.int(depth, simple),
            Type::Long => self.long(depth, simple),
            Type::Float => self.float(depth, simple),
            Type::Double => self.double(depth, simple),
            Type::Node => self.node(depth, simple),
            Type::Ints | Type::Longs | Type::Bytes | Type::Nodes => self.array(kind, depth, simple),
        }
    }

    fn int(&mut self, depth: usize, simple: bool) {
        let choice = self.choose(if simple { 3 } else { 26 });
        match choice {
            0 => self.small(),
            1 => {
                let local = self.local(Type::Int);
                self.emit(&format!("iload {local}"));
            }
            2 => match self.counters.last().copied() {
                Some(counter) => self.emit(&format!("iload {counter}")),
                None => self.emit("iload_0"),
            },
            3..=7 => {
                self.expression(Type::Int, depth + 1);
                self.expression(Type::Int, depth + 1);
                let operations = ["iadd", "isub", "imul", "iand", "ior", "ixor", "ishl", "ishr", "iushr"];
                let operation = operations[self.choose(operations.len())];
                self.emit(operation);
            }
            8 => {
                self.expression(Type::Int, depth + 1);
                let divisors = [
                    "iconst_2",
                    "iconst_m1",
                    "iconst_1",
                    "bipush 10",
                    "iconst_0",
                    "sipush -256",
                ];
                let divisor = divisors[self.choose(divisors.len())];
                self.emit(divisor);
                let operation = ["idiv", "irem"][self.choose(2)];
                self.emit(operation);
            }
            9 => {
                self.expression(Type::Int, depth + 1);
                self.expression(Type::Int, depth + 1);
                let operation = ["idiv", "irem"][self.choose(2)];
                self.emit(operation);
            }
            10..=12 => {
                let kind = [Type::Ints, Type::Ints, Type::Bytes][self.choose(3)];
                self.expression(kind, depth + 1);
                self.index(depth);
                self.emit(if kind == Type::Ints { "iaload" } else { "baload" });
            }
            13 => {
                let kind = [Type::Ints, Type::Longs, Type::Nodes, Type::Bytes][self.choose(4)];
                self.expression(kind, depth + 1);
                self.emit("arraylength");
            }
            14..=15 => {
                self.expression(Type::Node, depth + 1);
                let field = ["i", "v", "b", "z", "c"][self.choose(5)];
                self.emit(&format!("getfield Node.{field}"));
            }
            16 => {
                let fields = ["Node.si", "Node.sv", "Late.si", "Node.sf"];
                let field = fields[self.choose(fields.len())];
                self.emit(&format!("getstatic {field}"));
            }
            17 => {
                self.expression(Type::Long, depth + 1);
                match self.choose(2) {
                    0 => self.emit("l2i"),
                    _ => {
                        self.expression(Type::Long, depth + 1);
                        self.emit("lcmp");
                    }
                }
            }
            18 => {
                self.expression(Type::Float, depth + 1);
                self.expression(Type::Float, depth + 1);
                let operation = ["fcmpl", "fcmpg"][self.choose(2)];
                self.emit(operation);
            }
            19 => {
                self.expression(Type::Double, depth + 1);
                match self.choose(3) {
                    0 => self.emit("d2i"),
                    which => {
                        self.expression(Type::Double, depth + 1);
                        self.emit(["dcmpl", "dcmpg"][which - 1]);
                    }
                }
            }
            20 => {
                self.expression(Type::Int, depth + 1);
                let operation = ["i2b", "i2c", "i2s", "ineg"][self.choose(4)];
                self.emit(operation);
            }
            21 => self.condition_value(depth),
            22 => {
                self.expression(Type::Node, depth + 1);
                self.emit("instanceof Sub");
            }
            23 => {
                self.expression(Type::Int, depth + 1);
                self.expression(Type::Int, depth + 1);
                self.emit("invokestatic Node.help");
            }
            24 => {
                self.expression(Type::Node, depth + 1);
                self.expression(Type::Int, depth + 1);
                let calls = [
                    "invokevirtual Node.get",
                    "invokevirtual Node.get @types=Node:100",
                    "invokevirtual Node.get @types=Sub:90,Node:10",
                    "invokevirtual Node.lock @direct",
                    "invokeinterface Shape.area",
                    "invokeinterface Shape.area @types=Sub:50",
                ];
                let call = calls[self.choose(calls.len())];
                self.emit(call);
            }
            _ => {
                // Moves on the stack.
                self.expression(Type::Int, depth + 1);
                self.expression(Type::Int, depth + 1);
                match self.choose(4) {
                    0 => {
                        self.emit("swap");
                        self.emit("isub");
                    }
                    1 => {
                        self.emit("dup_x1");
                        self.emit("imul");
                        self.emit("iadd");
                    }
                    2 => {
                        self.emit("dup2");
                        self.emit("ixor");
                        self.emit("dup_x2");
                        self.emit("pop");
                        self.emit("isub");
                        self.emit("iadd");
                    }
                    _ => {
                        self.emit("pop");
                        self.emit("iinc 6 1");
                    }
                }
            }
        }
    }

    /// An index: in bounds more often than not.
    fn index(&mut self, depth: usize) {
        match self.choose(4) {
            0 => self.emit("iconst_1"),
            1 => match self.counters.last().copied() {
                Some(counter) => self.emit(&format!("iload {counter}")),
                None => self.emit("iconst_0"),
            },
            2 => {
                self.expression(Type::Int, depth + 1);
                self.emit("iconst_3");
                self.emit("iand");
            }
            _ => self.expression(Type::Int, depth + 1),
        }
    }

    fn long(&mut self, depth: usize, simple: bool) {
        match self.choose(if simple { 2 } else { 10 }) {
            0 => self.emit("lconst_1"),
            1 => {
                let local = self.local(Type::Long);
                self.emit(&format!("lload {local}"));
            }
            2..=3 => {
                self.expression(Type::Long, depth + 1);
                self.expression(Type::Long, depth + 1);
                let operations = ["ladd", "lsub", "lmul", "land", "lor", "lxor", "ldiv", "lrem"];
                let operation = operations[self.choose(operations.len())];
                self.emit(operation);
            }
            4 => {
                self.expression(Type::Long, depth + 1);
                self.expression(Type::Int, depth + 1);
                let operation = ["lshl", "lshr", "lushr"][self.choose(3)];
                self.emit(operation);
            }
            5 => {
                self.expression(Type::Int, depth + 1);
                self.emit("i2l");
            }
            6 => {
                let values = ["0", "-1", "10", "-9223372036854775808", "4294967296"];
                let value = values[self.choose(values.len())];
                self.emit(&format!("ldc2_w long {value}"));
            }
            7 => {
                self.expression(Type::Node, depth + 1);
                self.emit("getfield Node.j");
            }
            8 => {
                self.expression(Type::Longs, depth + 1);
                self.index(depth);
                self.emit("laload");
            }
            _ => {
                self.expression(Type::Long, depth + 1);
                match self.choose(3) {
                    0 => {
                        self.expression(Type::Int, depth + 1);
                        self.emit("invokestatic Node.long");
                    }
                    1 => {
                        self.emit("dup2");
                        self.emit("ladd");
                    }
                    _ => {
                        self.emit("iload_1");
                        self.emit("dup_x2");
                        self.emit("pop");
                        self.emit("lneg");
                        self.emit("dup2_x1");
                        self.emit("pop2");
                        self.emit("i2l");
                        self.emit("lxor");
                    }
                }
            }
        }
    }

    fn float(&mut self, depth: usize, simple: bool) {
        match self.choose(if simple { 2 } else { 5 }) {
            0 => self.emit("fconst_2"),
            1 => self.emit("fload 10"),
            2 => {
                self.expression(Type::Int, depth + 1);
                self.emit("i2f");
            }
            3 => {
                let values = ["NaN", "-0.0", "1e30", "inf", "0.5"];
                let value = values[self.choose(values.len())];
                self.emit(&format!("ldc float {value}"));
            }
            _ => {
                self.expression(Type::Float, depth + 1);
                self.expression(Type::Float, depth + 1);
                let operation = ["fadd", "fsub", "fmul", "fdiv", "frem"][self.choose(5)];
                self.emit(operation);
            }
        }
    }

    fn double(&mut self, depth: usize, simple: bool) {
        match self.choose(if simple { 2 } else { 6 }) {
            0 => self.emit("dconst_1"),
            1 => self.emit("dload 11"),
            2 => {
                self.expression(Type::Int, depth + 1);
                self.emit("i2d");
            }
            3 => {
                self.expression(Type::Long, depth + 1);
                self.emit("l2d");
            }
            4 => {
                self.expression(Type::Node, depth + 1);
                self.emit("getfield Node.d");
            }
            _ => {
                self.expression(Type::Double, depth + 1);
                self.expression(Type::Double, depth + 1);
                let operation = ["dadd", "dsub", "dmul", "ddiv", "drem"][self.choose(5)];
                self.emit(operation);
            }
        }
    }

    fn node(&mut self, depth: usize, simple: bool) {
        match self.choose(if simple { 2 } else { 7 }) {
            0 => self.emit("aload 5"),
            1 => self.emit("aload 14"),
            2 => {
                self.expression(Type::Node, depth + 1);
                self.emit("getfield Node.next");
            }
            3 => self.emit("new Node"),
            4 => self.emit("new Sub"),
            5 => {
                self.expression(Type::Node, depth + 1);
                self.emit("checkcast Sub");
            }
            _ => {
                self.expression(Type::Nodes, depth + 1);
                self.index(depth);
                self.emit("aaload");
            }
        }
    }

    fn array(&mut self, kind: Type, depth: usize, simple: bool) {
        let local = self.local(kind);
        if simple || self.choose(5) != 1 {
            self.emit(&format!("aload {local}"));
            return;
        }
        if self.choose(4) == 1 {
            self.expression(Type::Int, depth + 1);
        } else {
            self.emit("iconst_4");
        }
        self.new_array(kind);
    }

    fn new_array(&mut self, kind: Type) {
        match kind {
            Type::Ints => self.emit("newarray int"),
            Type::Longs => self.emit("newarray long"),
            Type::Bytes => {
                let element = ["byte", "boolean"][self.choose(2)];
                self.emit(&format!("newarray {element}"));
            }
            _ => self.emit("anewarray Node"),
        }
    }

    /// Jumps to a label when something holds.
    fn branch(&mut self, label: &str, depth: usize) {
        let profiles = ["", " @branch=0/500", " @branch=500/0", " @branch=3/4"];
        let profile = profiles[self.choose(profiles.len())];
        match self.choose(5) {
            0 | 1 => {
                self.expression(Type::Int, depth + 1);
                let condition = ["ifeq", "ifne", "iflt", "ifge", "ifgt", "ifle"][self.choose(6)];
                self.emit(&format!("{condition} {label}{profile}"));
            }
            2 => {
                self.expression(Type::Int, depth + 1);
                self.expression(Type::Int, depth + 1);
                let conditions = [
                    "if_icmpeq",
                    "if_icmpne",
                    "if_icmplt",
                    "if_icmpge",
                    "if_icmpgt",
                    "if_icmple",
                ];
                let condition = conditions[self.choose(conditions.len())];
                self.emit(&format!("{condition} {label}{profile}"));
            }
            3 => {
                self.expression(Type::Node, depth + 1);
                let condition = ["ifnull", "ifnonnull"][self.choose(2)];
                self.emit(&format!("{condition} {label}{profile}"));
            }
            _ => {
                self.expression(Type::Node, depth + 1);
                self.expression(Type::Node, depth + 1);
                let condition = ["if_acmpeq", "if_acmpne"][self.choose(2)];
                self.emit(&format!("{condition} {label}{profile}"));
            }
        }
    }

    fn condition_value(&mut self, depth: usize) {
        let (yes, end) = (self.label(), self.label());
        self.branch(&yes, depth);
        self.expression(Type::Int, depth + 1);
        self.emit(&format!("goto {end}"));
        self.place(&yes);
        self.expression(Type::Int, depth + 1);
        self.place(&end);
    }

    fn block(&mut self, depth: usize, rows: &mut String) {
        for _ in 0..1 + self.choose(3) {
            self.statement(depth, rows);
        }
    }

    fn statement(&mut self, depth: usize, rows: &mut String) {
        self.statements += 1;
        let simple = depth > 3 || self.is_done();
        match self.choose(if simple { 8 } else { 21 }) {
            0 | 1 => {
                self.expression(Type::Int, 0);
                let local = self.local(Type::Int);
                self.emit(&format!("istore {local}"));
            }
            2 => {
                self.expression(Type::Long, 0);
                let local = self.local(Type::Long);
                self.emit(&format!("lstore {local}"));
            }
            3 => {
                self.expression(Type::Node, 0);
                let value = [
                    ("i", Type::Int),
                    ("v", Type::Int),
                    ("b", Type::Int),
                    ("z", Type::Int),
                    ("c", Type::Int),
                ][self.choose(5)];
                self.expression(value.1, 0);
                self.emit(&format!("putfield Node.{}", value.0));
            }
            4 => {
                let kind = [Type::Ints, Type::Bytes, Type::Longs, Type::Nodes][self.choose(4)];
                self.expression(kind, 0);
                self.index(0);
                let (element, store) = match kind {
                    Type::Ints => (Type::Int, "iastore"),
                    Type::Bytes => (Type::Int, "bastore"),
                    Type::Longs => (Type::Long, "lastore"),
                    _ => (Type::Node, "aastore"),
                };
                self.expression(element, 0);
                self.emit(store);
            }
            5 => {
                let (field, kind) = [
                    ("Node.si", Type::Int),
                    ("Node.sv", Type::Int),
                    ("Late.si", Type::Int),
                    ("Node.sj", Type::Long),
                    ("Node.sn", Type::Node),
                ][self.choose(5)];
                self.expression(kind, 0);
                self.emit(&format!("putstatic {field}"));
            }
            6 => {
                self.expression(Type::Node, 0);
                match self.choose(3) {
                    0 => {
                        self.expression(Type::Node, 0);
                        self.emit("putfield Node.next");
                    }
                    1 => {
                        self.expression(Type::Long, 0);
                        self.emit("putfield Node.j");
                    }
                    _ => {
                        self.expression(Type::Double, 0);
                        self.emit("putfield Node.d");
                    }
                }
            }
            7 => {
                let (kind, store) = [
                    (Type::Float, "fstore 10"),
                    (Type::Double, "dstore 11"),
                    (Type::Node, "astore 14"),
                    (Type::Node, "astore 5"),
                ][self.choose(4)];
                self.expression(kind, 0);
                self.emit(store);
            }
            8 => {
                let kind = [Type::Ints, Type::Longs, Type::Bytes, Type::Nodes][self.choose(4)];
                let local = self.local(kind);
                self.expression(Type::Int, 2);
                self.emit("bipush 7");
                self.emit("iand");
                self.new_array(kind);
                self.emit(&format!("astore {local}"));
            }
            9..=11 => {
                let (otherwise, end) = (self.label(), self.label());
                self.branch(&otherwise, 1);
                self.block(depth + 1, rows);
                if self.choose(2) == 0 {
                    self.emit(&format!("goto {end}"));
                    self.place(&otherwise);
                    self.block(depth + 1, rows);
                } else {
                    self.place(&otherwise);
                }
                self.place(&end);
                self.emit("nop");
            }
            12..=15 => self.counted_loop(depth, rows),
            16 => self.switch(depth, rows),
            17 => self.try_block(depth, rows),
            18 => self.synchronized(depth, rows),
            19 => {
                let label = self.label();
                self.branch(&label, 2);
                match self.choose(2) {
                    0 => {
                        self.emit("new ArithmeticException");
                        self.emit("athrow");
                    }
                    _ => {
                        self.expression(Type::Node, 2);
                        self.emit("checkcast Sub");
                        self.emit("astore 14");
                    }
                }
                self.place(&label);
                self.emit("nop");
            }
            _ => {
                let local = self.local(Type::Int);
                let step = [1, -1, 3, 1000][self.choose(4)];
                self.emit(&format!("iinc {local} {step}"));
            }
        }
    }

    fn counted_loop(&mut self, depth: usize, rows: &mut String) {
        let counter = self.free;
        self.free += 1;
        let (header, end, test) = (self.label(), self.label(), self.label());
        let shape = self.choose(4);
        let descends = shape == 3;
        if descends {
            self.emit("bipush 6");
        } else {
            let begin = ["iconst_0", "iconst_0", "iconst_1", "iconst_m1"][self.choose(4)];
            self.emit(begin);
        }
        self.emit(&format!("istore {counter}"));
        let limit = self.choose(3);
        if shape == 1 {
            self.emit(&format!("goto {test}"));
        }
        let at_test = |generator: &mut Self, condition: &str, target: &str| {
            generator.emit(&format!("iload {counter}"));
            match limit {
                0 => generator.emit("bipush 6"),
                1 => {
                    generator.emit("aload 13");
                    generator.emit("arraylength");
                }
                _ => {
                    generator.emit("iload_1");
                    generator.emit("bipush 7");
                    generator.emit("iand");
                }
            }
            generator.emit(&format!("{condition} {target}"));
        };
        self.place(&header);
        match shape {
            0 => at_test(self, "if_icmpge", &end),
            3 => {
                self.emit(&format!("iload {counter}"));
                self.emit(&format!("iflt {end}"));
            }
            _ => {}
        }
        self.counters.push(counter);
        self.block(depth + 1, rows);
        if self.choose(4) == 1 {
            self.branch(&end, 2);
        }
        self.counters.pop();
        self.emit(&format!("iinc {counter} {}", if descends { -1 } else { 1 }));
        match shape {
            0 | 3 => self.emit(&format!("goto {header}")),
            1 => {
                self.place(&test);
                at_test(self, "if_icmplt", &header);
            }
            _ => at_test(self, "if_icmplt", &header),
        }
        self.place(&end);
        self.emit("nop");
    }

    fn switch(&mut self, depth: usize, rows: &mut String) {
        self.expression(Type::Int, 1);
        let (a, b, c, end) = (self.label(), self.label(), self.label(), self.label());
        match self.choose(2) {
            0 => self.emit(&format!("tableswitch 0 {a} {b} {a} default {c}")),
            _ => self.emit(&format!("lookupswitch -5:{a} 1:{b} 100:{c} default {end}")),
        }
        for (index, label) in [&a, &b, &c].into_iter().enumerate() {
            self.place(label);
            self.block(depth + 1, rows);
            if index != 1 {
                self.emit(&format!("goto {end}"));
            }
        }
        self.place(&end);
        self.emit("nop");
    }

    fn try_block(&mut self, depth: usize, rows: &mut String) {
        let (from, to, handler, end) = (self.label(), self.label(), self.label(), self.label());
        self.place(&from);
        self.block(depth + 1, rows);
        self.emit("nop");
        self.place(&to);
        self.emit(&format!("goto {end}"));
        self.place(&handler);
        self.emit("pop");
        self.block(depth + 1, rows);
        self.place(&end);
        self.emit("nop");
        let classes = [
            "any",
            "ArithmeticException",
            "ArrayIndexOutOfBoundsException",
            "NullPointerException",
            "Throwable",
        ];
        let class = classes[self.choose(classes.len())];
        let _ = writeln!(rows, "  catch {from} {to} {handler} {class}");
    }

    fn synchronized(&mut self, depth: usize, rows: &mut String) {
        let lock = self.free;
        self.free += 1;
        let (from, to, handler, handled, end) = (self.label(), self.label(), self.label(), self.label(), self.label());
        self.expression(Type::Node, 1);
        self.emit("dup");
        self.emit(&format!("astore {lock}"));
        self.emit("monitorenter");
        self.place(&from);
        self.block(depth + 1, rows);
        self.emit(&format!("aload {lock}"));
        self.emit("monitorexit");
        self.place(&to);
        self.emit(&format!("goto {end}"));
        self.place(&handler);
        self.emit(&format!("aload {lock}"));
        self.emit("monitorexit");
        self.place(&handled);
        self.emit("athrow");
        self.place(&end);
        self.emit("nop");
        let _ = writeln!(
            rows,
            "  catch {from} {to} {handler} any\n  catch {handler} {handled} {handler} any"
        );
    }
}
