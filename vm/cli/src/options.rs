//! The one table of command-line options: spelling, how the value is given, who reads it and what it means. The `-XX:`
//! flags are beside it, in `flags.tsv`. What `-help` and `-X` print of `java`'s own options is the class library's text.

/// How an option takes its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// No value: `-version`.
    Flag,
    /// The next argument: `-cp PATH`.
    Next,
    /// Next argument or after `=`: `--class-path PATH`, `--class-path=PATH`.
    NextOrEquals,
    /// After `=` alone: what the VM itself knows of the launcher's `NextOrEquals`.
    Equals,
    /// The rest of the argument: `-Xmx512m`, `-Dname=value`.
    Glued,
    /// Nothing, or the rest after a colon: `-ea`, `-ea:pkg...`.
    OptionalColon,
}

/// What an option means. `java` reads options twice: the launcher takes its own and hands the rest to the VM, which
/// reads them with those of `JAVA_TOOL_OPTIONS` before and `_JAVA_OPTIONS` after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// Read by the launcher.
    Launcher(Launcher),
    /// Read by the VM.
    Vm(VmMeaning),
    /// Read by the launcher, which hands it to the VM in this spelling.
    Pass(&'static str),
    /// As `Pass`, the value glued on.
    PassValue(&'static str),
    /// Accepted by the launcher with a warning that names it, and forgotten.
    Unsupported,
}

/// What the launcher itself does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Launcher {
    /// Class path.
    ClassPath,
    /// Run a jar.
    Jar,
    /// Run a module's main class.
    Module,
    /// Run a source file of this release.
    Source,
    /// An option of the module system that the VM reads as `name=value`.
    ModuleOption,
    /// List the observable modules.
    ListModules,
    /// Describe a module.
    DescribeModule,
    /// List the resolved modules and go on.
    ShowResolvedModules,
    /// Validate the modules.
    ValidateModules,
    /// Load the main class but do not run it.
    DryRun,
    /// Version on standard error (false) or output.
    Version(bool),
    /// Version, then go on.
    ShowVersion(bool),
    /// The full version alone.
    FullVersion(bool),
    /// Help.
    Help(bool),
    /// Help on non-standard options.
    ExtraHelp(bool),
    /// Print settings and go on.
    ShowSettings,
    /// `-Xfuture`: deprecated.
    Future,
    /// What chose another JDK long ago.
    OtherVersion,
    /// The same, by restricting the search.
    OtherRuntime,
    /// Means nothing here and is no business of the VM's.
    Ignored,
    /// JDK whose class library is used.
    Jdk,
    /// Dump of a class file.
    DumpClass,
    /// List of natives.
    PrintNatives,
    /// A JAVA_HOME over a JDK.
    MakeHome,
}

/// How methods run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Interpreted.
    Interpreted,
    /// Interpreted, the hot ones compiled.
    Mixed,
    /// Compiled at their first invocation.
    Compiled,
}

/// What the VM does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VmMeaning {
    /// How methods run.
    Mode(Mode),
    /// System property.
    Property,
    /// One of the numbered properties of the module system, whose name begins so.
    Numbered(&'static str),
    /// A property of the module system.
    ModuleProperty(&'static str),
    /// Patches.
    PatchModule,
    /// Preview features.
    EnablePreview,
    /// Whether objects are finalized.
    Finalization,
    /// Assertions of application classes.
    Assertions(bool),
    /// Assertions of system classes.
    SystemAssertions(bool),
    /// Maximum heap.
    MaxHeap,
    /// Initial heap.
    InitialHeap,
    /// Size of a generation that is not there; checked and listed.
    YoungSize,
    /// Thread stack.
    Stack,
    /// Size of the code cache.
    CodeCache,
    /// A method whose compilation is shown.
    Disassemble,
    /// Verification mode.
    Verify,
    /// Appended boot class path.
    BootAppend,
    /// No longer in `java`.
    BootReplace,
    /// Verbose output.
    Verbose,
    /// Unified logging.
    Log,
    /// The logging option of older releases.
    GcLogFile,
    /// `-XX:` flags.
    Extended,
    /// Signals are left alone.
    NoSignals,
    /// Support was removed; the release in which.
    Removed(&'static str),
    /// Accepted without effect here; listed by `-Xlog:options`.
    Ignored,
    /// A check of JNI calls, named after the colon.
    Check,
    /// The VM's version alone.
    InternalVersion,
    /// Code loaded into the VM, which it cannot do.
    Agent,
}

/// One row of the table.
pub struct OptionRow {
    /// Spelling.
    pub name: &'static str,
    /// How the value is given.
    pub form: Form,
    /// Meaning.
    pub meaning: Meaning,
    /// The release of the class library whose `java` has it first; 0 for those of 17 and before.
    pub since: u32,
    /// What `java` says is missing when the value is; empty for options without a value.
    pub requires: &'static str,
}

const fn row(name: &'static str, form: Form, meaning: Meaning, requires: &'static str) -> OptionRow {
    OptionRow {
        name,
        form,
        meaning,
        since: 0,
        requires,
    }
}

const fn launcher(name: &'static str, form: Form, meaning: Launcher, requires: &'static str) -> OptionRow {
    row(name, form, Meaning::Launcher(meaning), requires)
}

const fn flag(name: &'static str, meaning: Launcher) -> OptionRow {
    launcher(name, Form::Flag, meaning, "")
}

/// A row of the VM's that came with a release.
const fn vm_since(since: u32, name: &'static str, form: Form, meaning: VmMeaning) -> OptionRow {
    OptionRow {
        since,
        ..vm(name, form, meaning)
    }
}

const fn vm(name: &'static str, form: Form, meaning: VmMeaning) -> OptionRow {
    row(name, form, Meaning::Vm(meaning), "")
}

const CLASS_PATH: &str = "class path specification";
const MODULE_PATH: &str = "module path specification";
const MODULES: &str = "modules to be specified";
const MODULE: &str = "module name";

/// The table. Longer spellings of glued options come before their prefixes; launcher rows before those of the VM.
#[rustfmt::skip]
pub const OPTIONS: &[OptionRow] = &[
    // What is run.
    launcher("-cp", Form::Next, Launcher::ClassPath, CLASS_PATH),
    launcher("-classpath", Form::Next, Launcher::ClassPath, CLASS_PATH),
    launcher("--class-path", Form::NextOrEquals, Launcher::ClassPath, CLASS_PATH),
    flag("-jar", Launcher::Jar),
    launcher("-m", Form::Next, Launcher::Module, MODULE),
    launcher("--module", Form::NextOrEquals, Launcher::Module, MODULE),
    launcher("--source", Form::NextOrEquals, Launcher::Source, "source version"),
    flag("--dry-run", Launcher::DryRun),
    // Modules.
    row("-p", Form::Next, Meaning::PassValue("--module-path="), MODULE_PATH),
    launcher("--module-path", Form::NextOrEquals, Launcher::ModuleOption, MODULE_PATH),
    launcher("--upgrade-module-path", Form::NextOrEquals, Launcher::ModuleOption, MODULE_PATH),
    launcher("--add-modules", Form::NextOrEquals, Launcher::ModuleOption, MODULES),
    launcher("--enable-native-access", Form::NextOrEquals, Launcher::ModuleOption, MODULES),
    launcher("--limit-modules", Form::NextOrEquals, Launcher::ModuleOption, MODULES),
    launcher("--add-exports", Form::NextOrEquals, Launcher::ModuleOption, MODULES),
    launcher("--add-opens", Form::NextOrEquals, Launcher::ModuleOption, MODULES),
    launcher("--add-reads", Form::NextOrEquals, Launcher::ModuleOption, MODULES),
    launcher("--patch-module", Form::NextOrEquals, Launcher::ModuleOption, MODULES),
    flag("--list-modules", Launcher::ListModules),
    launcher("--describe-module", Form::NextOrEquals, Launcher::DescribeModule, MODULE),
    launcher("-d", Form::Next, Launcher::DescribeModule, MODULE),
    flag("--show-resolved-modules", Launcher::ShowResolvedModules),
    flag("--validate-modules", Launcher::ValidateModules),
    row("--show-module-resolution", Form::Flag, Meaning::Pass("-Djdk.module.showModuleResolution=true"), ""),
    // What is printed.
    flag("-version", Launcher::Version(false)),
    flag("--version", Launcher::Version(true)),
    flag("-showversion", Launcher::ShowVersion(false)),
    flag("--show-version", Launcher::ShowVersion(true)),
    flag("-fullversion", Launcher::FullVersion(false)),
    flag("--full-version", Launcher::FullVersion(true)),
    flag("-help", Launcher::Help(false)),
    flag("-h", Launcher::Help(false)),
    flag("-?", Launcher::Help(false)),
    flag("--help", Launcher::Help(true)),
    flag("-X", Launcher::ExtraHelp(false)),
    flag("--help-extra", Launcher::ExtraHelp(true)),
    launcher("-XshowSettings", Form::OptionalColon, Launcher::ShowSettings, ""),
    row("-Xdiag", Form::Flag, Meaning::Pass("-Dsun.java.launcher.diag=true"), ""),
    // Old spellings.
    row("-verbosegc", Form::Flag, Meaning::Pass("-verbose:gc"), ""),
    row("-debug", Form::Flag, Meaning::Pass("-Xdebug"), ""),
    row("-noclassgc", Form::Flag, Meaning::Pass("-Xnoclassgc"), ""),
    row("-verify", Form::Flag, Meaning::Pass("-Xverify:all"), ""),
    row("-verifyremote", Form::Flag, Meaning::Pass("-Xverify:remote"), ""),
    row("-noverify", Form::Flag, Meaning::Pass("-Xverify:none"), ""),
    row("-t", Form::Flag, Meaning::Pass("-Xt"), ""),
    row("-tm", Form::Flag, Meaning::Pass("-Xtm"), ""),
    row("-ss", Form::Glued, Meaning::PassValue("-Xss"), ""),
    row("-oss", Form::Glued, Meaning::PassValue("-Xoss"), ""),
    row("-ms", Form::Glued, Meaning::PassValue("-Xms"), ""),
    row("-mx", Form::Glued, Meaning::PassValue("-Xmx"), ""),
    flag("-Xfuture", Launcher::Future),
    row("-checksource", Form::Flag, Meaning::Unsupported, ""),
    row("-cs", Form::Flag, Meaning::Unsupported, ""),
    row("-noasyncgc", Form::Flag, Meaning::Unsupported, ""),
    launcher("-version:", Form::Glued, Launcher::OtherVersion, ""),
    flag("-jre-restrict-search", Launcher::OtherRuntime),
    flag("-jre-no-restrict-search", Launcher::OtherRuntime),
    launcher("-splash:", Form::Glued, Launcher::Ignored, ""),
    flag("-server", Launcher::Ignored),
    flag("-client", Launcher::Ignored),
    // Peaberry's own.
    launcher("--jdk", Form::NextOrEquals, Launcher::Jdk, "the home of a JDK"),
    row("--disassemble", Form::NextOrEquals, Meaning::PassValue("--disassemble="), "a method as Class.method"),
    launcher("--dump-class", Form::NextOrEquals, Launcher::DumpClass, "a class file"),
    launcher("--make-home", Form::NextOrEquals, Launcher::MakeHome, "a directory"),
    flag("--print-natives", Launcher::PrintNatives),
    // Read by the VM.
    vm("-D", Form::Glued, VmMeaning::Property),
    vm("--module-path", Form::Equals, VmMeaning::ModuleProperty("jdk.module.path")),
    vm("--upgrade-module-path", Form::Equals, VmMeaning::ModuleProperty("jdk.module.upgrade.path")),
    vm("--limit-modules", Form::Equals, VmMeaning::ModuleProperty("jdk.module.limitmods")),
    vm("--add-modules", Form::Equals, VmMeaning::Numbered("jdk.module.addmods")),
    vm("--add-reads", Form::Equals, VmMeaning::Numbered("jdk.module.addreads")),
    vm("--add-exports", Form::Equals, VmMeaning::Numbered("jdk.module.addexports")),
    vm("--add-opens", Form::Equals, VmMeaning::Numbered("jdk.module.addopens")),
    vm("--enable-native-access", Form::Equals, VmMeaning::Numbered("jdk.module.enable.native.access")),
    vm("--patch-module", Form::Equals, VmMeaning::PatchModule),
    vm("--illegal-access", Form::Equals, VmMeaning::Removed("17.0")),
    vm_since(18, "--finalization", Form::Equals, VmMeaning::Finalization),
    vm_since(24, "--illegal-native-access", Form::Equals, VmMeaning::ModuleProperty("jdk.module.illegal.native.access")),
    vm_since(23, "--sun-misc-unsafe-memory-access", Form::Equals, VmMeaning::ModuleProperty("sun.misc.unsafe.memory.access")),
    vm("--disassemble", Form::Equals, VmMeaning::Disassemble),
    vm("--enable-preview", Form::Flag, VmMeaning::EnablePreview),
    vm("-ea", Form::OptionalColon, VmMeaning::Assertions(true)),
    vm("-enableassertions", Form::OptionalColon, VmMeaning::Assertions(true)),
    vm("-da", Form::OptionalColon, VmMeaning::Assertions(false)),
    vm("-disableassertions", Form::OptionalColon, VmMeaning::Assertions(false)),
    vm("-esa", Form::Flag, VmMeaning::SystemAssertions(true)),
    vm("-enablesystemassertions", Form::Flag, VmMeaning::SystemAssertions(true)),
    vm("-dsa", Form::Flag, VmMeaning::SystemAssertions(false)),
    vm("-disablesystemassertions", Form::Flag, VmMeaning::SystemAssertions(false)),
    vm("-Xmx", Form::Glued, VmMeaning::MaxHeap),
    vm("-Xms", Form::Glued, VmMeaning::InitialHeap),
    vm("-Xmn", Form::Glued, VmMeaning::YoungSize),
    vm("-Xss", Form::Glued, VmMeaning::Stack),
    vm("-Xverify", Form::OptionalColon, VmMeaning::Verify),
    vm("-Xbootclasspath/a:", Form::Glued, VmMeaning::BootAppend),
    vm("-Xbootclasspath/p", Form::OptionalColon, VmMeaning::BootReplace),
    vm("-Xbootclasspath", Form::OptionalColon, VmMeaning::BootReplace),
    vm("-verbose", Form::OptionalColon, VmMeaning::Verbose),
    vm("-Xloggc:", Form::Glued, VmMeaning::GcLogFile),
    vm("-Xlog", Form::Glued, VmMeaning::Log),
    vm("-XX:", Form::Glued, VmMeaning::Extended),
    vm("-Xcheck", Form::OptionalColon, VmMeaning::Check),
    vm("-Xrs", Form::Flag, VmMeaning::NoSignals),
    vm("-Xinternalversion", Form::Flag, VmMeaning::InternalVersion),
    vm("-Xprof", Form::Flag, VmMeaning::Removed("10.0")),
    vm("-agentlib:", Form::Glued, VmMeaning::Agent),
    vm("-agentpath:", Form::Glued, VmMeaning::Agent),
    vm("-javaagent:", Form::Glued, VmMeaning::Agent),
    vm("-Xrun", Form::Glued, VmMeaning::Agent),
    vm("-Xint", Form::Flag, VmMeaning::Mode(Mode::Interpreted)),
    vm("-Xmixed", Form::Flag, VmMeaning::Mode(Mode::Mixed)),
    vm("-Xcomp", Form::Flag, VmMeaning::Mode(Mode::Compiled)),
    vm("-Xbatch", Form::Flag, VmMeaning::Ignored),
    vm("-Xnoclassgc", Form::Flag, VmMeaning::Ignored),
    vm("-Xdebug", Form::Flag, VmMeaning::Ignored),
    vm("-Xmaxjitcodesize", Form::Glued, VmMeaning::CodeCache),
    vm("-Xshare:auto", Form::Flag, VmMeaning::Ignored),
    vm("-Xshare:on", Form::Flag, VmMeaning::Ignored),
    vm("-Xshare:off", Form::Flag, VmMeaning::Ignored),
    vm("-Xshare:dump", Form::Flag, VmMeaning::Ignored),
];

/// What `-help` says of Peaberry's own options, after the class library's text.
pub const OWN_HELP: &str = "\
Options of Peaberry alone:

    --jdk <directory>
                  the JDK whose class library is used
    --make-home <directory>
                  make a JAVA_HOME over a JDK, with peaberry as its java, and exit
    --disassemble <class>.<method>
                  run, and print what the compiler makes of a method (SSA, CLIF,
                  machine code) when it is compiled, at the end at the latest; a
                  descriptor may follow the name
    --dump-class <file>
                  print a class file and exit
    --print-natives
                  list the native methods the VM has and exit

Commands of Peaberry alone, as the first argument; each without more tells its usage:

    boot          run a program or an image in a virtual machine of its own
    image         build an image of a program, or say what is in one
    ps            list the virtual machines that run
    stop          stop one of them
";

/// Finds an argument's row among those the filter keeps, and the value glued to it.
pub fn find(argument: &str, keep: impl Fn(&Meaning) -> bool) -> Option<(&'static OptionRow, Option<&str>)> {
    OPTIONS.iter().filter(|row| keep(&row.meaning)).find_map(|row| {
        let rest = argument.strip_prefix(row.name)?;
        match row.form {
            Form::Flag | Form::Next => rest.is_empty().then_some((row, None)),
            Form::NextOrEquals | Form::OptionalColon if rest.is_empty() => Some((row, None)),
            Form::NextOrEquals | Form::Equals => rest.strip_prefix('=').map(|value| (row, Some(value))),
            Form::Glued => Some((row, Some(rest))),
            Form::OptionalColon => rest.strip_prefix(':').map(|value| (row, Some(value))),
        }
    })
}

/// Finds a row of the launcher's.
pub fn find_launcher(argument: &str) -> Option<(&'static OptionRow, Option<&str>)> {
    find(argument, |meaning| !matches!(meaning, Meaning::Vm(_)))
}

/// Finds a row of the VM's: its meaning, the release that brought it, and the value.
pub fn find_vm(argument: &str) -> Option<(VmMeaning, u32, Option<&str>)> {
    let (row, value) = find(argument, |meaning| matches!(meaning, Meaning::Vm(_)))?;
    match row.meaning {
        Meaning::Vm(meaning) => Some((meaning, row.since, value)),
        _ => None,
    }
}
