//! `cargo xtask`: everything a developer or a CI machine does with this repository beyond `cargo build`.
//!
//! It drives the VM only from outside, through its command line: nothing here may depend on the runtime's crates (the
//! class-file parser and the format of packages are leaves, and are used).

mod args;
mod bench;
mod call_sites;
mod conformance;
mod demo;
mod fuzz;
mod guest;
mod jdk;
mod kernel;
mod natives;
mod paths;
mod process;
mod qemu;
mod random_java;
mod setup;
mod soak;
mod suites;
mod test_command;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  setup                       install, or say how to install, what the other commands need
  demo                        build, then run a jar and a short show
  test [options]              format, lints, cargo tests, then every data-driven suite
      --suite a,b             only these (see --list)
      --filter TEXT           only cases whose name contains TEXT
      --vm PATH               test this binary instead of building target/release/peaberry
      --jobs N                cases at a time (default: the number of processors)
      --list                  print the suites
  bless [--filter TEXT] [--suite java|bad-input]   rewrite the expected outputs from HotSpot
  bless --suite jit [--filter TEXT]   rewrite the SSA that the compiler's file tests expect
  natives [--write] [--vm PATH]   native methods with and without a row; --write: stdlib/COVERAGE.md
  bench [options]             Peaberry and HotSpot in turn, against benches/budget.toml
      --filter TEXT           only programs whose name contains TEXT
      --runs N                runs of each, of which the median counts (default 3)
      --quick                 small inputs
      --are-we-fast-yet DIR   its Java benchmarks, too: a checkout of github.com/smarr/are-we-fast-yet
      --record                write benches/RESULTS.md
      --vm PATH               as for test
  conformance --tree DIR --list FILE --runner SCRIPT [--vm PATH] [--jobs N] [--timeout-factor N] [--json FILE] [--work DIR]
                              OpenJDK's jtreg tests: hands them to a runner of yours (see CONTRIBUTING.md)
  fuzz [--seconds N] [--target NAME]   the fuzz targets of tests/fuzz for N seconds each (default 60)
  soak [--minutes N] [--vm PATH]   HTTP, threads, class loaders, files: answers checked, memory watched (default 60)
  rounds [--rounds N] [--kills N] [--guests N] [--vm PATH]
                              guests that come and go, are killed, and run beside each other: nothing is left behind, their
                              memory is counted (default 100, 100, 32)
  random-java [--programs N] [--seed S] [--vm PATH] [--modes int,comp/4,mixed] [--options TEXT] [--batch N] [--reduce]
                              random programs on HotSpot and on Peaberry in each mode; a program that differs is kept
  guest [--vm PATH]           build the program that `peaberry boot` runs, and the kernel below, beside the command
  kernel [--vm PATH]          build the kernel that images carry for QEMU, beside the command
  tidy                        file lengths, leftovers, undocumented unsafe
";

fn main() -> ExitCode {
    process::hand_on_no_ignored_signals();
    let mut args = args::Args::from_env();
    let command = args.positional().unwrap_or_default();
    let result = match command.as_str() {
        "setup" => args.finish().and_then(|()| setup::run()),
        "test" => test_command::run(args),
        "bless" => suites::bless(args),
        "natives" => natives::run(args),
        "demo" => args.finish().and_then(|()| demo::run()),
        "conformance" => conformance::run(args),
        "fuzz" => fuzz::run(args),
        "soak" => soak::run(args),
        "rounds" => suites::unikernel_rounds::run(args),
        "random-java" => random_java::run(args),
        "bench" => bench::run(args),
        "guest" => args
            .option("--vm")
            .and_then(|vm| args.finish().map(|()| vm.map_or_else(paths::release_vm, PathBuf::from)))
            .and_then(|vm| Ok([guest::build(&vm)?, kernel::build(&vm)?]))
            .map(|built| built.iter().for_each(|file| println!("{}", file.display()))),
        "kernel" => args
            .option("--vm")
            .and_then(|vm| args.finish().map(|()| vm.map_or_else(paths::release_vm, PathBuf::from)))
            .and_then(|vm| kernel::build(&vm))
            .map(|kernel| println!("{}", kernel.display())),
        "tidy" => args.finish().and_then(|()| tidy::run()),
        "" | "help" | "--help" | "-h" => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        other => Err(format!("unknown command `{other}`\n\n{USAGE}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// What every command returns: nothing, or the text to print before a failing exit.
pub type Outcome<T = ()> = Result<T, String>;
