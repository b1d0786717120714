//! Statements: the stack is empty before and behind each.

use super::{Generator, SCRATCH, Type};
use std::fmt::Write;

impl Generator<'_> {
    fn block(&mut self, depth: usize, rows: &mut String) {
        for _ in 0..1 + self.choose(3) {
            self.statement(depth, rows);
        }
    }

    /// Blocks that jump anywhere, loops with several entries among them; a counter sees to it that they end.
    pub(super) fn unstructured(&mut self, rows: &mut String) {
        let count = 2 + self.choose(7);
        let blocks: Vec<String> = (0..count).map(|_| self.label()).collect();
        let end = self.label();
        let counter = self.free;
        self.free += 1;
        self.emit("bipush 40");
        self.emit(&format!("istore {counter}"));
        self.counters.push(counter);
        for (index, block) in blocks.iter().enumerate() {
            self.place(block);
            self.emit(&format!("iinc {counter} -1"));
            self.emit(&format!("iload {counter}"));
            self.emit(&format!("iflt {end}"));
            for _ in 0..self.choose(3) {
                self.statement(3, rows);
            }
            let target = blocks[self.choose(count)].clone();
            match self.choose(4) {
                0 => self.branch(&target, 2),
                1 => {
                    self.branch(&target, 2);
                    let other = blocks[self.choose(count)].clone();
                    self.emit(&format!("goto {other}"));
                }
                2 => {
                    self.expression(Type::Int, 2);
                    let other = &blocks[self.choose(count)];
                    let default = if index % 2 == 0 { &end } else { &blocks[0] };
                    self.emit(&format!("tableswitch 0 {target} {other} {target} default {default}"));
                }
                _ => self.emit(&format!("goto {target}")),
            }
        }
        self.counters.pop();
        self.place(&end);
        self.emit("nop");
    }

    pub(super) fn statement(&mut self, depth: usize, rows: &mut String) {
        self.statements += 1;
        let simple = depth > 3 || self.is_done();
        let choice = match simple {
            true => self.pick(8, &[0, 1, 2, 7]),
            false => self.pick(22, &[0, 1, 2, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21]),
        };
        match choice {
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
                self.emit_leaving(&format!("putfield Node.{}", value.0), &["NullCheck"]);
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
                self.emit_leaving(store, &["NullCheck", "BoundsCheck"]);
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
                ][self.pick(4, &[0, 1])];
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
            20 => {
                let local = self.local(Type::Int);
                let step = [1, -1, 3, 1000][self.choose(4)];
                self.emit(&format!("iinc {local} {step}"));
            }
            _ => self.scratch(),
        }
    }

    /// A slot that holds another type each time, and halves of longs that are overwritten.
    fn scratch(&mut self) {
        let slot = SCRATCH + self.choose(3);
        let (kind, letter, local) = [
            (Type::Int, 'i', 6),
            (Type::Long, 'l', 8),
            (Type::Float, 'f', 10),
            (Type::Double, 'd', 11),
        ][self.choose(4)];
        self.expression(kind, 1);
        self.emit(&format!("{letter}store {slot}"));
        if self.choose(2) == 1 {
            let label = self.label();
            self.branch(&label, 3);
            self.emit(&format!("{letter}load {slot}"));
            self.emit(&format!("{letter}store {local}"));
            self.place(&label);
        }
        self.emit(&format!("{letter}load {slot}"));
        self.emit(&format!("{letter}store {local}"));
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
        let limit = self.pick(3, &[0, 2]);
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

    pub(super) fn try_block(&mut self, depth: usize, rows: &mut String) {
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
