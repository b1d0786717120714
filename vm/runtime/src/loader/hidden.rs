//! Hidden classes' names, and the annotations of the VM.

use crate::method_area::method::method_flags;
use crate::method_area::{ConstantPool, Meta, Sym};
use crate::thread::JavaThread;

/// The name of a new hidden class: `pkg/Name+0x0000000800c03000`, unique in the VM.
pub(super) fn hidden_name(thread: &JavaThread, name: &[u8]) -> Sym {
    let vm = thread.vm();
    // HotSpot prints the address of the class's metadata; ours looks the same.
    let serial = 0x0000_0008_0000_0000u64 + 0x400 * u64::from(vm.loaders.new_hidden_serial());
    let mut text = name.to_vec();
    text.extend_from_slice(format!("+0x{serial:016x}").as_bytes());
    vm.symbol_bytes(&text)
}

/// Method flags for the annotations of the VM in a RuntimeVisibleAnnotations body.
pub(super) fn vm_annotations(pool: Meta<ConstantPool>, body: &[u8]) -> u32 {
    let mut flags = 0;
    let mut reader = Reader { bytes: body };
    let Some(count) = reader.u16() else { return 0 };
    for _ in 0..count {
        let Some(type_index) = reader.u16() else { break };
        flags |= match pool.utf8(type_index) {
            b"Ljdk/internal/reflect/CallerSensitive;" => method_flags::CALLER_SENSITIVE,
            b"Ljdk/internal/vm/annotation/Hidden;" | b"Ljava/lang/invoke/LambdaForm$Hidden;" => method_flags::HIDDEN,
            b"Ljava/lang/invoke/LambdaForm$Compiled;" => method_flags::COMPILED_LAMBDA_FORM,
            b"Ljdk/internal/vm/annotation/ForceInline;" => method_flags::FORCE_INLINE,
            b"Ljdk/internal/vm/annotation/DontInline;" => method_flags::DONT_INLINE,
            b"Ljdk/internal/vm/annotation/IntrinsicCandidate;" => method_flags::INTRINSIC_CANDIDATE,
            b"Ljdk/internal/misc/ScopedMemoryAccess$Scoped;" => method_flags::SCOPED,
            b"Ljdk/internal/vm/annotation/ReservedStackAccess;" => method_flags::RESERVED_STACK,
            _ => 0,
        };
        if reader.skip_pairs(0).is_none() {
            break;
        }
    }
    flags
}

/// Is there an annotation of that type (a descriptor) in a RuntimeVisibleAnnotations body?
pub(crate) fn has_annotation(pool: Meta<ConstantPool>, body: &[u8], wanted: &[u8]) -> bool {
    let mut reader = Reader { bytes: body };
    for _ in 0..reader.u16().unwrap_or(0) {
        match reader.u16() {
            Some(type_index) if pool.utf8(type_index) == wanted => return true,
            Some(_) if reader.skip_pairs(0).is_some() => {}
            _ => break,
        }
    }
    false
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl Reader<'_> {
    fn skip(&mut self, count: usize) -> Option<()> {
        self.bytes = self.bytes.get(count..)?;
        Some(())
    }
    fn u8(&mut self) -> Option<u8> {
        let value = *self.bytes.first()?;
        self.skip(1)?;
        Some(value)
    }
    fn u16(&mut self) -> Option<u16> {
        let value = u16::from_be_bytes(*self.bytes.first_chunk()?);
        self.skip(2)?;
        Some(value)
    }
    /// The element-value pairs of an annotation whose type was read (JVMS §4.7.16).
    fn skip_pairs(&mut self, depth: u32) -> Option<()> {
        for _ in 0..self.u16()? {
            self.skip(2)?;
            self.skip_value(depth)?;
        }
        Some(())
    }
    fn skip_value(&mut self, depth: u32) -> Option<()> {
        if depth > 64 {
            return None;
        }
        match self.u8()? {
            b'e' => self.skip(4),
            b'@' => {
                self.skip(2)?;
                self.skip_pairs(depth + 1)
            }
            b'[' => {
                for _ in 0..self.u16()? {
                    self.skip_value(depth + 1)?;
                }
                Some(())
            }
            _ => self.skip(2),
        }
    }
}
