//! Random programs, valid and typed, as text of a test file. The choices come from bytes; when they are used up only the
//! simplest choices are left, so that a shorter string of bytes is a smaller program.

mod expressions;
mod statements;

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
const FREE: usize = 22;
/// Slots of values of any type, between them.
const SCRATCH: usize = 18;

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
    /// Numbers only: no objects, no calls.
    is_numeric: bool,
}

/// A program of several methods, the first one being the one to compile.
pub fn program(bytes: &[u8]) -> String {
    let mut generator = Generator::new(bytes, false);
    generator.all();
    generator.text
}

/// One method that computes with numbers only.
pub fn numeric_program(bytes: &[u8]) -> String {
    let mut generator = Generator::new(bytes, true);
    generator.numeric();
    generator.text
}

impl<'a> Generator<'a> {
    fn new(bytes: &'a [u8], is_numeric: bool) -> Generator<'a> {
        Generator {
            bytes,
            at: 0,
            text: String::from("test all\n"),
            labels: 0,
            counters: Vec::new(),
            free: FREE,
            statements: 0,
            is_numeric,
        }
    }
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
            self.initial(*slot, *kind);
        }
        let mut rows = String::new();
        if self.choose(4) == 1 {
            self.unstructured(&mut rows);
        } else {
            self.structured(&mut rows);
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

    fn numeric(&mut self) {
        self.text.push_str(PRELUDE);
        let returns_long = self.choose(2) == 1;
        let result = if returns_long { 'J' } else { 'I' };
        let _ = writeln!(self.text, "method Node.main (IIJ){result} static");
        for (slot, kind) in &LOCALS[5..] {
            if matches!(kind, Type::Int | Type::Long | Type::Float | Type::Double) {
                self.initial(*slot, *kind);
            }
        }
        let mut rows = String::new();
        if self.choose(4) == 1 {
            self.unstructured(&mut rows);
        } else {
            self.structured(&mut rows);
        }
        self.expression(if returns_long { Type::Long } else { Type::Int }, 0);
        self.emit(if returns_long { "lreturn" } else { "ireturn" });
        self.text.push_str(&rows);
        self.text.push_str("end\nmethod Node.help (II)I static force-inline\n");
        self.helper(0, 0);
        self.text.push_str("end\nmethod Node.long (JI)J static force-inline\n");
        self.helper(4, 2);
        self.text.push_str("end\n");
    }

    /// One of the choices of a kind of program.
    fn pick(&mut self, all: usize, numeric: &[usize]) -> usize {
        if self.is_numeric {
            numeric[self.choose(numeric.len())]
        } else {
            self.choose(all)
        }
    }

    fn structured(&mut self, rows: &mut String) {
        while !self.is_done() && self.statements < 60 {
            if self.choose(3) == 1 {
                self.try_block(0, rows);
            } else {
                self.statement(0, rows);
            }
        }
    }

    /// Gives a local of `main` its first value.
    fn initial(&mut self, slot: usize, kind: Type) {
        let store = match kind {
            Type::Int => {
                self.emit("iconst_3");
                "istore"
            }
            Type::Long => {
                self.emit("lconst_1");
                "lstore"
            }
            Type::Float => {
                self.emit("fconst_2");
                "fstore"
            }
            Type::Double => {
                self.emit("dconst_1");
                "dstore"
            }
            Type::Node => {
                self.emit("new Node");
                "astore"
            }
            _ if self.choose(8) == 1 => {
                self.emit("aconst_null");
                "astore"
            }
            _ => {
                self.emit("iconst_5");
                self.new_array(kind);
                "astore"
            }
        };
        self.emit(&format!("{store} {slot}"));
    }

    /// An instruction that may leave for a reason: sometimes it has done so often. Sometimes the interpreter has fused it
    /// with the load before.
    fn emit_leaving(&mut self, line: &str, reasons: &[&str]) {
        let loaded = self.text.lines().last().is_some_and(|last| {
            let last = last.trim();
            (last.starts_with("aload") || last.starts_with("iload")) && !last.ends_with(':')
        });
        let mut line = line.to_owned();
        match self.choose(8) {
            1 if !self.is_numeric => {
                let exits: Vec<String> = reasons.iter().map(|reason| format!("{reason}:8")).collect();
                let _ = write!(line, " @exits={}", exits.join(","));
            }
            2 if loaded => line.push_str(" @resume-before"),
            _ => {}
        }
        self.emit(&line);
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
        match self.pick(6, &[0, 1, 5]) {
            0 => self.emit("iconst_3"),
            1 if index == 0 => self.emit("iload_1"),
            2 => self.emit("getstatic Node.si"),
            3 => {
                self.emit("dup");
                self.emit("putstatic Node.si");
                self.emit("iconst_4");
            }
            _ if index != 0 && !self.is_numeric => {
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
}
