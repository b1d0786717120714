//! Small programs in VMs of their own: each is built with `rustc` for the purpose. Without `/dev/kvm` nothing is run, and the
//! test says so.

use peaberry_shim::{Configuration, Grant, system::System};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the helper process below is told in its environment.
const VARIABLE: &str = "PEABERRY_SHIM_TEST";

fn built(name: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let program = directory.join(name);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/guests/{name}.rs"));
    let status = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args([
            "--edition=2024",
            "-O",
            "-Ctarget-feature=+crt-static",
            "-Crelocation-model=pie",
        ])
        .args(["--target", "x86_64-unknown-linux-gnu", "-o"])
        .args([&program, &source])
        .status()
        .expect("rustc");
    assert!(status.success(), "{name} does not compile");
    program
}

fn absent() -> bool {
    let missing = System::open().err();
    if let Some(error) = &missing {
        eprintln!("skipped: {error}");
    }
    missing.is_some()
}

struct Outcome {
    ending: String,
    out: String,
}

/// Runs a guest in a process of its own, whose streams are the guest's.
fn boot(
    program: &Path,
    processors: usize,
    megabytes: u64,
    arguments: &[&str],
    input: &str,
    grant: Option<&Path>,
) -> Outcome {
    let words = [
        program.display().to_string(),
        processors.to_string(),
        megabytes.to_string(),
        grant.map(|path| path.display().to_string()).unwrap_or_default(),
        arguments.join(" "),
    ];
    let mut child = Command::new(std::env::current_exe().expect("path"))
        .args(["--exact", "helper", "--nocapture"])
        .env(VARIABLE, words.join("\n"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("spawn");
    child
        .stdin
        .take()
        .expect("input")
        .write_all(input.as_bytes())
        .expect("write");
    let output = child.wait_with_output().expect("wait");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let error = text(&output.stderr);
    // A guest may have written anything before it.
    let ending = error
        .rfind("ending: ")
        .map_or(error.as_str(), |at| error[at..].trim_end())
        .to_owned();
    let out = text(&output.stdout);
    let inside = out.split("<<<\n").nth(1).and_then(|rest| rest.split(">>>").next());
    Outcome {
        ending,
        out: inside.unwrap_or(&out).to_owned(),
    }
}

/// Nothing on its own: the process that the tests start is this one, told what to run.
#[test]
fn helper() {
    let Ok(words) = std::env::var(VARIABLE) else { return };
    let words: Vec<&str> = words.split('\n').collect();
    let grants: Vec<Grant> = match words[3] {
        "" => Vec::new(),
        path => vec![Grant::same_path(Path::new(path), true)],
    };
    let configuration = Configuration {
        guest: words[0].into(),
        arguments: std::iter::once("guest")
            .chain(words[4].split_whitespace())
            .map(String::from)
            .collect(),
        environment: vec!["NAME=value".into()],
        directory: "/".into(),
        processors: words[1].parse().expect("processors"),
        memory: words[2].parse::<u64>().expect("memory") << 20,
        grants,
    };
    println!("<<<");
    let ending = peaberry_shim::run(&configuration).expect("boot");
    println!(">>>");
    eprintln!("ending: {ending:?}");
}

#[test]
fn a_program_says_hello() {
    if absent() {
        return;
    }
    let done = boot(&built("hello"), 1, 64, &["a", "b"], "12345", None);
    assert_eq!(done.ending, "ending: Exited(7)", "{}", done.out);
    assert_eq!(
        done.out,
        "hello [\"a\", \"b\"] Ok(\"value\")\n5 7.485471\ntrue\n20971520\n"
    );
}

#[test]
fn threads_run_and_end() {
    if absent() {
        return;
    }
    let program = built("threads");
    for processors in [1, 2] {
        let done = boot(&program, processors, 128, &[], "", None);
        let count = processors.min(std::thread::available_parallelism().map_or(1, usize::from));
        assert_eq!(done.ending, "ending: Exited(0)", "{}", done.out);
        assert_eq!(done.out, format!("240000 24\n39800\ntrue\n{count}\n"));
    }
}

#[test]
fn faults_end_the_guest_and_nothing_else() {
    if absent() {
        return;
    }
    let program = built("fault");
    for (argument, ending) in [
        ("null", "Killed(11, \"page fault at "),
        ("abort", "Killed(6, "),
        ("divide", "Killed(8, "),
        ("invalid", "Killed(4, "),
        ("privileged", "Killed(11, "),
        ("memory", "Stopped(\"its memory of 64 MiB is used up\")"),
    ] {
        let done = boot(&program, 1, 64, &[argument], "", None);
        assert_eq!(done.out, "before\n", "{argument}: {}", done.ending);
        assert!(
            done.ending.starts_with(&format!("ending: {ending}")),
            "{argument}: {}",
            done.ending
        );
    }
    assert_eq!(boot(&program, 1, 64, &[], "", None).ending, "ending: Exited(0)");
}

#[test]
fn memory_stays_what_it_is_while_it_is_mapped_and_unmapped() {
    if absent() {
        return;
    }
    // The second has less memory than its mappings had in turn: idle chunks are reclaimed meanwhile.
    for (megabytes, arguments) in [(512, ["4", "100"]), (96, ["2", "150"])] {
        let done = boot(&built("memory"), 2, megabytes, &arguments, "", None);
        assert_eq!(done.ending, "ending: Exited(0)", "{}", done.out);
        assert_eq!(done.out.trim_end(), arguments[0]);
    }
}

#[test]
fn a_hostile_guest_ends_alone() {
    if absent() {
        return;
    }
    let program = built("hostile");
    for seed in ["1", "2", "3", "4", "5", "6"] {
        let done = boot(&program, 2, 128, &[seed], "", None);
        let own_end = ["Exited(", "Killed(", "Stopped("];
        let ended = own_end
            .iter()
            .any(|end| done.ending.starts_with(&format!("ending: {end}")));
        assert!(ended, "{seed}: {}", done.ending);
        assert!(!done.out.contains("root:"), "{seed}");
    }
}
