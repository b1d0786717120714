//! Programs of tests/java that need nothing granted, in a guest with one processor and with two.

use super::java::{self, Program};
use super::{Case, Failure, Options};
use crate::{Outcome, guest, paths};
use std::sync::Arc;

/// Numbers of processors.
const PROCESSORS: &[usize] = &[1, 2];

/// What keeps a guest from running here.
fn obstacle() -> Option<String> {
    let device = std::fs::OpenOptions::new().read(true).write(true).open("/dev/kvm");
    device.err().map(|error| format!("/dev/kvm: {error}"))
}

/// All cases. Where there is no KVM, none of them can run, and nothing is built.
pub fn cases(options: &Options) -> Outcome<Vec<Case>> {
    let jdk = java::compile()?;
    let left_out = left_out()?;
    let programs: Vec<Arc<Program>> = java::programs()?
        .into_iter()
        .filter(|program| program.versions.contains(&jdk.version) && !program.needs_grants())
        .filter(|program| !left_out.iter().any(|beginning| program.name.starts_with(beginning)))
        .map(Arc::new)
        .collect();
    let obstacle = obstacle();
    let guest = match obstacle {
        None => guest::build(&options.vm)?,
        Some(_) => Default::default(),
    };
    let mut cases = Vec::new();
    for &processors in PROCESSORS {
        for program in &programs {
            let (program, vm, jdk) = (program.clone(), options.vm.clone(), jdk.clone());
            let (guest, obstacle) = (guest.clone(), obstacle.clone());
            cases.push(Case::new(format!("{processors}/{}", program.name), move || {
                if let Some(obstacle) = &obstacle {
                    return Err(Failure::Absent(obstacle.clone()));
                }
                let processors = processors.to_string();
                let guest = guest.display().to_string();
                let mut boot: Vec<String> = ["boot", "--guest", &guest, "--cpus", &processors]
                    .map(String::from)
                    .into();
                boot.extend(program.interpreted.then(|| "-Xint".to_string()));
                let done = program.run_after(&boot, &vm, &jdk, &[], &format!("guest{processors}"))?;
                program.judge(&done, jdk.version)
            }));
        }
    }
    Ok(cases)
}

/// Beginnings of names of programs that do not run in a guest as they are; each line says why.
fn left_out() -> Outcome<Vec<String>> {
    let path = paths::root().join("tests/unikernel/LEFT_OUT.txt");
    let text = paths::read(&path)?;
    let mut names = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once(char::is_whitespace) {
            Some((name, _)) => names.push(name.to_string()),
            None => return Err(format!("{}: `{line}` has no reason", path.display())),
        }
    }
    Ok(names)
}
