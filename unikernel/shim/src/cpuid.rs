//! What `cpuid` tells in a guest: what KVM offers, with caches that are told the short way.
//!
//! A guest's `cpuid` is a way to KVM and back, 30 µs where KVM is software, and the C library of every program looks the caches up a
//! dozen times before it begins. Where leaf 2 says that leaf 4 has it all (descriptor 0xff), it goes through leaf 4 each time, so that
//! half of 66 such instructions are for that. So caches in a guest are the largest that leaf 2 has descriptors for and that
//! are no larger than those of the host, in both leaves.

use kvm_bindings::kvm_cpuid_entry2;

const DESCRIPTORS: u32 = 2;
const CACHES: u32 = 4;
/// Descriptor: leaf 4 tells.
const ELSEWHERE: u8 = 0xff;
/// Descriptor: there is no cache of the third level.
const NO_THIRD: u8 = 0x40;
/// Bytes of a line of all caches below.
const LINE: u32 = 64;

/// What leaf 4 calls a cache: data, instructions or both, and its level.
const DATA: u32 = 1 | 1 << 5;
const INSTRUCTIONS: u32 = 2 | 1 << 5;
const SECOND: u32 = 3 | 2 << 5;
const THIRD: u32 = 3 | 3 << 5;
const WHICH: u32 = 0xff;

/// A descriptor, which cache it is of, and the cache's ways and sets.
type Known = (u8, u32, u32, u32);

/// The larger the further down, of each cache.
const KNOWN: &[Known] = &[
    (0x0d, DATA, 4, 64),
    (0x0e, DATA, 6, 64),
    (0x2c, DATA, 8, 64),
    (0x30, INSTRUCTIONS, 8, 64),
    (0x7a, SECOND, 8, 512),
    (0x7b, SECOND, 8, 1024),
    (0x7c, SECOND, 8, 2048),
    (0x7d, SECOND, 8, 4096),
    (0xd6, THIRD, 8, 2048),
    (0xd7, THIRD, 8, 4096),
    (0xe3, THIRD, 16, 4096),
    (0xe4, THIRD, 16, 8192),
    (0xea, THIRD, 24, 8192),
    (0xeb, THIRD, 24, 12288),
    (0xec, THIRD, 24, 16384),
];

/// Ways, partitions, line and sets of an entry of leaf 4, multiplied.
fn bytes(entry: &kvm_cpuid_entry2) -> u64 {
    let field = |shift: u32, bits: u32| u64::from(entry.ebx >> shift & ((1 << bits) - 1)) + 1;
    field(22, 10) * field(12, 10) * field(0, 12) * (u64::from(entry.ecx) + 1)
}

/// The largest known cache that an entry of leaf 4 has room for.
fn known(entry: &kvm_cpuid_entry2) -> Option<&'static Known> {
    let fits = |&&(_, which, ways, sets): &&Known| {
        which == entry.eax & WHICH && u64::from(ways) * u64::from(sets) * u64::from(LINE) <= bytes(entry)
    };
    KNOWN.iter().rfind(fits)
}

/// Has leaf 2 name the caches, if it leaves that to leaf 4 and there are no others than such as it has names for.
pub fn name_caches(entries: &mut [kvm_cpuid_entry2]) {
    let Some(place) = entries.iter().position(|entry| entry.function == DESCRIPTORS) else {
        return;
    };
    let leaf = entries[place];
    let words = [leaf.eax & !0xff, leaf.ebx, leaf.ecx, leaf.edx];
    // A word with the upper bit set says nothing.
    let said: Vec<u8> = words
        .iter()
        .filter(|word| *word >> 31 == 0)
        .flat_map(|word| word.to_le_bytes())
        .filter(|&byte| byte != 0)
        .collect();
    let caches: Vec<usize> = (0..entries.len())
        .filter(|&index| entries[index].function == CACHES && entries[index].eax & 0x1f != 0)
        .collect();
    let names: Option<Vec<&Known>> = caches.iter().map(|&index| known(&entries[index])).collect();
    let (Some(names), true, 1) = (names, said.contains(&ELSEWHERE), leaf.eax & 0xff) else {
        return;
    };
    let named = |which: u32| {
        let mut all = names.iter().filter(|known| known.1 == which).map(|known| known.0);
        all.next().filter(|_| all.next().is_none())
    };
    let (Some(data), Some(instructions), Some(second)) = (named(DATA), named(INSTRUCTIONS), named(SECOND)) else {
        return;
    };
    let others = said.iter().copied().filter(|&byte| byte != ELSEWHERE);
    let rest: Vec<u8> = std::iter::once(named(THIRD).unwrap_or(NO_THIRD))
        .chain(others)
        .collect();
    // Three bytes of each of three words, whose upper ones stay 0.
    if rest.len() > 9 || names.len() > 4 {
        return;
    }
    let mut words = rest.chunks(3).map(|bytes| {
        let bytes = bytes.iter().rev();
        bytes.fold(0, |word, &byte| word << 8 | u32::from(byte))
    });
    let leaf = &mut entries[place];
    leaf.eax = u32::from_le_bytes([1, data, instructions, second]);
    for word in [&mut leaf.ebx, &mut leaf.ecx, &mut leaf.edx] {
        *word = words.next().unwrap_or(0);
    }
    for (&index, &&(_, _, ways, sets)) in caches.iter().zip(&names) {
        const FULLY_ASSOCIATIVE: u32 = 1 << 9;
        let cache = &mut entries[index];
        cache.eax &= !FULLY_ASSOCIATIVE;
        cache.ebx = (ways - 1) << 22 | (LINE - 1);
        cache.ecx = sets - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(function: u32, index: u32, [eax, ebx, ecx, edx]: [u32; 4]) -> kvm_cpuid_entry2 {
        kvm_cpuid_entry2 {
            function,
            index,
            eax,
            ebx,
            ecx,
            edx,
            ..Default::default()
        }
    }

    fn words(entry: &kvm_cpuid_entry2) -> [u32; 4] {
        [entry.eax, entry.ebx, entry.ecx, entry.edx]
    }

    /// A server: 48 KiB in 12 ways, 32 KiB, 2 MiB in 16 ways, 480 MiB.
    fn server() -> Vec<kvm_cpuid_entry2> {
        vec![
            entry(2, 0, [0x00fe_ff01, 0xf0, 0, 0]),
            entry(4, 0, [0x0400_0121, 0x02c0_003f, 0x3f, 0]),
            entry(4, 1, [0x0400_0122, 0x01c0_003f, 0x3f, 0]),
            entry(4, 2, [0x0400_0143, 0x03c0_003f, 0x7ff, 0]),
            entry(4, 3, [0x0400_4163, 0x03c0_003f, 0x77fff, 4]),
            entry(4, 4, [0; 4]),
        ]
    }

    #[test]
    fn caches_have_names_and_are_no_larger_than_those_there_are() {
        let (before, mut entries) = (server(), server());
        name_caches(&mut entries);
        assert_eq!(words(&entries[0]), [0x7d30_2c01, 0x00f0_feec, 0, 0]);
        let sizes: Vec<u64> = entries[1..5].iter().map(bytes).collect();
        assert_eq!(sizes, [32 << 10, 32 << 10, 2 << 20, 24 << 20]);
        for (now, before) in entries[1..].iter().zip(&before[1..]) {
            assert!(now.eax == before.eax && now.edx == before.edx && bytes(now) <= bytes(before));
        }
    }

    #[test]
    fn what_has_no_names_stays_as_it_is() {
        let unchanged = |change: fn(&mut Vec<kvm_cpuid_entry2>)| {
            let mut entries = server();
            change(&mut entries);
            let before: Vec<[u32; 4]> = entries.iter().map(words).collect();
            name_caches(&mut entries);
            assert_eq!(entries.iter().map(words).collect::<Vec<_>>(), before);
        };
        // No such leaf, names already, no cache for data, one that is too small, a fourth level.
        unchanged(|entries| entries.truncate(0));
        unchanged(|entries| entries[0].eax = 0x7d30_2c01);
        unchanged(|entries| entries[1].function = 5);
        unchanged(|entries| entries[1].ecx = 3);
        unchanged(|entries| entries[5].eax = 0x83);
        let mut entries = server();
        entries[4].eax = 0;
        name_caches(&mut entries);
        assert_eq!(words(&entries[0]), [0x7d30_2c01, 0x00f0_fe40, 0, 0]);
    }
}
