//! Programs of tests/java in a guest: those that need nothing granted with one processor and with two, the others with what they need
//! and without it. A web server. Guests that come and go. Images.

use super::java::{self, Program};
use super::{Case, Failure, Options, unikernel_images, unikernel_paths, unikernel_rounds, unikernel_server};
use crate::jdk::Jdk;
use crate::process::{Finished, last_lines};
use crate::{Outcome, guest, paths};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the guest is given of a program's grants.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    /// It needs none.
    Nothing,
    /// All.
    All,
    /// None of them, which it must be told in the ways Java has for that.
    Refused,
}

/// Kinds of cases: the beginning of their names, processors, and what is given.
const KINDS: &[(&str, usize, Given)] = &[
    ("1", 1, Given::Nothing),
    ("2", 2, Given::Nothing),
    ("granted", 2, Given::All),
    ("refused", 1, Given::Refused),
];

/// Memory of guests in which no Java VM fits.
const TOO_LITTLE: &[&str] = &["18m", "20m", "22m"];

/// Programs in guests of little memory, and the heap that is asked for in place of the program's own: however large it may be, the guest
/// has to be told in Java's way that there is no more.
const LITTLE: &[(&str, &str, &str)] = &[
    ("exceptions/OutOfMemory", "64m", ""),
    ("exceptions/OutOfMemory", "96m", ""),
    ("exceptions/OutOfMemory", "64m", "-Xmx200m"),
    ("exceptions/OutOfMemory", "96m", "-Xmx1g"),
];

/// What a guest runs in, and what keeps it from running here.
#[derive(Clone)]
pub struct Machine {
    /// The command.
    pub vm: PathBuf,
    /// The guest program.
    pub guest: PathBuf,
    /// The class library.
    pub jdk: Jdk,
    obstacle: Option<String>,
}

impl Machine {
    /// The same with another class library.
    pub fn with_library_of(&self, jdk: Jdk) -> Machine {
        Machine { jdk, ..self.clone() }
    }

    /// With a command and a class library. Where there is no KVM, no guest program is built.
    pub fn new(vm: &Path, jdk: Jdk) -> Outcome<Machine> {
        let device = std::fs::OpenOptions::new().read(true).write(true).open("/dev/kvm");
        let obstacle = device.err().map(|error| format!("/dev/kvm: {error}"));
        let guest = match obstacle {
            None => guest::build(vm)?,
            Some(_) => PathBuf::new(),
        };
        Ok(Machine {
            vm: vm.to_owned(),
            guest,
            jdk,
            obstacle,
        })
    }

    /// Fails where there is no KVM.
    pub fn check(&self) -> Result<(), Failure> {
        self.obstacle.clone().map_or(Ok(()), |text| Err(Failure::Absent(text)))
    }

    /// The command's arguments before those of the launcher.
    pub fn boot(&self, processors: usize) -> Vec<String> {
        let (guest, processors) = (self.guest.display().to_string(), processors.to_string());
        ["boot", "--guest", &guest, "--cpus", &processors]
            .map(String::from)
            .into()
    }
}

/// All cases. Where there is no KVM, none of them can run, and nothing is built.
pub fn cases(options: &Options) -> Outcome<Vec<Case>> {
    let left_out = left_out()?;
    let jdk = java::compile()?;
    let machine = Machine::new(&options.vm, jdk)?;
    let mut cases = vec![unikernel_server::case(machine.clone(), options.requests)];
    cases.extend(unikernel_rounds::cases(&machine));
    cases.extend(unikernel_images::cases(&machine));
    cases.extend(unikernel_paths::cases(&machine));
    let programs = java::programs()?.into_iter().map(Arc::new);
    let programs: Vec<Arc<Program>> = programs
        .filter(|program| program.versions.contains(&machine.jdk.version))
        .collect();
    for &(name, memory, heap) in LITTLE {
        let program = programs.iter().find(|program| program.name == name);
        let program = program.ok_or_else(|| format!("there is no {name}"))?;
        let (program, machine) = (program.clone(), machine.clone());
        cases.push(Case::new(format!("little/{memory}{heap}/{name}"), move || {
            machine.check()?;
            let mut boot = machine.boot(1);
            boot.extend(["--memory".to_string(), memory.to_string()]);
            if !heap.is_empty() {
                boot.push(format!("--env=_JAVA_OPTIONS={heap}"));
            }
            boot.extend(program.interpreted.then(|| "-Xint".to_string()));
            let done = program.run_after(&boot, &machine.vm, &machine.jdk, &[], &format!("guest-{memory}"))?;
            program.judge(&done, machine.jdk.version)
        }));
    }
    for memory in TOO_LITTLE {
        let program = programs.first().ok_or("there are no programs")?;
        let (program, machine) = (program.clone(), machine.clone());
        cases.push(Case::new(format!("too-little/{memory}"), move || {
            machine.check()?;
            let mut boot = machine.boot(1);
            boot.extend(["--memory", memory].map(String::from));
            let scratch = format!("guest-{memory}");
            judge_too_little(&program.run_after(&boot, &machine.vm, &machine.jdk, &[], &scratch)?)
        }));
    }
    for &(kind, processors, given) in KINDS {
        for program in programs.iter().filter(|program| fits(program, given)) {
            let name = format!("{kind}/{}", program.name);
            let listed = |beginning: &String| name.starts_with(beginning) || program.name.starts_with(beginning);
            if left_out.iter().any(listed) {
                continue;
            }
            let (program, machine) = (program.clone(), machine.clone());
            cases.push(Case::new(name, move || {
                machine.check()?;
                let scratch = format!("guest-{kind}");
                let mut boot = machine.boot(processors);
                if given == Given::All {
                    boot.extend(granted(&program, &scratch));
                }
                boot.extend(program.interpreted.then(|| "-Xint".to_string()));
                let done = program.run_after(&boot, &machine.vm, &machine.jdk, &[], &scratch)?;
                match given {
                    Given::Refused => judge_refused(&done),
                    _ => program.judge(&done, machine.jdk.version),
                }
            }));
        }
    }
    Ok(cases)
}

/// It ended before the VM was there, and said why.
fn judge_too_little(done: &Finished) -> Result<(), Failure> {
    const SAID: &str = "Error occurred during initialization of VM\njava.lang.OutOfMemoryError: ";
    let (out, error) = (done.out(), done.err());
    if done.code == 1 && !done.timed_out && out.starts_with(SAID) && error.is_empty() {
        return Ok(());
    }
    let ending = done.ending();
    Err(Failure::Wrong(format!(
        "{ending}, expected a lack of memory\nstandard output:\n{out}\nstandard error:\n{error}"
    )))
}

/// Is the program one for this kind of cases?
fn fits(program: &Program, given: Given) -> bool {
    let needs = |kind: &str| program.grants().iter().any(|grant| grant == kind);
    match given {
        Given::Nothing => program.grants().is_empty(),
        // There are no processes in a guest.
        Given::All => !program.grants().is_empty() && !needs("process"),
        Given::Refused => needs("file") || needs("net"),
    }
}

/// Options that grant what a program needs.
fn granted(program: &Program, scratch: &str) -> Vec<String> {
    let directory = program.directory(scratch).display().to_string();
    let mut options = Vec::new();
    for grant in program.grants() {
        options.extend(match grant.as_str() {
            "file" => vec![
                format!("--mount={directory}:rw"),
                format!("-Djava.io.tmpdir={directory}"),
            ],
            "net" => vec!["--listen=*:*".to_string(), "--connect=*:*".to_string()],
            "env" => vec![format!("--env=PATH={}", std::env::var("PATH").unwrap_or_default())],
            _ => Vec::new(),
        });
    }
    options
}

/// It ended with an exception that says that something is not allowed, and nothing worse happened.
fn judge_refused(done: &Finished) -> Result<(), Failure> {
    const SAID: &[&str] = &[
        "java.nio.file.AccessDeniedException: ",
        "java.net.SocketException: Permission denied",
        "java.net.BindException: Permission denied",
        "(Permission denied)",
        "java.io.IOException: Permission denied",
    ];
    let error = done.err();
    if done.code == 1 && !done.timed_out && SAID.iter().any(|text| error.contains(text)) {
        return Ok(());
    }
    let (ending, error) = (done.ending(), last_lines(&error, 15));
    Err(Failure::Wrong(format!(
        "{ending}, expected a refusal\nstandard error:\n{error}"
    )))
}

/// Beginnings of names of programs, or of cases, that do not run in a guest as they are; each line says why.
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
