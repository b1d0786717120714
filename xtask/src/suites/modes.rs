//! Programs of tests/java in other modes than the usual one: interpreted, and with every method compiled at its first
//! call.

use super::java::Program;
use super::{Case, Options, java};
use crate::Outcome;

/// Folders whose programs run with `-Xcomp`: those about the language and the machine.
const AT_ONCE: &[&str] = &["exceptions/", "interpreter/", "lang/", "numerics/", "threads/", "vm/"];

/// All programs, interpreted.
pub fn cases_interpreted(options: &Options) -> Outcome<Vec<Case>> {
    cases(options, "-Xint", |_| true)
}

/// Every method compiled before it runs first.
pub fn cases_at_once(options: &Options) -> Outcome<Vec<Case>> {
    cases(options, "-Xcomp", |program| {
        !program.interpreted && AT_ONCE.iter().any(|folder| program.name.starts_with(folder))
    })
}

fn cases(options: &Options, mode: &'static str, wanted: fn(&Program) -> bool) -> Outcome<Vec<Case>> {
    let jdk = java::compile()?;
    let programs = java::programs()?
        .into_iter()
        .filter(|program| program.versions.contains(&jdk.version) && !program.bare && wanted(program));
    let vm = options.vm.clone();
    Ok(programs
        .map(|program| {
            let (program, vm, jdk) = (program.patient(5), vm.clone(), jdk.clone());
            Case::new(program.name.clone(), move || {
                let done = program.run(&vm, &jdk, &[mode.to_string()], &mode[1..])?;
                program.judge(&done, jdk.version)
            })
        })
        .collect())
}
