//! `java.lang.String`s from Rust, and the intern table.

use crate::basic_type::BasicType;
use crate::known::{KnownClass, KnownField};
use crate::method_area::Sym;
use crate::method_area::symbol::QuickMap;
use crate::object::{array_length, array_slice};
use crate::thread::{JResult, JavaThread};
use parking_lot::Mutex;
use peaberry_classfile::mutf8;
use peaberry_gc::Liveness;
use peaberry_gc::layout::Obj;

/// The interned strings, by content hash; weak.
#[derive(Default)]
pub struct InternTable {
    map: Mutex<QuickMap<u32, Vec<Obj>>>,
}

impl InternTable {
    /// Drops dead strings and follows moved ones; world stopped.
    pub fn sweep(&self, liveness: &Liveness) {
        self.map.lock().retain(|_, strings| {
            strings.retain_mut(|s| match liveness.resolve(*s) {
                Some(at) => {
                    *s = at;
                    true
                }
                None => false,
            });
            !strings.is_empty()
        });
    }
    /// Number of interned strings.
    pub fn len(&self) -> usize {
        self.map.lock().values().map(Vec::len).sum()
    }
    /// True when nothing is interned.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Content of a string as UTF-16 code units.
pub fn to_utf16(thread: &JavaThread, string: Obj) -> Vec<u16> {
    let value = thread.known_ref(string, KnownField::StringValue);
    if value.is_null() {
        return Vec::new();
    }
    // SAFETY: `value` is a byte[] held by this frame; strings are immutable.
    let bytes = unsafe { array_slice::<u8>(value) };
    if thread.known::<u8>(string, KnownField::StringCoder) == 0 {
        bytes.iter().map(|&b| u16::from(b)).collect()
    } else {
        bytes
            .chunks_exact(2)
            .map(|c| u16::from_le_bytes([c[0], c[1]]))
            .collect()
    }
}

/// Content of a string; unpaired surrogates become U+FFFD.
pub fn to_rust(thread: &JavaThread, string: Obj) -> String {
    if string.is_null() {
        return "null".to_owned();
    }
    String::from_utf16_lossy(&to_utf16(thread, string))
}

/// Content of a string in modified UTF-8.
pub fn to_mutf8(thread: &JavaThread, string: Obj) -> Vec<u8> {
    let mut out = Vec::new();
    mutf8::encode_utf16(to_utf16(thread, string), &mut out);
    out
}

/// Length in UTF-16 code units.
pub fn utf16_length(thread: &JavaThread, string: Obj) -> usize {
    array_length(thread.known_ref(string, KnownField::StringValue))
        >> thread.known::<u8>(string, KnownField::StringCoder)
}

fn java_hash(units: &[u16]) -> u32 {
    units
        .iter()
        .fold(0u32, |h, &u| h.wrapping_mul(31).wrapping_add(u32::from(u)))
}

impl JavaThread {
    /// A new string.
    pub fn new_string(&mut self, text: &str) -> JResult<Obj> {
        if text.is_ascii() {
            return self.new_string_latin1(text.as_bytes());
        }
        self.new_string_utf16(&text.encode_utf16().collect::<Vec<_>>())
    }
    /// A new string of Latin-1 bytes.
    pub fn new_string_latin1(&mut self, bytes: &[u8]) -> JResult<Obj> {
        let value = self.allocate_primitive_array(BasicType::Byte, bytes.len())?;
        // SAFETY: a fresh byte[] of that length, held by this frame.
        unsafe { array_slice::<u8>(value).copy_from_slice(bytes) };
        self.new_string_of(value, 0)
    }
    /// A new string of UTF-16 code units, compressed where they are all Latin-1.
    pub fn new_string_utf16(&mut self, units: &[u16]) -> JResult<Obj> {
        if units.iter().all(|&u| u < 256) {
            let bytes: Vec<u8> = units.iter().map(|&u| u as u8).collect();
            return self.new_string_latin1(&bytes);
        }
        let value = self.allocate_primitive_array(BasicType::Byte, units.len() * 2)?;
        // SAFETY: a fresh byte[] of that length, held by this frame.
        let bytes = unsafe { array_slice::<u8>(value) };
        for (chunk, unit) in bytes.chunks_exact_mut(2).zip(units) {
            chunk.copy_from_slice(&unit.to_le_bytes());
        }
        self.new_string_of(value, 1)
    }
    fn new_string_of(&mut self, value: Obj, coder: u8) -> JResult<Obj> {
        let string = self.allocate_instance(self.known_class(KnownClass::String))?;
        self.set_known_ref(string, KnownField::StringValue, value);
        self.set_known(string, KnownField::StringCoder, coder);
        Ok(string)
    }
    /// A new string of modified UTF-8 bytes.
    pub fn new_string_mutf8(&mut self, bytes: &[u8]) -> JResult<Obj> {
        if bytes.is_ascii() {
            return self.new_string_latin1(bytes);
        }
        self.new_string_utf16(&mutf8::decode(bytes).collect::<Vec<u16>>())
    }
    /// A new string of a symbol with `/` replaced by `.`.
    pub fn new_string_external(&mut self, name: Sym) -> JResult<Obj> {
        let bytes: Vec<u8> = name.bytes().iter().map(|&b| if b == b'/' { b'.' } else { b }).collect();
        self.new_string_mutf8(&bytes)
    }
    /// The interned string equal to `string`.
    pub fn intern(&mut self, string: Obj) -> JResult<Obj> {
        let units = to_utf16(self, string);
        self.intern_units(&units, Some(string))
    }
    /// The interned string of modified UTF-8 bytes (string constants).
    pub fn intern_mutf8(&mut self, bytes: &[u8]) -> JResult<Obj> {
        let units: Vec<u16> = mutf8::decode(bytes).collect();
        self.intern_units(&units, None)
    }
    /// The interned string of text.
    pub fn intern_str(&mut self, text: &str) -> JResult<Obj> {
        self.intern_units(&text.encode_utf16().collect::<Vec<_>>(), None)
    }
    fn find_interned(&self, hash: u32, units: &[u16]) -> Option<Obj> {
        let map = self.vm().interned.map.lock();
        map.get(&hash)?
            .iter()
            .copied()
            .find(|&s| utf16_length(self, s) == units.len() && to_utf16(self, s) == units)
    }
    fn intern_units(&mut self, units: &[u16], candidate: Option<Obj>) -> JResult<Obj> {
        let hash = java_hash(units);
        if let Some(found) = self.find_interned(hash, units) {
            return Ok(found);
        }
        let string = match candidate {
            Some(string) => string,
            None => self.new_string_utf16(units)?,
        };
        // Somebody may have interned it while a collection ran in the allocation above.
        let mut map = self.vm().interned.map.lock();
        let bucket = map.entry(hash).or_default();
        if let Some(&found) = bucket.iter().find(|&&s| to_utf16(self, s) == units) {
            return Ok(found);
        }
        bucket.push(string);
        Ok(string)
    }
}
