//! `cargo xtask conformance`: OpenJDK's own jtreg tests, run by a script that the user has.
//!
//! Neither the tests nor a runner are in this repository: the tests are OpenJDK's, and jtreg wants a whole JDK image.

use crate::args::Args;
use crate::process::passthrough;
use crate::test_command::build_vm;
use crate::{Outcome, setup};
use std::path::PathBuf;

/// Options that go to the script as they are, where they are given: (ours, its).
const FORWARDED: [(&str, &str); 4] = [
    ("--jobs", "-j"),
    ("--timeout-factor", "--timeout-factor"),
    ("--json", "--json"),
    ("--work", "--work"),
];

/// Calls `SCRIPT --tree DIR --java VM --only LIST` with the options forwarded, its output and exit code passed on.
pub fn run(mut args: Args) -> Outcome {
    let mut needed = |name: &str| args.option(name)?.ok_or_else(|| format!("conformance needs {name}"));
    let (tree, list, runner) = (needed("--tree")?, needed("--list")?, needed("--runner")?);
    let vm = args.option("--vm")?.map(PathBuf::from);
    let mut forwarded = Vec::new();
    for (ours, script) in FORWARDED {
        if let Some(value) = args.option(ours)? {
            forwarded.extend([script.to_owned(), value]);
        }
    }
    args.finish()?;
    setup::run()?;
    let vm = match vm {
        Some(vm) => vm,
        None => build_vm()?,
    };
    let vm = vm.display().to_string();
    let mut arguments = vec!["--tree", &tree, "--java", &vm, "--only", &list];
    arguments.extend(forwarded.iter().map(String::as_str));
    passthrough(&runner, &arguments)
}
