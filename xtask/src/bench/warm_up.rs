//! What programs take from their start on, compilers included: Peaberry beside HotSpot's default.

use super::{Bench, Report, peaberry};
use crate::process::Job;
use crate::{Outcome, paths};

/// Clojure's own archives, which the programs' packages install.
const CLOJURE: [&str; 3] = ["clojure", "spec.alpha", "core.specs.alpha"];
/// A few forms: what a start is for.
const EXPRESSION: &str = "(println (reduce + (map inc (range 1000))))";

impl Bench {
    /// javac on the tree of JDK sources, Clojure's start, hello world.
    pub(super) fn warm_up(&self, report: &mut Report) -> Outcome {
        let mut rows = Vec::new();
        if self.wants("javac") {
            let compilation = self.jdk_tree()?;
            let arguments = || compilation.arguments(&paths::target().join("benches/javac"));
            let ours = || Ok(peaberry(&self.vm, &self.jdk).args(arguments()?));
            let theirs = || Ok(Job::new(self.jdk.tool("java")).args(arguments()?));
            let name = format!("javac, {} files", compilation.sources.len());
            rows.push(self.compare(&name, &ours, &theirs)?);
        }
        let many = Bench {
            runs: self.runs * 5,
            ..self.clone()
        };
        if self.wants("Clojure") {
            let archives = CLOJURE.map(|name| format!("/usr/share/java/{name}.jar")).join(":");
            let arguments = ["-cp", archives.as_str(), "clojure.main", "-e", EXPRESSION];
            let ours = || Ok(peaberry(&self.vm, &self.jdk).args(arguments));
            let theirs = || Ok(Job::new(self.jdk.tool("java")).args(arguments));
            rows.push(many.compare("Clojure's start", &ours, &theirs)?);
        }
        if self.wants("Hello") {
            let ours = || Ok(self.peaberry(&[], "Hello", ""));
            rows.push(many.compare("Hello", &ours, &|| Ok(self.java(&[], "Hello", "")))?);
        }
        if rows.is_empty() {
            return Ok(());
        }
        report.heading("Warm-up", "HotSpot");
        rows.iter().for_each(|row| report.row(row));
        let ratios = rows.iter().flat_map(|row| {
            let (ours, theirs) = (row.ours, row.theirs);
            [ours.wall / theirs.wall, ours.cpu / theirs.cpu]
        });
        let worst = ratios.fold(0.0, f64::max);
        report.target(
            "the worst of them, in time or CPU time",
            worst,
            self.target("warm_up_vs_hotspot")?,
        );
        Ok(())
    }
}
