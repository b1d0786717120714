//! The `peaberry` command: a `java`-compatible launcher, a thin client of the embedding API.

#![cfg_attr(not(any(feature = "monitor", test)), no_main)]

mod argument_files;
#[cfg(feature = "monitor")]
mod boot;
#[cfg(feature = "monitor")]
mod boot_file;
#[cfg(not(feature = "monitor"))]
mod call_sites;
mod class_path;
mod command_line;
mod exit_code;
mod flags;
#[cfg(feature = "monitor")]
mod granted_paths;
#[cfg(not(any(feature = "monitor", test)))]
mod guest_main;
#[cfg(feature = "monitor")]
mod guests;
mod home;
#[cfg(feature = "monitor")]
mod image;
mod jar;
mod options;
#[cfg(feature = "monitor")]
mod registry;
mod tools;
mod vm_arguments;

use command_line::{Action, CommandLine};
use exit_code::ExitCode;
use peaberry::{Launch, LaunchTarget, VmBuilder};
use std::io::Write;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What runs a command with its arguments.
type Run = fn(Vec<String>) -> ExitCode;

/// What the command does besides launching programs, by its first argument.
#[cfg(feature = "monitor")]
const COMMANDS: &[(&str, Run)] = &[
    ("boot", boot::run),
    ("image", image::run),
    ("ps", guests::list),
    ("stop", guests::stop),
];
#[cfg(not(feature = "monitor"))]
const COMMANDS: &[(&str, Run)] = &[
    ("boot", without_monitor),
    ("image", without_monitor),
    ("ps", without_monitor),
    ("stop", without_monitor),
];

/// Answers commands about guests in a build that has none.
#[cfg(not(feature = "monitor"))]
fn without_monitor(_: Vec<String>) -> ExitCode {
    eprintln!("Error: this build of peaberry, for the inside of a guest, has no monitor");
    exit_code::FAILURE
}

#[cfg(any(feature = "monitor", test))]
fn main() -> std::process::ExitCode {
    command().into()
}

/// Does what the command line asks for.
fn command() -> ExitCode {
    let mut arguments = std::env::args_os().map(|a| a.to_string_lossy().into_owned());
    let called_as = arguments.next().unwrap_or_default();
    let program = called_as
        .rsplit('/')
        .next()
        .filter(|name| !name.is_empty())
        .unwrap_or("peaberry");
    let arguments: Vec<String> = arguments.collect();
    let command = arguments.first().filter(|_| !tools::is_tool(program));
    if let Some(run) = command.and_then(|name| COMMANDS.iter().find(|row| row.0 == name)) {
        return run.1(arguments.into_iter().skip(1).collect());
    }
    let parsed = if tools::is_tool(program) {
        command_line::parse_tool(program, arguments)
    } else {
        command_line::parse(program, arguments)
    };
    match parsed {
        Ok(command_line) => run(command_line),
        Err(text) => {
            eprintln!("{text}");
            exit_code::FAILURE
        }
    }
}

fn run(command_line: CommandLine) -> ExitCode {
    let CommandLine {
        action,
        vm_options,
        jdk,
    } = command_line;
    match action {
        Action::Launch(launch) => launch_vm(*launch, &vm_options, jdk),
        Action::FullVersion(to_stdout) => full_version(to_stdout, jdk),
        Action::DumpClass(path) => dump_class(&path),
        Action::MakeHome(directory) => match home::make(&directory, jdk) {
            Ok(text) => print_out([text]),
            Err(text) => {
                eprintln!("Error: {text}");
                exit_code::FAILURE
            }
        },
        Action::PrintNatives => print_out(peaberry::native_rows().map(|row| {
            let (class, name, descriptor) = (row.class, row.name, row.descriptor);
            format!(
                "{class}\t{name}\t{descriptor}\t{}\t{}\n",
                row.versions.since, row.versions.until
            )
        })),
    }
}

fn launch_vm(launch: Launch, vm_options: &[String], jdk: Option<std::path::PathBuf>) -> ExitCode {
    if let Some(LaunchTarget::Jar(path)) = &launch.target
        && let Err(text) = jar::check(path)
    {
        eprintln!("{text}");
        return exit_code::FAILURE;
    }
    let mut builder = VmBuilder::new().handle_signals(true).exit_process(true);
    if let Some(home) = jdk {
        builder = builder.jdk(home);
    }
    match vm_arguments::apply(builder, vm_options) {
        Ok(builder) => peaberry::launch(builder, launch),
        Err(refusal) => refusal.report(),
    }
}

/// `-fullversion`: what the JDK's `release` file says, no VM being needed.
fn full_version(to_stdout: bool, jdk: Option<std::path::PathBuf>) -> ExitCode {
    let home = jdk.or_else(peaberry::find_jdk);
    let version = home.and_then(|home| peaberry::release_value(&home, "JAVA_RUNTIME_VERSION"));
    match version {
        Some(version) if to_stdout => print_out([format!("openjdk {version}\n")]),
        Some(version) => {
            eprintln!("openjdk full version \"{version}\"");
            exit_code::SUCCESS
        }
        None => {
            eprintln!("Error: no class library found: give a JDK's home with --jdk, PEABERRY_JDK or JAVA_HOME");
            exit_code::FAILURE
        }
    }
}

/// Prints to standard output, whose reader may have gone away.
fn print_out(texts: impl IntoIterator<Item = String>) -> ExitCode {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let written = texts.into_iter().try_for_each(|text| out.write_all(text.as_bytes()));
    match written.and_then(|()| out.flush()) {
        Ok(()) => exit_code::SUCCESS,
        Err(_) => exit_code::FAILURE,
    }
}

fn dump_class(path: &std::path::Path) -> ExitCode {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("Error: cannot read {}: {error}", path.display());
            return exit_code::FAILURE;
        }
    };
    match peaberry_classfile::parse(&bytes, &peaberry_classfile::ParseOptions::default()) {
        Ok(class) => print_out([peaberry_classfile::dump::dump(&class)]),
        Err(error) => {
            eprintln!("Error: {}: {error}", path.display());
            exit_code::FAILURE
        }
    }
}
