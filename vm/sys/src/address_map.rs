//! Where this process has something mapped.

use std::fs::File;
use std::io::Read;
use std::ops::Range;

/// Address ranges in use, in order, as far as the system tells (`/proc/self/maps`); neighbours are one range.
pub fn mapped() -> Vec<Range<usize>> {
    // Room for all of it: the system gives it in as many pieces as it is asked for.
    let mut text = String::with_capacity(16 << 10);
    let read = File::open("/proc/self/maps").and_then(|mut file| file.read_to_string(&mut text));
    read.map_or_else(|_| Vec::new(), |_| ranges(&text))
}

fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for line in text.lines() {
        let bounds = line.split(' ').next().and_then(|bounds| bounds.split_once('-'));
        let Some((start, end)) = bounds else { continue };
        let (Ok(start), Ok(end)) = (usize::from_str_radix(start, 16), usize::from_str_radix(end, 16)) else {
            continue;
        };
        match ranges.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => ranges.push(start..end),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_ranges() {
        let text = "55d0a000-55d0b000 r--p 00000000 08:01 1 /bin/x\n55d0b000-55d0d000 r-xp 00001000 08:01 1 /bin/x\n\
                    7ffd1000-7ffd3000 rw-p 00000000 00:00 0 [stack]\nffffffffff600000-ffffffffff601000 --xp 0 0 0 [vsyscall]\n\nodd\n";
        let expected = [
            0x55d0_a000..0x55d0_d000,
            0x7ffd_1000..0x7ffd_3000,
            0xffff_ffff_ff60_0000..0xffff_ffff_ff60_1000,
        ];
        assert_eq!(ranges(text), expected);
    }

    #[test]
    fn what_is_in_use_is_mapped() {
        let local = 0u8;
        let address = std::ptr::from_ref(&local) as usize;
        let code = what_is_in_use_is_mapped as *const () as usize;
        let mapped = mapped();
        for address in [address, code] {
            assert!(
                mapped.iter().any(|range| range.contains(&address)),
                "{address:#x} in {mapped:x?}"
            );
        }
    }
}
