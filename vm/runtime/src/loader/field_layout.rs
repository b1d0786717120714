//! Where fields go: longs and doubles first, then ints and floats, references, shorts and chars, bytes and booleans,
//! with what fits put into the gap before the first group. References end up side by side.

use crate::basic_type::BasicType;
use peaberry_gc::layout::ReferenceRun;

/// What [`lay_out`] found.
pub(super) struct Layout {
    /// First byte after the last field, not aligned.
    pub end: u32,
    /// Offsets of the reference fields, as runs.
    pub runs: Vec<ReferenceRun>,
}

/// Groups in the order in which they are placed.
const GROUPS: usize = 5;

fn group_of(basic_type: BasicType) -> usize {
    match basic_type {
        BasicType::Long | BasicType::Double => 0,
        BasicType::Int | BasicType::Float => 1,
        BasicType::Object | BasicType::Array => 2,
        BasicType::Short | BasicType::Char => 3,
        BasicType::Byte | BasicType::Boolean | BasicType::Void => 4,
    }
}

const GROUP_BYTES: [u32; GROUPS] = [8, 4, 4, 2, 1];

/// Gives each field an offset from `start` on.
pub(super) fn lay_out(start: u32, types: &[BasicType], offsets: &mut [u32]) -> Layout {
    let mut groups: [Vec<usize>; GROUPS] = Default::default();
    // Filled backwards, so that `pop` gives fields in declaration order.
    for (index, basic_type) in types.iter().enumerate().rev() {
        groups[group_of(*basic_type)].push(index);
    }
    let mut position = start;
    let mut references = Vec::new();
    for group in 0..GROUPS {
        if groups[group].is_empty() {
            continue;
        }
        let bytes = GROUP_BYTES[group];
        while !position.is_multiple_of(bytes) {
            let gap = bytes - position % bytes;
            let filler = (group + 1..GROUPS)
                .find(|&g| !groups[g].is_empty() && GROUP_BYTES[g] <= gap && position.is_multiple_of(GROUP_BYTES[g]));
            match filler.and_then(|g| groups[g].pop().map(|index| (g, index))) {
                Some((g, index)) => {
                    offsets[index] = position;
                    if g == 2 {
                        references.push(position);
                    }
                    position += GROUP_BYTES[g];
                }
                None => position += gap,
            }
        }
        while let Some(index) = groups[group].pop() {
            offsets[index] = position;
            if group == 2 {
                references.push(position);
            }
            position += bytes;
        }
    }
    Layout {
        end: position,
        runs: runs_of(&references),
    }
}

/// Ascending offsets as runs.
fn runs_of(references: &[u32]) -> Vec<ReferenceRun> {
    let mut runs: Vec<ReferenceRun> = Vec::new();
    for &offset in references {
        push_run(&mut runs, ReferenceRun { offset, count: 1 });
    }
    runs
}

/// Appends a run, joining it to the last one where they touch.
pub(super) fn push_run(runs: &mut Vec<ReferenceRun>, run: ReferenceRun) {
    match runs.last_mut() {
        Some(last) if last.offset + 4 * last.count == run.offset => last.count += run.count,
        _ => runs.push(run),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use BasicType::*;

    fn check(start: u32, types: &[BasicType], offsets: &[u32], end: u32, runs: &[(u32, u32)]) {
        let mut out = vec![0; types.len()];
        let layout = lay_out(start, types, &mut out);
        assert_eq!(out, offsets);
        assert_eq!(layout.end, end);
        assert_eq!(
            layout.runs.iter().map(|r| (r.offset, r.count)).collect::<Vec<_>>(),
            runs
        );
    }

    #[test]
    fn groups_and_gaps() {
        check(8, &[Byte, Long, Object, Int], &[24, 8, 20, 16], 25, &[(20, 1)]);
        check(12, &[Long, Object, Byte], &[16, 12, 24], 25, &[(12, 1)]);
        check(13, &[Long, Byte, Short, Object], &[16, 13, 14, 24], 28, &[(24, 1)]);
        check(8, &[Object, Array, Object], &[8, 12, 16], 20, &[(8, 3)]);
        check(9, &[Object], &[12], 16, &[(12, 1)]);
        check(8, &[], &[], 8, &[]);
    }
}
