//! One compilation, from bytecode to machine code.

use crate::build::build;
use crate::code::{CompiledCode, Entry, Refusal};
use crate::lower::lower;
use crate::passes;
use crate::query::{MethodId, Runtime};
use crate::ssa::{Function, verify};

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
    /// Exception handlers are compiled from the first on, not only where exceptions were seen.
    pub compile_handlers: bool,
    /// Guards count the thread's `guard_countdown` down, and leave when it is used up although they hold.
    pub forces_exits: bool,
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
            compile_handlers: false,
            forces_exits: false,
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
    runtime: &dyn Runtime,
    method: MethodId,
    entry: Entry,
    options: &CompileOptions,
) -> Result<(CompiledCode, Artifacts), Refusal> {
    let (mut function, facts) = build(runtime, method, entry, options)?;
    check(&function, options, "build")?;
    for (name, pass) in passes::ALL {
        pass(&mut function, runtime);
        check(&function, options, name)?;
    }
    lower(runtime, method, entry, &function, facts, options)
}

/// Verifies the SSA when asked to.
fn check(function: &Function, options: &CompileOptions, pass: &str) -> Result<(), Refusal> {
    if !options.verify {
        return Ok(());
    }
    verify(function).map_err(|fault| Refusal::Backend(format!("SSA after {pass}: {fault}\n{function}")))
}
