//! `cargo xtask conformance`: OpenJDK's own jtreg tests, run by a script that the user has.
//!
//! Neither the tests nor a runner are in this repository: the tests are OpenJDK's, and jtreg wants a whole JDK image.

use crate::args::Args;
use crate::process::passthrough;
use crate::test_command::build_vm;
use crate::{Outcome, setup};
use std::path::PathBuf;

/// Calls `SCRIPT --tree DIR --java VM LIST`, its output and exit code passed on.
pub fn run(mut args: Args) -> Outcome {
    let mut needed = |name: &str| args.option(name)?.ok_or_else(|| format!("conformance needs {name}"));
    let (tree, list, runner) = (needed("--tree")?, needed("--list")?, needed("--runner")?);
    let vm = args.option("--vm")?.map(PathBuf::from);
    args.finish()?;
    setup::run()?;
    let vm = match vm {
        Some(vm) => vm,
        None => build_vm()?,
    };
    passthrough(
        &runner,
        &["--tree", &tree, "--java", &vm.display().to_string(), "--only", &list],
    )
}
