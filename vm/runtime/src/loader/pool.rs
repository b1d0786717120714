//! From the parsed constant pool to the runtime's: tags, offsets and resolved words.

use crate::method_area::{Arena, ConstantPool, LinkCell, MetaSlice};
use peaberry_classfile::ClassFile;
use peaberry_classfile::model::tag;
use std::sync::atomic::{AtomicU8, AtomicU64};

/// Bytes before the first constant: magic, versions, count.
const POOL_START: usize = 10;

/// Builds the pool in the arena. Answers it with the number of constants that will need a root slot.
pub(super) fn build_pool(arena: &Arena<'_>, file: &ClassFile<'_>, bytes: MetaSlice<u8>) -> (*mut ConstantPool, u32) {
    let length = file.constant_pool.len();
    // One block: resolved words, offsets, tags, failures.
    let memory = arena.allocate(length * (8 + 4 + 1 + 1), 8);
    let resolved = memory.cast::<u64>();
    let offsets = memory.wrapping_add(length * 8).cast::<u32>();
    let tags = memory.wrapping_add(length * 12);
    let failed = memory.wrapping_add(length * 13);
    let mut roots = 0;
    let mut position = POOL_START;
    let mut index = 1;
    while index < length {
        let Some(&tag) = bytes.get(position) else { break };
        let body = position + 1;
        let u32_at = |at: usize| {
            bytes
                .get(at..at + 4)
                .map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
        };
        let mut word = 0u64;
        let (size, entries) = match tag {
            tag::UTF8 => (2 + (u32_at(body) >> 16) as usize, 1),
            tag::INTEGER | tag::FLOAT => {
                word = u64::from(u32_at(body));
                (4, 1)
            }
            tag::LONG | tag::DOUBLE => {
                word = u64::from(u32_at(body)) << 32 | u64::from(u32_at(body + 4));
                (8, 2)
            }
            tag::STRING | tag::METHOD_TYPE => {
                roots += 1;
                (2, 1)
            }
            tag::CLASS | tag::MODULE | tag::PACKAGE => (2, 1),
            tag::METHOD_HANDLE => {
                roots += 1;
                (3, 1)
            }
            tag::DYNAMIC => {
                roots += 1;
                (4, 1)
            }
            // Adapter's class and appendix of a call site; mostly there is one for each constant.
            tag::INVOKE_DYNAMIC => {
                roots += 2;
                (4, 1)
            }
            _ => (4, 1),
        };
        // SAFETY: index < length, and the block has room for `length` entries of each kind.
        unsafe {
            resolved.add(index).write(word);
            offsets.add(index).write(body as u32);
            tags.add(index).write(tag);
        }
        position = body + size;
        index += entries;
    }
    // SAFETY: zeroed memory of the method area with `length` entries each; atomics have their values' layout.
    let pool = unsafe {
        ConstantPool {
            holder: LinkCell::new(None),
            length: length as u16,
            tags: MetaSlice::new(std::slice::from_raw_parts(tags, length)),
            offsets: MetaSlice::new(std::slice::from_raw_parts(offsets, length)),
            bytes,
            resolved: MetaSlice::new(std::slice::from_raw_parts(resolved.cast::<AtomicU64>(), length)),
            failed: MetaSlice::new(std::slice::from_raw_parts(failed.cast::<AtomicU8>(), length)),
            bootstrap_methods: bootstrap_offsets(arena, file),
        }
    };
    (arena.place(pool), roots)
}

/// Offsets, in the class file, of the rows of BootstrapMethods.
fn bootstrap_offsets(arena: &Arena<'_>, file: &ClassFile<'_>) -> MetaSlice<u32> {
    if file.attributes.bootstrap_methods.is_empty() {
        return MetaSlice::EMPTY;
    }
    let content = file
        .raw_attributes
        .iter()
        .find(|a| file.constant_pool.utf8(a.name_index) == Some(b"BootstrapMethods"))
        .map_or(&[][..], |a| a.content);
    let base = content.as_ptr() as usize - file.bytes.as_ptr() as usize;
    let mut position = 2;
    let mut rows = Vec::with_capacity(file.attributes.bootstrap_methods.len());
    for row in &file.attributes.bootstrap_methods {
        rows.push((base + position) as u32);
        position += 4 + 2 * row.arguments.len();
    }
    // SAFETY: placed in the method area.
    unsafe { MetaSlice::new(arena.place_slice(&rows)) }
}
