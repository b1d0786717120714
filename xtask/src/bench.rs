//! `cargo xtask bench`: Peaberry and HotSpot in turn on the same programs, medians and ratios against the budget.

mod steady;
mod unikernel;
mod warm_up;

use crate::args::Args;
use crate::jdk::{self, Jdk};
use crate::process::{Finished, Job};
use crate::suites::javac;
use crate::test_command::build_vm;
use crate::{Outcome, paths, setup};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Medians of several runs of one program on one VM.
#[derive(Clone, Copy)]
struct Median {
    wall: f64,
    cpu: f64,
    rss_mib: f64,
}

/// One row of the report.
struct Row {
    name: String,
    ours: Median,
    theirs: Median,
}

#[derive(Clone)]
struct Bench {
    vm: PathBuf,
    jdk: Jdk,
    runs: usize,
    quick: bool,
    filter: String,
    budget: toml::Table,
}

/// Runs the benchmarks that match and compares them with benches/budget.toml.
pub fn run(mut args: Args) -> Outcome {
    let filter = args.option("--filter")?.unwrap_or_default();
    let runs = args.number("--runs")?.unwrap_or(3).max(1);
    let vm = args.option("--vm")?.map(PathBuf::from);
    let checkout = args.option("--are-we-fast-yet")?.map(PathBuf::from);
    let (quick, record) = (args.flag("--quick"), args.flag("--record"));
    args.finish()?;
    setup::run()?;
    let vm = match vm {
        Some(vm) => vm.canonicalize().map_err(|e| format!("{}: {e}", vm.display()))?,
        None => build_vm()?,
    };
    let budget = paths::read(&paths::root().join("benches/budget.toml"))?
        .parse::<toml::Table>()
        .map_err(|e| format!("benches/budget.toml: {e}"))?;
    let bench = Bench {
        vm,
        jdk: jdk::reference()?,
        runs,
        quick,
        filter,
        budget,
    };
    bench.compile()?;
    let mut report = Report::default();
    bench.compiled(&mut report)?;
    if let Some(checkout) = &checkout {
        bench.are_we_fast_yet(&mut report, checkout)?;
    }
    bench.warm_up(&mut report)?;
    bench.interpreter(&mut report)?;
    bench.input_output(&mut report)?;
    bench.hello(&mut report)?;
    bench.hello_25(&mut report)?;
    bench.javac(&mut report)?;
    bench.unikernel(&mut report)?;
    if record {
        let head = format!(
            "# Benchmarks\n\nWritten by `cargo xtask bench --record --runs {runs}` on {}. {}\n",
            Job::new("date").arg("+%F").check()?.out().trim(),
            machine()
        );
        paths::write(&paths::root().join("benches/RESULTS.md"), head + &report.text)?;
    }
    if report.missed == 0 {
        Ok(())
    } else {
        Err(format!("{} of the budget's targets missed", report.missed))
    }
}

/// What is printed, and kept with `--record`.
#[derive(Default)]
struct Report {
    text: String,
    missed: usize,
}

impl Report {
    fn line(&mut self, line: &str) {
        println!("{line}");
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn heading(&mut self, title: &str, other: &str) {
        self.line(&format!("\n## {title}\n"));
        self.line(&format!(
            "| program | Peaberry s | {other} s | ratio | CPU ratio | Peaberry MiB | {other} MiB |"
        ));
        self.line("|---|---|---|---|---|---|---|");
    }

    fn row(&mut self, row: &Row) {
        let (a, b) = (row.ours, row.theirs);
        self.line(&format!(
            "| {} | {:.3} | {:.3} | {:.2} | {:.2} | {:.0} | {:.0} |",
            row.name,
            a.wall,
            b.wall,
            a.wall / b.wall,
            a.cpu / b.cpu,
            a.rss_mib,
            b.rss_mib
        ));
    }

    fn target(&mut self, what: &str, value: f64, target: f64) {
        let verdict = if value <= target { "kept" } else { "MISSED" };
        self.missed += usize::from(value > target);
        self.line(&format!("\n{what}: {value:.2}, target at most {target}: {verdict}"));
    }
}

impl Bench {
    fn classes(&self) -> PathBuf {
        paths::target().join("benches/classes")
    }

    fn compile(&self) -> Outcome {
        paths::fresh_dir(&self.classes())?;
        let sources = paths::files_below(&paths::root().join("benches/java"), "java");
        let javac = Job::new(self.jdk.tool("javac")).args(["-nowarn", "-proc:none", "-d"]);
        javac.arg(self.classes()).args(sources).check().map(|_| ())
    }

    fn wants(&self, name: &str) -> bool {
        name.to_lowercase().contains(&self.filter.to_lowercase())
    }

    fn target(&self, name: &str) -> Outcome<f64> {
        let targets = self.budget.get("targets").and_then(|t| t.get(name));
        targets
            .and_then(toml::Value::as_float)
            .ok_or_else(|| format!("benches/budget.toml has no targets.{name}"))
    }

    /// Runs both commands in turn and returns their medians; both must print the same.
    fn compare(&self, name: &str, ours: &dyn Fn() -> Outcome<Job>, theirs: &dyn Fn() -> Outcome<Job>) -> Outcome<Row> {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for _ in 0..self.runs {
            let limit = Duration::from_secs(900);
            let reference = theirs()?.limit(limit).check()?;
            let done = ours()?.limit(limit).check()?;
            if done.stdout != reference.stdout {
                return Err(format!(
                    "{name}: Peaberry prints\n{}HotSpot prints\n{}",
                    done.out(),
                    reference.out()
                ));
            }
            a.push(done);
            b.push(reference);
        }
        Ok(Row {
            name: name.to_string(),
            ours: median(&a),
            theirs: median(&b),
        })
    }

    fn java(&self, options: &[&str], class: &str, arguments: &str) -> Job {
        let job = Job::new(self.jdk.tool("java"))
            .args(options)
            .arg("-cp")
            .arg(self.classes());
        job.arg(class).args(arguments.split_whitespace())
    }

    fn peaberry(&self, options: &[&str], class: &str, arguments: &str) -> Job {
        let job = peaberry(&self.vm, &self.jdk)
            .args(options)
            .arg("-cp")
            .arg(self.classes());
        job.arg(class).args(arguments.split_whitespace())
    }

    /// Compares the programs of a table of the budget; `None` when the filter leaves out one of them or one failed.
    fn table(&self, report: &mut Report, table: &str, title: &str) -> Outcome<Option<Vec<f64>>> {
        let Some(programs) = self.budget.get(table).and_then(toml::Value::as_table) else {
            return Err(format!("benches/budget.toml has no [{table}]"));
        };
        let chosen: Vec<_> = programs.iter().filter(|(name, _)| self.wants(name)).collect();
        if chosen.is_empty() {
            return Ok(None);
        }
        report.heading(title, "-Xint");
        let mut ratios = Vec::new();
        for (name, arguments) in &chosen {
            let size = if self.quick { "quick" } else { "full" };
            let arguments = arguments.get(size).and_then(toml::Value::as_str).unwrap_or_default();
            let ours = || Ok(self.peaberry(&["-Xint"], name, arguments));
            let theirs = || Ok(self.java(&["-Xint"], name, arguments));
            match self.compare(name, &ours, &theirs) {
                Ok(row) => {
                    ratios.push(row.ours.wall / row.theirs.wall);
                    report.row(&row);
                }
                Err(message) => {
                    report.missed += 1;
                    report.line(&format!(
                        "| {name} | failed: {} |",
                        message.lines().next().unwrap_or("")
                    ));
                    eprintln!("{message}");
                }
            }
        }
        Ok((ratios.len() == chosen.len()).then_some(ratios))
    }

    fn interpreter(&self, report: &mut Report) -> Outcome {
        if let Some(ratios) = self.table(report, "interpreter", "Interpreter against `java -Xint`")? {
            let logs: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
            let geomean = (logs / ratios.len() as f64).exp();
            report.target("geometric mean", geomean, self.target("interpreter_geomean_vs_xint")?);
        }
        Ok(())
    }

    fn input_output(&self, report: &mut Report) -> Outcome {
        let title = "Files, archives, sockets, HTTP against `java -Xint`";
        if let Some(ratios) = self.table(report, "input_output", title)? {
            let worst = ratios.into_iter().fold(0.0, f64::max);
            report.target("the worst of them", worst, self.target("input_output_vs_xint")?);
        }
        Ok(())
    }

    /// Start-up on the class library of 25, if one is here.
    fn hello_25(&self, report: &mut Report) -> Outcome {
        let Some(jdk) = jdk::find(25).filter(|_| self.wants("Hello")) else {
            return Ok(());
        };
        let many = Bench {
            runs: self.runs * 5,
            jdk,
            ..self.clone()
        };
        report.heading("Start-up on class library 25", "HotSpot");
        let ours = || Ok(many.peaberry(&[], "Hello", ""));
        let theirs = || Ok(many.java(&["-Xshare:off"], "Hello", ""));
        let row = many.compare("Hello, -Xshare:off", &ours, &theirs)?;
        report.row(&row);
        let target = self.target("hello_25_time_vs_xshare_off")?;
        report.target(
            "hello on 25, time against -Xshare:off",
            row.ours.wall / row.theirs.wall,
            target,
        );
        Ok(())
    }

    fn hello(&self, report: &mut Report) -> Outcome {
        if !self.wants("Hello") {
            return Ok(());
        }
        let many = Bench {
            runs: self.runs * 5,
            ..self.clone()
        };
        report.heading("Start-up", "HotSpot");
        let ours = || Ok(self.peaberry(&[], "Hello", ""));
        let bare = many.compare("Hello, -Xshare:off", &ours, &|| {
            Ok(self.java(&["-Xshare:off"], "Hello", ""))
        })?;
        report.row(&bare);
        let shared = many.compare("Hello, default", &ours, &|| Ok(self.java(&[], "Hello", "")))?;
        report.row(&shared);
        let time = bare.ours.wall / bare.theirs.wall;
        report.target(
            "hello, time against -Xshare:off",
            time,
            self.target("hello_time_vs_xshare_off")?,
        );
        let hotspot = bare.theirs.rss_mib.min(shared.theirs.rss_mib);
        let memory = bare.ours.rss_mib.min(shared.ours.rss_mib) / hotspot;
        report.target("hello, peak memory", memory, self.target("hello_memory_vs_hotspot")?);
        Ok(())
    }

    /// What javac is measured with.
    fn jdk_tree(&self) -> Outcome<javac::Compilation> {
        let mut compilation = javac::jdk_tree(&self.jdk)?;
        if self.quick {
            compilation
                .sources
                .retain(|file| file.to_string_lossy().contains("java/math/"));
        }
        Ok(compilation)
    }

    fn javac(&self, report: &mut Report) -> Outcome {
        if !self.wants("javac") {
            return Ok(());
        }
        let compilation = self.jdk_tree()?;
        let arguments = || compilation.arguments(&paths::target().join("benches/javac"));
        report.heading("javac on JDK sources", "-Xint");
        let ours = || Ok(peaberry(&self.vm, &self.jdk).arg("-Xint").args(arguments()?));
        let theirs = || Ok(Job::new(self.jdk.tool("java")).arg("-Xint").args(arguments()?));
        let row = self.compare(&format!("javac, {} files", compilation.sources.len()), &ours, &theirs)?;
        report.row(&row);
        report.target(
            "javac",
            row.ours.wall / row.theirs.wall,
            self.target("javac_time_vs_xint")?,
        );
        Ok(())
    }
}

fn peaberry(vm: &Path, jdk: &Jdk) -> Job {
    Job::new(vm).env("PEABERRY_JDK", &jdk.home)
}

fn median(runs: &[Finished]) -> Median {
    let middle = |value: &dyn Fn(&Finished) -> f64| {
        let mut values: Vec<f64> = runs.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Median {
        wall: middle(&|run| run.wall.as_secs_f64()),
        cpu: middle(&|run| run.cpu.as_secs_f64().max(0.001)),
        rss_mib: middle(&|run| run.max_rss_kib as f64 / 1024.0),
    }
}

/// The processor's name and how many there are.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|l| l.strip_prefix("model name"))
        .map_or("", |l| l.trim_start_matches(['\t', ' ', ':']));
    format!("Machine: {model}, {} processors.", crate::suites::default_jobs())
}
