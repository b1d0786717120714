//! Unified logging in HotSpot's manner: tags and levels.

/// The VM's log configuration.
#[derive(Default, Debug)]
pub struct Log {
    /// `class+load` at info: `-verbose:class`.
    pub class_load: bool,
    /// `gc` at info.
    pub gc: bool,
    /// `class+init` at info.
    pub class_init: bool,
    /// `exceptions` at info.
    pub exceptions: bool,
    /// `safepoint` at info.
    pub safepoint: bool,
}

impl Log {
    /// The configuration of `-Xlog` specifications: the selectors before the first further colon, comma-separated
    /// tag sets, `*` as a wildcard, an optional `=level`. Outputs and decorations beyond the defaults are not kept.
    pub fn new(specifications: &[String]) -> Log {
        let mut log = Log::default();
        for specification in specifications {
            let selectors = specification.split(':').next().unwrap_or_default();
            for selector in selectors.split(',') {
                let (tags, level) = selector.split_once('=').unwrap_or((selector, "info"));
                let on = matches!(level, "info" | "debug" | "trace");
                let tags = tags.trim_end_matches('*');
                match tags {
                    "" | "all" => {
                        log = Log {
                            class_load: on,
                            gc: on,
                            class_init: on,
                            exceptions: on,
                            safepoint: on,
                        };
                    }
                    "class+load" => log.class_load = on,
                    "class+init" => log.class_init = on,
                    "gc" => log.gc = on,
                    "exceptions" => log.exceptions = on,
                    "safepoint" => log.safepoint = on,
                    _ => {}
                }
            }
        }
        log
    }
    /// Writes one line `[0.123s][info][tags] text` to standard output.
    pub fn line(&self, start_nanos: i64, tags: &str, text: &str) {
        let seconds = peaberry_sys::time::monotonic_nanoseconds().saturating_sub(start_nanos) as f64 / 1e9;
        let line = format!("[{seconds:.3}s][info][{tags}] {text}\n");
        let _ = std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes());
    }
}
