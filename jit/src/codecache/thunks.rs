//! Thunks: a jump to each function of the runtime, at the beginning of the code cache, so that all code can call it by a
//! 32-bit displacement, whether the function lies near or not.

use crate::layout::RuntimeCall;

/// Bytes of a thunk.
const THUNK_BYTES: usize = 16;

/// A call in machine code whose displacement is not known before the code has its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NearCall {
    /// Where the displacement's 4 bytes are in the code.
    pub offset: u32,
    /// Whom it calls.
    pub call: RuntimeCall,
}

/// Machine code of all thunks; `address` tells where a function is.
pub(super) fn thunks(address: impl Fn(RuntimeCall) -> u64) -> Vec<u8> {
    let mut code = Vec::with_capacity(THUNK_BYTES * RuntimeCall::ALL.len());
    for &call in RuntimeCall::ALL {
        // jmp qword ptr [rip + 2], whose operand the last 8 bytes are.
        code.extend_from_slice(&[0xff, 0x25, 2, 0, 0, 0, 0xcc, 0xcc]);
        code.extend_from_slice(&address(call).to_le_bytes());
    }
    code
}

/// The displacement of a call in code that begins `code` bytes behind the first thunk.
pub(super) fn displacement(near: NearCall, code: usize) -> i32 {
    let thunk = THUNK_BYTES * near.call as usize;
    // It counts from the next instruction. The cache is smaller than 2 GiB.
    (thunk as i64 - (code as i64 + i64::from(near.offset) + 4)) as i32
}
