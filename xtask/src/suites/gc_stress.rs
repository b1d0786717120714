//! Programs of tests/java with a collection at every n-th allocation and a heap verified after each: what the collector
//! or a missing root breaks shows at once, not once a week. Methods are compiled after few calls, so that the frames
//! of compiled code are among those that are searched.

use super::{Case, Options, java};
use crate::{Outcome, paths};

/// Most of what runs more than once is compiled.
const EARLY: &[&str] = &[
    "-XX:CompileThreshold=64",
    "-XX:LoopThreshold=256",
    "-XX:ProfileThreshold=16",
];

/// One case for each line of tests/gc_stress/list.txt.
pub fn cases(options: &Options) -> Outcome<Vec<Case>> {
    let jdk = java::compile()?;
    let programs = java::programs()?;
    let list = paths::root().join("tests/gc_stress/list.txt");
    let text = paths::read(&list)?;
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let wrong = |what: &str| format!("{}: `{line}`: {what}", list.display());
            let (name, interval) = line.split_once(' ').ok_or_else(|| wrong("no interval"))?;
            let interval: u32 = interval
                .trim()
                .parse()
                .map_err(|_| wrong("the interval is not a number"))?;
            let program = programs
                .iter()
                .find(|p| p.name == name)
                .ok_or_else(|| wrong("no such program"))?;
            if program.slow {
                return Err(wrong("the program says that it is slow"));
            }
            let (program, vm, jdk) = (program.patient(5), options.vm.clone(), jdk.clone());
            Ok(Case::new(name, move || {
                let mut stress = vec![
                    format!("-XX:GCStressInterval={interval}"),
                    "-XX:+VerifyAfterGC".to_string(),
                ];
                if program.interpreted {
                    stress.push("-Xint".to_string());
                } else {
                    stress.extend(EARLY.iter().map(|option| option.to_string()));
                }
                let done = program.run(&vm, &jdk, &stress, "gc-stress")?;
                program.judge(&done, jdk.version)
            }))
        })
        .collect()
}
