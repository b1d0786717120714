//! A random program: its classes, methods and the driver that calls them.

use super::kinds::Kind::{self, *};
use super::kinds::{COMMON, RESULTS};
use super::random::Random;
use std::collections::BTreeSet;
use std::fmt::Write;

/// How a method is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    Static,
    Virtual,
    Interface,
}

/// A method that later ones may call.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub name: String,
    pub style: Style,
    pub parameters: Vec<Kind>,
    pub result: Kind,
    /// Estimate of what one call executes.
    pub cost: u64,
    /// Calls what static fields may hold: not to be called from lambdas.
    pub calls_lambdas: bool,
}

/// A variable in scope.
#[derive(Clone, Debug)]
pub(super) struct Local {
    pub name: String,
    pub kind: Kind,
    pub assignable: bool,
    /// Lambdas may capture it.
    pub is_final: bool,
}

/// The state of a generation.
pub struct Generator {
    pub(super) random: Random,
    pub(super) out: String,
    pub(super) locals: Vec<Local>,
    /// Variables of enclosing counted loops, innermost last.
    pub(super) counters: Vec<String>,
    /// Labels of enclosing loops, innermost last.
    pub(super) labels: Vec<String>,
    pub(super) units: Vec<Unit>,
    pub(super) cost: u64,
    pub(super) multiplier: u64,
    pub(super) limit: u64,
    pub(super) calls_lambdas: bool,
    /// Class of `this`, where there is one with A's fields.
    pub(super) this: Option<Kind>,
    pub(super) in_lambda: bool,
    pub(super) result: Kind,
    names: usize,
    pub(super) statements: usize,
    /// Numbers of statements to leave out.
    pub(super) dropped: BTreeSet<usize>,
}

/// A generated program.
pub struct Program {
    /// Its source.
    pub text: String,
    /// How many statements can be left out.
    pub statements: usize,
}

/// The program of a seed, as class `name`, without some of its statements.
pub fn program(name: &str, seed: u64, dropped: &BTreeSet<usize>) -> Program {
    let mut generator = Generator {
        random: Random::new(seed),
        out: String::new(),
        locals: Vec::new(),
        counters: Vec::new(),
        labels: Vec::new(),
        units: Vec::new(),
        cost: 0,
        multiplier: 1,
        limit: 600,
        calls_lambdas: false,
        this: None,
        in_lambda: false,
        result: Int,
        names: 0,
        statements: 0,
        dropped: dropped.clone(),
    };
    let text = indent(&generator.all(name, seed));
    Program {
        text,
        statements: generator.statements,
    }
}

const CLASS_NAMES: [&str; 4] = ["A", "B", "C", "Late"];

impl Generator {
    /// A name not used before.
    pub(super) fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    pub(super) fn declare(&mut self, name: &str, kind: Kind, assignable: bool) {
        self.locals.push(Local {
            name: name.to_string(),
            kind,
            assignable,
            is_final: !assignable,
        });
    }

    fn all(&mut self, name: &str, seed: u64) -> String {
        let mut statics = String::new();
        let mut classes: [String; 4] = Default::default();
        let (mut other, mut interface) = (String::new(), String::new());
        for _ in 0..1 + self.random.below(2) {
            if self.random.percent(40) {
                statics += &self.static_method();
            }
            if self.random.percent(40) {
                self.interface_method(&mut interface, &mut classes, &mut other);
            }
            self.virtual_method(&mut classes);
        }
        for _ in 0..1 + self.random.below(2) {
            statics += &self.static_method();
        }
        let parent = self.random.pick(&["A", "A", "B", "C"]);
        let finals = ["", "", self.random.pick(&["", "final "]), ""];
        let finals = if parent == "C" { [""; 4] } else { finals };
        let mut out = String::new();
        let _ = write!(
            out,
            "import java.util.function.*;\nimport support.*;\nimport static support.Support.*;\n\n// Seed {seed}.\n\
             public final class {name} implements RandomProgram {{\n"
        );
        let (functions, rare) = (self.static_functions(), self.rare());
        let _ = write!(
            out,
            "static int si = 5; static volatile int sv = 6; static long sl = 7; static volatile long sw = 8;\n\
             static float sf = 1.5f; static double sd = 2.5; static byte sb = 3; static short sh = 4; static char sc = 'k';\n\
             static boolean sz; static String st = \"st\"; static Object so = \"so\"; static int[] sa = new int[10];\n\
             static A sn = new A(11); static A node = new B(12); static I other = new D(13);\n{functions}\n\
             interface I {{\n{interface}}}\n"
        );
        for (index, class) in CLASS_NAMES.iter().enumerate() {
            let above = match index {
                0 => "extends Node implements I".to_string(),
                1 => "extends A".into(),
                2 => "extends B".into(),
                _ => format!("extends {parent}"),
            };
            let _ = writeln!(out, "static {}class {class} {above} {{", finals[index]);
            if index == 0 {
                out += "A n = this;\nA(int x) {\nsuper(x);\n}\nint measure() {\nreturn i ^ 5;\n}\n";
            } else {
                let _ = write!(out, "{class}(int x) {{\nsuper(x + {index});\n}}\n");
                if self.random.percent(60) {
                    let _ = write!(out, "int measure() {{\nreturn i + v + {index};\n}}\n");
                }
            }
            out += &classes[index];
            out += "}\n";
        }
        let _ = write!(
            out,
            "static class D implements I {{\nint k;\nD(int x) {{\nk = x;\n}}\n\
             public int hashCode() {{\nreturn k;\n}}\n{other}}}\n{rare}"
        );
        out += &statics;
        out += &self.driver();
        out += "}\n";
        out
    }

    /// Functions in static fields.
    fn static_functions(&mut self) -> String {
        let mut text = String::new();
        for (kind, name) in [
            (IntOperator, "operator"),
            (LongOperator, "twist"),
            (NodeFunction, "measure"),
        ] {
            self.enter(None, &[], 30);
            let value = self.function(kind, 3);
            let _ = writeln!(text, "static {} {name} = {value};", kind.java());
        }
        text
    }

    /// A class that is initialized when a method first needs it, if its initializer does not fail.
    fn rare(&mut self) -> String {
        let fails = self.random.percent(20);
        let divisor = if fails { "(si - si)" } else { "3" };
        format!(
            "static class Rare {{\nstatic int count = si + 10;\nstatic final int TEN = Support.add(4, 6) / {divisor};\n\
             static int next() {{\nreturn count++;\n}}\n}}\n"
        )
    }

    /// Begins a method body.
    fn enter(&mut self, this: Option<Kind>, parameters: &[(String, Kind)], limit: u64) {
        self.locals.clear();
        self.counters.clear();
        self.labels.clear();
        (self.cost, self.multiplier, self.limit) = (0, 1, limit);
        (self.this, self.calls_lambdas) = (this, false);
        for (name, kind) in parameters {
            let assignable = self.random.percent(70);
            self.declare(name, *kind, assignable);
        }
    }

    fn signature(&mut self) -> (Vec<(String, Kind)>, Kind) {
        let count = self.random.below(5);
        let parameters = (0..count)
            .map(|n| (format!("p{n}"), self.random.pick(COMMON)))
            .collect();
        (parameters, self.random.pick(RESULTS))
    }

    fn head(&self, modifiers: &str, name: &str, parameters: &[(String, Kind)], result: Kind) -> String {
        let list: Vec<String> = parameters
            .iter()
            .map(|(name, kind)| format!("{} {name}", kind.java()))
            .collect();
        format!("{modifiers}{} {name}({}) {{\n", result.java(), list.join(", "))
    }

    fn body(&mut self, result: Kind, size: usize) -> String {
        let before = std::mem::take(&mut self.out);
        self.result = result;
        self.statements_of_body(size);
        let value = self.expression(result, 3);
        let value = if result == Text {
            format!("clip({value})")
        } else {
            value
        };
        let _ = write!(self.out, "return {value};\n}}\n");
        std::mem::replace(&mut self.out, before)
    }

    fn static_method(&mut self) -> String {
        let name = self.fresh("m");
        let (mut parameters, result) = self.signature();
        let modifiers = if self.random.percent(8) {
            "static synchronized "
        } else {
            "static "
        };
        let recursive = self.random.percent(22);
        if recursive {
            parameters.insert(0, ("depth".into(), Int));
        }
        let kinds: Vec<Kind> = parameters.iter().map(|p| p.1).collect();
        self.enter(None, &parameters, if recursive { 80 } else { 300 });
        let mut text = self.head(modifiers, &name, &parameters, result);
        let mut factor = 1;
        if recursive {
            self.locals[0].assignable = false;
            let twice = self.random.percent(35);
            let most = if twice { 4 } else { 12 };
            factor = if twice { 16 } else { 12 };
            let base = self.expression(result, 1);
            let _ = write!(
                text,
                "if (depth <= 0) {{\nreturn {base};\n}}\nif (depth > {most}) {{\nreturn {name}({most}"
            );
            for (name, _) in &parameters[1..] {
                let _ = write!(text, ", {name}");
            }
            text += ");\n}\n";
            for number in 0..if twice { 2 } else { 1 } {
                let arguments: Vec<String> = kinds[1..]
                    .iter()
                    .map(|&kind| format!(", {}", self.expression(kind, 1)))
                    .collect();
                let _ = writeln!(
                    text,
                    "{} r{number} = {name}(depth - 1{});",
                    result.java(),
                    arguments.join("")
                );
                self.declare(&format!("r{number}"), result, true);
            }
        }
        let size = 2 + self.random.below(4);
        text += &self.body(result, size);
        self.units.push(Unit {
            name,
            style: Style::Static,
            parameters: kinds,
            result,
            cost: self.cost * factor + 5,
            calls_lambdas: self.calls_lambdas,
        });
        text
    }

    fn virtual_method(&mut self, classes: &mut [String; 4]) {
        let name = self.fresh("v");
        let (parameters, result) = self.signature();
        let (mut cost, mut calls_lambdas) = (0, false);
        for (index, class) in CLASS_NAMES.iter().enumerate() {
            if index > 0 && self.random.percent(50) && *class != "Late" {
                continue;
            }
            self.enter(Some([A, B, C, A][index]), &parameters, 100);
            let modifiers = if self.random.percent(8) { "synchronized " } else { "" };
            classes[index] += &self.head(modifiers, &name, &parameters, result);
            let size = if self.random.percent(40) {
                0
            } else {
                self.random.below(4)
            };
            if index > 0 && self.random.percent(30) {
                let arguments: Vec<String> = parameters.iter().map(|p| p.0.clone()).collect();
                let _ = writeln!(
                    classes[index],
                    "{} r = super.{name}({});",
                    result.java(),
                    arguments.join(", ")
                );
                self.declare("r", result, true);
                self.cost += cost;
            }
            classes[index] += &self.body(result, size);
            cost = cost.max(self.cost);
            calls_lambdas |= self.calls_lambdas;
        }
        self.units.push(Unit {
            name,
            style: Style::Virtual,
            parameters: parameters.into_iter().map(|p| p.1).collect(),
            result,
            cost: cost + 5,
            calls_lambdas,
        });
    }

    fn interface_method(&mut self, interface: &mut String, classes: &mut [String; 4], other: &mut String) {
        let name = self.fresh("q");
        let (parameters, result) = self.signature();
        let has_default = self.random.percent(40);
        let (mut cost, mut calls_lambdas) = (0, false);
        // The interface itself, A, C, Late and D.
        for place in 0..5 {
            let needed = !has_default && (place == 1 || place == 4);
            if (place == 0 && !has_default) || (place > 0 && !needed && self.random.percent(50)) {
                continue;
            }
            let this = if place == 0 || place == 4 { None } else { Some(A) };
            self.enter(this, &parameters, 150);
            let modifiers = if place == 0 { "default " } else { "public " };
            let mut text = self.head(modifiers, &name, &parameters, result);
            let size = self.random.below(3);
            text += &self.body(result, size);
            match place {
                0 => *interface += &text,
                1 => classes[0] += &text,
                2 => classes[2] += &text,
                3 => classes[3] += &text,
                _ => *other += &text,
            }
            cost = cost.max(self.cost);
            calls_lambdas |= self.calls_lambdas;
        }
        if !has_default {
            let head = self.head("", &name, &parameters, result);
            *interface += &head.replace(" {\n", ";\n");
        }
        self.units.push(Unit {
            name,
            style: Style::Interface,
            parameters: parameters.into_iter().map(|p| p.1).collect(),
            result,
            cost: cost + 5,
            calls_lambdas,
        });
    }

    /// What `support.Runner` calls.
    fn driver(&mut self) -> String {
        let mut text = format!("public int count() {{\nreturn {};\n}}\n", self.units.len());
        text += "public void call(int number, Inputs in, Checksum sum) {\nswitch (number) {\n";
        for (index, unit) in self.units.iter().enumerate() {
            let arguments: Vec<String> = unit.parameters.iter().map(|kind| input(*kind)).collect();
            let receiver = match unit.style {
                Style::Static => "",
                Style::Virtual => "makeA(in).",
                Style::Interface => "makeI(in).",
            };
            let arguments = arguments.join(", ");
            let _ = write!(
                text,
                "case {index}:\nsum.add({receiver}{}({arguments}));\nbreak;\n",
                unit.name
            );
        }
        text += "default:\nbreak;\n}\n}\n\
                 static A makeA(Inputs in) {\nswitch (in.shape()) {\ncase 0: return new A(in.i());\n\
                 case 1: return new B(in.i());\ncase 2: return new C(in.i());\ncase 3: return makeLate(in);\n\
                 default: return null;\n}\n}\n\
                 static A makeLate(Inputs in) {\nreturn new Late(in.i());\n}\n\
                 static I makeI(Inputs in) {\nreturn in.isOther() ? new D(in.i()) : makeA(in);\n}\n\
                 static B makeB(Inputs in) {\nreturn in.shape() == 1 ? new B(in.i()) : new C(in.i());\n}\n\
                 static C makeC(Inputs in) {\nreturn new C(in.i());\n}\n\
                 static A[] makeNodes(Inputs in) {\nA[] made = in.isOther() ? new B[8] : new A[8];\n\
                 for (int i = 0; i < 8; i++) {\nmade[i] = makeB(in);\n}\nreturn made;\n}\n\
                 public void begin(Inputs in) {\nnode = in.isOther() ? new A(in.i()) : makeB(in);\nsn = makeA(in);\n\
                 sa = in.ints();\nst = in.text();\nso = in.object();\n}\n\
                 public void state(Checksum sum) {\nsum.state(si + 31 * sv, sl + 31 * sw, sf, sd, sb + 31 * sh + 17 * sc, sz, st, so, sa);\n\
                 sum.node(sn);\nsum.node(node);\n}\n";
        text
    }
}

/// How the driver makes an argument.
fn input(kind: Kind) -> String {
    match kind {
        Boolean => "in.z()".into(),
        Byte => "in.b()".into(),
        Short => "in.h()".into(),
        Char => "in.c()".into(),
        Int => "in.i()".into(),
        Long => "in.l()".into(),
        Float => "in.f()".into(),
        Double => "in.d()".into(),
        Text => "in.text()".into(),
        Object => "in.isOther() ? makeA(in) : in.object()".into(),
        Integer => "in.integer()".into(),
        A => "makeA(in)".into(),
        B => "makeB(in)".into(),
        C => "makeC(in)".into(),
        I => "makeI(in)".into(),
        Nodes => "makeNodes(in)".into(),
        Rows => "in.rows()".into(),
        Texts => "in.texts()".into(),
        Booleans => "in.booleans()".into(),
        Bytes => "in.bytes()".into(),
        Shorts => "in.shorts()".into(),
        Chars => "in.chars()".into(),
        Ints => "in.ints()".into(),
        Longs => "in.longs()".into(),
        Floats => "in.floats()".into(),
        Doubles => "in.doubles()".into(),
        IntOperator => "operator".into(),
        LongOperator => "twist".into(),
        NodeFunction => "measure".into(),
    }
}

/// Indents by braces; the lines stay what they are.
fn indent(text: &str) -> String {
    let (mut out, mut depth) = (String::new(), 0usize);
    for line in text.lines() {
        let closing = line.chars().take_while(|&c| c == '}').count();
        let shift = depth.saturating_sub(closing);
        let _ = writeln!(out, "{}{line}", "    ".repeat(if line.is_empty() { 0 } else { shift }));
        let (open, close) = (line.matches('{').count(), line.matches('}').count());
        depth = (depth + open).saturating_sub(close);
    }
    out
}
