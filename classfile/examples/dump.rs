//! Dumps class files: `cargo run -p peaberry-classfile --example dump -- Hello.class …`

use peaberry_classfile::{ParseOptions, dump, parse};
use std::process::ExitCode;

fn main() -> ExitCode {
    for path in std::env::args().skip(1) {
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                eprintln!("{path}: {error}");
                return ExitCode::FAILURE;
            }
        };
        match parse(
            &bytes,
            &ParseOptions {
                allow_module: true,
                ..ParseOptions::default()
            },
        ) {
            Ok(class) => print!("{}", dump::dump(&class)),
            Err(error) => {
                eprintln!("{path}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
