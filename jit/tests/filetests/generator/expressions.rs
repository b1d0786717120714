//! Expressions: each leaves one value on the stack.

use super::{Generator, LOCALS, Type};

impl Generator<'_> {
    pub(super) fn local(&mut self, wanted: Type) -> usize {
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
    pub(super) fn expression(&mut self, kind: Type, depth: usize) {
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
        let choice = if simple {
            self.choose(3)
        } else {
            self.pick(26, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 18, 19, 20, 21, 23, 23, 25])
        };
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
                self.emit_leaving(operation, &["DivisionCheck"]);
            }
            10..=12 => {
                let kind = [Type::Ints, Type::Ints, Type::Bytes][self.choose(3)];
                self.expression(kind, depth + 1);
                self.index(depth);
                let load = if kind == Type::Ints { "iaload" } else { "baload" };
                self.emit_leaving(load, &["NullCheck", "BoundsCheck"]);
            }
            13 => {
                let kind = [Type::Ints, Type::Longs, Type::Nodes, Type::Bytes][self.choose(4)];
                self.expression(kind, depth + 1);
                self.emit_leaving("arraylength", &["NullCheck"]);
            }
            14..=15 => {
                self.expression(Type::Node, depth + 1);
                let field = ["i", "v", "b", "z", "c"][self.choose(5)];
                self.emit_leaving(&format!("getfield Node.{field}"), &["NullCheck"]);
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
    pub(super) fn index(&mut self, depth: usize) {
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
        let choice = if simple {
            self.choose(2)
        } else {
            self.pick(10, &[0, 1, 2, 3, 4, 5, 6, 9])
        };
        match choice {
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
                self.emit_leaving("laload", &["BoundsCheck"]);
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
        let choice = if simple {
            self.choose(2)
        } else {
            self.pick(6, &[0, 1, 2, 3, 5])
        };
        match choice {
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
                self.emit_leaving("aaload", &["NullCheck", "BoundsCheck"]);
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

    pub(super) fn new_array(&mut self, kind: Type) {
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
    pub(super) fn branch(&mut self, label: &str, depth: usize) {
        let profiles = ["", " @branch=0/500", " @branch=500/0", " @branch=3/4"];
        let profile = profiles[self.choose(profiles.len())];
        match self.pick(5, &[0, 1, 2]) {
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
}
