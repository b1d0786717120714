//! The one table of command-line options: spelling as HotSpot's launcher has it, how the value is given, and help.

/// How an option takes its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// No value: `-version`.
    Flag,
    /// The next argument: `-cp PATH`.
    Next,
    /// Next argument or after `=`: `--class-path PATH`, `--class-path=PATH`.
    NextOrEquals,
    /// The rest of the argument: `-Xmx512m`, `-Dname=value`.
    Glued,
    /// Nothing, or the rest after a colon: `-ea`, `-ea:pkg...`.
    OptionalColon,
}

/// What an option means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// Class path.
    ClassPath,
    /// Run a jar.
    Jar,
    /// Run a module's main class.
    Module,
    /// Module path.
    ModulePath,
    /// Upgrade module path.
    UpgradeModulePath,
    /// Root modules.
    AddModules,
    /// Module edges and openings.
    AddReads,
    /// Exports.
    AddExports,
    /// Opens.
    AddOpens,
    /// Limited module universe.
    LimitModules,
    /// Patches.
    PatchModule,
    /// Native access (accepted; checks are the class library's).
    EnableNativeAccess,
    /// System property.
    Property,
    /// Enable assertions.
    EnableAssertions,
    /// Disable assertions.
    DisableAssertions,
    /// Enable system assertions.
    EnableSystemAssertions,
    /// Disable system assertions.
    DisableSystemAssertions,
    /// Maximum heap.
    MaxHeap,
    /// Initial heap.
    InitialHeap,
    /// Thread stack.
    Stack,
    /// Interpreter only.
    Interpreter,
    /// Verification mode.
    Verify,
    /// Appended boot class path.
    BootAppend,
    /// Verbose output.
    Verbose,
    /// Unified logging.
    Log,
    /// Version, standard error.
    Version,
    /// Version, standard output.
    VersionOut,
    /// Version, then run; standard error.
    ShowVersion,
    /// Version, then run; standard output.
    ShowVersionOut,
    /// Help on standard error.
    Help,
    /// Help on standard output.
    HelpOut,
    /// JDK whose class library is used.
    Jdk,
    /// Dump of a class file.
    DumpClass,
    /// List of natives.
    PrintNatives,
    /// `-XX:` options.
    Extended,
    /// Preview features.
    EnablePreview,
    /// Accepted without effect here.
    Ignored,
}

/// One row of the table.
pub struct OptionRow {
    /// Spelling.
    pub name: &'static str,
    /// How the value is given.
    pub form: Form,
    /// Meaning.
    pub meaning: Meaning,
    /// Name of the value in help.
    pub value: &'static str,
    /// Help, one line; empty: not listed.
    pub help: &'static str,
}

const fn row(name: &'static str, form: Form, meaning: Meaning, value: &'static str, help: &'static str) -> OptionRow {
    OptionRow {
        name,
        form,
        meaning,
        value,
        help,
    }
}

/// The table. Longer spellings of glued options come before their prefixes.
pub const OPTIONS: &[OptionRow] = &[
    row(
        "-cp",
        Form::Next,
        Meaning::ClassPath,
        "<path>",
        "class search path of directories and jars, separated by :",
    ),
    row("-classpath", Form::Next, Meaning::ClassPath, "<path>", ""),
    row("--class-path", Form::NextOrEquals, Meaning::ClassPath, "<path>", ""),
    row("-jar", Form::Flag, Meaning::Jar, "", "run the main class of a jar"),
    row(
        "-m",
        Form::NextOrEquals,
        Meaning::Module,
        "<module>[/<class>]",
        "run the main class of a module",
    ),
    row(
        "--module",
        Form::NextOrEquals,
        Meaning::Module,
        "<module>[/<class>]",
        "",
    ),
    row("-p", Form::Next, Meaning::ModulePath, "<path>", "module search path"),
    row("--module-path", Form::NextOrEquals, Meaning::ModulePath, "<path>", ""),
    row(
        "--upgrade-module-path",
        Form::NextOrEquals,
        Meaning::UpgradeModulePath,
        "<path>",
        "",
    ),
    row(
        "--add-modules",
        Form::NextOrEquals,
        Meaning::AddModules,
        "<module>[,…]",
        "further root modules",
    ),
    row(
        "--add-reads",
        Form::NextOrEquals,
        Meaning::AddReads,
        "<module>=<target>[,…]",
        "let a module read others",
    ),
    row(
        "--add-exports",
        Form::NextOrEquals,
        Meaning::AddExports,
        "<module>/<package>=<target>[,…]",
        "export a package",
    ),
    row(
        "--add-opens",
        Form::NextOrEquals,
        Meaning::AddOpens,
        "<module>/<package>=<target>[,…]",
        "open a package",
    ),
    row(
        "--limit-modules",
        Form::NextOrEquals,
        Meaning::LimitModules,
        "<module>[,…]",
        "limit the observable modules",
    ),
    row(
        "--patch-module",
        Form::NextOrEquals,
        Meaning::PatchModule,
        "<module>=<path>",
        "put classes into a module",
    ),
    row(
        "--enable-native-access",
        Form::NextOrEquals,
        Meaning::EnableNativeAccess,
        "<module>[,…]",
        "",
    ),
    row("--illegal-access", Form::NextOrEquals, Meaning::Ignored, "<value>", ""),
    row(
        "--enable-preview",
        Form::Flag,
        Meaning::EnablePreview,
        "",
        "allow classes that depend on preview features",
    ),
    row(
        "-D",
        Form::Glued,
        Meaning::Property,
        "<name>=<value>",
        "set a system property",
    ),
    row(
        "-enableassertions",
        Form::OptionalColon,
        Meaning::EnableAssertions,
        "",
        "",
    ),
    row(
        "-ea",
        Form::OptionalColon,
        Meaning::EnableAssertions,
        "[:<package>...|:<class>]",
        "enable assertions",
    ),
    row(
        "-disableassertions",
        Form::OptionalColon,
        Meaning::DisableAssertions,
        "",
        "",
    ),
    row(
        "-da",
        Form::OptionalColon,
        Meaning::DisableAssertions,
        "[:<package>...|:<class>]",
        "disable assertions",
    ),
    row(
        "-enablesystemassertions",
        Form::Flag,
        Meaning::EnableSystemAssertions,
        "",
        "",
    ),
    row(
        "-esa",
        Form::Flag,
        Meaning::EnableSystemAssertions,
        "",
        "enable system assertions",
    ),
    row(
        "-disablesystemassertions",
        Form::Flag,
        Meaning::DisableSystemAssertions,
        "",
        "",
    ),
    row(
        "-dsa",
        Form::Flag,
        Meaning::DisableSystemAssertions,
        "",
        "disable system assertions",
    ),
    row("-Xmx", Form::Glued, Meaning::MaxHeap, "<size>", "maximum heap size"),
    row("-Xms", Form::Glued, Meaning::InitialHeap, "<size>", "initial heap size"),
    row(
        "-Xss",
        Form::Glued,
        Meaning::Stack,
        "<size>",
        "Java stack size of a thread",
    ),
    row("-ms", Form::Glued, Meaning::InitialHeap, "<size>", ""),
    row("-mx", Form::Glued, Meaning::MaxHeap, "<size>", ""),
    row("-ss", Form::Glued, Meaning::Stack, "<size>", ""),
    row("-Xint", Form::Flag, Meaning::Interpreter, "", "interpret only"),
    row("-Xmixed", Form::Flag, Meaning::Ignored, "", ""),
    row("-Xbatch", Form::Flag, Meaning::Ignored, "", ""),
    row("-Xrs", Form::Flag, Meaning::Ignored, "", ""),
    row("-Xshare:", Form::Glued, Meaning::Ignored, "", ""),
    row("-Xcheck:jni", Form::Flag, Meaning::Ignored, "", ""),
    row(
        "-Xverify:",
        Form::Glued,
        Meaning::Verify,
        "none|remote|all",
        "which classes are verified",
    ),
    row(
        "-Xbootclasspath/a:",
        Form::Glued,
        Meaning::BootAppend,
        "<path>",
        "append to the boot class path",
    ),
    row(
        "-verbose",
        Form::OptionalColon,
        Meaning::Verbose,
        "[:class|:gc]",
        "log class loading or collections",
    ),
    row(
        "-Xlog",
        Form::OptionalColon,
        Meaning::Log,
        "[:<what>]",
        "unified logging",
    ),
    row(
        "-version",
        Form::Flag,
        Meaning::Version,
        "",
        "print the version to standard error and exit",
    ),
    row(
        "--version",
        Form::Flag,
        Meaning::VersionOut,
        "",
        "print the version to standard output and exit",
    ),
    row(
        "-showversion",
        Form::Flag,
        Meaning::ShowVersion,
        "",
        "print the version and continue",
    ),
    row("--show-version", Form::Flag, Meaning::ShowVersionOut, "", ""),
    row("-help", Form::Flag, Meaning::Help, "", "print this help"),
    row("-h", Form::Flag, Meaning::Help, "", ""),
    row("-?", Form::Flag, Meaning::Help, "", ""),
    row("--help", Form::Flag, Meaning::HelpOut, "", ""),
    row(
        "--jdk",
        Form::NextOrEquals,
        Meaning::Jdk,
        "<home>",
        "JDK whose class library is used",
    ),
    row(
        "--dump-class",
        Form::NextOrEquals,
        Meaning::DumpClass,
        "<file>",
        "print a class file and exit",
    ),
    row(
        "--print-natives",
        Form::Flag,
        Meaning::PrintNatives,
        "",
        "list the native methods the VM has and exit",
    ),
    row("-XX:", Form::Glued, Meaning::Extended, "<option>", ""),
    row("-server", Form::Flag, Meaning::Ignored, "", ""),
    row("-client", Form::Flag, Meaning::Ignored, "", ""),
    row("-d64", Form::Flag, Meaning::Ignored, "", ""),
];

/// `-XX:` options that mean something here: (name, boolean?, help).
pub const EXTENDED: &[(&str, bool, &str)] = &[
    ("GCStressInterval", false, "collect at every n-th allocation"),
    ("VerifyAfterGC", true, "verify the heap after each collection"),
    ("MaxHeapSize", false, "as -Xmx"),
    ("InitialHeapSize", false, "as -Xms"),
    ("ThreadStackSize", false, "as -Xss, in KiB"),
    ("MaxMetaspaceSize", false, "size of the method area"),
    ("MaxJavaStackTraceDepth", false, "frames kept in a stack trace"),
    ("ProfileThreshold", false, "invocations before a method is profiled"),
];
