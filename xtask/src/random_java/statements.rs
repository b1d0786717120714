//! Random statements, one a line, so that stack traces tell them apart. Each has a number by which it can be left out.

use super::generator::Generator;
use super::kinds::COMMON;
use super::kinds::Kind::{self, *};
use std::fmt::Write;

/// Most that the bodies of nested loops are executed.
const MOST_ITERATIONS: u64 = 400;

impl Generator {
    /// The statements of a method.
    pub(super) fn statements_of_body(&mut self, count: usize) {
        for _ in 0..count {
            self.statement(2);
        }
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// Statements in braces that were opened, with a scope of their own.
    fn block(&mut self, count: usize, depth: usize) {
        let scope = self.locals.len();
        for _ in 0..count {
            self.statement(depth);
        }
        self.locals.truncate(scope);
    }

    fn statement(&mut self, depth: usize) {
        let number = self.statements;
        self.statements += 1;
        let begin = self.out.len();
        if self.random.percent(25) {
            let (name, kind) = self.declaration();
            if self.dropped.contains(&number) {
                self.out.truncate(begin);
                let _ = writeln!(self.out, "{} {name} = {};", kind.java(), kind.default());
            }
            return;
        }
        let scope = self.locals.len();
        self.other_statement(depth);
        self.locals.truncate(scope);
        if self.dropped.contains(&number) {
            self.out.truncate(begin);
        }
    }

    fn declaration(&mut self) -> (String, Kind) {
        let kind = match self.random.below(12) {
            0 => self
                .random
                .pick(&[IntOperator, IntOperator, LongOperator, NodeFunction]),
            _ => self.random.pick(COMMON),
        };
        let value = self.expression(kind, 3);
        let value = if kind == Text { format!("clip({value})") } else { value };
        let name = self.fresh("x");
        let _ = writeln!(self.out, "{} {name} = {value};", kind.java());
        let assignable = self.random.percent(75) && !matches!(kind, IntOperator | LongOperator | NodeFunction);
        self.declare(&name, kind, assignable);
        (name, kind)
    }

    fn other_statement(&mut self, depth: usize) {
        let nested = depth > 0;
        let d = depth.saturating_sub(1);
        match self.random.below(24) {
            0..7 => self.assign(),
            7..9 if nested => self.if_else(d),
            9..13 if nested => self.loop_statement(d),
            13 if nested => self.switch_statement(d),
            14..16 if nested => self.try_statement(d),
            16 if nested => self.synchronized_statement(d),
            17 => self.jump(),
            18 => self.bulk(),
            19 | 20 => self.call_statement(),
            21 if nested => self.throw(),
            _ => self.assign(),
        }
    }

    fn assign(&mut self) {
        for _ in 0..4 {
            let kind = self.random.pick(COMMON);
            if let Some(text) = self.assignment(kind, 3) {
                return self.line(&format!("{text};"));
            }
        }
    }

    fn call_statement(&mut self) {
        let kind = self.random.pick(COMMON);
        match self.call(kind, 2) {
            Some(text) => self.line(&format!("{text};")),
            None => self.assign(),
        }
    }

    fn if_else(&mut self, depth: usize) {
        let condition = self.expression(Boolean, 2);
        self.line(&format!("if ({condition}) {{"));
        let count = 1 + self.random.below(3);
        self.block(count, depth);
        if self.random.percent(50) {
            self.line("} else {");
            let count = 1 + self.random.below(2);
            self.block(count, depth);
        }
        self.line("}");
    }

    /// So many iterations that the method stays within its limit.
    fn trips(&mut self) -> u64 {
        let wanted = match self.random.below(12) {
            0 => 200 + self.random.below(200) as u64,
            1..4 => 20 + self.random.below(20) as u64,
            _ => 2 + self.random.below(9) as u64,
        };
        let room = self.limit.saturating_sub(self.cost) / (self.multiplier * 10);
        wanted.min(room).min(MOST_ITERATIONS / self.multiplier)
    }

    fn loop_statement(&mut self, depth: usize) {
        let mut trips = self.trips();
        if trips < 2 {
            return self.assign();
        }
        let (multiplier, labels) = (self.multiplier, self.labels.len());
        let label = self.fresh("loop");
        let counter = self.fresh("i");
        let start = self.random.below(4) as u64;
        let head = match self.random.below(12) {
            0..3 => format!(
                "for (int {counter} = {start}; {counter} < {}; {counter}++) {{",
                start + trips
            ),
            3 => {
                let step = self.random.pick(&[2u64, 3, 7]);
                format!(
                    "for (int {counter} = {start}; {counter} < {}; {counter} += {step}) {{",
                    start + trips * step
                )
            }
            4 => format!(
                "for (int {counter} = {}; {counter} >= {start}; {counter}--) {{",
                start + trips - 1
            ),
            5 => format!(
                "for (long {counter} = {start}; {counter} != {}; {counter}++) {{",
                start + trips
            ),
            6 => {
                let condition = self.expression(Boolean, 1);
                format!("for (int {counter} = 0; {counter} < {trips} && {condition}; {counter}++) {{")
            }
            7 => {
                let bound = self.expression(Int, 1);
                format!("for (int {counter} = 0; {counter} < Math.min({bound}, {trips}); {counter}++) {{")
            }
            8..10 => {
                trips = trips.min(10);
                let array = self.random.pick(&[Ints, Ints, Longs, Doubles, Bytes, Chars, Nodes]);
                let holder = self.array_variable(array);
                format!("for (int {counter} = 0; {counter} < Math.min({holder}.length, 10); {counter}++) {{")
            }
            10 => return self.for_each(depth, trips, &label),
            _ => return self.while_loop(depth, trips, &label, &counter),
        };
        self.line(&format!("{label}: {head}"));
        self.multiplier *= trips;
        let is_long = head.starts_with("for (long");
        self.declare(&counter, if is_long { Long } else { Int }, false);
        if let Some(local) = self.locals.last_mut() {
            local.is_final = false;
        }
        if !is_long {
            self.counters.push(counter.clone());
        }
        self.labels.push(label);
        let count = 1 + self.random.below(4);
        self.block(count, depth);
        self.labels.truncate(labels);
        if !is_long {
            self.counters.pop();
        }
        self.locals.pop();
        self.multiplier = multiplier;
        self.line("}");
    }

    fn array_variable(&mut self, kind: Kind) -> String {
        let locals = self.locals_of(kind);
        if !locals.is_empty() {
            return locals[self.random.below(locals.len())].clone();
        }
        if kind == Ints {
            return "sa".into();
        }
        let name = self.fresh("x");
        let value = self.expression(kind, 2);
        let _ = writeln!(self.out, "{} {name} = {value};", kind.java());
        self.declare(&name, kind, true);
        name
    }

    fn for_each(&mut self, depth: usize, trips: u64, label: &str) {
        let array = self
            .random
            .pick(&[Ints, Ints, Longs, Chars, Floats, Nodes, Texts, Booleans, Rows]);
        let Some(element) = array.element() else { return };
        let holder = self.array_variable(array);
        let (name, used) = (self.fresh("e"), self.fresh("n"));
        let (multiplier, labels, trips) = (self.multiplier, self.labels.len(), trips.min(10));
        self.line(&format!("int {used} = 0;"));
        self.line(&format!("{label}: for ({} {name} : {holder}) {{", element.java()));
        self.line(&format!("if (++{used} > {trips}) {{\nbreak;\n}}"));
        self.multiplier *= trips;
        self.declare(&name, element, true);
        self.labels.push(label.to_string());
        let count = 1 + self.random.below(3);
        self.block(count, depth);
        self.labels.truncate(labels);
        self.locals.pop();
        self.multiplier = multiplier;
        self.line("}");
    }

    fn while_loop(&mut self, depth: usize, trips: u64, label: &str, counter: &str) {
        let (multiplier, labels) = (self.multiplier, self.labels.len());
        self.line(&format!("int {counter} = {trips};"));
        self.declare(counter, Int, false);
        if let Some(local) = self.locals.last_mut() {
            local.is_final = false;
        }
        let first_tested = self.random.percent(50);
        match first_tested {
            true => {
                let condition = self.expression(Boolean, 1);
                self.line(&format!("{label}: while ({counter}-- > 0 && {condition}) {{"));
            }
            false => self.line(&format!("{label}: do {{")),
        }
        self.multiplier *= trips;
        self.labels.push(label.to_string());
        let count = 1 + self.random.below(3);
        self.block(count, depth);
        self.labels.truncate(labels);
        self.multiplier = multiplier;
        self.line(&if first_tested {
            "}".to_string()
        } else {
            format!("}} while (--{counter} > 0);")
        });
        self.locals.pop();
    }

    fn switch_statement(&mut self, depth: usize) {
        let (key, cases): (String, Vec<&str>) = match self.random.below(4) {
            0 => (
                format!("{} & 7", self.expression(Int, 2)),
                vec!["0", "1", "2", "3", "5", "6"],
            ),
            1 => (
                self.expression(Int, 2),
                vec!["-1", "7", "1000", "65536", "Integer.MIN_VALUE", "12"],
            ),
            2 => (self.expression(Char, 2), vec!["'a'", "'b'", "'c'", "'k'", "'\\uffff'"]),
            _ => (
                self.expression(Text, 2),
                vec!["\"one\"", "\"two\"", "\"Aa\"", "\"BB\"", "\"\"", "\"a\""],
            ),
        };
        self.line(&format!("switch ({key}) {{"));
        let default_at = self.random.below(cases.len() + 3);
        for (index, case) in cases.iter().enumerate() {
            if index == default_at {
                self.line("default:");
                self.block(1, depth);
                self.break_switch();
            }
            if self.random.percent(25) {
                continue;
            }
            self.line(&format!("case {case}:"));
            if self.random.percent(80) {
                let count = 1 + self.random.below(2);
                self.line("{");
                self.block(count, depth);
                self.line("}");
                if self.random.percent(75) {
                    self.break_switch();
                }
            }
        }
        self.line("}");
    }

    fn break_switch(&mut self) {
        self.line("break;");
    }

    fn try_statement(&mut self, depth: usize) {
        self.line("try {");
        let count = 1 + self.random.below(3);
        self.block(count, depth);
        let catches = [
            "ArithmeticException",
            "NullPointerException",
            "IndexOutOfBoundsException",
            "ClassCastException | NegativeArraySizeException",
            "ProgramException",
            "ArrayStoreException",
        ];
        let mut caught = 0;
        for class in catches {
            if self.random.percent(25) {
                self.catch(class, depth);
                caught += 1;
            }
        }
        if self.random.percent(40) {
            self.catch("RuntimeException", depth);
            caught += 1;
        }
        if caught == 0 || self.random.percent(30) {
            self.line("} finally {");
            self.block(1, depth);
        }
        self.line("}");
    }

    fn catch(&mut self, class: &str, depth: usize) {
        let name = self.fresh("ex");
        self.line(&format!("}} catch ({class} {name}) {{"));
        if self.random.percent(60) {
            let target = self.random.pick(&["si", "sl", "sd"]);
            self.line(&format!("{target} += told({name});"));
        }
        let count = self.random.below(2);
        self.block(count, depth);
        if self.random.percent(12) {
            self.line(&format!("if ({}) {{\nthrow {name};\n}}", "si > 0"));
        }
    }

    fn synchronized_statement(&mut self, depth: usize) {
        let lock = match self.random.below(4) {
            0 if self.this.is_some() => "this".to_string(),
            1 => "RandomProgram.class".into(),
            2 => "node".into(),
            _ => self.expression(A, 1),
        };
        self.line(&format!("synchronized ({lock}) {{"));
        let count = 1 + self.random.below(3);
        self.block(count, depth);
        self.line("}");
    }

    /// Out of a loop, on in a loop, or out of the method.
    fn jump(&mut self) {
        let condition = self.expression(Boolean, 2);
        let what = match self.random.below(5) {
            0 if self.labels.is_empty() => {
                let value = self.expression(self.result, 2);
                match self.result {
                    Text => format!("return clip({value});"),
                    _ => format!("return {value};"),
                }
            }
            _ if self.labels.is_empty() => return self.assign(),
            0 => {
                let value = self.leaf(self.result);
                format!("return {value};")
            }
            choice => {
                let label = self.labels[self.random.below(self.labels.len())].clone();
                let word = if choice < 3 { "break" } else { "continue" };
                format!("{word} {label};")
            }
        };
        self.line(&format!("if ({condition}) {{\n{what}\n}}"));
    }

    fn throw(&mut self) {
        let condition = self.expression(Boolean, 2);
        let value = self.expression(Int, 1);
        let made = match self.random.below(4) {
            0 => format!("new IllegalStateException(\"x\" + {value})"),
            1 => "new ArithmeticException()".into(),
            _ => format!("new ProgramException({value})"),
        };
        self.line(&format!("if ({condition}) {{\nthrow {made};\n}}"));
    }

    /// Operations on whole arrays and on builders.
    fn bulk(&mut self) {
        self.cost += self.multiplier * 20;
        let (a, b) = (self.random.below(5), self.random.below(5));
        match self.random.below(5) {
            0 => {
                let kind = self.random.pick(&[Ints, Longs, Bytes, Chars, Nodes, Texts]);
                let (from, to) = (self.array_variable(kind), self.array_variable(kind));
                let length = self.expression(Int, 1);
                self.line(&format!("System.arraycopy({from}, {a}, {to}, {b}, {length} & 3);"));
            }
            1 => {
                let array = self.array_variable(Ints);
                let value = self.expression(Int, 2);
                self.line(&format!("java.util.Arrays.fill({array}, {value});"));
            }
            2 => {
                let array = self.array_variable(Ints);
                self.line(&format!("si += java.util.Arrays.hashCode({array});"));
            }
            3 => {
                let array = self.array_variable(Nodes);
                let value = self.expression(A, 1);
                self.line(&format!("{array}[{a}] = {value};"));
            }
            _ => {
                let name = self.fresh("sb");
                let kind = self.random.pick(&[Int, Long, Char, Double, Boolean, Text]);
                let (one, two) = (self.expression(kind, 1), self.expression(Int, 1));
                self.line(&format!("StringBuilder {name} = new StringBuilder(st);"));
                self.line(&format!("{name}.append({one}).append('.').insert(0, {two}).reverse();"));
                self.line(&format!("st = clip({name}.toString());"));
            }
        }
    }
}
