//! Unified logging in HotSpot's manner: tags and levels.

/// The VM's log configuration.
#[derive(Default)]
pub struct Log {
    /// `class+load` at info: `-verbose:class`.
    pub class_load: bool,
    /// `gc` at info.
    pub gc: bool,
    /// `class+init`.
    pub class_init: bool,
    /// `exceptions`.
    pub exceptions: bool,
    /// `safepoint`.
    pub safepoint: bool,
}
impl Log {
    /// Writes one line `[0.123s][info][tags] text` to standard output.
    pub fn line(&self, start_nanos: i64, tags: &str, text: &str) {
        let seconds = peaberry_sys::time::monotonic_nanoseconds().saturating_sub(start_nanos) as f64 / 1e9;
        let line = format!("[{seconds:.3}s][info][{tags}] {text}\n");
        let _ = std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes());
    }
}
