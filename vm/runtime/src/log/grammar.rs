//! What `-Xlog` may say: `selections:output:decorators:output-options`, with HotSpot's complaints.

use super::Level;
use super::output::{Decorator, FileSettings, Output, Place};
use super::tag_sets;
use super::tags::{self, TagSet};
use crate::options::VmOptions;

/// Tags in one selection at most.
const MOST_TAGS: usize = 5;

/// Where a planned output goes.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Target {
    Stdout,
    Stderr,
    File(String, FileSettings),
}

#[derive(Clone, Debug)]
struct Plan {
    target: Target,
    decorators: Vec<Decorator>,
    levels: [Level; TagSet::COUNT],
}

/// The outputs that specifications ask for, none of them opened yet.
#[derive(Clone, Debug)]
pub struct Configuration {
    plans: Vec<Plan>,
}

impl Default for Configuration {
    /// Warnings on standard output.
    fn default() -> Self {
        Configuration {
            plans: vec![Plan {
                target: Target::Stdout,
                decorators: Decorator::DEFAULT.to_vec(),
                levels: [Level::Warning; TagSet::COUNT],
            }],
        }
    }
}

/// One of a specification's selections.
struct Selection {
    tags: Vec<&'static str>,
    more: bool,
    level: Level,
}

impl Selection {
    fn selects(&self, set: TagSet) -> bool {
        let own: Vec<&str> = set.name().split(',').collect();
        self.tags.iter().all(|tag| own.contains(tag)) && (self.more || own.len() == self.tags.len())
    }
}

impl Configuration {
    /// Adds what one specification (what follows `-Xlog:`) asks for; gives warnings, or what is wrong with it.
    pub fn apply(&mut self, specification: &str) -> Result<Vec<String>, Vec<String>> {
        match specification {
            "disable" => {
                let plans = self.plans.iter_mut();
                plans.for_each(|plan| plan.levels = [Level::Off; TagSet::COUNT]);
                return Ok(Vec::new());
            }
            // Messages are written at once here.
            "async" => return Ok(Vec::new()),
            _ => {}
        }
        let mut warnings = Vec::new();
        let parts = split_outside_quotes(specification);
        let part = |index: usize| parts.get(index).map_or("", |text| text.as_str());
        let selections = parse_selections(part(0)).map_err(|e| vec![e])?;
        let decorators = Decorator::parse(part(2)).map_err(|e| vec![e])?;
        let output = part(1);
        let existing = match output {
            "" | "stdout" => Some(Target::Stdout),
            "stderr" => Some(Target::Stderr),
            _ => None,
        };
        let target = match existing {
            Some(target) => {
                if !part(3).is_empty() {
                    warnings.push("Output options for existing outputs are ignored.".to_owned());
                }
                target
            }
            None => file_target(output, part(3))?,
        };
        let same = |plan: &&mut Plan| match (&plan.target, &target) {
            (Target::File(a, _), Target::File(b, _)) => a == b,
            (a, b) => a == b,
        };
        let plan = match self.plans.iter_mut().find(same) {
            Some(plan) => plan,
            None => {
                self.plans.push(Plan {
                    target,
                    decorators: Decorator::DEFAULT.to_vec(),
                    levels: [Level::Off; TagSet::COUNT],
                });
                let last = self.plans.len() - 1;
                &mut self.plans[last]
            }
        };
        plan.decorators = decorators;
        // No tags: `all`.
        let named = selections.iter().filter(|s| !s.tags.is_empty());
        warnings.extend(named.filter_map(|s| tag_sets::complaint(&s.tags, s.more)));
        for set in TagSet::ALL {
            // The last selection that fits counts.
            if let Some(selection) = selections.iter().rev().find(|s| s.selects(set)) {
                plan.levels[set as usize] = selection.level;
            }
        }
        Ok(warnings)
    }

    /// Opens the outputs. A file that cannot be opened was told of when it was named.
    pub(super) fn open(self, options: &VmOptions) -> Vec<Output> {
        let plans = self.plans.into_iter().filter_map(|plan| {
            let place = match plan.target {
                Target::Stdout => Place::Stdout(options.stdout.clone()),
                Target::Stderr => Place::Stderr(options.stderr.clone()),
                Target::File(name, settings) => Place::open(&name, settings).ok()?,
            };
            Some(Output::new(place, plan.decorators, plan.levels))
        });
        plans.collect()
    }
}

/// Splits at colons that are not within quotes; the quotes go.
fn split_outside_quotes(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ':' if !quoted => parts.push(String::new()),
            c => parts.last_mut().into_iter().for_each(|part| part.push(c)),
        }
    }
    parts
}

fn parse_selections(text: &str) -> Result<Vec<Selection>, String> {
    let text = if text.is_empty() { "all" } else { text };
    text.split(',').map(parse_selection).collect()
}

fn parse_selection(text: &str) -> Result<Selection, String> {
    let (tags, level) = match text.split_once('=') {
        Some((tags, level)) => (tags, parse_level(level)?),
        None => (text, Level::Info),
    };
    if tags == "all" || tags == "all*" {
        let tags = Vec::new();
        return Ok(Selection {
            tags,
            more: true,
            level,
        });
    }
    let (tags, more) = match tags.strip_suffix('*') {
        Some(tags) => (tags, true),
        None => (tags, false),
    };
    let mut found: Vec<&'static str> = Vec::new();
    for tag in tags.split('+') {
        let Some(known) = tags::known().find(|known| *known == tag) else {
            let guess = guess(tag, tags::known(), 0.5);
            return Err(format!("Invalid tag '{tag}' in log selection.{guess}"));
        };
        if found.contains(&known) {
            return Err(format!("Log selection contains duplicates of tag {tag}."));
        }
        if found.len() == MOST_TAGS {
            return Err(format!(
                "Too many tags in log selection '{text}' (can only have up to {MOST_TAGS} tags)."
            ));
        }
        found.push(known);
    }
    Ok(Selection {
        tags: found,
        more,
        level,
    })
}

fn parse_level(text: &str) -> Result<Level, String> {
    Level::parse(text).ok_or_else(|| {
        let names = Level::NAMES.iter().map(|(_, name)| *name);
        format!("Invalid level '{text}' in log selection.{}", guess(text, names, 0.4))
    })
}

fn guess(text: &str, names: impl Iterator<Item = &'static str>, least: f64) -> String {
    let mut best = (least, None);
    for name in names {
        let score = similarity(name, text);
        if score >= best.0 {
            best = (score, Some(name));
        }
    }
    best.1.map_or(String::new(), |name| format!(" Did you mean '{name}'?"))
}

/// How alike two names are: the share of pairs of neighbouring letters of one that the other has, too.
pub fn similarity(one: &str, other: &str) -> f64 {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let hits = one
        .windows(2)
        .filter(|pair| other.windows(2).any(|p| p == *pair))
        .count();
    2.0 * hits as f64 / (one.len() + other.len()) as f64
}

fn file_target(output: &str, options: &str) -> Result<Target, Vec<String>> {
    let name = match output.split_once('=') {
        None => output,
        Some(("file", name)) => name,
        Some(_) => return Err(vec![format!("Unsupported log output type: {output}")]),
    };
    let shown = if options.is_empty() { "(null)" } else { options };
    let failed = format!("Initialization of output 'file={name}' using options '{shown}' failed.");
    let settings = match FileSettings::parse(options) {
        Ok(settings) => settings,
        Err(text) => return Err(vec![text, failed]),
    };
    if let Err(error) = Place::probe(name) {
        return Err(vec![format!("Error opening log file '{name}': {error}"), failed]);
    }
    Ok(Target::File(name.to_owned(), settings))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(specification: &str) -> String {
        let outcome = Configuration::default().apply(specification);
        outcome.map_or_else(|complaints| complaints.join("|"), |_| String::new())
    }

    #[test]
    fn complaints() {
        assert_eq!(complaint("gc"), "");
        assert_eq!(complaint("gc*=debug,safepoint*=off:stderr:uptime,tid"), "");
        assert_eq!(complaint("foo"), "Invalid tag 'foo' in log selection.");
        assert_eq!(
            complaint("class+loa"),
            "Invalid tag 'loa' in log selection. Did you mean 'load'?"
        );
        assert_eq!(complaint("gc=foo"), "Invalid level 'foo' in log selection.");
        assert_eq!(complaint("gc+gc"), "Log selection contains duplicates of tag gc.");
        assert_eq!(complaint("gc::foo"), "Invalid decorator 'foo'.");
        assert_eq!(complaint("gc:foo=bar"), "Unsupported log output type: foo=bar");
    }

    #[test]
    fn selections() {
        let mut configuration = Configuration::default();
        assert_eq!(configuration.apply("class*,class+init=off"), Ok(Vec::new()));
        let levels = configuration.plans[0].levels;
        assert_eq!(levels[TagSet::ClassLoad as usize], Level::Info);
        assert_eq!(levels[TagSet::ClassInit as usize], Level::Off);
        assert_eq!(levels[TagSet::Gc as usize], Level::Warning);
    }
}
