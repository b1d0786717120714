//! `cargo xtask random-java`: random programs on HotSpot and on Peaberry in each of its modes.

mod batch;
mod expressions;
mod generator;
mod kinds;
mod random;
mod reduce;
mod references;
mod statements;

use crate::args::Args;
use crate::suites::{Case, Failure, Options};
use crate::test_command::build_vm;
use crate::{Outcome, paths, setup};
use batch::{Batch, Differences, MODES, Mode, Oracle};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Programs in a process.
const BATCH: usize = 100;
/// Programs of the suite, and the seed of the first.
const SUITE_PROGRAMS: usize = 300;
const SUITE_SEED: u64 = 1;

/// A campaign.
struct Campaign {
    vm: PathBuf,
    modes: Vec<Mode>,
    batch: usize,
    reduces: bool,
    keep: PathBuf,
}

/// `--programs N --seed S [--vm PATH] [--modes int,comp,mixed] [--options "…"] [--batch N] [--reduce]`.
pub fn run(mut args: Args) -> Outcome {
    let programs = args.number("--programs")?.unwrap_or(1000);
    let seed = args.number("--seed")?.unwrap_or(1) as u64;
    let vm = args.option("--vm")?.map(PathBuf::from);
    let chosen = args.option("--modes")?;
    let more = args.option("--options")?.unwrap_or_default();
    let batch = args.number("--batch")?.unwrap_or(BATCH).max(1);
    let reduces = args.flag("--reduce");
    args.finish()?;
    setup::run()?;
    let vm = match vm {
        Some(vm) => vm,
        None => build_vm()?,
    };
    let mut modes = all_modes();
    if let Some(chosen) = &chosen {
        modes = chosen_modes(chosen)?;
    }
    for mode in &mut modes {
        mode.options.extend(more.split_whitespace().map(String::from));
    }
    let keep = paths::target().join("random_java/differing");
    let campaign = Campaign {
        vm,
        modes,
        batch,
        reduces,
        keep,
    };
    let begun = Instant::now();
    let found = campaign.run(programs, seed, true)?;
    println!(
        "{programs} programs from seed {seed}: {} differ ({:.0} s)",
        found.len(),
        begun.elapsed().as_secs_f64()
    );
    if found.is_empty() {
        Ok(())
    } else {
        Err(format!("see {}", campaign.keep.display()))
    }
}

/// The suite: the same programs each time.
pub fn cases(options: &Options) -> Outcome<Vec<Case>> {
    let vm = options.vm.clone();
    Ok((0..SUITE_PROGRAMS / BATCH)
        .map(|part| {
            let vm = vm.clone();
            let seed = SUITE_SEED + (part * BATCH) as u64;
            Case::new(format!("seeds_from_{seed}"), move || {
                let keep = paths::target().join("random_java/differing");
                let campaign = Campaign {
                    vm: vm.clone(),
                    modes: all_modes(),
                    batch: BATCH,
                    reduces: false,
                    keep,
                };
                let found = campaign.run(BATCH, seed, false)?;
                if found.is_empty() {
                    return Ok(());
                }
                let list: Vec<String> = found
                    .iter()
                    .map(|(name, (mode, text))| format!("{name} -{mode}: {text}\n"))
                    .collect();
                Err(Failure::Wrong(list.concat()))
            })
        })
        .collect())
}

fn all_modes() -> Vec<Mode> {
    MODES.iter().map(Mode::of).collect()
}

/// `comp,mixed/4`: names of modes, and every how many batches they have their turn.
fn chosen_modes(list: &str) -> Outcome<Vec<Mode>> {
    list.split(',')
        .map(|word| {
            let (name, every) = word.split_once('/').unwrap_or((word, "1"));
            let known = MODES
                .iter()
                .find(|mode| mode.0 == name)
                .ok_or(format!("no mode `{name}`"))?;
            let every = every
                .parse()
                .ok()
                .filter(|&n| n > 0)
                .ok_or(format!("`{word}`: no number"))?;
            Ok(Mode {
                every,
                ..Mode::of(known)
            })
        })
        .collect()
}

impl Campaign {
    fn run(&self, programs: usize, seed: u64, tells: bool) -> Outcome<Differences> {
        let mut oracle = Oracle::start()?;
        let mut all = Differences::new();
        let mut done = 0;
        while done < programs {
            let count = self.batch.min(programs - done);
            let first = seed + done as u64;
            let made: Vec<(String, String)> = (first..first + count as u64)
                .map(|seed| {
                    let name = format!("P{seed}");
                    let text = generator::program(&name, seed, &BTreeSet::new()).text;
                    (name, text)
                })
                .collect();
            let directory = paths::target().join(format!("tests/random_java/batch-{}-{first}", std::process::id()));
            let number = done / self.batch;
            let modes: Vec<Mode> = self
                .modes
                .iter()
                .filter(|m| number.is_multiple_of(m.every))
                .cloned()
                .collect();
            let mut batch = Batch {
                oracle: &mut oracle,
                vm: &self.vm,
                modes: &modes,
                directory: directory.clone(),
            };
            let found = batch.run(&made)?;
            for (name, (mode, text)) in &found {
                self.keep(name, mode, text, &made, tells)?;
                if self.reduces && mode != "javac" {
                    self.reduced(&mut batch, name, mode)?;
                }
            }
            all.extend(found);
            let _ = std::fs::remove_dir_all(&directory);
            done += count;
            if tells {
                println!("{done} of {programs}, {} differ", all.len());
            }
        }
        Ok(all)
    }

    /// Writes a program that differs, with what differed.
    fn keep(&self, name: &str, mode: &str, text: &str, made: &[(String, String)], tells: bool) -> Outcome {
        let Some((_, source)) = made.iter().find(|p| p.0 == name) else {
            return Ok(());
        };
        if tells {
            println!("DIFFERS {name} -{mode}: {text}");
        }
        paths::write(&self.keep.join(format!("{name}.java")), source)?;
        paths::write(&self.keep.join(format!("{name}.txt")), format!("{mode}: {text}\n"))
    }

    fn reduced(&self, batch: &mut Batch, name: &str, mode: &str) -> Outcome {
        let seed: u64 = name[1..].parse().map_err(|_| format!("no seed in {name}"))?;
        let only: Vec<Mode> = self.modes.iter().filter(|m| m.name == mode).cloned().collect();
        let directory = batch.directory.with_extension("reduce");
        let mut own = Batch {
            oracle: &mut *batch.oracle,
            vm: batch.vm,
            modes: &only,
            directory: directory.clone(),
        };
        let text = reduce::reduce(&mut own, name, seed)?;
        let _ = std::fs::remove_dir_all(&directory);
        paths::write(&Path::new(&self.keep).join(format!("{name}.reduced.java")), text)
    }
}
