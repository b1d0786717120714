//! Programs of tests/java in other modes than the usual one: interpreted, and with every method compiled at its first
//! call.

use super::java::Program;
use super::{Case, Options, java};
use crate::Outcome;

/// Folders whose programs run with guards that fail although they hold.
const GUARDED: &[&str] = &["exceptions/", "interpreter/", "jit/", "lang/", "numerics/", "strings/"];

/// Compiled at the first call, every 29th guard taking its way out, and a collection now and then in between.
const FAILING: &[&str] = &[
    "-Xcomp",
    "-XX:FailGuardInterval=29",
    "-XX:GCStressInterval=997",
    "-XX:+VerifyAfterGC",
];

/// All programs, interpreted.
pub fn cases_interpreted(options: &Options) -> Outcome<Vec<Case>> {
    cases(options, "int", &["-Xint"], |_| true)
}

/// Every method compiled before it runs first.
pub fn cases_at_once(options: &Options) -> Outcome<Vec<Case>> {
    cases(options, "comp", &["-Xcomp"], |program| !program.interpreted)
}

/// Every method compiled, and left by ways that are seldom taken.
pub fn cases_failing_guards(options: &Options) -> Outcome<Vec<Case>> {
    cases(options, "guards", FAILING, |program| {
        !program.interpreted && !program.slow && GUARDED.iter().any(|folder| program.name.starts_with(folder))
    })
}

fn cases(
    options: &Options,
    name: &'static str,
    flags: &'static [&'static str],
    wanted: fn(&Program) -> bool,
) -> Outcome<Vec<Case>> {
    let jdk = java::compile()?;
    let programs = java::programs()?
        .into_iter()
        .filter(|program| program.versions.contains(&jdk.version) && !program.bare && wanted(program));
    let vm = options.vm.clone();
    let flags: Vec<String> = flags.iter().map(|flag| flag.to_string()).collect();
    Ok(programs
        .map(|program| {
            let flags = flags.clone();
            let (program, vm, jdk) = (program.patient(5), vm.clone(), jdk.clone());
            Case::new(program.name.clone(), move || {
                let done = program.run(&vm, &jdk, &flags, name)?;
                program.judge(&done, jdk.version)
            })
        })
        .collect())
}
