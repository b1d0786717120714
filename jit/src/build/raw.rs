//! `jdk.internal.misc.Unsafe`: its accesses become single nodes, by the pattern of their names.

use crate::query::Kind;
use crate::ssa::{Op, Ordering};

const KINDS: [(&str, Kind); 9] = [
    ("Boolean", Kind::Boolean),
    ("Byte", Kind::Byte),
    ("Char", Kind::Char),
    ("Short", Kind::Short),
    ("Int", Kind::Int),
    ("Long", Kind::Long),
    ("Float", Kind::Float),
    ("Double", Kind::Double),
    ("Reference", Kind::Reference),
];

/// What an access of that name does: the operation on (base, offset, operands …).
pub(super) fn operation(name: &str, descriptor: &str) -> Option<Op> {
    match name {
        "fullFence" => return Some(Op::Fence),
        "loadFence" | "storeFence" | "storeStoreFence" | "loadLoadFence" => return Some(Op::StoreFence),
        _ => {}
    }
    // Forms without an object take an address only.
    if !descriptor.starts_with("(Ljava/lang/Object;J") {
        return None;
    }
    let prefixes = [
        "weakCompareAndSet",
        "compareAndSet",
        "compareAndExchange",
        "getAndAdd",
        "getAndSet",
        "get",
        "put",
    ];
    let prefix = prefixes.into_iter().find(|prefix| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| KINDS.iter().any(|(kind, _)| rest.starts_with(kind)))
    })?;
    let rest = &name[prefix.len()..];
    let (kind_name, kind) = KINDS.into_iter().find(|(kind, _)| rest.starts_with(kind))?;
    let suffix = &rest[kind_name.len()..];
    let swaps = matches!(kind, Kind::Int | Kind::Long | Kind::Reference);
    Some(match prefix {
        "get" => Op::LoadRaw(
            kind,
            match suffix {
                "" | "Opaque" => Ordering::Plain,
                "Volatile" | "Acquire" => Ordering::Volatile,
                _ => return None,
            },
        ),
        "put" => Op::StoreRaw(
            kind,
            match suffix {
                "" | "Opaque" | "Release" => Ordering::Plain,
                "Volatile" => Ordering::Volatile,
                _ => return None,
            },
        ),
        _ if !matches!(suffix, "" | "Plain" | "Acquire" | "Release") || !swaps => return None,
        "weakCompareAndSet" | "compareAndSet" => Op::CompareAndSet(kind),
        "compareAndExchange" => Op::CompareAndExchange(kind),
        "getAndSet" => Op::GetAndSet(kind),
        _ if kind != Kind::Reference => Op::GetAndAdd(kind),
        _ => return None,
    })
}
