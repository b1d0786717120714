//! Class files damaged at random, loaded and linked by HotSpot and by Peaberry: both must let the same ones through. Which
//! error a rejected class gets depends on the order in which its parts are looked at, so that is not compared.

use super::{Case, Failure, Options, java};
use crate::jdk::Jdk;
use crate::process::{Job, last_lines};
use crate::{Outcome, paths};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Seeds of the generator, one case each.
const SEEDS: std::ops::RangeInclusive<u32> = 1..=4;
/// Damaged classes of one seed.
const COUNT: u32 = 2500;

/// One case for each seed.
pub fn cases(options: &Options) -> Outcome<Vec<Case>> {
    let jdk = java::compile()?;
    let driver = paths::target().join("tests/mutants");
    paths::fresh_dir(&driver)?;
    let source = paths::root().join("tests/fuzz/java/Mutants.java");
    let javac = Job::new(jdk.tool("javac")).arg("-d").arg(&driver);
    javac.arg(source).check()?;
    let case = |seed: u32| {
        let (vm, jdk, driver) = (options.vm.clone(), jdk.clone(), driver.clone());
        Case::new(format!("seed-{seed}"), move || compare(&vm, &jdk, &driver, seed))
    };
    Ok(SEEDS.map(case).collect())
}

fn compare(vm: &Path, jdk: &Jdk, driver: &Path, seed: u32) -> Result<(), Failure> {
    let expected = outcomes(jdk.tool("java"), jdk, driver, seed)?;
    let got = outcomes(vm.to_path_buf(), jdk, driver, seed)?;
    let accepted = |line: &str| line.ends_with(": linked");
    let wrong: Vec<String> = expected
        .lines()
        .zip(got.lines())
        .filter(|(a, b)| accepted(a) != accepted(b))
        .map(|(a, b)| format!("HotSpot  {a}\nPeaberry {b}\n"))
        .collect();
    if expected.lines().count() != got.lines().count() {
        return Err(Failure::Wrong(last_lines(&got, 3)));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::Wrong(wrong.concat()))
    }
}

fn outcomes(java: PathBuf, jdk: &Jdk, driver: &Path, seed: u32) -> Outcome<String> {
    let done = Job::new(java)
        .env("PEABERRY_JDK", &jdk.home)
        .args(["-Xmx512m", "-cp"])
        .arg(driver)
        .arg("Mutants")
        .arg(java::classes())
        .args([seed.to_string(), "0".to_string(), COUNT.to_string()])
        .limit(Duration::from_secs(300))
        .check()?;
    Ok(done.out())
}
