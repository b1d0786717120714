//! The VM's part of the command line: what the launcher hands on, and the variables `java`'s VM reads itself.

use crate::argument_files::split_quoted;
use crate::flags::{Flags, Value, parse_size};
use crate::options::{Mode, VmMeaning, find_vm};
use peaberry::{NoAgent, VerifyMode, VmBuilder, log};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How a refusal ends.
pub enum Refusal {
    /// The complaint, then the launcher's two lines.
    Create(String),
    /// As `Create`, the complaint on standard output, where `java` says some things.
    CreateOut(String),
    /// The VM's own heading, then the complaint.
    Initialization(String),
    /// Nothing is wrong: what was asked has been printed.
    Done,
}

impl Refusal {
    /// Prints it; gives the exit code.
    pub fn report(&self) -> u8 {
        match self {
            Refusal::Create(text) => {
                // A guess at a misspelt flag leaves its line open.
                let end = if text.ends_with([' ', '\n']) { "" } else { "\n" };
                eprint!("{text}{end}");
                not_created()
            }
            Refusal::CreateOut(text) => {
                println!("{text}");
                not_created()
            }
            Refusal::Initialization(text) => {
                println!("Error occurred during initialization of VM\n{text}");
                1
            }
            Refusal::Done => 0,
        }
    }
}

fn not_created() -> u8 {
    eprintln!("Error: Could not create the Java Virtual Machine.");
    eprintln!("Error: A fatal exception has occurred. Program will exit.");
    1
}

fn create_out(text: impl Into<String>) -> Refusal {
    Refusal::CreateOut(text.into())
}

fn create(text: impl Into<String>) -> Refusal {
    Refusal::Create(text.into())
}

fn warn(text: &str) {
    eprintln!("{} warning: {text}", peaberry::VM_NAME);
}

/// Options of the VM as they are read.
struct Reader {
    /// There but while it is changed.
    builder: Option<VmBuilder>,
    flags: Flags,
    log: log::Configuration,
    /// Next number of each numbered property.
    numbers: BTreeMap<&'static str, usize>,
    patches: usize,
    ignored: Vec<String>,
    reserved_warned: bool,
    interpreted: bool,
    disassemble: Vec<String>,
}

/// Applies the options to a builder.
pub fn apply(builder: VmBuilder, options: &[String]) -> Result<VmBuilder, Refusal> {
    let before = variable("JAVA_TOOL_OPTIONS")?;
    let after = variable("_JAVA_OPTIONS")?;
    let all = || before.iter().chain(options).chain(&after);
    let mut reader = Reader {
        builder: Some(builder),
        flags: Flags::default(),
        log: log::Configuration::default(),
        numbers: BTreeMap::new(),
        patches: 0,
        ignored: Vec::new(),
        reserved_warned: false,
        interpreted: false,
        disassemble: Vec::new(),
    };
    // It counts for what stands before it, too.
    reader.flags.ignore_unrecognized = all().any(|option| option == "-XX:+IgnoreUnrecognizedVMOptions");
    for option in all() {
        reader.option(option)?;
    }
    reader.finish(all().cloned().collect())
}

/// The options of an environment variable.
fn variable(name: &str) -> Result<Vec<String>, Refusal> {
    let Some(text) = std::env::var_os(name) else {
        return Ok(Vec::new());
    };
    let text = text.to_string_lossy();
    eprintln!("Picked up {name}: {text}");
    split_quoted(&text).ok_or_else(|| create(format!("Unmatched quote in {name}")))
}

impl Reader {
    fn option(&mut self, option: &str) -> Result<(), Refusal> {
        let unrecognized = || create(format!("Unrecognized option: {option}"));
        let release = || self.builder.as_ref().and_then(VmBuilder::release);
        let there = |since: u32| since == 0 || release().is_some_and(|release| release >= since);
        let found = find_vm(option).filter(|(_, since, _)| there(*since));
        let Some((meaning, _, value)) = found else {
            return if self.flags.ignore_unrecognized {
                Ok(())
            } else {
                Err(unrecognized())
            };
        };
        let text = value.unwrap_or_default();
        match meaning {
            VmMeaning::Property => self.property(text)?,
            VmMeaning::ModuleProperty(name) => self.set(name, text),
            VmMeaning::Numbered(prefix) => self.numbered(prefix, text),
            VmMeaning::PatchModule => self.patch(text)?,
            VmMeaning::Finalization => match text {
                "enabled" | "disabled" => self.change(|b| b.finalization(text == "enabled")),
                _ => {
                    let text = format!("Invalid finalization value '{text}', must be 'disabled' or 'enabled'.");
                    return Err(create(text));
                }
            },
            VmMeaning::EnablePreview => self.set("jdk.internal.preview.enabled", "true"),
            VmMeaning::Assertions(on) => {
                let scope = text.strip_suffix("...");
                self.change(|b| match (value, scope) {
                    (None, _) => b.assertions(on),
                    (Some(_), Some(package)) => b.assertion_scope(package, true, on),
                    (Some(class), None) => b.assertion_scope(class, false, on),
                });
            }
            VmMeaning::SystemAssertions(on) => self.change(|b| b.system_assertions(on)),
            VmMeaning::MaxHeap => self.max_heap(text, option)?,
            VmMeaning::InitialHeap => {
                let size = parse_size(text).ok_or_else(|| create(format!("Invalid initial heap size: {option}")))?;
                self.initial_heap(size)?;
            }
            VmMeaning::YoungSize => {
                let size = parse_size(text).filter(|size| *size > 0);
                size.ok_or_else(|| create(format!("Invalid initial young generation size: {option}")))?;
                self.ignored.push(option.to_owned());
            }
            VmMeaning::Stack => self.stack(text, option)?,
            VmMeaning::Verify => {
                let mode = match value {
                    None | Some("all") => VerifyMode::All,
                    Some("remote") => VerifyMode::Remote,
                    Some("none") => {
                        warn(
                            "Options -Xverify:none and -noverify were deprecated in JDK 13 and will likely be removed \
                             in a future release.",
                        );
                        VerifyMode::None
                    }
                    Some(_) if self.flags.ignore_unrecognized => return Ok(()),
                    Some(_) => return Err(create(format!("Unrecognized verification option: {option}"))),
                };
                self.change(|b| b.verify(mode));
            }
            VmMeaning::BootAppend => {
                let entries: Vec<PathBuf> = text.split(':').filter(|e| !e.is_empty()).map(PathBuf::from).collect();
                self.change(|b| b.boot_append(entries));
            }
            VmMeaning::BootReplace if value.is_none() => return Err(unrecognized()),
            VmMeaning::BootReplace => {
                let name = option.split(':').next().unwrap_or_default();
                return Err(create_out(format!("{name} is no longer a supported option.")));
            }
            VmMeaning::Verbose => match value {
                None | Some("class") => self.log("-Xlog:class+load,class+unload")?,
                Some("gc") => self.log("-Xlog:gc")?,
                Some("module") => self.log("-Xlog:module+load,module+unload")?,
                Some("jni") => self.log("-Xlog:jni+resolve=debug")?,
                Some(_) => {}
            },
            VmMeaning::Log => self.log(option)?,
            VmMeaning::GcLogFile => {
                let line = format!("-Xloggc is deprecated. Will use -Xlog:gc:{text} instead.");
                println!("[0.000s][warning][gc] {line}");
                self.log(&format!("-Xlog:gc:{text}"))?;
            }
            VmMeaning::Extended => self.extended(text)?,
            VmMeaning::Mode(mode) => {
                self.interpreted = mode == Mode::Interpreted;
                self.change(|b| {
                    b.interpreter_only(mode == Mode::Interpreted)
                        .compile_at_once(mode == Mode::Compiled)
                });
            }
            VmMeaning::CodeCache => self.code_cache(text, option)?,
            VmMeaning::Disassemble => self.disassemble.push(text.to_owned()),
            VmMeaning::NoSignals => self.change(|b| b.handle_signals(false)),
            VmMeaning::Removed(release) => {
                warn(&format!("Ignoring option {option}; support was removed in {release}"));
            }
            VmMeaning::Check if value == Some("jni") => self.ignored.push(option.to_owned()),
            VmMeaning::Check => return Err(create(format!("Unrecognized check option: {option}"))),
            VmMeaning::InternalVersion => {
                println!(
                    "{} ({}) for {}",
                    peaberry::VM_NAME,
                    env!("CARGO_PKG_VERSION"),
                    platform()
                );
                return Err(Refusal::Done);
            }
            VmMeaning::Agent => self.agent(option, text)?,
            VmMeaning::Ignored => self.ignored.push(option.to_owned()),
        }
        Ok(())
    }

    fn numbered(&mut self, prefix: &'static str, value: &str) {
        let number = self.numbers.entry(prefix).or_default();
        let name = format!("{prefix}.{number}");
        *number += 1;
        self.set(&name, value);
    }

    /// `-javaagent:jar=options`, which is `-agentlib:instrument=jar=options`.
    fn agent(&mut self, option: &str, text: &str) -> Result<(), Refusal> {
        let in_java = option
            .strip_prefix("-javaagent:")
            .or_else(|| option.strip_prefix("-agentlib:instrument="));
        let Some(text_of_agent) = in_java else {
            return Err(native_agent(option, text));
        };
        let (jar, options) = match text_of_agent.split_once('=') {
            Some((jar, options)) => (jar, Some(options)),
            None => (text_of_agent, None),
        };
        self.numbered("jdk.module.addmods", "java.instrument");
        let Some(builder) = self.builder.take() else {
            return Ok(());
        };
        match builder.agent(jar, options) {
            Ok(builder) => {
                self.builder = Some(builder);
                Ok(())
            }
            Err(problem) => {
                match problem {
                    NoAgent::NoManifest => eprintln!("Error opening zip file or JAR manifest missing : {jar}"),
                    NoAgent::NoClass => eprintln!("Failed to find Premain-Class manifest attribute in {jar}"),
                }
                let text = "agent library failed to init: instrument";
                Err(Refusal::Initialization(text.to_owned()))
            }
        }
    }

    fn change(&mut self, change: impl FnOnce(VmBuilder) -> VmBuilder) {
        self.builder = self.builder.take().map(change);
    }

    fn set(&mut self, name: &str, value: &str) {
        self.change(|b| b.property(name, value));
    }

    fn property(&mut self, text: &str) -> Result<(), Refusal> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        match name {
            "" => {}
            "java.class.path" => self.change(|b| b.class_path(value)),
            "java.ext.dirs" if !value.is_empty() => {
                return Err(create_out(format!(
                    "-D{text} is not supported.  Use -classpath instead."
                )));
            }
            "java.endorsed.dirs" if !value.is_empty() => {
                return Err(create_out(format!(
                    "-D{text} is not supported. Endorsed standards and standalone APIs\n\
                     in modular form will be supported via the concept of upgradeable modules."
                )));
            }
            name if reserved(name) => {
                if !std::mem::replace(&mut self.reserved_warned, true) {
                    warn(
                        "Ignoring system property options whose names match the '-Djdk.module.*'. names that are \
                         reserved for internal use.",
                    );
                }
            }
            name => self.set(name, value),
        }
        Ok(())
    }

    fn patch(&mut self, text: &str) -> Result<(), Refusal> {
        let (name, path) = text
            .split_once('=')
            .ok_or_else(|| create_out("Missing '=' in --patch-module specification"))?;
        if name == "java.base" && std::mem::replace(self.numbers.entry("java.base").or_default(), 1) == 1 {
            let text = "Cannot specify java.base more than once to --patch-module";
            return Err(Refusal::Initialization(text.to_owned()));
        }
        let entries = path.split(':').map(PathBuf::from).collect();
        let property = format!("jdk.module.patch.{}", self.patches);
        self.patches += 1;
        self.change(|b| b.patch_module(name, entries).property(property, text));
        Ok(())
    }

    fn max_heap(&mut self, text: &str, option: &str) -> Result<(), Refusal> {
        let size = parse_size(text).filter(|size| *size > 0);
        let size = size.ok_or_else(|| create(format!("Invalid maximum heap size: {option}")))?;
        self.change(|b| b.max_heap(usize::try_from(size).unwrap_or(usize::MAX)));
        Ok(())
    }

    fn initial_heap(&mut self, size: u64) -> Result<(), Refusal> {
        match size {
            0 => {}
            1..0x10_0000 => return Err(Refusal::Initialization("Too small initial heap".to_owned())),
            size => self.change(|b| b.initial_heap(usize::try_from(size).unwrap_or(usize::MAX))),
        }
        Ok(())
    }

    fn stack(&mut self, text: &str, option: &str) -> Result<(), Refusal> {
        let size = parse_size(text).ok_or_else(|| create(format!("Invalid thread stack size: {option}")))?;
        if size > 1 << 30 {
            return Err(create(format!(
                "Invalid thread stack size: {option}\nThe specified size exceeds the maximum representable size."
            )));
        }
        if size > 0 {
            self.change(|b| b.stack(size as usize));
        }
        Ok(())
    }

    fn code_cache(&mut self, text: &str, option: &str) -> Result<(), Refusal> {
        let size = parse_size(text).filter(|size| *size > 0);
        let size = size.ok_or_else(|| create(format!("Invalid maximum code cache size: {option}.")))?;
        self.flags
            .set(&format!("ReservedCodeCacheSize={size}"))
            .map_err(|text| create(text.lines().next().unwrap_or_default()))?;
        self.change(|b| b.code_cache(usize::try_from(size).unwrap_or(usize::MAX)));
        Ok(())
    }

    /// What the numbers for the compiler must be, also beside each other.
    fn check_compiler(&self) -> Result<(), Refusal> {
        // The sizes HotSpot has without ergonomics.
        let initial = self.flags.number("InitialCodeCacheSize").unwrap_or(2496 << 10);
        let reserved = self.flags.number("ReservedCodeCacheSize").unwrap_or(48 << 20);
        let complaint = if reserved < initial {
            format!(
                "Invalid ReservedCodeCacheSize: {}K. Must be at least InitialCodeCacheSize={}K.",
                reserved >> 10,
                initial >> 10
            )
        } else if reserved < 400 << 10 {
            format!(
                "Invalid ReservedCodeCacheSize={}K. Must be at least 400K.",
                reserved >> 10
            )
        } else if reserved > 2 << 30 {
            format!(
                "Invalid ReservedCodeCacheSize={}M. Must be at most 2048M.",
                reserved >> 20
            )
        } else {
            match self.flags.number("CICompilerCount") {
                Some(count) if count < 2 && !self.interpreted => {
                    format!("CICompilerCount ({count}) must be at least 2 ")
                }
                _ => return Ok(()),
            }
        };
        Err(create(format!("{complaint}\n")))
    }

    fn log(&mut self, option: &str) -> Result<(), Refusal> {
        let specification = match option.strip_prefix("-Xlog") {
            Some("") => "",
            Some(rest) => match rest.strip_prefix(':') {
                Some(specification) => specification,
                None => return Err(invalid_log(option)),
            },
            None => option,
        };
        if specification == "help" {
            print!("{}", log::help());
            return Err(Refusal::Done);
        }
        let (level, messages) = match self.log.apply(specification) {
            Ok(warnings) => ("warning", warnings),
            Err(complaints) => ("error", complaints),
        };
        for text in messages {
            println!("[0.000s][{level}][logging] {text}");
        }
        if level == "error" {
            return Err(invalid_log(option));
        }
        self.change(|b| b.log(specification));
        Ok(())
    }

    fn extended(&mut self, text: &str) -> Result<(), Refusal> {
        match text.split_once('=') {
            Some(("MaxHeapSize", value)) => self.max_heap(value, &format!("-XX:{text}"))?,
            Some(("ReservedCodeCacheSize", value)) => return self.code_cache(value, &format!("-XX:{text}")),
            Some(("Flags", file)) => {
                let settings = std::fs::read_to_string(file)
                    .map_err(|_| create(format!("Could not open settings file {file}")))?;
                let lines = settings.lines().map(|line| line.split('#').next().unwrap_or_default());
                for flag in lines.flat_map(str::split_whitespace) {
                    self.extended(flag)?;
                }
                return Ok(());
            }
            Some(("VMOptionsFile", file)) => {
                let options = std::fs::read_to_string(file)
                    .map_err(|_| create(format!("Could not open options file '{file}'")))?;
                let words = split_quoted(&options).ok_or_else(|| create(format!("Unmatched quote in {file}")))?;
                return words.iter().try_for_each(|option| self.option(option));
            }
            _ => {}
        }
        if let Some(warning) = self.flags.set(text).map_err(create)? {
            warn(&warning);
        }
        let Some((name, _)) = text.split_once('=') else {
            return Ok(());
        };
        let Some(number) = self.flags.number(name) else {
            return Ok(());
        };
        match name {
            "InitialHeapSize" => self.initial_heap(number)?,
            "ThreadStackSize" => self.stack(&format!("{number}k"), &format!("-XX:{text}"))?,
            "MaxMetaspaceSize" => self.change(|b| b.method_area(number as usize)),
            "MaxJavaStackTraceDepth" => self.change(|b| b.max_stack_trace_depth(number as usize)),
            "GCStressInterval" => self.change(|b| b.gc_stress_interval(number)),
            "FailGuardInterval" => self.change(|b| b.fail_guard_interval(u32::try_from(number).unwrap_or(u32::MAX))),
            "ProfileThreshold" => self.change(|b| b.profile_threshold(u32::try_from(number).unwrap_or(u32::MAX))),
            "CompileThreshold" => self.change(|b| b.compile_threshold(u32::try_from(number).unwrap_or(u32::MAX))),
            "LoopThreshold" => self.change(|b| b.loop_threshold(u32::try_from(number).unwrap_or(u32::MAX))),
            "CICompilerCount" => self.change(|b| b.compiler_threads(number as usize)),
            "ActiveProcessorCount" => self.change(|b| b.active_processors(number as usize)),
            _ => {}
        }
        Ok(())
    }

    /// What holds for all options together, and what is printed before anything runs.
    fn finish(mut self, options: Vec<String>) -> Result<VmBuilder, Refusal> {
        if self.flags.too_many_collectors() {
            return Err(Refusal::Initialization(
                "Multiple garbage collectors selected".to_owned(),
            ));
        }
        self.check_compiler()?;
        let disassemble = std::mem::take(&mut self.disassemble);
        self.change(|b| b.disassemble(disassemble));
        if let Some(file) = self.flags.text("PerfMapFile").map(str::to_owned) {
            self.change(|b| b.perf_map_file(&file));
        }
        if self.flags.is_on("DumpPerfMapAtExit") {
            self.change(|b| b.perf_map_at_exit(true));
        }
        if self.flags.is_on("UseGDBJITInterface") {
            self.change(|b| b.debugger_interface(true));
        }
        if let Some(on) = self.flags.switch("UseCodeCacheFlushing") {
            self.change(|b| b.code_cache_flushing(on));
        }
        if let Some(on) = self.flags.switch("VerifyAfterGC") {
            self.change(|b| b.verify_after_gc(on));
        }
        if let Some(on) = self.flags.switch("PrintConcurrentLocks") {
            self.change(|b| b.print_concurrent_locks(on));
        }
        if let Some(on) = self.flags.switch("UseCompiler") {
            self.change(|b| b.use_compiler(on));
        }
        if let Some(on) = self.flags.switch("PrintCompilation") {
            self.change(|b| b.print_compilation(on));
        }
        if let Some(on) = self.flags.switch("UseGCOverheadLimit") {
            self.change(|b| b.gc_overhead_limit(on));
        }
        if self.flags.is_on("ReduceSignalUsage") {
            self.change(|b| b.handle_signals(false));
        }
        if self.flags.is_on("BytecodeVerificationLocal") {
            self.change(|b| b.verify(VerifyMode::All));
        }
        if self.flags.switch("BytecodeVerificationRemote") == Some(false) {
            self.change(|b| b.verify(VerifyMode::None));
        }
        if let Some(on) = self.flags.switch("DisableExplicitGC") {
            self.change(|b| b.explicit_gc(!on));
        }
        if let Some(on) = self.flags.switch("UseContainerSupport") {
            self.change(|b| b.container_support(on));
        }
        if let Some(on) = self.flags.switch("ShowCodeDetailsInExceptionMessages") {
            self.change(|b| b.null_pointer_details(on));
        }
        let physical = self.flags.number("MaxRAM");
        for name in ["MaxRAMPercentage", "InitialRAMPercentage"] {
            let percentage = self.flags.fraction(name);
            if percentage.is_none() && (physical.is_none() || name.starts_with("Initial")) {
                continue;
            }
            let share = percentage.unwrap_or(25.0) / 100.0;
            self.change(|b| match name {
                "MaxRAMPercentage" => b.max_heap_share(physical, share),
                _ => b.initial_heap_share(physical, share),
            });
        }
        let without_meaning: Vec<String> = self.flags.without_meaning().chain(self.ignored.drain(..)).collect();
        self.change(|b| {
            b.options_without_meaning(without_meaning)
                .input_arguments(input_arguments(options))
        });
        let builder = self.builder.unwrap_or_default();
        let sizes = builder.sizes();
        let found = [
            ("InitialHeapSize", Value::Number(sizes.initial_heap as i128)),
            ("MaxHeapSize", Value::Number(sizes.max_heap as i128)),
            ("MaxMetaspaceSize", Value::Number(sizes.method_area as i128)),
            ("ThreadStackSize", Value::Number((sizes.stack >> 10) as i128)),
        ];
        if self.flags.is_on("PrintCommandLineFlags") {
            print!("{}", self.flags.command_line(&found[..2]));
        }
        if self.flags.is_on("PrintFlagsFinal") {
            print!("{}", self.flags.table(&found));
        }
        Ok(builder)
    }
}

fn invalid_log(option: &str) -> Refusal {
    create(format!("Invalid -Xlog option '{option}', see error log for details."))
}

/// What `RuntimeMXBean.getInputArguments` answers: not what launchers say of the class path and of themselves.
fn input_arguments(options: Vec<String>) -> Vec<String> {
    let of_launchers = ["-Djava.class.path", "-Dsun.java.command", "-Dsun.java.launcher"];
    let added = |option: &String| of_launchers.iter().any(|name| option.starts_with(name));
    options.into_iter().filter(|option| !added(option)).collect()
}

/// Properties that only options of their own may set.
fn reserved(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("jdk.module.") else {
        return false;
    };
    [
        "addmods",
        "addreads",
        "addexports",
        "addopens",
        "patch",
        "limitmods",
        "upgrade.path",
        "path",
    ]
    .iter()
    .any(|known| {
        rest.strip_prefix(known)
            .is_some_and(|after| after.is_empty() || after.starts_with('.'))
    }) || rest.starts_with("enable.native.access")
}

/// Agents in native code need what is not here.
fn native_agent(option: &str, value: &str) -> Refusal {
    let name = value.split(['=', ':']).next().unwrap_or_default();
    let place = if option.starts_with("-agentpath:") {
        "in absolute path"
    } else {
        "on the library path"
    };
    Refusal::Initialization(format!(
        "Could not find agent library {name} {place}, with error: {} runs no native agents",
        peaberry::VM_NAME
    ))
}

fn platform() -> String {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        other => other,
    };
    format!("{}-{architecture}", std::env::consts::OS)
}
