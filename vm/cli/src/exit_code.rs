//! What the command ends with: a number, which a C `main` can return, too.

/// An exit code.
pub type ExitCode = u8;

/// All went well.
pub const SUCCESS: ExitCode = 0;
/// It did not.
pub const FAILURE: ExitCode = 1;
