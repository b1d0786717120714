//! Symbols: interned names and descriptors in modified UTF-8, compared by address.

use super::Arena;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// The body of a symbol in the method area; `length` bytes follow.
#[repr(C)]
pub struct SymbolHeader {
    hash: u32,
    length: u32,
}

/// An interned name; equal names of one VM have equal addresses.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Sym(*const SymbolHeader);

// SAFETY: symbols are immutable.
unsafe impl Send for Sym {}
// SAFETY: as above.
unsafe impl Sync for Sym {}

impl Sym {
    /// The modified UTF-8 bytes.
    #[inline]
    pub fn bytes<'a>(self) -> &'a [u8] {
        // SAFETY: the header is followed by `length` bytes, immutable while the VM lives.
        unsafe { std::slice::from_raw_parts(self.0.add(1).cast::<u8>(), (*self.0).length as usize) }
    }
    /// The bytes as text for messages and look-ups; ill-formed parts are replaced.
    pub fn text<'a>(self) -> std::borrow::Cow<'a, str> {
        String::from_utf8_lossy(self.bytes())
    }
    /// The stored hash.
    #[inline]
    pub fn hash_code(self) -> u32 {
        // SAFETY: a symbol's header is immutable while the VM lives.
        unsafe { (*self.0).hash }
    }
    /// The address, for keys and narrow storage.
    #[inline]
    pub fn address(self) -> usize {
        self.0 as usize
    }
    /// The symbol at an address that came from [`Sym::address`].
    ///
    /// # Safety
    /// The address is a symbol of a live VM.
    #[inline]
    pub unsafe fn from_address(address: usize) -> Sym {
        Sym(address as *const SymbolHeader)
    }
}
impl PartialEq for Sym {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Sym {}
impl Hash for Sym {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.hash_code())
    }
}
impl fmt::Display for Sym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}
impl fmt::Debug for Sym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text())
    }
}

/// A hasher for keys that are already well mixed or small: FNV-like multiply and rotate (FxHash).
#[derive(Default, Clone, Copy)]
pub struct QuickHasher(u64);
impl Hasher for QuickHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.write_u64(u64::from_le_bytes(chunk.try_into().unwrap_or_default()));
        }
        let mut tail = [0u8; 8];
        let rest = chunks.remainder();
        tail[..rest.len()].copy_from_slice(rest);
        self.write_u64(u64::from_le_bytes(tail) ^ ((bytes.len() as u64) << 56));
    }
    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value))
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64)
    }
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
/// Build-hasher of [`QuickHasher`].
pub type QuickBuild = BuildHasherDefault<QuickHasher>;
/// A hash map with [`QuickHasher`].
pub type QuickMap<K, V> = HashMap<K, V, QuickBuild>;
/// A hash set with [`QuickHasher`].
pub type QuickSet<K> = std::collections::HashSet<K, QuickBuild>;

/// Hash of a name: FNV-like over words, well mixed in its upper and lower half.
#[inline]
fn hash_bytes(bytes: &[u8]) -> u32 {
    let mut hasher = QuickHasher::default();
    hasher.write(bytes);
    hasher.finish() as u32
}

/// Slots of a new table.
const INITIAL_SLOTS: usize = 1 << 14;

/// At least that many symbols are made between two sweeps.
const MADE_BETWEEN_SWEEPS: usize = 1 << 14;

/// Open addressing with linear probing. At most three quarters are used.
struct Slots {
    /// Each a [`Slot`]; numbers, so that a new table is memory that was not touched.
    slots: Vec<u64>,
    used: usize,
    /// Symbols made since the last sweep, and those it left.
    made: usize,
    kept: usize,
    /// Memory of swept symbols, by size.
    free: QuickMap<usize, Vec<usize>>,
}

/// A symbol's address, or 0, and above it the upper half of the symbol's hash: nearly all that are not the one looked for are told by
/// that, without a look at them, which is a cache miss each.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
struct Slot(u64);

impl Slot {
    const EMPTY: Slot = Slot(0);
    /// Addresses of programs are below that.
    const ADDRESS_BITS: u32 = 48;

    fn of(symbol: Sym) -> Slot {
        let address = symbol.address() as u64;
        debug_assert_eq!(address >> Slot::ADDRESS_BITS, 0);
        Slot(address | Slot::tag(symbol.hash_code()) << Slot::ADDRESS_BITS)
    }
    fn tag(hash: u32) -> u64 {
        u64::from(hash >> 16)
    }
    fn has_tag(self, tag: u64) -> bool {
        self.0 >> Slot::ADDRESS_BITS == tag
    }
    /// The symbol of a slot that is not empty.
    fn symbol(self) -> Sym {
        let address = self.0 & ((1 << Slot::ADDRESS_BITS) - 1);
        // SAFETY: slots hold addresses of their table's symbols.
        unsafe { Sym::from_address(address as usize) }
    }
}

/// Bytes of a symbol of that length in the method area.
fn symbol_bytes(length: usize) -> usize {
    (size_of::<SymbolHeader>() + length).next_multiple_of(8)
}

impl Slots {
    /// The symbol of these bytes, or the slot where it belongs.
    #[inline]
    fn look_up(&self, hash: u32, bytes: &[u8]) -> Result<Sym, usize> {
        let mask = self.slots.len() - 1;
        let tag = Slot::tag(hash);
        let mut at = hash as usize & mask;
        loop {
            let slot = Slot(self.slots[at]);
            if slot == Slot::EMPTY {
                return Err(at);
            }
            if slot.has_tag(tag) {
                let symbol = slot.symbol();
                if symbol.hash_code() == hash && symbol.bytes() == bytes {
                    return Ok(symbol);
                }
            }
            at = (at + 1) & mask;
        }
    }
    fn grow(&mut self) {
        let mut slots = vec![0; self.slots.len() * 2];
        full(&self.slots).for_each(|slot| enter(&mut slots, slot));
        self.slots = slots;
    }
    /// Drops the symbols that `is_used`, told first address and bytes, says no to.
    fn sweep(&mut self, is_used: impl Fn(usize, usize) -> bool, poison: bool) {
        let mut slots = vec![0; self.slots.len()];
        let mut used = 0;
        for slot in full(&self.slots) {
            let (address, bytes) = (slot.symbol().address(), symbol_bytes(slot.symbol().bytes().len()));
            if is_used(address, bytes) {
                enter(&mut slots, slot);
                used += 1;
                continue;
            }
            if poison {
                // SAFETY: the symbol's own memory, which nobody refers to.
                unsafe { std::ptr::write_bytes(address as *mut u8, super::arena::POISON, bytes) };
            }
            self.free.entry(bytes).or_default().push(address);
        }
        self.slots = slots;
        (self.used, self.made, self.kept) = (used, 0, used);
    }
}

/// All slots that are not empty.
fn full(slots: &[u64]) -> impl Iterator<Item = Slot> {
    slots.iter().map(|&slot| Slot(slot)).filter(|slot| *slot != Slot::EMPTY)
}

/// Enters a symbol that is not there yet.
fn enter(slots: &mut [u64], slot: Slot) {
    let mask = slots.len() - 1;
    let mut at = slot.symbol().hash_code() as usize & mask;
    while Slot(slots[at]) != Slot::EMPTY {
        at = (at + 1) & mask;
    }
    slots[at] = slot.0;
}

/// The VM's symbol table.
pub struct SymbolTable {
    slots: RwLock<Slots>,
}

impl Default for SymbolTable {
    fn default() -> Self {
        SymbolTable {
            slots: RwLock::new(Slots {
                slots: vec![0; INITIAL_SLOTS],
                used: 0,
                made: 0,
                kept: 0,
                free: QuickMap::default(),
            }),
        }
    }
}

impl SymbolTable {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }
    /// Finds or makes the symbol of `bytes`. Method-area exhaustion ends the VM's ability to load classes: the arena
    /// reports it as an error to loaders before symbols run out, so this does not fail.
    pub fn intern(&self, arena: &Arena<'_>, bytes: &[u8]) -> Sym {
        let hash = hash_bytes(bytes);
        if let Ok(found) = self.slots.read().look_up(hash, bytes) {
            return found;
        }
        let mut table = self.slots.write();
        if (table.used + 1) * 4 > table.slots.len() * 3 {
            table.grow();
        }
        let slot = match table.look_up(hash, bytes) {
            Ok(found) => return found,
            Err(slot) => slot,
        };
        let size = symbol_bytes(bytes.len());
        let memory = match table.free.get_mut(&size).and_then(Vec::pop) {
            Some(address) => address as *mut u8,
            None => arena.allocate(size, 8),
        };
        // SAFETY: the arena gave enough writable bytes for header and body.
        let symbol = unsafe {
            let header = memory.cast::<SymbolHeader>();
            header.write(SymbolHeader {
                hash,
                length: bytes.len() as u32,
            });
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), header.add(1).cast::<u8>(), bytes.len());
            Sym(header)
        };
        table.slots[slot] = Slot::of(symbol).0;
        table.used += 1;
        table.made += 1;
        symbol
    }
    /// Finds the symbol of `bytes` if one exists.
    pub fn find(&self, bytes: &[u8]) -> Option<Sym> {
        self.slots.read().look_up(hash_bytes(bytes), bytes).ok()
    }
    /// Have enough symbols been made since the last sweep to make another worth while?
    pub fn wants_sweep(&self) -> bool {
        let table = self.slots.read();
        table.made > MADE_BETWEEN_SWEEPS.max(table.kept / 2)
    }
    /// Frees the symbols that nobody uses. `is_used` is told a symbol's address and its bytes in the method area.
    ///
    /// # Safety
    /// Nobody refers to a symbol of which `is_used` says no.
    pub(crate) unsafe fn sweep(&self, is_used: impl Fn(usize, usize) -> bool, poison: bool) {
        self.slots.write().sweep(is_used, poison);
    }
    /// Number of symbols.
    pub fn len(&self) -> usize {
        self.slots.read().used
    }
    /// True when no symbol exists.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
