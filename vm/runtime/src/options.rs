//! What a VM is made with. The launcher's table of command-line options (`vm/cli`) and the embedding's builder fill it.

use crate::thread::signals::SignalWatch;
use std::path::PathBuf;
use std::sync::Arc;

/// Which classes are verified.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum VerifyMode {
    /// None.
    None,
    /// All but the boot loader's (the default).
    #[default]
    Remote,
    /// All.
    All,
}

/// What the embedding gets of a VM's standard streams: `None` inherits the process's.
pub type OutputSink = Arc<dyn Fn(&[u8]) + Send + Sync>;
/// Reads standard input: fills the buffer, 0 at the end.
pub type InputSource = Arc<dyn Fn(&mut [u8]) -> usize + Send + Sync>;

/// An agent in Java (`-javaagent`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JavaAgent {
    /// Its jar.
    pub jar: String,
    /// Its class.
    pub class: String,
    /// What it is told.
    pub options: Option<String>,
}

/// Options of one VM.
#[derive(Clone)]
pub struct VmOptions {
    /// Home of the JDK whose class library is used.
    pub java_home: PathBuf,
    /// Its feature release, if it is known; it is read from the JDK's `release` file otherwise.
    pub release: Option<u16>,
    /// `-Xmx` in bytes.
    pub max_heap_bytes: usize,
    /// `-Xms` in bytes.
    pub initial_heap_bytes: usize,
    /// `-Xss` in bytes: Java stack of each thread (its native stack is sized from it).
    pub stack_bytes: usize,
    /// Size of the method area's range, bytes.
    pub method_area_bytes: usize,
    /// System properties given by the user (`-D`, and the `jdk.module.*` ones the launcher makes), in order.
    pub properties: Vec<(String, String)>,
    /// Class path, entries separated by `:`.
    pub class_path: String,
    /// `-Xbootclasspath/a` entries.
    pub boot_append: Vec<PathBuf>,
    /// `--patch-module`: module and path entries.
    pub patch_modules: Vec<(String, Vec<PathBuf>)>,
    /// Agents, in the order in which they start.
    pub agents: Vec<JavaAgent>,
    /// Verification.
    pub verify: VerifyMode,
    /// Collect at every n-th allocation (0: off).
    pub gc_stress_interval: u64,
    /// Every n-th guard of compiled code fails although it holds (0: off).
    pub fail_guard_interval: u32,
    /// Verify the heap after each collection.
    pub verify_after_gc: bool,
    /// Assertions: default, system classes, then per-class/package switches in order (name, enabled).
    pub assertions: bool,
    /// `-esa`.
    pub system_assertions: bool,
    /// Scoped switches: (class or package, is package, enabled).
    pub assertion_scopes: Vec<(String, bool, bool)>,
    /// `-Xlog` and `-verbose` specifications.
    pub log: Vec<String>,
    /// Standard output of the VM.
    pub stdout: Option<OutputSink>,
    /// Standard error of the VM.
    pub stderr: Option<OutputSink>,
    /// Standard input of the VM.
    pub stdin: Option<InputSource>,
    /// Handle SIGINT, SIGTERM, SIGHUP and SIGQUIT (the launcher does, an embedding does not).
    pub handle_signals: bool,
    /// Somebody's thread waits for the first signal.
    pub signal_watch: Option<Arc<SignalWatch>>,
    /// Arguments of the VM as given (`RuntimeMXBean.getInputArguments`).
    pub input_arguments: Vec<String>,
    /// `System.exit` ends the process (launcher) or only the VM (embedding).
    pub exit_process: bool,
    /// Thread dumps list the ownable synchronizers of each thread (`-XX:+PrintConcurrentLocks`).
    pub print_concurrent_locks: bool,
    /// OutOfMemoryError when nearly all time goes into collections (`-XX:-UseGCOverheadLimit` turns it off).
    pub gc_overhead_limit: bool,
    /// Stack traces' depth limit (`-XX:MaxJavaStackTraceDepth`).
    pub max_stack_trace_depth: usize,
    /// Method invocations before profiling begins.
    pub profile_threshold: u32,
    /// Objects with finalizers are finalized (`--finalization`).
    pub finalization: bool,
    /// `System.gc()` collects (`-XX:-DisableExplicitGC`).
    pub explicit_gc: bool,
    /// The VM's own NullPointerExceptions say what was null.
    pub null_pointer_details: bool,
    /// The class library looks at the limits of the container (`-XX:+UseContainerSupport`).
    pub container_support: bool,
    /// Processors that Java sees; 0: those the process may use.
    pub active_processors: usize,
    /// Options accepted that mean nothing here, for `-Xlog:options`.
    pub options_without_meaning: Vec<String>,
    /// Nothing is compiled (`-Xint`).
    pub interpreter_only: bool,
    /// Methods are compiled at all (`-XX:-UseCompiler`: they are not, though the VM calls its mode mixed).
    pub use_compiler: bool,
    /// Threads that compile; 0: as the number of processors suggests.
    pub compiler_threads: usize,
    /// Methods are compiled at their first invocation (`-Xcomp`).
    pub compile_at_once: bool,
    /// Invocations after which a method is compiled.
    pub compile_threshold: u32,
    /// Back edges of a method after which its loops are compiled while they run.
    pub loop_threshold: u32,
    /// Size of the code cache, bytes (`-XX:ReservedCodeCacheSize`).
    pub code_cache_bytes: usize,
    /// Code that is not used makes room for other code (`-XX:+UseCodeCacheFlushing`).
    pub code_cache_flushing: bool,
    /// Each compilation is printed (`-XX:+PrintCompilation`).
    pub print_compilation: bool,
    /// File to which a line is written for each code that is installed, as `perf` reads them; `%p` is the process.
    pub perf_map_file: Option<String>,
    /// The same is written to `/tmp/perf-PID.map` when the VM ends (`-XX:+DumpPerfMapAtExit`).
    pub perf_map_at_exit: bool,
    /// Debuggers are told of compiled code.
    pub debugger_interface: bool,
    /// Methods whose compilation is shown, as `Class.method` (`--disassemble`).
    pub disassemble: Vec<String>,
}

impl Default for VmOptions {
    fn default() -> Self {
        VmOptions {
            java_home: PathBuf::new(),
            release: None,
            max_heap_bytes: 1 << 30,
            initial_heap_bytes: 32 << 20,
            stack_bytes: 1 << 20,
            method_area_bytes: 1 << 30,
            properties: Vec::new(),
            class_path: String::new(),
            boot_append: Vec::new(),
            patch_modules: Vec::new(),
            agents: Vec::new(),
            verify: VerifyMode::Remote,
            gc_stress_interval: 0,
            fail_guard_interval: 0,
            verify_after_gc: false,
            assertions: false,
            system_assertions: false,
            assertion_scopes: Vec::new(),
            log: Vec::new(),
            stdout: None,
            stderr: None,
            stdin: None,
            handle_signals: false,
            signal_watch: None,
            input_arguments: Vec::new(),
            exit_process: false,
            print_concurrent_locks: false,
            gc_overhead_limit: true,
            max_stack_trace_depth: 1024,
            profile_threshold: 200,
            finalization: true,
            explicit_gc: true,
            null_pointer_details: true,
            container_support: true,
            active_processors: 0,
            options_without_meaning: Vec::new(),
            interpreter_only: false,
            use_compiler: true,
            compiler_threads: 0,
            compile_at_once: false,
            compile_threshold: 5000,
            loop_threshold: 20_000,
            code_cache_bytes: 240 << 20,
            code_cache_flushing: true,
            print_compilation: false,
            perf_map_file: None,
            perf_map_at_exit: false,
            debugger_interface: false,
            disassemble: Vec::new(),
        }
    }
}
