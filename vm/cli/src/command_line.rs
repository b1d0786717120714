//! From arguments to a run configuration, in the grammar of HotSpot's launcher.

use crate::options::{EXTENDED, Form, Meaning, OPTIONS, OptionRow};
use peaberry::{LaunchTarget, VerifyMode, VmBuilder};
use std::path::PathBuf;

/// What to do.
#[derive(Debug)]
pub enum Action {
    /// Run a program.
    Run(LaunchTarget),
    /// Print the version (to standard output?) and exit.
    Version(bool),
    /// Print help (to standard output?) and exit.
    Help(bool),
    /// Dump a class file.
    DumpClass(PathBuf),
    /// List natives.
    PrintNatives,
}

/// A parsed command line.
pub struct CommandLine {
    /// What to do.
    pub action: Action,
    /// The VM to make.
    pub builder: VmBuilder,
    /// Show the version first: to standard output?
    pub show_version: Option<bool>,
    /// Arguments of the program.
    pub arguments: Vec<String>,
}

/// A command line that cannot be run: lines for standard error.
#[derive(Debug)]
pub struct UsageError(pub String);

fn usage(text: impl Into<String>) -> UsageError {
    UsageError(text.into())
}

const CREATE_FAILED: &str = "Error: Could not create the Java Virtual Machine.\n\
    Error: A fatal exception has occurred. Program will exit.";

fn refused(text: impl AsRef<str>) -> UsageError {
    UsageError(format!("{}\n{CREATE_FAILED}", text.as_ref()))
}

/// Parses a memory size as HotSpot does: digits and an optional k, m, g or t.
pub fn parse_size(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match &text[digits.len()..] {
        "" => 0,
        "k" | "K" => 10,
        "m" | "M" => 20,
        "g" | "G" => 30,
        "t" | "T" => 40,
        _ => return None,
    };
    let number: u64 = digits.parse().ok()?;
    number.checked_mul(1 << shift)
}

/// Expands `@file` arguments of the launcher's part of the command line.
fn expand(arguments: Vec<String>) -> Result<Vec<String>, UsageError> {
    let mut out = Vec::new();
    let mut launcher = true;
    let mut skip_value = false;
    for argument in arguments {
        if launcher
            && !skip_value
            && let Some(file) = argument.strip_prefix('@')
        {
            if let Some(literal) = file.strip_prefix('@') {
                out.push(format!("@{literal}"));
                launcher = false;
                continue;
            }
            let text = std::fs::read_to_string(file).map_err(|_| usage(format!("Error: could not open `{file}'")))?;
            let words = split_argument_file(&text);
            launcher = !words.iter().any(|w| !w.starts_with('-') && !w.starts_with('@'));
            out.extend(words);
            continue;
        }
        if skip_value {
            skip_value = false;
        } else if launcher {
            if !argument.starts_with('-') {
                launcher = false;
            } else if matches!(find(&argument), Some((row, None)) if matches!(row.form, Form::Next | Form::NextOrEquals))
            {
                skip_value = true;
            }
        }
        out.push(argument);
    }
    Ok(out)
}

/// Splits an argument file: white space separates, quotes group, `#` begins a comment, a backslash escapes in quotes.
fn split_argument_file(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars().peekable();
    let mut quote: Option<char> = None;
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), '\\') => match chars.next() {
                Some('n') => word.get_or_insert_default().push('\n'),
                Some('r') => word.get_or_insert_default().push('\r'),
                Some('t') => word.get_or_insert_default().push('\t'),
                Some('f') => word.get_or_insert_default().push('\u{c}'),
                Some('\n') => {
                    while chars.peek().is_some_and(|c| *c == ' ' || *c == '\t') {
                        chars.next();
                    }
                }
                Some(other) => word.get_or_insert_default().push(other),
                None => {}
            },
            (Some(_), _) => word.get_or_insert_default().push(c),
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => {
                while chars.peek().is_some_and(|c| *c != '\n') {
                    chars.next();
                }
            }
            (None, _) if c.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// Finds an argument's row and the value glued to it.
fn find(argument: &str) -> Option<(&'static OptionRow, Option<&str>)> {
    OPTIONS.iter().find_map(|row| match row.form {
        Form::Flag | Form::Next => (argument == row.name).then_some((row, None)),
        Form::NextOrEquals if argument == row.name => Some((row, None)),
        Form::NextOrEquals => {
            let value = argument.strip_prefix(row.name)?.strip_prefix('=')?;
            row.name.starts_with("--").then_some((row, Some(value)))
        }
        Form::Glued => argument.strip_prefix(row.name).map(|value| (row, Some(value))),
        Form::OptionalColon if argument == row.name => Some((row, None)),
        Form::OptionalColon => argument
            .strip_prefix(row.name)?
            .strip_prefix(':')
            .map(|value| (row, Some(value))),
    })
}

/// Expands `dir/*` entries of a class path into the jars of the directory.
fn expand_wildcards(path: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    for entry in path.split(':') {
        let directory = match entry.strip_suffix('*') {
            Some("") => Some("."),
            Some(directory) if directory.ends_with('/') => Some(directory),
            _ => None,
        };
        let Some(directory) = directory else {
            out.push(entry.to_owned());
            continue;
        };
        let Ok(files) = std::fs::read_dir(directory) else {
            out.push(entry.to_owned());
            continue;
        };
        let prefix = entry.strip_suffix('*').unwrap_or_default();
        let jars = files.flatten().filter_map(|f| f.file_name().into_string().ok());
        out.extend(
            jars.filter(|n| n.ends_with(".jar") || n.ends_with(".JAR"))
                .map(|n| format!("{prefix}{n}")),
        );
    }
    out.join(":")
}

/// Counters of the numbered `jdk.module.*` properties.
#[derive(Default)]
struct Numbered {
    modules: usize,
    reads: usize,
    exports: usize,
    opens: usize,
    patches: usize,
    native_access: usize,
}

/// Parses the arguments (without the program's name).
pub fn parse(arguments: Vec<String>) -> Result<CommandLine, UsageError> {
    let mut all = match std::env::var("JDK_JAVA_OPTIONS") {
        Ok(text) => {
            eprintln!("NOTE: Picked up JDK_JAVA_OPTIONS: {text}");
            split_argument_file(&text)
        }
        Err(_) => Vec::new(),
    };
    all.extend(arguments);
    let arguments = expand(all)?;
    let mut builder = VmBuilder::new();
    let mut class_path: Option<String> = std::env::var("CLASSPATH").ok();
    let mut numbered = Numbered::default();
    let mut jar = false;
    let mut module: Option<String> = None;
    let mut show_version = None;
    let mut action = None;
    let mut input_arguments = Vec::new();
    let mut rest = arguments.into_iter().peekable();
    while let Some(argument) = rest.next_if(|a| a.starts_with('-') && a != "-") {
        input_arguments.push(argument.clone());
        let Some((row, glued)) = find(&argument) else {
            return Err(refused(format!("Unrecognized option: {argument}")));
        };
        let value = match (row.form, glued) {
            (_, Some(value)) => value.to_owned(),
            (Form::Next | Form::NextOrEquals, None) => match rest.next() {
                Some(value) => value,
                None => {
                    let what = match row.meaning {
                        Meaning::ClassPath => "requires class path specification",
                        Meaning::Module => "requires module name",
                        _ => "requires an argument",
                    };
                    return Err(usage(format!("Error: {} {what}", row.name)));
                }
            },
            _ => String::new(),
        };
        match row.meaning {
            Meaning::ClassPath => class_path = Some(expand_wildcards(&value)),
            Meaning::Jar => jar = true,
            Meaning::Module => {
                module = Some(value);
                break;
            }
            Meaning::ModulePath => builder = builder.property("jdk.module.path", value),
            Meaning::UpgradeModulePath => builder = builder.property("jdk.module.upgrade.path", value),
            Meaning::AddModules => {
                builder = builder.property(format!("jdk.module.addmods.{}", numbered.modules), value);
                numbered.modules += 1;
            }
            Meaning::AddReads => {
                builder = builder.property(format!("jdk.module.addreads.{}", numbered.reads), value);
                numbered.reads += 1;
            }
            Meaning::AddExports => {
                builder = builder.property(format!("jdk.module.addexports.{}", numbered.exports), value);
                numbered.exports += 1;
            }
            Meaning::AddOpens => {
                builder = builder.property(format!("jdk.module.addopens.{}", numbered.opens), value);
                numbered.opens += 1;
            }
            Meaning::LimitModules => builder = builder.property("jdk.module.limitmods", value),
            Meaning::PatchModule => {
                let Some((name, path)) = value.split_once('=') else {
                    return Err(refused("Missing '=' in --patch-module specification"));
                };
                let entries = path.split(':').map(PathBuf::from).collect();
                builder = builder.patch_module(name, entries);
                builder = builder.property(format!("jdk.module.patch.{}", numbered.patches), value.clone());
                numbered.patches += 1;
            }
            Meaning::EnableNativeAccess => {
                builder = builder.property(
                    format!("jdk.module.enable.native.access.{}", numbered.native_access),
                    value,
                );
                numbered.native_access += 1;
            }
            Meaning::EnablePreview => builder = builder.property("jdk.internal.preview.enabled", "true"),
            Meaning::Property => {
                let (name, text) = value.split_once('=').unwrap_or((&value, ""));
                if name.is_empty() {
                    continue;
                }
                builder = builder.property(name, text);
            }
            Meaning::EnableAssertions | Meaning::DisableAssertions => {
                let enabled = row.meaning == Meaning::EnableAssertions;
                builder = match value.as_str() {
                    "" => builder.assertions(enabled),
                    scope => match scope.strip_suffix("...") {
                        Some(package) => builder.assertion_scope(package, true, enabled),
                        None => builder.assertion_scope(scope, false, enabled),
                    },
                };
            }
            Meaning::EnableSystemAssertions => builder = builder.system_assertions(true),
            Meaning::DisableSystemAssertions => builder = builder.system_assertions(false),
            Meaning::MaxHeap => {
                let size =
                    parse_size(&value).ok_or_else(|| refused(format!("Invalid maximum heap size: {argument}")))?;
                builder = builder.max_heap(size as usize);
            }
            Meaning::InitialHeap => {
                let size =
                    parse_size(&value).ok_or_else(|| refused(format!("Invalid initial heap size: {argument}")))?;
                builder = builder.initial_heap(size as usize);
            }
            Meaning::Stack => {
                let size =
                    parse_size(&value).ok_or_else(|| refused(format!("Invalid thread stack size: {argument}")))?;
                if size > 1 << 30 {
                    return Err(refused(format!(
                        "Invalid thread stack size: {argument}\nThe specified size exceeds the maximum representable size."
                    )));
                }
                builder = builder.stack(size as usize);
            }
            Meaning::Interpreter | Meaning::Ignored => {}
            Meaning::Verify => {
                builder = builder.verify(match value.as_str() {
                    "none" => VerifyMode::None,
                    "remote" => VerifyMode::Remote,
                    "all" => VerifyMode::All,
                    _ => return Err(refused(format!("Unrecognized verification option: {argument}"))),
                });
            }
            Meaning::BootAppend => builder = builder.boot_append(value.split(':').map(PathBuf::from)),
            Meaning::Verbose => {
                builder = match value.as_str() {
                    "" | "class" => builder.log("class+load"),
                    "gc" => builder.log("gc"),
                    "jni" | "module" => builder,
                    _ => return Err(refused(format!("Unrecognized option: {argument}"))),
                };
            }
            Meaning::Log => builder = builder.log(value),
            Meaning::Version => action = Some(Action::Version(false)),
            Meaning::VersionOut => action = Some(Action::Version(true)),
            Meaning::ShowVersion => show_version = Some(false),
            Meaning::ShowVersionOut => show_version = Some(true),
            Meaning::Help => action = Some(Action::Help(false)),
            Meaning::HelpOut => action = Some(Action::Help(true)),
            Meaning::Jdk => builder = builder.jdk(value),
            Meaning::DumpClass => action = Some(Action::DumpClass(PathBuf::from(value))),
            Meaning::PrintNatives => action = Some(Action::PrintNatives),
            Meaning::Extended => builder = extended(builder, &value)?,
        }
        if matches!(action, Some(Action::Version(_) | Action::Help(_))) {
            break;
        }
    }
    let mut arguments: Vec<String> = rest.collect();
    let action = match (action, module) {
        (Some(action), _) => action,
        (None, Some(module)) => {
            builder = builder.property("jdk.module.main", module.split('/').next().unwrap_or_default());
            if let Some(path) = &class_path {
                builder = builder.class_path(path);
            }
            Action::Run(LaunchTarget::Module(module))
        }
        (None, None) if arguments.is_empty() => {
            if jar {
                return Err(usage("Error: -jar requires jar file specification"));
            }
            Action::Help(false)
        }
        (None, None) => {
            let what = arguments.remove(0);
            if jar {
                builder = builder.class_path(&what);
                Action::Run(LaunchTarget::Jar(what))
            } else {
                builder = builder.class_path(class_path.as_deref().unwrap_or("."));
                Action::Run(LaunchTarget::Class(what))
            }
        }
    };
    builder = builder.input_arguments(input_arguments);
    Ok(CommandLine {
        action,
        builder,
        show_version,
        arguments,
    })
}

/// Applies a `-XX:` option; those without a meaning here are accepted.
fn extended(builder: VmBuilder, option: &str) -> Result<VmBuilder, UsageError> {
    let (name, value, switch) = match option.split_at_checked(1) {
        Some(("+", name)) => (name, "", Some(true)),
        Some(("-", name)) => (name, "", Some(false)),
        _ => match option.split_once('=') {
            Some((name, value)) => (name, value, None),
            None => (option, "", None),
        },
    };
    let Some((_, boolean, _)) = EXTENDED.iter().find(|(n, _, _)| *n == name) else {
        return Ok(builder);
    };
    if *boolean {
        let Some(on) = switch else {
            return Err(refused(format!("Missing +/- setting for VM option '{name}'")));
        };
        return Ok(if name == "VerifyAfterGC" {
            builder.verify_after_gc(on)
        } else {
            builder
        });
    }
    if switch.is_some() {
        return Err(refused(format!("Unexpected +/- setting in VM option '{name}={value}'")));
    }
    let number =
        parse_size(value).ok_or_else(|| refused(format!("Improperly specified VM option '{name}={value}'")))?;
    Ok(match name {
        "GCStressInterval" => builder.gc_stress_interval(number),
        "MaxHeapSize" => builder.max_heap(number as usize),
        "InitialHeapSize" => builder.initial_heap(number as usize),
        "ThreadStackSize" => builder.stack((number as usize).min(1 << 20) << 10),
        "MaxMetaspaceSize" => builder.method_area(number as usize),
        "MaxJavaStackTraceDepth" => builder.max_stack_trace_depth(number as usize),
        _ => builder.profile_threshold(number.min(u64::from(u32::MAX)) as u32),
    })
}

/// The help text, made from the table.
pub fn help() -> String {
    let mut text = String::from(
        "Usage: peaberry [options] <mainclass> [args...]\n           (to execute a class)\n   \
         or  peaberry [options] -jar <jarfile> [args...]\n           (to execute a jar file)\n   \
         or  peaberry [options] -m <module>[/<mainclass>] [args...]\n           (to execute the main class in a module)\n\n \
         where options include:\n\n",
    );
    for row in OPTIONS.iter().filter(|r| !r.help.is_empty()) {
        let spacing = if matches!(row.form, Form::Next | Form::NextOrEquals) {
            " "
        } else {
            ""
        };
        text.push_str(&format!(
            "    {}{spacing}{}\n                  {}\n",
            row.name, row.value, row.help
        ));
    }
    text.push_str("\n -XX options with a meaning here:\n\n");
    for (name, boolean, help) in EXTENDED {
        let form = if *boolean {
            format!("-XX:+{name}")
        } else {
            format!("-XX:{name}=<n>")
        };
        text.push_str(&format!("    {form}\n                  {help}\n"));
    }
    text
}
