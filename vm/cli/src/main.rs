//! The `peaberry` command: a `java`-compatible launcher, a thin client of the embedding API.

mod command_line;
mod jar;
mod options;

use command_line::{Action, CommandLine, UsageError};
use std::io::Write;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|a| a.to_string_lossy().into_owned())
        .collect();
    match command_line::parse(arguments) {
        Ok(command_line) => run(command_line),
        Err(UsageError(text)) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

fn run(command_line: CommandLine) -> ExitCode {
    let CommandLine {
        action,
        builder,
        show_version,
        arguments,
    } = command_line;
    match action {
        Action::Help(to_stdout) => {
            if to_stdout {
                print_out([command_line::help()])
            } else {
                eprint!("{}", command_line::help());
                ExitCode::from(u8::from(
                    !std::env::args().any(|a| a == "-help" || a == "-h" || a == "-?"),
                ))
            }
        }
        Action::DumpClass(path) => dump_class(&path),
        Action::PrintNatives => {
            let rows = peaberry::native_rows();
            print_out(rows.map(|row| {
                let versions = row.versions;
                let (class, name, descriptor) = (row.class, row.name, row.descriptor);
                format!(
                    "{class}\t{name}\t{descriptor}\t{}\t{}\n",
                    versions.since, versions.until
                )
            }))
        }
        Action::Version(to_stdout) => peaberry::launch(
            builder.handle_signals(true).exit_process(true),
            peaberry::LaunchTarget::Version { to_stdout },
            &[],
            None,
        ),
        Action::Run(target) => {
            if let peaberry::LaunchTarget::Jar(path) = &target
                && let Err(text) = jar::check(path)
            {
                eprintln!("{text}");
                return ExitCode::FAILURE;
            }
            let builder = builder.handle_signals(true).exit_process(true);
            peaberry::launch(builder, target, &arguments, show_version)
        }
    }
}

/// Prints to standard output, whose reader may have gone away.
fn print_out(texts: impl IntoIterator<Item = String>) -> ExitCode {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let written = texts.into_iter().try_for_each(|text| out.write_all(text.as_bytes()));
    match written.and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
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
        Ok(class) => print_out([peaberry_classfile::dump::dump(&class)]),
        Err(error) => {
            eprintln!("Error: {}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}
