//! Guests on this machine's KVM: how soon they say something, how fast they compute, what they and the monitor cost. Beside
//! them the same runtime as a process, and HotSpot as a process.

use super::{Bench, Report, peaberry};
use crate::process::{Finished, Job};
use crate::{Outcome, guest, paths};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// What selects all of it.
const NAME: &str = "unikernel";
/// Seconds that the rounds of one kernel take, and how many there are at most.
const SECONDS: &str = "4";
const ROUNDS: &str = "60";
/// Memory of a guest that does nothing much, and the least and most that are tried for the smallest.
const MEMORY: &str = "256m";
const SMALLEST: std::ops::Range<u64> = 16..128;
/// Guest memory is given out in pieces of this.
const STEP: u64 = 2;

/// Rounds of starts that are not measured: where this machine is a virtual one itself, its host takes back memory that is free for seconds, and
/// finds it again at some milliseconds for 2 MiB, which is what a guest's memory comes in.
const WARM_UP: usize = 10;

/// After which a monitor has what it has at rest.
const SETTLED: Duration = Duration::from_secs(3);

/// What a command took until it said something, and to its end.
struct Started {
    first_line: f64,
    cpu: f64,
    rss_mib: f64,
}

impl Bench {
    /// The section, or why it is not there.
    pub(super) fn unikernel(&self, report: &mut Report) -> Outcome {
        if !self.wants(NAME) {
            return Ok(());
        }
        report.line("\n## Unikernel: guests on this machine's KVM\n");
        if !Path::new("/dev/kvm").exists() {
            report.line("Not measured: this machine has no /dev/kvm.");
            return Ok(());
        }
        let guest = guest::build(&self.vm)?;
        self.first_lines(report, &guest)?;
        self.kernels(report, &guest)?;
        self.costs(report)?;
        self.smallest(report)?;
        self.image_size(report)?;
        self.monitor(report)
    }

    fn boot(&self, options: &[&str], class: &str, arguments: &[&str]) -> Job {
        let job = peaberry(&self.vm, &self.jdk).arg("boot").args(options).arg("-cp");
        job.arg(self.classes()).arg(class).args(arguments)
    }

    fn first_lines(&self, report: &mut Report, guest: &Path) -> Outcome {
        let hello = |job: Job| job.arg("-cp").arg(self.classes()).arg("Hello");
        let image = self.image()?;
        let commands: [(&str, &dyn Fn() -> Job); 5] = [
            ("peaberry, a process", &|| hello(peaberry(&self.vm, &self.jdk))),
            ("the guest program as a process", &|| hello(peaberry(guest, &self.jdk))),
            ("peaberry boot", &|| self.boot(&[], "Hello", &[])),
            ("peaberry boot, an image", &|| {
                Job::new(&self.vm).arg("boot").arg(&image)
            }),
            ("HotSpot, a process", &|| hello(Job::new(self.jdk.tool("java")))),
        ];
        let mut all: [Vec<Started>; 5] = Default::default();
        let warm_up = if self.quick { 0 } else { WARM_UP };
        for round in 0..warm_up + self.runs * 5 {
            for (started, (_, command)) in all.iter_mut().zip(commands) {
                let (first_line, done) = command().first_line()?;
                if round < warm_up {
                    continue;
                }
                started.push(Started {
                    first_line: milliseconds(first_line),
                    cpu: milliseconds(done.cpu),
                    rss_mib: done.max_rss_kib as f64 / 1024.0,
                });
            }
        }
        report.line("| hello world | first line ms | CPU ms | MiB |");
        report.line("|---|---|---|---|");
        let medians = all.map(|started| {
            let of = |value: fn(&Started) -> f64| middle(started.iter().map(value).collect());
            [of(|one| one.first_line), of(|one| one.cpu), of(|one| one.rss_mib)]
        });
        for ((name, _), [first_line, cpu, rss]) in commands.iter().zip(&medians) {
            report.line(&format!("| {name} | {first_line:.1} | {cpu:.1} | {rss:.0} |"));
        }
        let target = self.target("unikernel_first_line_vs_process")?;
        report.target(
            "first line, time against the process",
            medians[2][0] / medians[0][0],
            target,
        );
        let ratio = medians[3][0] / medians[0][0];
        report.line(&format!(
            "first line of the image, time against the process: {ratio:.2}"
        ));
        Ok(())
    }

    /// Rounds of kernels in a guest and in a process, which is the guest program too.
    fn kernels(&self, report: &mut Report, guest: &Path) -> Outcome {
        let (seconds, rounds) = if self.quick { ("0", "4") } else { (SECONDS, ROUNDS) };
        let table = |name: &str| self.budget.get(name).and_then(toml::Value::as_table);
        let (Some(kernels), Some(sizes)) = (table("unikernel"), table("compiled")) else {
            return Err("benches/budget.toml has no [unikernel] or no [compiled]".to_owned());
        };
        let kernels = kernels.get("kernels").and_then(toml::Value::as_array);
        report.line("\n| kernel, ms a round once warm | guest | process | ratio |");
        report.line("|---|---|---|---|");
        let mut logs = Vec::new();
        for name in kernels.into_iter().flatten().filter_map(toml::Value::as_str) {
            let size = if self.quick { "quick" } else { "full" };
            let size = sizes.get(name).and_then(|sizes| sizes.get(size));
            let mut arguments = vec![name, seconds, rounds];
            arguments.extend(
                size.and_then(toml::Value::as_str)
                    .unwrap_or_default()
                    .split_whitespace(),
            );
            let (mut inside, mut outside) = (f64::MAX, f64::MAX);
            for _ in 0..self.runs {
                let job = peaberry(guest, &self.jdk).arg("-cp").arg(self.classes());
                outside = outside.min(least_round(job.arg("Rounds").args(&arguments))?);
                inside = inside.min(least_round(self.boot(&[], "Rounds", &arguments))?);
            }
            let ratio = inside / outside;
            report.line(&format!("| {name} | {inside:.2} | {outside:.2} | {ratio:.3} |"));
            logs.push(ratio.ln());
        }
        let mean = (logs.iter().sum::<f64>() / logs.len().max(1) as f64).exp();
        let target = self.target("unikernel_kernels_vs_process")?;
        report.target("kernels, geometric mean against the process", mean, target);
        Ok(())
    }

    /// What the guest finds that measures.
    fn costs(&self, report: &mut Report) -> Outcome {
        let cost = compile_cost()?;
        let job = peaberry(&self.vm, &self.jdk).args(["boot", "--memory", MEMORY, "--guest"]);
        let done = job.arg(&cost).arg("x").check()?;
        report.line("\n| what | processor time |");
        report.line("|---|---|");
        for line in done.out().lines() {
            if let Some((what, cost)) = line.trim_end_matches(" µs").rsplit_once(' ') {
                report.line(&format!("| {what} | {cost} µs |"));
            }
        }
        Ok(())
    }

    fn smallest(&self, report: &mut Report) -> Outcome {
        let runs = |megabytes: u64| -> Outcome<bool> {
            let job = self.boot(&["--memory", &format!("{megabytes}m")], "Hello", &[]);
            let done: Finished = job.run()?;
            Ok(done.code == 0 && !done.stdout.is_empty())
        };
        let (mut low, mut high) = (SMALLEST.start / STEP, SMALLEST.end / STEP);
        while low < high {
            let middle = (low + high) / 2;
            if runs(middle * STEP)? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        let target = self.target("unikernel_smallest_memory_mib")?;
        report.target(
            "smallest guest memory for hello world, MiB",
            (high * STEP) as f64,
            target,
        );
        Ok(())
    }

    /// Hello world as an image, with the kernel for other monitors in it.
    fn image(&self) -> Outcome<PathBuf> {
        crate::kernel::build(&self.vm)?;
        let directory = paths::target().join("benches/image");
        paths::fresh_dir(&directory)?;
        let image = directory.join("hello.pbi");
        std::fs::copy(self.classes().join("Hello.class"), directory.join("Hello.class"))
            .map_err(|error| error.to_string())?;
        let build = peaberry(&self.vm, &self.jdk).args(["image", "build", "--jdk"]);
        let build = build.arg(&self.jdk.home).arg("-cp").arg(&directory).arg("-o");
        build.arg(&image).arg("Hello").check()?;
        Ok(image)
    }

    fn image_size(&self, report: &mut Report) -> Outcome {
        let bytes = self.image()?.metadata().map_err(|error| error.to_string())?.len();
        let target = self.target("unikernel_image_mb")?;
        report.target("hello world's image, MB", bytes as f64 / 1e6, target);
        Ok(())
    }

    /// Resident memory of a process with a VM, its guest's not counted.
    fn monitor(&self, report: &mut Report) -> Outcome {
        let command = Command::new(&self.vm)
            .env("PEABERRY_JDK", &self.jdk.home)
            .args(["boot", "--memory", MEMORY, "-cp"])
            .arg(self.classes())
            .arg("Waits")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = Running(command.map_err(|error| format!("{}: {error}", self.vm.display()))?);
        let out: Option<ChildStdout> = child.0.stdout.take();
        let mut line = String::new();
        let read = out.map(|out| BufReader::new(out).read_line(&mut line));
        if !matches!(read, Some(Ok(1..))) {
            return Err("Waits says nothing in a guest".to_owned());
        }
        // What only the start needed is given back a second later.
        std::thread::sleep(SETTLED);
        let path = PathBuf::from(format!("/proc/{}/smaps", child.0.id()));
        let (all, private) = beside_guest_memory(&paths::read(&path)?);
        let shared = all - private;
        report.line(&format!(
            "\nMonitor: {private:.1} MiB of its own resident beside the guest's memory, and {shared:.1} MiB of files that all of them share."
        ));
        let target = self.target("unikernel_monitor_mib")?;
        report.target("monitor, resident MiB beside the guest's memory", all, target);
        Ok(())
    }
}

/// A child that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// MiB resident in mappings that are not guest memory, which alone was advised to have huge pages: all of them, and private ones.
fn beside_guest_memory(smaps: &str) -> (f64, f64) {
    let (mut all, mut private) = (0.0, 0.0);
    let mut of_mapping = (0.0, 0.0);
    for line in smaps.lines() {
        let Some((key, rest)) = line.split_once(':') else {
            continue;
        };
        let kib = || {
            rest.split_whitespace()
                .next()
                .and_then(|kib| kib.parse().ok())
                .unwrap_or(0.0)
        };
        match key {
            "Rss" => of_mapping = (kib(), 0.0),
            "Private_Clean" | "Private_Dirty" => of_mapping.1 += kib(),
            "VmFlags" if rest.split_whitespace().all(|flag| flag != "hg") => {
                all += of_mapping.0 / 1024.0;
                private += of_mapping.1 / 1024.0;
            }
            _ => {}
        }
    }
    (all, private)
}

/// Builds the program that measures.
fn compile_cost() -> Outcome<PathBuf> {
    let program = paths::target().join("benches/cost");
    let job = Job::new("rustc").args(["--edition=2024", "-O", "-Ctarget-feature=+crt-static"]);
    let job = job.args(["-Crelocation-model=pie", "--target", guest::TARGET, "-o"]);
    let source = paths::root().join("unikernel/shim/tests/guests/cost.rs");
    job.arg(&program).arg(source).check()?;
    Ok(program)
}

/// The least of the rounds that a run tells of, in milliseconds.
fn least_round(job: Job) -> Outcome<f64> {
    let done = job.limit(Duration::from_secs(600)).check()?;
    let rounds = done.err();
    let rounds = rounds
        .lines()
        .filter_map(|line| line.strip_prefix("round ")?.trim().parse().ok());
    let least = rounds.fold(f64::MAX, f64::min);
    if least == f64::MAX {
        return Err(format!("no rounds in\n{}", done.err()));
    }
    Ok(least / 1000.0)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guest_memory_is_not_the_monitors() {
        let smaps = "1000-2000 r-xp 00000000 00:00 0 /bin/x\nRss: 2048 kB\nPrivate_Clean: 1024 kB\nVmFlags: rd ex\n\
            2000-3000 rw-p 00000000 00:00 0\nRss: 4096 kB\nPrivate_Dirty: 4096 kB\nVmFlags: rd wr hg\n\
            3000-4000 rw-p 00000000 00:00 0\nRss: 1024 kB\nPrivate_Dirty: 1024 kB\nVmFlags: rd wr\n";
        assert_eq!(beside_guest_memory(smaps), (3.0, 2.0));
    }
}
