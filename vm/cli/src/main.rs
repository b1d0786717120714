//! The `peaberry` command: a `java`-compatible launcher, a thin client of the embedding API.

mod command_line;
mod options;

use command_line::{Action, CommandLine, UsageError};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
    match command_line::parse(arguments) {
        Ok(command_line) => run(command_line),
        Err(UsageError(text)) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

fn run(command_line: CommandLine) -> ExitCode {
    let CommandLine { action, builder, show_version, arguments } = command_line;
    match action {
        Action::Help(to_stdout) => {
            if to_stdout {
                print!("{}", command_line::help());
                ExitCode::SUCCESS
            } else {
                eprint!("{}", command_line::help());
                ExitCode::from(u8::from(!std::env::args().any(|a| a == "-help" || a == "-h" || a == "-?")))
            }
        }
        Action::DumpClass(path) => dump_class(&path),
        Action::PrintNatives => {
            for row in peaberry::native_rows() {
                println!("{}\t{}\t{}\t{}\t{}", row.class, row.name, row.descriptor, row.versions.since, row.versions.until);
            }
            ExitCode::SUCCESS
        }
        Action::Version(to_stdout) => peaberry::launch(builder.handle_signals(true).exit_process(true), peaberry::LaunchTarget::Version { to_stdout }, &[], None),
        Action::Run(target) => peaberry::launch(builder.handle_signals(true).exit_process(true), target, &arguments, show_version),
    }
}

fn dump_class(path: &std::path::Path) -> ExitCode {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("Error: cannot read {}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    };
    match peaberry_classfile::parse(&bytes, &peaberry_classfile::ParseOptions::default()) {
        Ok(class) => {
            print!("{}", peaberry_classfile::dump::dump(&class));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("Error: {}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}
