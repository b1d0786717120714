//! The module graph of a class library, and the part of it that a program needs.

use crate::descriptor::{Descriptor, STATIC, TRANSITIVE};
use std::collections::{BTreeMap, BTreeSet};

const BASE: &str = "java.base";

/// Modules by name.
#[derive(Default)]
pub struct Graph {
    modules: BTreeMap<String, Descriptor>,
}

impl Graph {
    /// A graph of these modules.
    pub fn new(modules: impl IntoIterator<Item = Descriptor>) -> Graph {
        let modules = modules.into_iter().map(|module| (module.name.clone(), module));
        Graph {
            modules: modules.collect(),
        }
    }

    /// What a module says of itself.
    pub fn descriptor(&self, name: &str) -> Option<&Descriptor> {
        self.modules.get(name)
    }

    /// Names of all modules.
    pub fn names(&self) -> BTreeSet<String> {
        self.modules.keys().cloned().collect()
    }

    /// These modules with all that they require. The second part is names that there are no modules of.
    pub fn closure(&self, roots: impl IntoIterator<Item = String>) -> (BTreeSet<String>, BTreeSet<String>) {
        let mut pending: Vec<String> = roots.into_iter().collect();
        let (mut found, mut missing) = (BTreeSet::new(), BTreeSet::new());
        while let Some(name) = pending.pop() {
            match self.modules.get(&name) {
                None => drop(missing.insert(name)),
                Some(module) => {
                    if found.insert(name) {
                        let needed = module.requires.iter().filter(|row| row.flags & STATIC == 0);
                        pending.extend(needed.map(|row| row.module.clone()));
                    }
                }
            }
        }
        (found, missing)
    }

    /// Modules that provide a service which one of these uses, [`BASE`] left out when `of_base` is not wanted.
    fn providers(&self, users: &BTreeSet<String>, of_base: bool) -> BTreeSet<String> {
        let users = users.iter().filter(|name| of_base || *name != BASE);
        let used = users
            .filter_map(|name| self.modules.get(name))
            .flat_map(|module| &module.uses);
        let used: BTreeSet<&String> = used.collect();
        let provides = |module: &&Descriptor| module.provides.iter().any(|(service, _)| used.contains(service));
        self.modules
            .values()
            .filter(provides)
            .map(|module| module.name.clone())
            .collect()
    }

    /// These modules, what they require, and the providers of services that they use; of those that `java.base` uses, which
    /// nearly every module of a JDK provides one of, no providers are sought.
    pub fn needed(&self, roots: impl IntoIterator<Item = String>) -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut found, missing) = self.closure(roots.into_iter().chain([BASE.to_owned()]));
        loop {
            let before = found.len();
            let bound = self.providers(&found, false);
            found = self.closure(found.into_iter().chain(bound)).0;
            if found.len() == before {
                return (found, missing);
            }
        }
    }

    /// Which of these modules a program on the class path gets when nothing is said: those that export something to all, what
    /// they require, and among these modules the providers of services used.
    pub fn resolved_by_default(&self, among: &BTreeSet<String>) -> BTreeSet<String> {
        let roots = among
            .iter()
            .filter(|name| self.modules.get(*name).is_some_and(Descriptor::is_default_root));
        let mut found = self.closure(roots.cloned().chain([BASE.to_owned()])).0;
        loop {
            let before = found.len();
            let bound = self.providers(&found, true);
            found = self
                .closure(
                    found
                        .into_iter()
                        .chain(bound.into_iter().filter(|name| among.contains(name))),
                )
                .0;
            if found.len() == before {
                return found;
            }
        }
    }

    /// Which modules each of these reads: those it requires, and what they require for their users.
    pub fn reads(&self, modules: &BTreeSet<String>) -> BTreeMap<String, Vec<String>> {
        let read_by = |name: &String| {
            let mut read = BTreeSet::new();
            let direct = self
                .modules
                .get(name)
                .map(|module| module.requires.as_slice())
                .unwrap_or_default();
            let mut pending: Vec<&str> = direct.iter().map(|row| row.module.as_str()).collect();
            while let Some(other) = pending.pop() {
                if modules.contains(other) && read.insert(other.to_owned()) {
                    let passed = self
                        .modules
                        .get(other)
                        .map(|module| module.requires.as_slice())
                        .unwrap_or_default();
                    let passed = passed.iter().filter(|row| row.flags & TRANSITIVE != 0);
                    pending.extend(passed.map(|row| row.module.as_str()));
                }
            }
            (name.clone(), read.into_iter().collect())
        };
        modules.iter().map(read_by).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descriptor::{Package, Requires};

    fn module(name: &str, requires: &[(&str, u16)], uses: &[&str], provides: &[&str]) -> Descriptor {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
        Descriptor {
            name: name.to_owned(),
            requires: requires
                .iter()
                .map(|(module, flags)| Requires {
                    module: (*module).to_owned(),
                    flags: *flags,
                    version: None,
                })
                .collect(),
            exports: vec![Package {
                name: format!("{name}.api"),
                flags: 0,
                targets: texts(if name.starts_with("hidden") {
                    &["java.base"]
                } else {
                    &[]
                }),
            }],
            uses: texts(uses),
            provides: provides
                .iter()
                .map(|service| ((*service).to_owned(), Vec::new()))
                .collect(),
            ..Descriptor::default()
        }
    }

    fn sample() -> Graph {
        Graph::new([
            module("java.base", &[], &["charsets"], &[]),
            module("logs", &[("java.base", 0)], &[], &[]),
            module(
                "data",
                &[("java.base", 0), ("logs", TRANSITIVE), ("extra", STATIC)],
                &["drivers"],
                &[],
            ),
            module("hidden.driver", &[("java.base", 0)], &[], &["drivers"]),
            module("hidden.charsets", &[("java.base", 0)], &[], &["charsets"]),
            module("extra", &[("java.base", 0)], &[], &[]),
            module("user", &[("java.base", 0), ("data", 0)], &[], &[]),
        ])
    }

    fn names(set: &BTreeSet<String>) -> String {
        set.iter().cloned().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_program_gets_what_it_needs() {
        let graph = sample();
        assert_eq!(names(&graph.needed([]).0), "java.base");
        let (found, missing) = graph.needed(["data".to_owned(), "nowhere".to_owned()]);
        assert_eq!(
            (names(&found), names(&missing)),
            ("data hidden.driver java.base logs".into(), "nowhere".into())
        );
        let all = graph.names();
        assert_eq!(graph.resolved_by_default(&all), all);
        let some = ["java.base", "hidden.driver", "logs"].map(String::from).into();
        assert_eq!(names(&graph.resolved_by_default(&some)), "java.base logs");
    }

    #[test]
    fn what_is_required_transitively_is_read() {
        let graph = sample();
        let reads = graph.reads(&["java.base", "logs", "data", "user"].map(String::from).into());
        let read = |name: &str| reads[name].join(" ");
        assert_eq!(
            [read("user"), read("data"), read("java.base")],
            ["data java.base logs", "java.base logs", ""]
        );
    }
}
