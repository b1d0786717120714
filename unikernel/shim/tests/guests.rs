//! Small programs in VMs of their own: each is built with `rustc` for the purpose. Without `/dev/kvm` nothing is run, and the
//! test says so.

use peaberry_shim::{Configuration, Ending, Endpoints, Grant, Guest, Limits, Network, system::System};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

/// What the helper process below is told in its environment.
const VARIABLE: &str = "PEABERRY_SHIM_TEST";

/// The program of this name, compiled once in this process, whichever test asks first.
fn built(name: &str) -> PathBuf {
    static BUILT: Mutex<BTreeMap<String, Arc<OnceLock<PathBuf>>>> = Mutex::new(BTreeMap::new());
    let cell = {
        let mut all = BUILT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        all.entry(name.to_owned()).or_default().clone()
    };
    cell.get_or_init(|| compiled(name)).clone()
}

/// Compiles in a directory of this process's own: another process may compile or run the same program.
fn compiled(name: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let own = directory.join(format!("{name}-{}", std::process::id()));
    std::fs::create_dir_all(&own).expect("make");
    let (fresh, program) = (own.join(name), directory.join(name));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/guests/{name}.rs"));
    let status = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args([
            "--edition=2024",
            "-O",
            "-Ctarget-feature=+crt-static",
            "-Crelocation-model=pie",
        ])
        .args(["--target", "x86_64-unknown-linux-gnu", "-o"])
        .args([&fresh, &source])
        .status()
        .expect("rustc");
    assert!(status.success(), "{name} does not compile");
    std::fs::rename(&fresh, &program).expect("rename");
    std::fs::remove_dir_all(&own).expect("remove");
    program
}

fn absent() -> bool {
    let missing = System::open().err();
    if let Some(error) = &missing {
        // Not through `eprintln!`, which the harness keeps from who reads along and from `cargo xtask test`, which counts it.
        let _ = writeln!(std::io::stderr(), "skipped: {error}");
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
    connected(program, processors, megabytes, arguments, input, grant, "")
}

/// Addresses to listen on, a bar, addresses to connect to.
fn network(words: &str) -> Network {
    let (listen, connect) = words.split_once('|').unwrap_or_default();
    let all = |text: &str| {
        text.split_whitespace()
            .map(|one| Endpoints::parse(one).expect(one))
            .collect()
    };
    Network {
        listen: all(listen),
        connect: all(connect),
    }
}

/// The same with addresses of the network.
fn connected(
    program: &Path,
    processors: usize,
    megabytes: u64,
    arguments: &[&str],
    input: &str,
    grant: Option<&Path>,
    endpoints: &str,
) -> Outcome {
    let mut child = start(program, processors, megabytes, arguments, grant, endpoints);
    let sent = child.stdin.take().expect("input").write_all(input.as_bytes());
    sent.expect("write");
    let output = child.wait_with_output().expect("wait");
    let out = output.stdout.clone();
    outcome(&output, &out)
}

/// Starts the process in which the guest runs.
fn start(
    program: &Path,
    processors: usize,
    megabytes: u64,
    arguments: &[&str],
    grant: Option<&Path>,
    endpoints: &str,
) -> Child {
    let words = [
        program.display().to_string(),
        processors.to_string(),
        megabytes.to_string(),
        grant.map(|path| path.display().to_string()).unwrap_or_default(),
        arguments.join(" "),
        endpoints.to_owned(),
    ];
    Command::new(std::env::current_exe().expect("path"))
        .args(["--exact", "helper", "--nocapture"])
        .env(VARIABLE, words.join("\n"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("spawn")
}

/// What the process said of the guest, and the guest wrote.
fn outcome(output: &Output, out: &[u8]) -> Outcome {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let error = text(&output.stderr);
    // A guest may have written anything before it.
    let ending = error
        .rfind("ending: ")
        .map_or(error.as_str(), |at| error[at..].trim_end())
        .to_owned();
    let out = text(out);
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
        path => vec![Grant::same_path(Path::new(path), !words[4].ends_with("shared"))],
    };
    let configuration = Configuration {
        guest: Guest::File(words[0].into()),
        image: None,
        arguments: std::iter::once("guest")
            .chain(words[4].split_whitespace())
            .map(String::from)
            .collect(),
        environment: vec!["NAME=value".into()],
        directory: "/".into(),
        processors: words[1].parse().expect("processors"),
        memory: words[2].parse::<u64>().expect("memory") << 20,
        expected: None,
        share: words[4].ends_with("shared"),
        grants,
        network: network(words[5]),
        limits: Limits {
            threads: 200,
            descriptors: 300,
        },
        statistics: false,
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
    // The second with files that are shown, not copied.
    for last in ["b", "shared"] {
        let done = boot(&built("hello"), 1, 64, &["a", last], "12345", None);
        assert_eq!(done.ending, "ending: Exited(7)", "{}", done.out);
        assert_eq!(
            done.out,
            format!("hello [\"a\", \"{last}\"] Ok(\"value\")\n5 7.485471\ntrue\n20971520\n")
        );
    }
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
    // The others have less memory than their mappings had in turn: what is idle is reclaimed meanwhile, in the last one pieces.
    for (megabytes, arguments) in [(512, ["4", "100"]), (128, ["2", "200"]), (96, ["2", "150"])] {
        let done = boot(&built("memory"), 2, megabytes, &arguments, "", None);
        assert_eq!(done.ending, "ending: Exited(0)", "{}", done.out);
        assert_eq!(done.out.trim_end(), arguments[0]);
    }
}

#[test]
fn clocks_are_read_without_the_monitor() {
    if absent() {
        return;
    }
    let done = boot(&built("clock"), 2, 64, &[], "", None);
    assert_eq!(
        (done.ending.as_str(), done.out.as_str()),
        ("ending: Exited(0)", "true\n")
    );
}

#[test]
fn signals_reach_their_handlers() {
    if absent() {
        return;
    }
    let program = built("signals");
    for processors in [1, 2] {
        let done = boot(&program, processors, 64, &[], "", None);
        assert_eq!(done.ending, "ending: Exited(0)", "{}", done.out);
        assert_eq!(done.out, "handled\n");
    }
    for (argument, ending) in [
        ("nowhere", "ending: Killed(11, \"a handler returned to nowhere\")"),
        ("forged", "ending: Killed(11, \"a handler returned to nowhere\")"),
        (
            "state",
            "ending: Killed(11, \"a handler left registers that cannot be\")",
        ),
    ] {
        assert_eq!(
            boot(&program, 1, 64, &[argument], "", None).ending,
            ending,
            "{argument}"
        );
    }
}

/// A mapped file changes: what the guest of this mode says, and how it ends.
fn mapped(mode: &str, megabytes: u64, change: impl FnOnce(&std::fs::File)) -> Outcome {
    let path = std::env::temp_dir().join(format!(
        "peaberry-mapped-{}-{}",
        std::process::id(),
        mode.replace(' ', "-")
    ));
    std::fs::write(&path, vec![7u8; 4 << 20]).expect("write");
    let (words, place) = (mode.split(' '), path.display().to_string());
    let arguments: Vec<&str> = std::iter::once(place.as_str()).chain(words).collect();
    let mut child = start(&built("mapped"), 1, megabytes, &arguments, Some(&path), "");
    let mut out_stream = child.stdout.take().expect("output");
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"mapped\n") && out_stream.read(&mut byte).expect("read") == 1 {
        bytes.extend(byte);
    }
    let file = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(&path)
        .expect("open");
    change(&file);
    child.stdin.take().expect("input").write_all(b"x").expect("write");
    out_stream.read_to_end(&mut bytes).expect("read");
    std::fs::remove_file(&path).expect("remove");
    outcome(&child.wait_with_output().expect("wait"), &bytes)
}

#[test]
fn a_mapped_file_that_shrinks_is_the_guests_fault_and_not_the_monitors() {
    if absent() {
        return;
    }
    // Files that are shown, as other guests may show them, and windows, over chunks and over pieces.
    for (kind, megabytes) in [(" shared", 128), ("", 128), ("", 64)] {
        let shrunk = |mode: &str| {
            mapped(&format!("{mode}{kind}"), megabytes, |file| {
                file.set_len(4096).expect("truncate")
            })
        };
        let done = shrunk("caught");
        assert_eq!(
            done.out, "7 7\nmapped\nsignal 7, code 2, page 768\n",
            "{kind} {}",
            done.ending
        );
        assert_eq!(done.ending, "ending: Exited(5)");
        let done = shrunk("default");
        assert!(
            done.ending.starts_with("ending: Killed(7, \"page fault at "),
            "{}",
            done.ending
        );
        assert!(
            done.ending.ends_with("beyond the end of the mapped file\")"),
            "{}",
            done.ending
        );
        // The host's kernel and the monitor find pages missing that they were to read.
        let done = shrunk("asked");
        assert_eq!(
            (done.out.as_str(), done.ending.as_str()),
            ("7 7\nmapped\n-1 14\n-1 2\n", "ending: Exited(0)")
        );
    }
}

#[test]
fn what_is_stored_to_a_shared_mapping_is_in_the_file() {
    if absent() {
        return;
    }
    for megabytes in [64, 128] {
        let done = mapped("both", megabytes, |file| {
            let mut byte = [0];
            file.read_exact_at(&mut byte, 0).expect("read");
            assert_eq!(byte, [9]);
            file.write_all_at(&[8], 3 << 20).expect("write");
        });
        assert_eq!(
            (done.out.as_str(), done.ending.as_str()),
            ("7 7\nmapped\n9 8\n", "ending: Exited(0)")
        );
    }
}

#[test]
fn signals_of_the_monitor_are_the_guests() {
    if absent() {
        return;
    }
    let program = built("signals");
    for (argument, ending, out) in [
        ("wait", "ending: Exited(3)", "waiting\nended by 15\n"),
        ("default", "ending: Killed(15, \"signal 15\")", "waiting\n"),
    ] {
        let mut child = start(&program, 1, 64, &[argument], None, "");
        let mut out_stream = child.stdout.take().expect("output");
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"waiting\n") {
            let mut byte = [0];
            out_stream.read_exact(&mut byte).expect("read");
            bytes.extend(byte);
        }
        let status = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(status.expect("kill").success());
        out_stream.read_to_end(&mut bytes).expect("read");
        let done = outcome(&child.wait_with_output().expect("wait"), &bytes);
        assert_eq!((done.ending.as_str(), done.out.as_str()), (ending, out), "{argument}");
    }
}

#[test]
fn sockets_reach_granted_addresses_and_no_others() {
    if absent() {
        return;
    }
    let listening = || TcpListener::bind("127.0.0.1:0").expect("listen");
    let port = |listener: &TcpListener| listener.local_addr().expect("address").port();
    let (friend, other) = (listening(), listening());
    // Free just now, and nobody else's in all likelihood.
    let own = port(&listening());
    let (friend_port, other_port) = (port(&friend), port(&other));
    other.set_nonblocking(true).expect("set");
    let host = std::thread::spawn(move || {
        let (mut stream, _) = friend.accept().expect("accept");
        let mut place = [0; 2];
        stream.read_exact(&mut place).expect("read");
        let place = ("127.0.0.1", u16::from_be_bytes(place));
        let stranger = UdpSocket::bind(("127.0.0.1", other_port)).expect("bind");
        stranger.send_to(b"stranger", place).expect("send");
        let known = UdpSocket::bind(("127.0.0.1", friend_port)).expect("bind");
        known.send_to(b"friend", place).expect("send");
        let mut text = String::new();
        let served = TcpStream::connect(("127.0.0.1", own)).expect("connect");
        { served }.read_to_string(&mut text).expect("read");
        stream.write_all(text.as_bytes()).expect("write");
    });
    let arguments = [own, friend_port, other_port].map(|port| port.to_string());
    let done = connected(
        &built("sockets"),
        2,
        64,
        &arguments.each_ref().map(String::as_str),
        "",
        None,
        &format!("127.0.0.1:{own}|127.0.0.1:{friend_port}"),
    );
    assert_eq!(done.ending, "ending: Exited(0)", "{}", done.out);
    assert_eq!(done.out, "friend true\nserved\n");
    host.join().expect("host");
    assert!(other.accept().is_err());
}

#[test]
fn a_hostile_guest_ends_alone() {
    if absent() {
        return;
    }
    let program = built("hostile");
    for (index, seed) in ["1", "2", "3", "4", "5", "6"].into_iter().enumerate() {
        // By chunks, and by pieces.
        let megabytes = [128, 64][index % 2];
        let place = std::env::temp_dir().join(format!("h{}-{seed}", std::process::id()));
        std::fs::create_dir(&place).expect("make");
        let path = place.display().to_string();
        let endpoints = "127.0.0.1:0|127.0.0.1:9";
        let done = connected(&program, 2, megabytes, &[seed, &path], "", Some(&place), endpoints);
        std::fs::remove_dir_all(&place).expect("remove");
        let own_end = ["Exited(", "Killed(", "Stopped("];
        let ended = own_end
            .iter()
            .any(|end| done.ending.starts_with(&format!("ending: {end}")));
        assert!(ended, "{seed}: {}", done.ending);
        assert!(!done.out.contains("root:"), "{seed}");
    }
}

#[test]
fn a_hostile_guest_does_not_reach_what_its_processor_runs_on() {
    if absent() {
        return;
    }
    let program = built("tables");
    let said = "written [], read [259, 261, 262]\nrefused [true, true, true, true, true, true, true, true, true, true, true, \
                true, true, true, true]\nstepped true true\n";
    let done = boot(&program, 1, 64, &[], "", None);
    assert_eq!(
        (done.ending.as_str(), done.out.as_str()),
        ("ending: Exited(0)", format!("{said}end\n").as_str())
    );
    for (attempt, ending) in [
        ("port", "ending: Stopped(\"its processor came out with IoOut"),
        ("in", "ending: Stopped(\"its processor came out with IoIn"),
        ("stack", "ending: Killed(11, "),
    ] {
        let done = boot(&program, 1, 64, &[attempt], "", None);
        assert!(done.ending.starts_with(ending), "{attempt}: {}", done.ending);
        assert_eq!(done.out, said, "{attempt}");
    }
}

#[test]
fn a_guest_has_what_its_limits_say_and_no_more() {
    if absent() {
        return;
    }
    let done = boot(&built("limits"), 2, 256, &[], "", None);
    assert_eq!(done.ending, "ending: Exited(0)", "{}", done.out);
    let (again, too_many, memory, absent) = (libc::EAGAIN, libc::EMFILE, libc::ENOMEM, libc::ENOSYS);
    let expected = format!(
        "200 threads, Some({again})\n300 descriptors, {too_many}\nareas true true, {memory}\n5 true, fork -1 {absent}\n"
    );
    assert_eq!(done.out, expected);
}

#[test]
fn a_storm_of_exits_is_ended_from_outside_and_leaves_room_for_others() {
    if absent() {
        return;
    }
    let mut child = start(&built("limits"), 1, 64, &["storm"], None, "");
    let mut out_stream = child.stdout.take().expect("output");
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"storming\n") {
        let mut byte = [0];
        out_stream.read_exact(&mut byte).expect("read");
        bytes.extend(byte);
    }
    let other = boot(&built("hello"), 1, 64, &["a", "b"], "12345", None);
    assert_eq!(other.ending, "ending: Exited(7)", "{}", other.out);
    let status = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(status.expect("kill").success());
    out_stream.read_to_end(&mut bytes).expect("read");
    let done = outcome(&child.wait_with_output().expect("wait"), &bytes);
    assert_eq!(done.ending, "ending: Killed(15, \"signal 15\")");
}

/// What the helper process below is told: a program.
const ROUNDS: &str = "PEABERRY_SHIM_ROUNDS";

/// Nothing on its own: guests that come and go in one process, whose threads and descriptors are counted.
#[test]
fn rounds_helper() {
    const MOST: usize = 12;
    let Ok(program) = std::env::var(ROUNDS) else { return };
    let configuration = Configuration {
        guest: Guest::File(program.into()),
        image: None,
        arguments: vec!["guest".into()],
        environment: vec!["NAME=value".into()],
        directory: "/".into(),
        processors: 2,
        memory: 64 << 20,
        expected: None,
        share: true,
        grants: Vec::new(),
        network: network("127.0.0.1:0|"),
        limits: Limits::default(),
        statistics: false,
    };
    let count = |what: &str| std::fs::read_dir(format!("/proc/self/{what}")).expect("count").count();
    let present = || ["fd", "task"].map(count);
    let mut first = None;
    for _ in 0..MOST {
        let configuration = configuration.clone();
        // In a thread of its own, which is confined from then on.
        let ran = std::thread::spawn(move || peaberry_shim::run(&configuration).expect("boot"));
        assert_eq!(ran.join().expect("join"), Ending::Exited(7));
        // What a process has once is there after the first, and perhaps still the last thread of that one.
        first.get_or_insert_with(present);
    }
    let until = Instant::now() + Duration::from_secs(20);
    let more = |(now, first): (usize, usize)| now > first;
    while present().into_iter().zip(first.unwrap_or_default()).any(more) {
        assert!(Instant::now() < until, "{first:?}, in the end {:?}", present());
        std::thread::sleep(Duration::from_millis(20));
    }
    println!("nothing left");
}

#[test]
fn guests_leave_no_thread_and_no_descriptor_in_their_process() {
    if absent() {
        return;
    }
    let done = Command::new(std::env::current_exe().expect("path"))
        .args(["--exact", "rounds_helper", "--nocapture"])
        .env(ROUNDS, built("hello"))
        .stdin(Stdio::null())
        .output()
        .expect("run");
    let out = String::from_utf8_lossy(&done.stdout);
    assert!(
        out.contains("nothing left"),
        "{out}\n{}",
        String::from_utf8_lossy(&done.stderr)
    );
}
