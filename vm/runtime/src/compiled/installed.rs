//! Code that has been put into the code cache.

use crate::method_area::{Class, ClassPtr, Meta, Method, MethodPtr};
use peaberry_jit::code::{CallSite, CompiledCode, Entry, Exit};
use peaberry_jit::query::{ClassId, MethodId};
use peaberry_sys::debugger::Registration;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32};

/// Code in the cache. Its memory is given back when it was discarded and no frame uses it any more.
pub struct InstalledCode {
    /// Address of the first byte.
    pub address: usize,
    /// Bytes of machine code.
    pub length: usize,
    /// What the compiler said of it, without the machine code.
    pub compiled: CompiledCode,
    /// Number of the compilation.
    pub id: u32,
    /// Nobody enters it any more.
    pub discarded: AtomicBool,
    /// It was entered since the last look at what is cold; kept for code that begins at a loop.
    pub entered: AtomicBool,
    /// What a debugger knows of it.
    pub(super) debugged: OnceLock<Registration>,
    /// Times it was left for the interpreter, by exit.
    pub exits_taken: Box<[AtomicU32]>,
    /// Times it was left for reasons that a compilation that knows better would avoid.
    pub avoidable_exits: AtomicU32,
}

/// The method an id stands for.
///
/// # Safety
/// The id was made of a live method.
pub(super) unsafe fn method_of(id: MethodId) -> MethodPtr {
    // SAFETY: the caller vouches for it.
    unsafe { Meta::new(id.0 as *const Method) }
}

/// The class an id stands for.
///
/// # Safety
/// The id was made of a live class.
pub(super) unsafe fn class_of_id(id: ClassId) -> ClassPtr {
    // SAFETY: the caller vouches for it.
    unsafe { Meta::new(id.0 as *const Class) }
}

impl InstalledCode {
    pub(super) fn new(address: usize, mut compiled: CompiledCode, id: u32) -> InstalledCode {
        let length = compiled.bytes.len();
        compiled.bytes = Vec::new();
        compiled.references.shrink_to_fit();
        compiled.call_sites.sort_by_key(|site| site.return_offset);
        InstalledCode {
            address,
            length,
            exits_taken: (0..compiled.exits.len()).map(|_| AtomicU32::new(0)).collect(),
            compiled,
            id,
            discarded: AtomicBool::new(false),
            entered: AtomicBool::new(true),
            debugged: OnceLock::new(),
            avoidable_exits: AtomicU32::new(0),
        }
    }
    /// The method.
    pub fn method(&self) -> MethodPtr {
        // SAFETY: code does not outlive its method.
        unsafe { method_of(self.compiled.method) }
    }
    /// The bci of the loop it begins at, if it does not begin at the method's beginning.
    pub fn loop_bci(&self) -> Option<u32> {
        match self.compiled.entry {
            Entry::Normal => None,
            Entry::Loop(bci) => Some(bci),
        }
    }
    /// Index of the position of the call that returns to `pc`.
    pub(super) fn position_at(&self, pc: usize) -> Option<u32> {
        Some(self.call_site(pc)?.position)
    }
    /// The call that returns to `pc`.
    pub(super) fn call_site(&self, pc: usize) -> Option<&CallSite> {
        let offset = pc.wrapping_sub(self.address) as u32;
        let sites = &self.compiled.call_sites;
        let index = sites.binary_search_by_key(&offset, |site| site.return_offset).ok()?;
        Some(&sites[index])
    }
    /// Where the references are that live over the call that returns to `pc`: offsets from the stack pointer.
    pub(super) fn references_at(&self, pc: usize) -> &[u32] {
        let range = self.call_site(pc).map(|site| site.references).unwrap_or_default();
        &self.compiled.references[range.0 as usize..range.1 as usize]
    }
    /// An exit by its number.
    pub(super) fn exit(&self, number: u32) -> Option<Exit> {
        self.compiled.exits.get(number)
    }
    /// The classes that live as long as the code is used: those of its methods, and those it names.
    pub(crate) fn classes(&self) -> impl Iterator<Item = ClassPtr> + '_ {
        let code = &self.compiled;
        let methods = std::iter::once(&code.method).chain(&code.inlined).chain(&code.methods);
        // SAFETY: the ids were made of live methods and classes; the code is discarded when they die.
        let holders = methods.map(|method| unsafe { method_of(*method).holder });
        // SAFETY: as above.
        holders.chain(code.classes.iter().map(|class| unsafe { class_of_id(*class) }))
    }
}
