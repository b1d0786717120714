//! Programs in QEMU without KVM, on the kernel of `unikernel/guest`. Those of tests/java: one image, which carries the class library and
//! all programs, and is told which one to run by the kernel's command line. And the monitor's test programs, which know nothing of Java.

use super::java::{self, Program};
use super::{Case, Failure, Options, difference};
use crate::jdk::Jdk;
use crate::process::Job;
use crate::qemu::{self, Qemu};
use crate::{Outcome, guest, kernel, paths};
use peaberry_package::{ADDRESS, ALIGNMENT, ARGUMENTS, DIRECTORY, ENVIRONMENT, GUEST, Item, Kind};
use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How much longer programs may take than elsewhere.
const PATIENCE: u64 = 10;
const MEMORY: &str = "768m";

/// All cases. Where there is no QEMU, none of them can run, and nothing is built.
pub fn cases(options: &Options) -> Outcome<Vec<Case>> {
    let jdk = java::compile()?;
    let listed = listed()?;
    let machine = Qemu::find().and_then(|qemu| {
        let kernel = kernel::build(&options.vm)?;
        Ok((qemu, image(&options.vm, &jdk, &kernel)?, kernel))
    });
    let machine: Machine = Arc::new(machine);
    let programs = java::programs()?.into_iter();
    let programs: Vec<Program> = programs.filter(|program| listed.contains(&program.name)).collect();
    if let Some(missing) = listed
        .iter()
        .find(|name| !programs.iter().any(|program| program.name == **name))
    {
        return Err(format!("tests/unikernel/QEMU.txt: there is no {missing}"));
    }
    let case = |program: Program| {
        let (machine, version) = (machine.clone(), jdk.version);
        Case::new(program.name.clone(), move || {
            let (qemu, image, _) = (*machine).as_ref().map_err(|why| Failure::Absent(why.clone()))?;
            let line = program.command_line();
            let job = qemu.machine(&image.0, MEMORY, &line);
            let mut done = job.limit(program.limit() * PATIENCE as u32).run()?;
            done.code = qemu::exit_code(done.code).unwrap_or(done.code);
            program.judge(&done, version)
        })
    };
    let machine = machine.clone();
    let native = GUESTS.iter().map(move |guest| native(machine.clone(), guest));
    Ok(programs.into_iter().map(case).chain(native).collect())
}

/// A test program of the monitor's: its name, arguments, what it writes, its exit code in 7 bits.
struct Native(&'static str, &'static str, &'static str, i32);

const GUESTS: &[Native] = &[
    Native("threads", "", "240000 24\n39800\ntrue\n1\n", 0),
    Native("signals", "", "handled\n", 0),
    Native(
        "signals",
        "forged",
        "peaberry kernel: the program was killed by signal 11: a handler returned to nowhere\n",
        11,
    ),
    Native("memory", "2 150", "2\n", 0),
    Native(
        "fault",
        "null",
        "before\npeaberry kernel: the program was killed by signal 11: an access to memory that is not there\n",
        11,
    ),
    Native(
        "fault",
        "memory",
        "before\npeaberry kernel: the program was killed by signal 9: memory is used up\n",
        9,
    ),
    // Calls with forged arguments, until its time is up.
    Native("hostile", "1 /app", "", 9),
    Native("hostile", "10 /app", "", 9),
];

type Machine = Arc<Outcome<(Qemu, Image, PathBuf)>>;

fn native(machine: Machine, &Native(name, line, expected, code): &'static Native) -> Case {
    Case::new(format!("native/{name} {line}"), move || {
        let (qemu, _, kernel) = (*machine).as_ref().map_err(|why| Failure::Absent(why.clone()))?;
        let program = Image(paths::target().join(format!("tests/qemu/{}-{name}-{}", std::process::id(), line.len())));
        paths::write(&program.0, [])?;
        let source = paths::root().join(format!("unikernel/shim/tests/guests/{name}.rs"));
        Job::new("rustc")
            .args([
                "--edition=2024",
                "-O",
                "-Ctarget-feature=+crt-static",
                "-Crelocation-model=pie",
            ])
            .args(["--target", kernel::TARGET, "-o"])
            .args([&program.0, &source])
            .check()?;
        let mut tree = Tree::new();
        add_from(&mut tree, &program.0, GUEST)?;
        for (path, text) in [(ARGUMENTS, format!("{name}\0")), (DIRECTORY, "/app".to_string())] {
            add(&mut tree, path, Kind::File, 0o644, text.into_bytes());
        }
        add(&mut tree, "/app", Kind::Directory, 0o755, Vec::new());
        let image = write(&format!("{name}-{}", line.len()), &tree, kernel)?;
        let done = qemu
            .machine(&image.0, "192m", line)
            .limit(Duration::from_secs(300))
            .run()?;
        if done.timed_out || qemu::exit_code(done.code) != Some(code) {
            return Err(Failure::Wrong(format!(
                "{}\n{}{}",
                done.ending(),
                done.out(),
                done.err()
            )));
        }
        difference("the console", expected, &done.out()).map_or(Ok(()), |text| Err(Failure::Wrong(text)))
    })
}

/// Names of the programs.
fn listed() -> Outcome<Vec<String>> {
    let text = paths::read(&paths::root().join("tests/unikernel/QEMU.txt"))?;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(String::from).collect())
}

/// What is packed: by path, its kind, permissions and content.
type Tree = BTreeMap<String, (Kind, u32, Vec<u8>)>;

fn add(tree: &mut Tree, path: &str, kind: Kind, mode: u32, content: Vec<u8>) {
    for (slash, _) in path.match_indices('/').skip(1) {
        tree.entry(path[..slash].to_string())
            .or_insert((Kind::Directory, 0o755, Vec::new()));
    }
    tree.insert(path.to_string(), (kind, mode, content));
}

/// Adds a file, or what is in a directory; links are what they lead to.
fn add_from(tree: &mut Tree, from: &Path, path: &str) -> Outcome {
    let failed = |e: std::io::Error| format!("{}: {e}", from.display());
    // A link that leads nowhere is nothing.
    let Ok(status) = from.metadata() else { return Ok(()) };
    if status.is_dir() {
        add(tree, path, Kind::Directory, 0o755, Vec::new());
        for entry in std::fs::read_dir(from).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            add_from(
                tree,
                &entry.path(),
                &format!("{path}/{}", entry.file_name().to_string_lossy()),
            )?;
        }
        return Ok(());
    }
    let mode = status.permissions().mode() & 0o777;
    add(tree, path, Kind::File, mode, std::fs::read(from).map_err(failed)?);
    Ok(())
}

/// A file that goes with the suite.
struct Image(PathBuf);

impl Drop for Image {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Builds the image of the programs of tests/java.
fn image(vm: &Path, jdk: &Jdk, kernel: &Path) -> Outcome<Image> {
    let mut tree = Tree::new();
    for part in ["lib/modules", "lib/tzdb.dat", "lib/security", "conf", "release"] {
        add_from(&mut tree, &jdk.home.join(part), &format!("/java/{part}"))?;
    }
    add_from(&mut tree, &java::classes(), "/app")?;
    add_from(&mut tree, &guest::build(vm)?, GUEST)?;
    let texts: [(&str, &[u8]); 3] = [
        (ARGUMENTS, b"peaberry\0--jdk\0/java\0-cp\0/app\0"),
        (ENVIRONMENT, b"LC_ALL=C.UTF-8\0TZ=UTC\0"),
        (DIRECTORY, b"/app"),
    ];
    for (path, text) in texts {
        add(&mut tree, path, Kind::File, 0o644, text.to_vec());
    }
    write("java", &tree, kernel)
}

/// Writes an image.
fn write(name: &str, tree: &Tree, kernel: &Path) -> Outcome<Image> {
    let items = tree.iter().map(|(path, (kind, mode, content))| Item {
        path,
        kind: *kind,
        mode: *mode,
        content,
    });
    let items: Vec<Item<'_>> = items.collect();
    let bytes = std::fs::read(kernel).map_err(|e| format!("{}: {e}", kernel.display()))?;
    let image = Image(paths::target().join(format!("tests/qemu/{}-{name}.pbi", std::process::id())));
    paths::write(&image.0, [])?;
    let written = std::fs::File::create(&image.0).and_then(|file| {
        let mut file = std::io::BufWriter::new(file);
        file.write_all(&head(&bytes, &items))?;
        peaberry_package::write(&items, 0, |piece| file.write_all(piece))?;
        file.flush()
    });
    written.map_err(|e| format!("{}: {e}", image.0.display()))?;
    Ok(image)
}

/// The kernel's ELF file with one more segment, which loads the package that follows it.
fn head(kernel: &[u8], items: &[Item<'_>]) -> Vec<u8> {
    const SEGMENT: usize = 56;
    let mut length = 0;
    let _ = peaberry_package::write(items, 0, |piece| {
        length += piece.len() as u64;
        Ok::<(), ()>(())
    });
    let mut head = kernel.to_vec();
    let number = |at: usize, bytes: usize| {
        kernel[at..at + bytes]
            .iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | usize::from(byte))
    };
    let (table, count) = (number(32, 8), number(56, 2));
    let mut segments = kernel[table..table + count * SEGMENT].to_vec();
    head.resize(head.len().next_multiple_of(8), 0);
    let at = head.len();
    let offset = (at + segments.len() + SEGMENT).next_multiple_of(ALIGNMENT as usize) as u64;
    // A segment that is read, where it is in the file and in memory.
    for word in [1 | 4 << 32, offset, ADDRESS, ADDRESS, length, length, ALIGNMENT] {
        segments.extend(word.to_le_bytes());
    }
    head.extend(segments);
    head.resize(offset as usize, 0);
    head[32..40].copy_from_slice(&(at as u64).to_le_bytes());
    head[56..58].copy_from_slice(&(count as u16 + 1).to_le_bytes());
    head
}
