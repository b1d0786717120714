//! The code generator for this machine.

use crate::code::Refusal;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use std::sync::OnceLock;

static HOST: OnceLock<Result<OwnedTargetIsa, String>> = OnceLock::new();

/// The host's instruction set with the flags that compiled code is made with.
pub(super) fn host() -> Result<OwnedTargetIsa, Refusal> {
    HOST.get_or_init(make).clone().map_err(Refusal::Backend)
}

fn make() -> Result<OwnedTargetIsa, String> {
    let mut flags = settings::builder();
    let verifier = if cfg!(debug_assertions) { "true" } else { "false" };
    for (name, value) in [
        ("opt_level", "speed"),
        // Stack walks follow frame pointers.
        ("preserve_frame_pointers", "true"),
        // r15 is the thread.
        ("enable_pinned_reg", "true"),
        ("unwind_info", "false"),
        ("enable_probestack", "false"),
        ("is_pic", "false"),
        ("enable_verifier", verifier),
    ] {
        flags.set(name, value).map_err(|error| error.to_string())?;
    }
    cranelift_native::builder()
        .map_err(str::to_owned)?
        .finish(settings::Flags::new(flags))
        .map_err(|error| error.to_string())
}
