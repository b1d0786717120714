//! Makes a program that differs smaller: leaves statements out as long as it still differs.

use super::batch::Batch;
use super::generator::program;
use crate::Outcome;
use std::collections::BTreeSet;

/// Rounds at most.
const ROUNDS: usize = 12;
/// Candidates in a round.
const WIDTH: usize = 24;

/// The source with as few statements as it still differs with.
pub fn reduce(batch: &mut Batch, name: &str, seed: u64) -> Outcome<String> {
    let count = program(name, seed, &BTreeSet::new()).statements;
    let mut dropped = BTreeSet::new();
    let mut chunk = (count / 8).max(1);
    for _ in 0..ROUNDS {
        let left: Vec<usize> = (0..count).filter(|n| !dropped.contains(n)).collect();
        let mut progress = false;
        for group in left.chunks(chunk * WIDTH) {
            let candidates: Vec<BTreeSet<usize>> = group
                .chunks(chunk)
                .map(|part| dropped.iter().chain(part).copied().collect())
                .collect();
            let differs = differing(batch, name, seed, &candidates)?;
            let good: Vec<&BTreeSet<usize>> = candidates.iter().zip(&differs).filter(|c| *c.1).map(|c| c.0).collect();
            if good.is_empty() {
                continue;
            }
            progress = true;
            let all: BTreeSet<usize> = good.iter().flat_map(|set| set.iter().copied()).collect();
            let half: BTreeSet<usize> = good[..good.len().div_ceil(2)]
                .iter()
                .flat_map(|set| set.iter().copied())
                .collect();
            let together = [all, half, good[0].clone()];
            let differs = differing(batch, name, seed, &together)?;
            if let Some(at) = differs.iter().position(|&d| d) {
                dropped = together[at].clone();
            }
        }
        if chunk == 1 && !progress {
            break;
        }
        chunk = (chunk / 2).max(1);
    }
    Ok(program(name, seed, &dropped).text)
}

/// Which of the candidates still differ. Inputs depend on the name, so each has its own with the same beginning.
fn differing(batch: &mut Batch, name: &str, seed: u64, candidates: &[BTreeSet<usize>]) -> Outcome<Vec<bool>> {
    let mut results = Vec::new();
    let found = {
        let programs: Vec<(String, String)> = candidates
            .iter()
            .enumerate()
            .map(|(index, dropped)| {
                let own = format!("{name}_{index}");
                let text = program(&own, seed, dropped).text;
                (own, text)
            })
            .collect();
        batch.run(&programs)?
    };
    for index in 0..candidates.len() {
        let difference = found.get(&format!("{name}_{index}"));
        results.push(difference.is_some_and(|(mode, _)| mode != "javac"));
    }
    Ok(results)
}
