//! Random expressions of a wanted type. Their evaluation order is seen: some assign, some throw.

use super::generator::{Generator, Style};
use super::kinds::Kind::{self, *};

/// Numbers at which arithmetic changes its ways.
const INTS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "3",
    "5",
    "7",
    "8",
    "10",
    "16",
    "31",
    "32",
    "33",
    "63",
    "64",
    "100",
    "127",
    "128",
    "255",
    "256",
    "-128",
    "-129",
    "32767",
    "32768",
    "-32768",
    "65535",
    "65536",
    "1000003",
    "0x55555555",
    "Integer.MIN_VALUE",
    "Integer.MAX_VALUE",
    "(Integer.MAX_VALUE - 1)",
];
const LONGS: &[&str] = &[
    "0L",
    "1L",
    "-1L",
    "2L",
    "10L",
    "31L",
    "64L",
    "255L",
    "65536L",
    "0x7fffffffL",
    "0x80000000L",
    "-0x80000000L",
    "0xffffffffL",
    "0x100000000L",
    "1000000007L",
    "Long.MIN_VALUE",
    "Long.MAX_VALUE",
    "0x5555555555555555L",
];
const FLOATS: &[&str] = &[
    "0f",
    "-0f",
    "1f",
    "-1f",
    "0.5f",
    "1.5f",
    "100f",
    "16777216f",
    "1e10f",
    "-3e9f",
    "3.4e38f",
    "1e-40f",
    "Float.NaN",
    "Float.POSITIVE_INFINITY",
    "Float.NEGATIVE_INFINITY",
    "Float.MIN_VALUE",
];
const DOUBLES: &[&str] = &[
    "0.0",
    "-0.0",
    "1.0",
    "-1.0",
    "0.5",
    "2.5",
    "-7.25",
    "100.0",
    "1e9",
    "-2147483648.0",
    "2147483648.0",
    "1e18",
    "1e19",
    "-1e300",
    "1e308",
    "4.9e-324",
    "Double.NaN",
    "Double.POSITIVE_INFINITY",
    "Double.NEGATIVE_INFINITY",
];
const TEXTS: &[&str] = &[
    "\"\"",
    "\"a\"",
    "\"one\"",
    "\"two\"",
    "\"three\"",
    "\"Aa\"",
    "\"BB\"",
    "\"12\"",
    "\"-7\"",
    "\"x1y\"",
    "\"\\u00e9t\\u00e9\"",
    "\"\\u4e2d\\u6587\"",
    "\"The quick brown fox\"",
];
const CHARS: &[&str] = &["'a'", "'Z'", "'0'", "'\\0'", "'\\uffff'", "'e'", "'\\u00e9'"];

impl Generator {
    /// An expression of that type, at most so deep.
    pub(super) fn expression(&mut self, kind: Kind, depth: usize) -> String {
        self.cost += self.multiplier;
        if depth == 0 || self.random.percent(12) {
            return self.leaf(kind);
        }
        let d = depth - 1;
        if self.random.percent(7)
            && let Some(text) = self.call(kind, d)
        {
            return text;
        }
        if self.random.percent(4) {
            let (c, a, b) = (
                self.expression(Boolean, d),
                self.expression(kind, d),
                self.expression(kind, d),
            );
            return format!("({c} ? {a} : {b})");
        }
        if self.random.percent(6)
            && let Some(array) = kind.array()
        {
            return self.element(array, d);
        }
        if self.random.percent(4)
            && !self.in_lambda
            && let Some(text) = self.assignment(kind, d)
        {
            return format!("({text})");
        }
        match kind {
            Int => self.int(d),
            Long => self.long(d),
            Float | Double => self.floating(kind, d),
            Byte | Short | Char => self.small(kind, d),
            Boolean => self.boolean(d),
            Text => self.text(d),
            Integer => match self.random.below(4) {
                0 => format!("Integer.valueOf({})", self.expression(Int, d)),
                1 => format!("(Integer) ({})", self.expression(Int, d)),
                2 => self.cast(Integer, Object, d),
                _ => self.leaf(kind),
            },
            Object => {
                let other = self
                    .random
                    .pick(&[Integer, Text, A, B, C, I, Ints, Nodes, Long, Double, Char]);
                format!("(Object) ({})", self.expression(other, d))
            }
            A | B | C | I => self.node(kind, d),
            IntOperator | LongOperator | NodeFunction => self.function(kind, d),
            _ => self.array(kind, d),
        }
    }

    /// Names of the local variables of a kind.
    pub(super) fn locals_of(&self, kind: Kind) -> Vec<String> {
        let of_kind = self.locals.iter().filter(|l| l.kind == kind);
        of_kind.map(|l| l.name.clone()).collect()
    }

    /// A variable, a field or a constant.
    pub(super) fn leaf(&mut self, kind: Kind) -> String {
        let locals = self.locals_of(kind);
        if !locals.is_empty() && self.random.percent(80) {
            return locals[self.random.below(locals.len())].clone();
        }
        if self.random.percent(60)
            && let Some(field) = self.field(kind)
        {
            return field;
        }
        if !kind.is_number() && kind != Boolean && self.random.percent(3) {
            return format!("(({}) null)", kind.java());
        }
        match kind {
            Boolean => self.random.pick(&["true", "false"]).into(),
            Byte | Short => format!("({}) {}", kind.java(), self.random.below(200) as i32 - 100),
            Char => self.random.pick(CHARS).into(),
            Int => match self.random.percent(50) {
                true => self.random.pick(INTS).into(),
                false => format!("{}", self.random.below(64)),
            },
            Long => self.random.pick(LONGS).into(),
            Float => self.random.pick(FLOATS).into(),
            Double => self.random.pick(DOUBLES).into(),
            Text => self.random.pick(TEXTS).into(),
            Integer => format!("Integer.valueOf({})", self.random.pick(INTS)),
            Object => match self.random.below(4) {
                0 => "(Object) null".into(),
                1 => "(Object) \"o\"".into(),
                2 => "(Object) 5".into(),
                _ => "(Object) node".into(),
            },
            A | I if self.this.is_some() && self.random.percent(50) => "this".into(),
            A | I => {
                let other = if kind == I { "other" } else { "node" };
                self.random
                    .pick(&["node", "node", "new A(3)", "new B(4)", "new C(5)", other])
                    .into()
            }
            B => "new B(6)".into(),
            C => "new C(7)".into(),
            Ints => self
                .random
                .pick(&["sa", "sa", "new int[] {3, 1, 2}", "new int[9]"])
                .into(),
            IntOperator => self
                .random
                .pick(&["operator", "Math::max", "Integer::sum", "(a, b) -> a - b"])
                .into(),
            _ => kind.default(),
        }
    }

    /// A field of that type: static, of `this` or of a node.
    pub(super) fn field(&mut self, kind: Kind) -> Option<String> {
        let name = match kind {
            Int => self.random.pick(&["i", "i", "v"]),
            Long => self.random.pick(&["l", "l", "w"]),
            Float => "f",
            Double => "d",
            Byte => "b",
            Short => "h",
            Char => "c",
            Boolean => "z",
            Text => "t",
            Object => "o",
            Ints => "a",
            A => "n",
            _ => return None,
        };
        let holder = match self.random.below(10) {
            0..3 => return Some(format!("s{name}")),
            3..6 if self.this.is_some() => "this".to_string(),
            9 => "node".to_string(),
            _ => {
                let nodes: Vec<String> = self
                    .locals
                    .iter()
                    .filter(|l| matches!(l.kind, A | B | C))
                    .map(|l| l.name.clone())
                    .collect();
                match nodes.is_empty() {
                    true => "node".to_string(),
                    false => nodes[self.random.below(nodes.len())].clone(),
                }
            }
        };
        Some(format!("{holder}.{name}"))
    }

    /// A call of something generated before whose result has that type.
    pub(super) fn call(&mut self, kind: Kind, depth: usize) -> Option<String> {
        let most = self.limit.saturating_sub(self.cost) / self.multiplier;
        let most = if self.in_lambda { most.min(40) } else { most };
        let fit: Vec<usize> = (0..self.units.len())
            .filter(|&n| {
                let unit = &self.units[n];
                unit.result == kind && unit.cost <= most && !(self.in_lambda && unit.calls_lambdas)
            })
            .collect();
        if fit.is_empty() {
            return None;
        }
        let unit = self.units[fit[self.random.below(fit.len())]].clone();
        self.cost += self.multiplier * unit.cost;
        self.calls_lambdas |= unit.calls_lambdas;
        let receiver = match unit.style {
            Style::Static => String::new(),
            Style::Virtual if self.this.is_some() && self.random.percent(40) => "this".to_string(),
            Style::Virtual => {
                let kind = self.random.pick(&[A, A, A, A, B, C]);
                self.expression(kind, depth.min(1))
            }
            Style::Interface => {
                let kind = self.random.pick(&[I, I, I, A]);
                self.expression(kind, depth.min(1))
            }
        };
        let arguments: Vec<String> = unit
            .parameters
            .iter()
            .map(|&p| self.expression(p, depth.min(2)))
            .collect();
        let receiver = if receiver.starts_with("new ") || receiver.starts_with('(') {
            format!("({receiver})")
        } else {
            receiver
        };
        let dot = if receiver.is_empty() { "" } else { "." };
        Some(format!("{receiver}{dot}{}({})", unit.name, arguments.join(", ")))
    }

    /// An element of an array, usually one that exists.
    pub(super) fn element(&mut self, array: Kind, depth: usize) -> String {
        let holder = self.holder(array, depth);
        let index = self.index(&holder, depth);
        format!("{holder}[{index}]")
    }

    /// An array to take an element of.
    pub(super) fn holder(&mut self, array: Kind, depth: usize) -> String {
        let holder = match array {
            Rows if depth == 0 => self.leaf(Rows),
            _ => self.expression(array, depth.min(1)),
        };
        if holder.starts_with("new ") || holder.starts_with('(') {
            format!("({holder})")
        } else {
            holder
        }
    }

    fn index(&mut self, holder: &str, depth: usize) -> String {
        if let Some(counter) = self.counters.last().cloned()
            && self.random.percent(50)
        {
            let constant = self.random.below(3);
            return match self.random.below(8) {
                0..4 => counter,
                4 => format!("{counter} + {constant}"),
                5 => format!("{counter} - {constant}"),
                6 => format!("({counter} * 2) & 7"),
                _ => format!("{} - {counter}", 7 + constant),
            };
        }
        let is_plain = holder.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
        match self.random.below(10) {
            0..6 if is_plain => format!("({} & 0x7fffffff) % {holder}.length", self.expression(Int, depth)),
            0 => self.expression(Int, depth),
            1..4 => format!("{}", self.random.below(8)),
            _ => format!("{} & 7", self.expression(Int, depth)),
        }
    }

    /// An assignment to something of that type, as an expression without parentheses.
    pub(super) fn assignment(&mut self, kind: Kind, depth: usize) -> Option<String> {
        let locals: Vec<String> = self
            .locals
            .iter()
            .filter(|l| l.kind == kind && l.assignable)
            .map(|l| l.name.clone())
            .collect();
        let field = self.field(kind);
        let target = match self.random.below(10) {
            0..6 if !locals.is_empty() && !self.in_lambda => locals[self.random.below(locals.len())].clone(),
            6 | 7 if kind.array().is_some() => self.element(kind.array()?, depth.min(1)),
            _ => field?,
        };
        let value = match kind {
            Text => format!("clip({})", self.expression(Text, depth)),
            _ => self.expression(kind, depth),
        };
        if !kind.is_number() {
            if kind == Boolean && self.random.percent(30) {
                let op = self.random.pick(&["&=", "|=", "^="]);
                return Some(format!("{target} {op} {value}"));
            }
            return Some(format!("{target} = {value}"));
        }
        Some(match self.random.below(12) {
            0 => format!("{target}{}", self.random.pick(&["++", "--"])),
            1 => format!("{}{target}", self.random.pick(&["++", "--"])),
            2 | 3 => {
                // Compound assignments narrow whatever they are given.
                let other = self.random.pick(&[Int, Long, Float, Double]);
                let op = self.random.pick(&["+=", "-=", "*="]);
                let value = self.expression(other, depth);
                format!("{target} {op} {value}")
            }
            4 | 5 if !matches!(kind, Float | Double) => {
                let op = self.random.pick(&["<<=", ">>=", ">>>=", "&=", "|=", "^="]);
                let other = self.random.pick(&[Int, Int, Long]);
                let value = self.expression(other, depth);
                format!("{target} {op} {value}")
            }
            6 if !matches!(kind, Float | Double) => format!("{target} /= ({value} | 1)"),
            7 | 8 => format!("{target} += {value}"),
            _ => format!("{target} = {value}"),
        })
    }

    fn int(&mut self, d: usize) -> String {
        match self.random.below(34) {
            0..6 => self.binary(Int, &["+", "-", "*", "&", "|", "^"], d),
            6 | 7 => self.shift(Int, d),
            8 | 9 => self.division(Int, d),
            10 => format!("({}{})", self.random.pick(&["- ", "~"]), self.expression(Int, d)),
            11..13 => {
                let from = self.random.pick(&[Long, Float, Double, Char, Byte, Short]);
                format!("(int) ({})", self.expression(from, d))
            }
            13 => {
                let (class, kind) =
                    self.random
                        .pick(&[("Integer", Int), ("Long", Long), ("Float", Float), ("Double", Double)]);
                let (a, b) = (self.expression(kind, d), self.expression(kind, d));
                format!("{class}.compare({a}, {b})")
            }
            14 | 15 => {
                let array = self.random.pick(super::kinds::ARRAYS);
                format!("{}.length", self.holder(array, d))
            }
            16 => {
                let name =
                    self.random
                        .pick(&["addExact", "subtractExact", "multiplyExact", "max", "min", "max", "min"]);
                let (a, b) = (self.expression(Int, d), self.expression(Int, d));
                format!("Math.{name}({a}, {b})")
            }
            17 => {
                let name = self.random.pick(&[
                    "Math.abs",
                    "Integer.bitCount",
                    "Integer.numberOfLeadingZeros",
                    "Integer.numberOfTrailingZeros",
                    "Integer.reverse",
                    "Integer.reverseBytes",
                    "Integer.highestOneBit",
                    "Integer.signum",
                    "Integer.hashCode",
                ]);
                format!("{name}({})", self.expression(Int, d))
            }
            18 => {
                let name = self.random.pick(&[
                    "Math.floorMod",
                    "Math.floorDiv",
                    "Integer.divideUnsigned",
                    "Integer.remainderUnsigned",
                ]);
                let (a, b) = (self.expression(Int, d), self.expression(Int, d));
                format!("{name}({a}, {b} | 1)")
            }
            19 => {
                let name = self.random.pick(&["rotateLeft", "rotateRight", "compareUnsigned"]);
                let (a, b) = (self.expression(Int, d), self.expression(Int, d));
                format!("Integer.{name}({a}, {b})")
            }
            20 => {
                let name = self.random.pick(&[
                    "Long.bitCount",
                    "Long.numberOfLeadingZeros",
                    "Long.numberOfTrailingZeros",
                    "Long.hashCode",
                    "Long.signum",
                    "Math.toIntExact",
                ]);
                format!("{name}({})", self.expression(Long, d))
            }
            21 | 22 => {
                let text = self.expression(Text, d);
                match self.random.below(6) {
                    0 | 1 => format!("({text}).length()"),
                    2 => format!("({text}).indexOf({})", self.expression(Char, 0)),
                    3 => format!("({text}).hashCode()"),
                    4 => format!("({text}).compareTo({})", self.expression(Text, d)),
                    _ => format!("Integer.parseInt({text})"),
                }
            }
            23..25 => self.pattern(Int, d),
            25 => format!("({} + {})", self.expression(Integer, d), self.expression(Int, d)),
            26 => match self.random.percent(50) {
                true => format!("Float.floatToIntBits({})", self.expression(Float, d)),
                false => format!("Double.hashCode({})", self.expression(Double, d)),
            },
            27 | 28 if self.may_call_lambda() => {
                self.cost += self.multiplier * 40;
                let function = self.variable_or(IntOperator, "operator");
                format!(
                    "{function}.applyAsInt({}, {})",
                    self.expression(Int, d),
                    self.expression(Int, d)
                )
            }
            29 if self.may_call_lambda() => {
                self.cost += self.multiplier * 40;
                let function = self.variable_or(NodeFunction, "measure");
                format!("{function}.applyAsInt({})", self.expression(A, d))
            }
            30 => {
                let key = self.expression(Int, d);
                let arms: Vec<String> = (0..4).map(|_| self.expression(Int, d.min(1))).collect();
                format!(
                    "(int) (switch ({key} & 7) {{ case 0 -> {}; case 1, 5 -> {}; case 2 -> {}; default -> {}; }})",
                    arms[0], arms[1], arms[2], arms[3]
                )
            }
            31 if self.may_call_lambda() => {
                self.cost += self.multiplier * 20;
                self.random.pick(&["Rare.count", "Rare.next()", "Rare.TEN"]).into()
            }
            _ => {
                let small = self.random.pick(&[Byte, Short, Char]);
                format!(
                    "({} {} {})",
                    self.expression(small, d),
                    self.random.pick(&["+", "-", "*"]),
                    self.expression(Int, d)
                )
            }
        }
    }

    /// Lambdas call no lambdas, so that none calls itself.
    fn may_call_lambda(&mut self) -> bool {
        let may = !self.in_lambda && self.cost + self.multiplier * 40 <= self.limit;
        self.calls_lambdas |= may;
        may
    }

    pub(super) fn variable_or(&mut self, kind: Kind, otherwise: &str) -> String {
        let locals = self.locals_of(kind);
        match locals.is_empty() || self.random.percent(30) {
            true => otherwise.to_string(),
            false => locals[self.random.below(locals.len())].clone(),
        }
    }

    fn long(&mut self, d: usize) -> String {
        match self.random.below(20) {
            0..5 => self.binary(Long, &["+", "-", "*", "&", "|", "^"], d),
            5..7 => self.shift(Long, d),
            7..9 => self.division(Long, d),
            9 => format!("({}{})", self.random.pick(&["- ", "~"]), self.expression(Long, d)),
            10..13 => {
                let from = self.random.pick(&[Int, Int, Float, Double, Char, Byte]);
                format!("(long) ({})", self.expression(from, d))
            }
            13 => {
                let name = self.random.pick(&[
                    "addExact",
                    "multiplyExact",
                    "subtractExact",
                    "max",
                    "min",
                    "multiplyHigh",
                    "multiplyFull",
                ]);
                let kind = if name == "multiplyFull" { Int } else { Long };
                let (a, b) = (self.expression(kind, d), self.expression(kind, d));
                format!("Math.{name}({a}, {b})")
            }
            14 => {
                let name = self.random.pick(&[
                    "Math.abs",
                    "Long.reverse",
                    "Long.reverseBytes",
                    "Long.highestOneBit",
                    "Long.lowestOneBit",
                ]);
                format!("{name}({})", self.expression(Long, d))
            }
            15 => format!("Double.doubleToLongBits({})", self.expression(Double, d)),
            16 => format!("Math.round({})", self.expression(Double, d)),
            17 if self.may_call_lambda() => {
                self.cost += self.multiplier * 40;
                let function = self.variable_or(LongOperator, "twist");
                format!("{function}.applyAsLong({})", self.expression(Long, d))
            }
            18 => format!("({} & 0xffffffffL)", self.expression(Int, d)),
            _ => self.binary(Long, &["+", "-"], d),
        }
    }

    fn floating(&mut self, kind: Kind, d: usize) -> String {
        let class = if kind == Float { "Float" } else { "Double" };
        match self.random.below(14) {
            0..6 => self.binary(kind, &["+", "-", "*", "/", "%"], d),
            6 => format!("(- {})", self.expression(kind, d)),
            7..9 => {
                let from = self.random.pick(&[Int, Long, Float, Double, Char]);
                format!("({}) ({})", kind.java(), self.expression(from, d))
            }
            9 => {
                let name = self.random.pick(&["max", "min", "copySign"]);
                let (a, b) = (self.expression(kind, d), self.expression(kind, d));
                // The sign of a NaN is nobody's promise.
                let b = if name == "copySign" { format!("number({b})") } else { b };
                format!("Math.{name}({a}, {b})")
            }
            10 => format!(
                "Math.{}({})",
                self.random.pick(&["abs", "signum", "ulp", "nextUp"]),
                self.expression(kind, d)
            ),
            11 => {
                let name = self.random.pick(&["sqrt", "floor", "ceil", "rint"]);
                format!("({}) Math.{name}({})", kind.java(), self.expression(Double, d))
            }
            12 => {
                let args: Vec<String> = (0..3).map(|_| self.expression(kind, d.min(1))).collect();
                format!("Math.fma({})", args.join(", "))
            }
            _ => match kind {
                Float => format!("Float.intBitsToFloat({})", self.expression(Int, d)),
                _ => format!("{class}.longBitsToDouble({})", self.expression(Long, d)),
            },
        }
    }

    fn small(&mut self, kind: Kind, d: usize) -> String {
        if kind == Char && self.random.percent(30) {
            let text = self.expression(Text, d);
            let index = self.expression(Int, d);
            let mask = self.random.pick(&[" & 1", " & 3", ""]);
            return format!("({text}).charAt({index}{mask})");
        }
        let from = self.random.pick(&[Int, Int, Long, Float, Double]);
        format!("({}) ({})", kind.java(), self.expression(from, d))
    }

    fn boolean(&mut self, d: usize) -> String {
        match self.random.below(16) {
            0..7 => {
                let kind = self.random.pick(&[Int, Int, Int, Long, Float, Double, Char]);
                self.binary(kind, &["<", "<=", ">", ">=", "==", "!="], d)
            }
            7 | 8 => self.binary(Boolean, &["&&", "||", "&", "|", "^"], d),
            9 => format!("(!{})", self.expression(Boolean, d)),
            10 => format!("({} {} null)", self.expression(A, d), self.random.pick(&["==", "!="])),
            11 => {
                let (a, b) = (self.expression(A, d), self.expression(A, d));
                format!("((Object) {a} == {b})")
            }
            12 => {
                let class = self.random.pick(&[
                    "B",
                    "C",
                    "Late",
                    "I",
                    "D",
                    "A",
                    "Integer",
                    "String",
                    "int[]",
                    "A[]",
                    "Comparable<?>",
                ]);
                format!("({} instanceof {class})", self.expression(Object, d))
            }
            13 => {
                let (a, b) = (self.expression(Text, d), self.expression(Text, d));
                let name = self.random.pick(&["equals", "startsWith", "contains", "endsWith"]);
                format!("({a}).{name}({b})")
            }
            14 => match self.random.percent(50) {
                true => format!("Double.isNaN({})", self.expression(Double, d)),
                false => format!("Float.isInfinite({})", self.expression(Float, d)),
            },
            _ => self.pattern(Boolean, d),
        }
    }

    fn text(&mut self, d: usize) -> String {
        let primitive = self.random.pick(&[Int, Long, Float, Double, Boolean, Char, Integer]);
        self.cost += self.multiplier * 8;
        match self.random.below(14) {
            0..4 => {
                let (a, b) = (self.expression(Text, d), self.expression(primitive, d));
                format!("clip({a} + {b})")
            }
            4 => {
                let (a, b, c) = (
                    self.expression(primitive, d),
                    self.expression(Text, d),
                    self.expression(Int, d),
                );
                format!("clip(\"<\" + {a} + {b} + '|' + {c})")
            }
            5 => format!("String.valueOf({})", self.expression(primitive, d)),
            6 | 7 => {
                let (a, b, c) = (
                    self.expression(Text, d),
                    self.expression(Int, d),
                    self.expression(primitive, d),
                );
                format!("clip(new StringBuilder().append({a}).append({b}).append('-').append({c}).toString())")
            }
            8 => {
                let text = self.expression(Text, d);
                match self.random.percent(50) {
                    true => format!("({text}).substring({} & 3)", self.expression(Int, d)),
                    false => format!(
                        "({text}).substring({} & 1, {} & 3)",
                        self.expression(Int, d),
                        self.expression(Int, d)
                    ),
                }
            }
            9 => format!(
                "clip(({}).repeat({} & 3))",
                self.expression(Text, d),
                self.expression(Int, d)
            ),
            10 => format!(
                "({}).{}",
                self.expression(Text, d),
                self.random
                    .pick(&["trim()", "toUpperCase()", "strip()", "intern()", "replace('e', 'o')"])
            ),
            11 => format!("{}.toString()", self.variable_or(A, "node")),
            12 => self.cast(Text, Object, d),
            _ => self.pattern(Text, d),
        }
    }

    fn binary(&mut self, kind: Kind, operators: &[&str], d: usize) -> String {
        let (a, b) = (self.expression(kind, d), self.expression(kind, d));
        format!("({a} {} {b})", self.random.pick(operators))
    }

    fn shift(&mut self, kind: Kind, d: usize) -> String {
        let by = self.random.pick(&[Int, Int, Int, Long]);
        let (a, b) = (self.expression(kind, d), self.expression(by, d));
        format!("({a} {} {b})", self.random.pick(&["<<", ">>", ">>>"]))
    }

    fn division(&mut self, kind: Kind, d: usize) -> String {
        let (a, op) = (self.expression(kind, d), self.random.pick(&["/", "%"]));
        match self.random.below(8) {
            0 => format!("({a} {op} {})", self.expression(kind, d)),
            1..4 => format!(
                "({a} {op} {})",
                self.random.pick(&["2", "3", "7", "10", "16", "-1", "-8", "1000"])
            ),
            _ => format!("({a} {op} ({} | 1))", self.expression(kind, d)),
        }
    }
}
