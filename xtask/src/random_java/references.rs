//! Random expressions of reference types: nodes, functions, arrays, casts.

use super::generator::Generator;
use super::kinds::Kind::{self, *};

impl Generator {
    pub(super) fn node(&mut self, kind: Kind, d: usize) -> String {
        let new = |class: &str, argument: String| format!("new {class}({argument})");
        match (kind, self.random.below(8)) {
            (_, 0) => {
                let from = self.random.pick(&[Object, Object, A, I]);
                self.cast(kind, if from == kind { Object } else { from }, d)
            }
            (I, 1..3) => new("D", self.expression(Int, d)),
            (A | I, 3) => format!("{}.n", self.variable_or(A, "node")),
            (A | I, 4..6) => {
                let class = self.random.pick(&["A", "B", "C"]);
                let argument = self.expression(Int, d);
                new(class, argument)
            }
            (A, 6) => self.element(Nodes, d),
            (B, 1..5) => {
                let class = self.random.pick(&["B", "C"]);
                let argument = self.expression(Int, d);
                new(class, argument)
            }
            (C, 1..5) => new("C", self.expression(Int, d)),
            _ => self.leaf(kind),
        }
    }

    /// A lambda or a method reference.
    pub(super) fn function(&mut self, kind: Kind, d: usize) -> String {
        if self.in_lambda {
            return self.leaf(kind);
        }
        let references: &[&str] = match kind {
            IntOperator => &[
                "Math::max",
                "Integer::sum",
                "Support::add",
                "Math::addExact",
                "node::mix",
            ],
            LongOperator => &["Long::reverse", "Math::abs"],
            _ => &["A::measure", "A::hashCode"],
        };
        if self.random.percent(40) {
            return self.random.pick(references).into();
        }
        let (a, b) = (self.fresh("a"), self.fresh("b"));
        match kind {
            IntOperator => {
                let body = self.lambda(&[(&a, Int), (&b, Int)], Int, d);
                format!("({a}, {b}) -> {body}")
            }
            LongOperator => {
                let body = self.lambda(&[(&a, Long)], Long, d);
                format!("{a} -> {body}")
            }
            _ => {
                let body = self.lambda(&[(&a, A)], Int, d);
                format!("{a} -> {body}")
            }
        }
    }

    /// The body of a lambda: it sees its parameters and what is final around it.
    pub(super) fn lambda(&mut self, parameters: &[(&str, Kind)], result: Kind, d: usize) -> String {
        let (locals, counters) = (self.locals.clone(), std::mem::take(&mut self.counters));
        let (cost, multiplier) = (self.cost, self.multiplier);
        self.locals.retain(|local| local.is_final);
        self.locals.iter_mut().for_each(|local| local.assignable = false);
        parameters
            .iter()
            .for_each(|&(name, kind)| self.declare(name, kind, false));
        self.in_lambda = true;
        self.multiplier = 1;
        let body = self.expression(result, d.max(1));
        self.in_lambda = false;
        (self.locals, self.counters) = (locals, counters);
        (self.cost, self.multiplier) = (cost + multiplier, multiplier);
        body
    }

    pub(super) fn array(&mut self, kind: Kind, d: usize) -> String {
        let Some(element) = kind.element() else {
            return self.leaf(kind);
        };
        self.cost += self.multiplier * 4;
        match self.random.below(7) {
            0 | 1 if kind == Rows => {
                format!("new int[{} & 7][{}]", self.expression(Int, d), self.random.below(9))
            }
            0 | 1 => format!("new {}[({} & 7) + 4]", element.java(), self.expression(Int, d)),
            2 if kind != Rows => format!("new {}[{} % 20]", element.java(), self.expression(Int, d)),
            3 | 4 => {
                let items: Vec<String> = (0..self.random.below(5) + 1)
                    .map(|_| self.expression(element, d.min(1)))
                    .collect();
                format!("new {} {{{}}}", kind.java(), items.join(", "))
            }
            5 => format!("{}.clone()", self.variable_or(kind, &format!("({})", kind.default()))),
            _ => self.leaf(kind),
        }
    }

    pub(super) fn cast(&mut self, to: Kind, from: Kind, d: usize) -> String {
        let value = self.expression(from, d);
        match self.random.percent(25) {
            true => format!("(({}) (Object) ({value}))", to.java()),
            false => {
                let (name, other) = (self.fresh("t"), self.leaf(to));
                format!(
                    "(((Object) ({value})) instanceof {} {name} ? {name} : {other})",
                    to.java()
                )
            }
        }
    }

    pub(super) fn pattern(&mut self, kind: Kind, d: usize) -> String {
        let (value, name) = (self.expression(Object, d), self.fresh("t"));
        let other = self.expression(kind, d);
        let (class, then) = match kind {
            Int => self.random.pick(&[
                ("B", ".i"),
                ("Integer", ".intValue()"),
                ("int[]", ".length"),
                ("C", ".v"),
                ("String", ".length()"),
            ]),
            Text => ("String", ""),
            _ => self.random.pick(&[("A", ".z"), ("String", ".isEmpty()")]),
        };
        format!("(({value}) instanceof {class} {name} ? {name}{then} : {other})")
    }
}
