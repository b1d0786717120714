//! Making a VM.

use crate::error::Error;
use crate::find_jdk::{check_jdk, feature_release, find_jdk};
use crate::vm::Vm;
use peaberry_runtime::options::{InputSource, OutputSink, VerifyMode, VmOptions};
use peaberry_stdlib::sun::instrument::{NoAgent, read_agent};
use std::path::PathBuf;

/// Collects what a VM is made with.
#[derive(Clone)]
pub struct VmBuilder {
    jdk: Option<PathBuf>,
    pub(crate) options: VmOptions,
    initial_heap_given: bool,
}

/// The sizes a VM will have, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Heap at the start.
    pub initial_heap: usize,
    /// Heap at most.
    pub max_heap: usize,
    /// Java stack of a thread.
    pub stack: usize,
    /// Room for classes.
    pub method_area: usize,
}

/// The most heap that is chosen without being asked for by size.
const MOST_HEAP: usize = 16 << 30;

/// The least heap that is chosen without being asked for by size, and what the VM takes besides the heap, about.
const LEAST_HEAP: usize = 8 << 20;
const BESIDE_HEAP: usize = 32 << 20;

/// The most heap where nothing is asked for: a quarter of the memory; of little, no more than half of it and than the VM leaves.
fn default_heap(memory: usize) -> usize {
    let quarter = (memory / 4).clamp(64 << 20, MOST_HEAP);
    let little = (memory / 2).min(memory.saturating_sub(BESIDE_HEAP));
    quarter.min(little.max(LEAST_HEAP))
}

fn share_of(memory: Option<u64>, share: f64) -> usize {
    let memory = memory.unwrap_or_else(peaberry_sys::memory::physical_total);
    (memory as f64 * share) as usize
}

impl Default for VmBuilder {
    fn default() -> Self {
        Self::new()
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident($value:ident: $t:ty) => $field:ident = $e:expr;)*) => {
        $($(#[$doc])* pub fn $name(mut self, $value: $t) -> Self { self.options.$field = $e; self })*
    };
}

impl VmBuilder {
    /// A builder with the defaults: the JDK of the environment, a heap of a quarter of the machine's memory, no class
    /// path, the process's standard streams.
    pub fn new() -> Self {
        let options = VmOptions {
            max_heap_bytes: default_heap(share_of(None, 1.0)),
            ..VmOptions::default()
        };
        VmBuilder {
            jdk: None,
            options,
            initial_heap_given: false,
        }
    }
    /// Home of the JDK whose class library to use.
    pub fn jdk(mut self, home: impl Into<PathBuf>) -> Self {
        self.jdk = Some(home.into());
        self
    }
    /// Class path of the application loader: directories and jars separated by `:`.
    pub fn class_path(mut self, path: impl Into<String>) -> Self {
        self.options.class_path = path.into();
        self
    }
    /// Sets a system property.
    pub fn property(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.properties.push((name.into(), value.into()));
        self
    }
    /// Adds classes to a module, before its own (`--patch-module`).
    pub fn patch_module(mut self, module: &str, entries: Vec<PathBuf>) -> Self {
        self.options.patch_modules.push((module.to_owned(), entries));
        self
    }
    /// Appends to the boot class path.
    pub fn boot_append(mut self, entries: impl IntoIterator<Item = PathBuf>) -> Self {
        self.options.boot_append.extend(entries);
        self
    }
    /// Switches assertions of a class or, with `package`, of a package and its subpackages.
    pub fn assertion_scope(mut self, name: &str, package: bool, enabled: bool) -> Self {
        self.options.assertion_scopes.push((name.to_owned(), package, enabled));
        self
    }
    /// Adds an agent (`-javaagent`) from its jar.
    pub fn agent(mut self, jar: &str, options: Option<&str>) -> Result<Self, NoAgent> {
        let (agent, boot_append) = read_agent(jar, options)?;
        self.options.agents.push(agent);
        Ok(self.boot_append(boot_append))
    }
    /// Adds an `-Xlog` specification.
    pub fn log(mut self, specification: impl Into<String>) -> Self {
        self.options.log.push(specification.into());
        self
    }
    /// Initial heap size in bytes.
    pub fn initial_heap(mut self, bytes: usize) -> Self {
        self.options.initial_heap_bytes = bytes;
        self.initial_heap_given = true;
        self
    }
    /// Maximum heap size as a share of the machine's memory, or of so many bytes.
    pub fn max_heap_share(mut self, memory: Option<u64>, share: f64) -> Self {
        self.options.max_heap_bytes = share_of(memory, share).clamp(2 << 20, MOST_HEAP);
        self
    }
    /// Initial heap size as a share of the machine's memory, or of so many bytes.
    pub fn initial_heap_share(mut self, memory: Option<u64>, share: f64) -> Self {
        self.options.initial_heap_bytes = share_of(memory, share).clamp(1 << 20, MOST_HEAP);
        self
    }
    /// Feature release of the class library, if there is one.
    pub fn release(&self) -> Option<u32> {
        feature_release(&self.jdk.clone().or_else(find_jdk)?)
    }
    /// The sizes chosen so far.
    pub fn sizes(&self) -> Sizes {
        let options = &self.options;
        Sizes {
            initial_heap: options.initial_heap_bytes.min(options.max_heap_bytes),
            max_heap: options.max_heap_bytes,
            stack: options.stack_bytes,
            method_area: options.method_area_bytes,
        }
    }
    setters! {
        /// Maximum heap size in bytes.
        max_heap(bytes: usize) => max_heap_bytes = bytes;
        /// Java stack of each thread, bytes.
        stack(bytes: usize) => stack_bytes = bytes;
        /// Room for classes, bytes.
        method_area(bytes: usize) => method_area_bytes = bytes;
        /// Which classes are verified.
        verify(mode: VerifyMode) => verify = mode;
        /// Assertions of application classes.
        assertions(on: bool) => assertions = on;
        /// Assertions of system classes.
        system_assertions(on: bool) => system_assertions = on;
        /// Collect at every n-th allocation, 0 for never.
        gc_stress_interval(n: u64) => gc_stress_interval = n;
        /// Every n-th guard of compiled code fails although it holds, 0 for none: tests the ways out of it.
        fail_guard_interval(n: u32) => fail_guard_interval = n;
        /// Verify the heap after each collection.
        verify_after_gc(on: bool) => verify_after_gc = on;
        /// Frames kept in a stack trace.
        max_stack_trace_depth(frames: usize) => max_stack_trace_depth = frames;
        /// Thread dumps list the ownable synchronizers of each thread.
        print_concurrent_locks(on: bool) => print_concurrent_locks = on;
        /// OutOfMemoryError when nearly all time goes into collections.
        gc_overhead_limit(on: bool) => gc_overhead_limit = on;
        /// Invocations before a method is profiled.
        profile_threshold(invocations: u32) => profile_threshold = invocations;
        /// Nothing is compiled.
        interpreter_only(on: bool) => interpreter_only = on;
        /// Methods are compiled when they are hot.
        use_compiler(on: bool) => use_compiler = on;
        /// Threads that compile, 0 for as many as the number of processors suggests.
        compiler_threads(count: usize) => compiler_threads = count;
        /// Methods are compiled at their first invocation.
        compile_at_once(on: bool) => compile_at_once = on;
        /// Invocations after which a method is compiled.
        compile_threshold(invocations: u32) => compile_threshold = invocations;
        /// Back edges of a method after which its loops are compiled while they run.
        loop_threshold(back_edges: u32) => loop_threshold = back_edges;
        /// Size of the code cache, bytes.
        code_cache(bytes: usize) => code_cache_bytes = bytes;
        /// Code that is not used makes room for other code.
        code_cache_flushing(on: bool) => code_cache_flushing = on;
        /// File to which a line is written for each piece of code, as `perf` reads them; `%p` stands for the process.
        perf_map_file(path: &str) => perf_map_file = Some(path.to_owned());
        /// The names of compiled code are written to `/tmp/perf-PID.map` when the VM ends.
        perf_map_at_exit(on: bool) => perf_map_at_exit = on;
        /// GDB and LLDB are told of compiled code.
        debugger_interface(on: bool) => debugger_interface = on;
        /// Methods whose compilation is shown, as `Class.method`.
        disassemble(methods: Vec<String>) => disassemble = methods;
        /// Each compilation is printed.
        print_compilation(on: bool) => print_compilation = on;
        /// Where `System.out` goes instead of the process's standard output.
        stdout(sink: OutputSink) => stdout = Some(sink);
        /// Where `System.err` goes instead of the process's standard error.
        stderr(sink: OutputSink) => stderr = Some(sink);
        /// Where `System.in` comes from instead of the process's standard input.
        stdin(source: InputSource) => stdin = Some(source);
        /// Handle SIGINT, SIGTERM, SIGHUP and SIGQUIT as `java` does.
        handle_signals(on: bool) => handle_signals = on;
        /// `System.exit` ends the process.
        exit_process(on: bool) => exit_process = on;
        /// Objects with finalizers are finalized.
        finalization(on: bool) => finalization = on;
        /// `System.gc()` collects.
        explicit_gc(on: bool) => explicit_gc = on;
        /// The VM's own NullPointerExceptions say what was null.
        null_pointer_details(on: bool) => null_pointer_details = on;
        /// The class library looks at the limits of the container.
        container_support(on: bool) => container_support = on;
        /// Processors that Java sees, 0 for those the process may use.
        active_processors(count: usize) => active_processors = count;
        /// Options accepted that mean nothing here, for `-Xlog:options`.
        options_without_meaning(options: Vec<String>) => options_without_meaning = options;
        /// What `RuntimeMXBean.getInputArguments` answers.
        input_arguments(arguments: Vec<String>) => input_arguments = arguments;
    }
    /// The finished options: the JDK found, sizes checked.
    pub(crate) fn finish(mut self) -> Result<VmOptions, Error> {
        let home = match &self.jdk {
            Some(home) => check_jdk(home).map_err(Error::ClassLibrary)?,
            None => find_jdk().ok_or_else(|| {
                Error::ClassLibrary(
                    "no class library found: give a JDK's home with --jdk, PEABERRY_JDK or JAVA_HOME".to_owned(),
                )
            })?,
        };
        let release = feature_release(&home).and_then(|release| u16::try_from(release).ok());
        if release.is_none() {
            return Err(Error::ClassLibrary(format!(
                "{}: no readable release file",
                home.display()
            )));
        }
        self.options.java_home = home;
        self.options.release = release;
        if self.initial_heap_given && self.options.initial_heap_bytes > self.options.max_heap_bytes {
            return Err(Error::Option(
                "Initial heap size set to a larger value than the maximum heap size".to_owned(),
            ));
        }
        self.options.initial_heap_bytes = self.options.initial_heap_bytes.min(self.options.max_heap_bytes);
        if self.options.max_heap_bytes < 2 << 20 {
            return Err(Error::Option("Too small maximum heap".to_owned()));
        }
        // HotSpot's collectors round up to their regions; programs print the sum.
        let heap = self.options.max_heap_bytes;
        self.options.max_heap_bytes = heap.checked_next_multiple_of(2 << 20).unwrap_or(heap);
        if self.options.stack_bytes < 136 << 10 {
            return Err(Error::Option(
                "The Java thread stack size specified is too small. Specify at least 136k".to_owned(),
            ));
        }
        Ok(self.options)
    }
    /// Makes the VM and runs the class library's initialization.
    pub fn build(self) -> Result<Vm, Error> {
        Vm::create(self.finish()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_memory_has_a_little_heap() {
        let megabytes = |memory: usize| default_heap(memory << 20) >> 20;
        let sizes = [24, 48, 64, 96, 128, 512, 1024, 1 << 20].map(megabytes);
        assert_eq!(sizes, [8, 16, 32, 48, 64, 128, 256, 16 << 10]);
    }
}
