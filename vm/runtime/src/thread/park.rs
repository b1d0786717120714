//! `LockSupport.park`: one permit a thread.

/// Permit and event.
#[derive(Default)]
pub struct Parker {}
