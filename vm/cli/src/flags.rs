//! `-XX:` flags: HotSpot's, all of them known by name and type, so that what it refuses is refused and what means
//! nothing here is told from what is misspelt.

use std::collections::BTreeMap;

/// One row of `flags.tsv`.
#[derive(Clone, Copy, Debug)]
pub struct FlagRow {
    /// Name.
    pub name: &'static str,
    /// HotSpot's type: bool, int, intx, uintx, size_t, double, ccstr, …
    pub kind: &'static str,
    /// product, diagnostic or experimental.
    pub availability: &'static str,
    low: &'static str,
    high: &'static str,
    /// The release that deprecated it, or empty.
    pub deprecated: &'static str,
}

/// Flags that mean something here; what they do is said where their values are read.
const MEANING: &[&str] = &[
    "ActiveProcessorCount",
    "BytecodeVerificationLocal",
    "BytecodeVerificationRemote",
    "CICompilerCount",
    "CompileThreshold",
    "DisableExplicitGC",
    "DumpPerfMapAtExit",
    "FailGuardInterval",
    "GCStressInterval",
    "IgnoreUnrecognizedVMOptions",
    "InitialCodeCacheSize",
    "InitialHeapSize",
    "InitialRAMPercentage",
    "LoopThreshold",
    "MaxHeapSize",
    "MaxJavaStackTraceDepth",
    "MaxMetaspaceSize",
    "MaxRAM",
    "MaxRAMPercentage",
    "PerfMapFile",
    "PreserveFramePointer",
    "PrintCommandLineFlags",
    "PrintCompilation",
    "PrintConcurrentLocks",
    "PrintFlagsFinal",
    "ProfileThreshold",
    "ReduceSignalUsage",
    "ReservedCodeCacheSize",
    "ShowCodeDetailsInExceptionMessages",
    "ThreadStackSize",
    "UnlockDiagnosticVMOptions",
    "UnlockExperimentalVMOptions",
    "UseCodeCacheFlushing",
    "UseCompiler",
    "UseContainerSupport",
    "UseGCOverheadLimit",
    "UseGDBJITInterface",
    "VerifyAfterGC",
];

/// Switches among them that are on unless switched off.
const ON_BY_DEFAULT: &[&str] = &[
    "BytecodeVerificationRemote",
    "PreserveFramePointer",
    "ShowCodeDetailsInExceptionMessages",
    "UseCodeCacheFlushing",
    "UseCompiler",
    "UseContainerSupport",
    "UseGCOverheadLimit",
];

/// Flags of which one at most may be on.
const COLLECTORS: &[&str] = &[
    "UseSerialGC",
    "UseParallelGC",
    "UseG1GC",
    "UseZGC",
    "UseShenandoahGC",
    "UseEpsilonGC",
];

/// A flag's value.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// On or off.
    Switch(bool),
    /// A whole number.
    Number(i128),
    /// A fraction.
    Fraction(f64),
    /// A text.
    Text(String),
}

/// The flags given, by name.
#[derive(Default)]
pub struct Flags {
    given: BTreeMap<&'static str, Value>,
    /// Unknown flags and options are skipped.
    pub ignore_unrecognized: bool,
}

fn rows() -> impl Iterator<Item = FlagRow> {
    let lines = include_str!("flags.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut columns = line.split('\t');
        Some(FlagRow {
            name: columns.next()?,
            kind: columns.next()?,
            availability: columns.next()?,
            low: columns.next().unwrap_or_default(),
            high: columns.next().unwrap_or_default(),
            deprecated: columns.next().unwrap_or_default(),
        })
    })
}

/// Parses a memory size as HotSpot does: digits, decimal or hexadecimal, and an optional k, m, g or t.
pub fn parse_size(text: &str) -> Option<u64> {
    let (text, shift) = match text.char_indices().next_back()? {
        (at, 'k' | 'K') => (&text[..at], 10),
        (at, 'm' | 'M') => (&text[..at], 20),
        (at, 'g' | 'G') => (&text[..at], 30),
        (at, 't' | 'T') => (&text[..at], 40),
        _ => (text, 0),
    };
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok()?,
        None if text.starts_with(|c: char| c.is_ascii_digit()) => text.parse().ok()?,
        None => return None,
    };
    number.checked_mul(1 << shift)
}

impl Flags {
    /// One flag, without its `-XX:`. A complaint is what to print before exit code 1; a warning is printed and all is well.
    pub fn set(&mut self, option: &str) -> Result<Option<String>, String> {
        let (name, text, switch) = match option.split_at_checked(1) {
            Some(("+", rest)) => (rest, None, Some(true)),
            Some(("-", rest)) => (rest, None, Some(false)),
            _ => match option.split_once('=') {
                Some((name, value)) => (name.trim_end_matches(':'), Some(value), None),
                None => (option, None, None),
            },
        };
        let bare = name.split('=').next().unwrap_or_default();
        let Some(row) = rows().find(|row| row.name == bare) else {
            return if self.ignore_unrecognized {
                Ok(None)
            } else {
                Err(unrecognized(option))
            };
        };
        self.check_locked(&row)?;
        let shown = option.trim_start_matches(['+', '-']);
        let improper = || format!("Improperly specified VM option '{shown}'");
        if bare != name {
            return Err(improper());
        }
        let value = match (row.kind, switch, text) {
            ("bool", Some(on), _) => Value::Switch(on),
            ("bool", None, _) => return Err(format!("Missing +/- setting for VM option '{shown}'")),
            (_, Some(_), _) => return Err(format!("Unexpected +/- setting in VM option '{shown}'")),
            (_, None, None) => return Err(improper()),
            (_, None, Some(text)) => row.parse(text).ok_or_else(improper)?,
        };
        row.check_range(&value).map_err(|text| match row.name {
            "MaxTenuringThreshold" => text,
            _ => format!("{text}\n{}", improper()),
        })?;
        self.ignore_unrecognized |= row.name == "IgnoreUnrecognizedVMOptions" && value == Value::Switch(true);
        self.given.insert(row.name, value);
        let warning = format!(
            "Option {} was deprecated in version {} and will likely be removed in a future release.",
            row.name, row.deprecated
        );
        Ok((!row.deprecated.is_empty()).then_some(warning))
    }

    fn check_locked(&self, row: &FlagRow) -> Result<(), String> {
        let key = match row.availability {
            "diagnostic" => "UnlockDiagnosticVMOptions",
            "experimental" => "UnlockExperimentalVMOptions",
            _ => return Ok(()),
        };
        if row.name == key || self.is_on(key) || self.ignore_unrecognized {
            return Ok(());
        }
        let (name, what) = (row.name, row.availability);
        Err(format!(
            "Error: VM option '{name}' is {what} and must be enabled via -XX:+{key}.\n\
             Error: The unlock option must precede '{name}'."
        ))
    }

    /// A switch that was set to on.
    pub fn is_on(&self, name: &str) -> bool {
        self.given.get(name) == Some(&Value::Switch(true))
    }
    /// A switch, if given.
    pub fn switch(&self, name: &str) -> Option<bool> {
        match self.given.get(name) {
            Some(Value::Switch(on)) => Some(*on),
            _ => None,
        }
    }
    /// A number, if given.
    pub fn number(&self, name: &str) -> Option<u64> {
        match self.given.get(name) {
            Some(Value::Number(number)) => u64::try_from(*number).ok(),
            _ => None,
        }
    }
    /// A text, if given.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.given.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }
    /// A fraction, if given.
    pub fn fraction(&self, name: &str) -> Option<f64> {
        match self.given.get(name) {
            Some(Value::Fraction(number)) => Some(*number),
            _ => None,
        }
    }
    /// More than one collector was chosen.
    pub fn too_many_collectors(&self) -> bool {
        COLLECTORS.iter().filter(|name| self.is_on(name)).count() > 1
    }
    /// The flags given that mean nothing here, as they are written on a command line.
    pub fn without_meaning(&self) -> impl Iterator<Item = String> + '_ {
        let given = self.given.iter().filter(|(name, _)| !MEANING.contains(*name));
        given.map(|(name, value)| format!("-XX:{}", written(name, value)))
    }
    /// What `-XX:+PrintCommandLineFlags` prints.
    pub fn command_line(&self, found: &[(&'static str, Value)]) -> String {
        let mut all: BTreeMap<&str, &Value> = found.iter().map(|(name, value)| (*name, value)).collect();
        all.extend(self.given.iter().map(|(name, value)| (*name, value)));
        let words = all.iter().map(|(name, value)| format!("-XX:{} ", written(name, value)));
        format!("{}\n", words.collect::<String>())
    }
    /// What `-XX:+PrintFlagsFinal` prints: the flags that mean something here, and those that were given. `found` are the
    /// values the VM itself has chosen.
    pub fn table(&self, found: &[(&'static str, Value)]) -> String {
        let mut text = "[Global flags]\n".to_owned();
        for row in rows() {
            let chosen = found.iter().find(|(name, _)| *name == row.name).map(|(_, value)| value);
            let (value, origin) = match (self.given.get(row.name), chosen) {
                (Some(given), chosen) => (chosen.unwrap_or(given), "command line"),
                (None, Some(chosen)) => (chosen, "ergonomic"),
                (None, None) if row.kind == "bool" && MEANING.contains(&row.name) => {
                    (&Value::Switch(ON_BY_DEFAULT.contains(&row.name)), "default")
                }
                (None, None) => continue,
            };
            let value = match value {
                Value::Switch(on) => on.to_string(),
                Value::Number(number) => number.to_string(),
                Value::Fraction(number) => format!("{number:.6}"),
                Value::Text(text) => text.clone(),
            };
            let (kind, name) = (row.kind, row.name);
            let availability = format!("{{{}}}", row.availability);
            text.push_str(&format!(
                "{kind:>9} {name:<40} = {value:<30} {availability:>20} {{{origin}}}\n"
            ));
        }
        text
    }
}

fn written(name: &str, value: &Value) -> String {
    match value {
        Value::Switch(on) => format!("{}{name}", if *on { '+' } else { '-' }),
        Value::Number(number) => format!("{name}={number}"),
        Value::Fraction(number) => format!("{name}={number:.6}"),
        Value::Text(text) => format!("{name}={text}"),
    }
}

impl FlagRow {
    fn parse(&self, text: &str) -> Option<Value> {
        match self.kind {
            "double" => text.parse().ok().map(Value::Fraction),
            "ccstr" | "ccstrlist" => Some(Value::Text(text.to_owned())),
            kind => {
                let (digits, sign) = match text.strip_prefix('-') {
                    Some(digits) if matches!(kind, "int" | "intx") => (digits, -1),
                    Some(_) => return None,
                    None => (text, 1),
                };
                let number = sign * i128::from(parse_size(digits)?);
                let fits = match kind {
                    "int" => i32::try_from(number).is_ok(),
                    "uint" => u32::try_from(number).is_ok(),
                    "intx" => i64::try_from(number).is_ok(),
                    _ => true,
                };
                fits.then_some(Value::Number(number))
            }
        }
    }
    fn check_range(&self, value: &Value) -> Result<(), String> {
        let (low, high) = (self.low, self.high);
        let (inside, shown) = match value {
            Value::Number(number) => {
                let within = |bound: &str, test: fn(&i128, &i128) -> bool| {
                    bound.parse().map_or(true, |bound: i128| test(number, &bound))
                };
                (within(low, i128::ge) && within(high, i128::le), number.to_string())
            }
            Value::Fraction(number) => {
                let within = |bound: &str, test: fn(&f64, &f64) -> bool| {
                    bound.parse().map_or(true, |bound: f64| test(number, &bound))
                };
                (within(low, f64::ge) && within(high, f64::le), format!("{number:.6}"))
            }
            _ => (true, String::new()),
        };
        if inside {
            return Ok(());
        }
        let fraction = |bound: &str| match bound.parse::<f64>() {
            Ok(bound) if self.kind == "double" => format!("{bound:.6}"),
            _ => bound.to_owned(),
        };
        Err(format!(
            "{} {}={shown} is outside the allowed range [ {} ... {} ]",
            self.kind,
            self.name,
            fraction(low),
            fraction(high)
        ))
    }
}

/// The complaint about an unknown flag, with a guess at what was meant.
fn unrecognized(option: &str) -> String {
    let shown = option.trim_start_matches(['+', '-']);
    let name = shown.split('=').next().unwrap_or_default();
    let mut text = format!("Unrecognized VM option '{shown}'\n");
    let mut best: Option<(f64, FlagRow)> = None;
    for row in rows() {
        let score = peaberry::log::similarity(row.name, name);
        if score > best.as_ref().map_or(0.0, |(best, _)| *best) {
            best = Some((score, row));
        }
    }
    if let Some((score, row)) = best
        && score >= 0.7
    {
        let (before, after) = if row.kind == "bool" {
            ("(+/-)", "")
        } else {
            ("", "=<value>")
        };
        // `java` leaves the line open for what the launcher says next.
        text.push_str(&format!("Did you mean '{before}{}{after}'? ", row.name));
    } else {
        text.pop();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(parse_size("64m"), Some(64 << 20));
        assert_eq!(parse_size("0x10k"), Some(16 << 10));
        for wrong in ["", "m", "-1", "5q", "99999999999999999999", "64mm"] {
            assert_eq!(parse_size(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_flag_with_a_meaning_has_a_row() {
        for name in MEANING.iter().chain(COLLECTORS) {
            assert!(rows().any(|row| row.name == *name), "{name}");
        }
    }

    #[test]
    fn refusals() {
        let mut flags = Flags::default();
        assert_eq!(flags.set("+UseG1GC"), Ok(None));
        assert!(flags.set("UseG1GC").is_err_and(|e| e.starts_with("Missing +/-")));
        assert!(
            flags
                .set("+MaxHeapSize")
                .is_err_and(|e| e.starts_with("Unexpected +/-"))
        );
        assert!(
            flags
                .set("MaxTenuringThreshold=99")
                .is_err_and(|e| e.contains("outside the allowed range"))
        );
        assert!(
            flags
                .set("+PrintAssembly")
                .is_err_and(|e| e.contains("must be enabled"))
        );
        assert!(
            flags
                .set("+Nonsense")
                .is_err_and(|e| e == "Unrecognized VM option 'Nonsense'")
        );
    }
}
