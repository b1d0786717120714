//! One compilation, from bytecode to machine code.

use crate::code::{CompiledCode, Entry, Refusal};
use crate::query::{MethodId, Runtime};

/// How to compile.
#[derive(Clone, Copy, Debug)]
pub struct CompileOptions {
    /// Largest method to inline, bytes of bytecode.
    pub inline_bytes: u32,
    /// Deepest inlining.
    pub inline_depth: u32,
    /// SSA instructions beyond which a compilation is given up.
    pub most_instructions: usize,
    /// Branches that profiles say were never taken are left out.
    pub prune_branches: bool,
    /// The SSA's verifier runs between passes.
    pub verify: bool,
    /// Print SSA, CLIF and machine code into [`Artifacts`].
    pub keep_artifacts: bool,
}

impl Default for CompileOptions {
    fn default() -> Self {
        CompileOptions {
            inline_bytes: 35,
            inline_depth: 9,
            most_instructions: 20_000,
            prune_branches: true,
            verify: cfg!(debug_assertions),
            keep_artifacts: false,
        }
    }
}

/// Texts of a compilation, for `--disassemble`.
#[derive(Clone, Default, Debug)]
pub struct Artifacts {
    /// SSA before lowering.
    pub ssa: String,
    /// CLIF.
    pub clif: String,
    /// Machine code.
    pub assembly: String,
}

/// Compiles a method.
///
/// # Errors
/// A [`Refusal`] says why it cannot be compiled.
pub fn compile(
    _runtime: &dyn Runtime,
    _method: MethodId,
    _entry: Entry,
    _options: &CompileOptions,
) -> Result<(CompiledCode, Artifacts), Refusal> {
    Err(Refusal::Unsupported("the compiler is being built"))
}
