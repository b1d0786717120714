//! The launcher's part of the command line, in the order and words of `java`'s.

use crate::argument_files::Expander;
use crate::class_path::expand_wildcards;
use crate::options::{Form, Launcher, Meaning, find_launcher};
use peaberry::{Help, Launch, LaunchTarget, Settings, VersionRequest};
use std::path::PathBuf;

/// What to do.
pub enum Action {
    /// Make a VM and let it do something.
    Launch(Box<Launch>),
    /// Print the full version (to standard output?) and exit.
    FullVersion(bool),
    /// Dump a class file.
    DumpClass(PathBuf),
    /// List natives.
    PrintNatives,
    /// Make a JAVA_HOME.
    MakeHome(PathBuf),
}

/// A parsed command line.
pub struct CommandLine {
    /// What to do.
    pub action: Action,
    /// Options for the VM, in order.
    pub vm_options: Vec<String>,
    /// The JDK whose class library is used, if given.
    pub jdk: Option<PathBuf>,
}

/// How `java` runs what it runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Unknown,
    Class,
    Jar,
    Module,
    Source,
}

/// Parses the arguments (without the program's name). An error is what to print before exit code 1.
pub fn parse(program: &str, arguments: Vec<String>) -> Result<CommandLine, String> {
    let mut expander = Expander::default();
    expander.variable("JDK_JAVA_OPTIONS")?;
    for argument in arguments {
        expander.command_line(argument)?;
    }
    let mut parser = Parser::new(program);
    parser.run(expander.arguments)
}

/// Parses the arguments of one of the JDK's tools: `@` files and `JDK_JAVA_OPTIONS` are not the launcher's here.
pub fn parse_tool(program: &str, arguments: Vec<String>) -> Result<CommandLine, String> {
    let arguments = crate::tools::command_line(program, arguments)?;
    Parser::new(program).run(arguments)
}

struct Parser {
    mode: Mode,
    pending: Option<Action>,
    module: Option<String>,
    to_stdout: bool,
    settings: Option<String>,
    vm_options: Vec<String>,
    jdk: Option<PathBuf>,
    launch: Launch,
}

impl Parser {
    fn new(program: &str) -> Parser {
        // An explicit class path comes later and wins.
        let class_path = std::env::var_os("CLASSPATH").map(|path| expand_wildcards(&path.to_string_lossy()));
        Parser {
            mode: Mode::Unknown,
            pending: None,
            module: None,
            to_stdout: false,
            settings: None,
            vm_options: class_path.iter().map(|path| class_path_option(path)).collect(),
            jdk: None,
            launch: Launch {
                program: program.to_owned(),
                own_help: crate::options::OWN_HELP,
                ..Launch::default()
            },
        }
    }

    fn run(&mut self, arguments: Vec<String>) -> Result<CommandLine, String> {
        let mut rest = arguments.into_iter().peekable();
        let mut stopped = false;
        while !stopped && let Some(argument) = rest.next_if(|a| a.starts_with('-')) {
            let Some((row, glued)) = find_launcher(&argument) else {
                self.vm_options.push(argument);
                continue;
            };
            let value = match (row.form, glued) {
                (_, Some(value)) => Some(value.to_owned()),
                // A value that looks like an option is taken for a forgotten one.
                (Form::Next | Form::NextOrEquals, None) => rest.next_if(|value| !value.starts_with('-')),
                _ => None,
            };
            let required =
                |value: Option<String>| value.ok_or_else(|| format!("Error: {} requires {}", row.name, row.requires));
            match row.meaning {
                Meaning::Pass(spelling) => self.vm_options.push(spelling.to_owned()),
                Meaning::PassValue(spelling) => self.vm_options.push(format!("{spelling}{}", required(value)?)),
                Meaning::Unsupported => eprintln!("Warning: {argument} option is no longer supported."),
                Meaning::Launcher(Launcher::ModuleOption) => {
                    let value = required(value)?;
                    if value.is_empty() {
                        return Err(format!("Error: {}= requires modules to be specified", row.name));
                    }
                    self.vm_options.push(format!("{}={value}", row.name));
                }
                Meaning::Launcher(launcher) => match self.own(launcher, &argument, value, row.requires)? {
                    Next::Go => {}
                    Next::Stop => stopped = true,
                    Next::Act(action) => return Ok(self.finish(action)),
                },
                Meaning::Vm(_) => {}
            }
        }
        if let Some(action) = self.pending.take() {
            return Ok(self.finish(action));
        }
        self.target(rest.collect())
    }

    /// An option the launcher itself obeys.
    fn own(
        &mut self,
        launcher: Launcher,
        argument: &str,
        value: Option<String>,
        requires: &str,
    ) -> Result<Next, String> {
        let present = |value: Option<String>| value.ok_or_else(|| format!("Error: {argument} requires {requires}"));
        let filled = |value: Option<String>| present(value.filter(|v| !v.is_empty()));
        match launcher {
            Launcher::ClassPath => {
                self.vm_options
                    .push(class_path_option(&expand_wildcards(&present(value)?)));
                if self.mode != Mode::Source {
                    self.mode = Mode::Class;
                }
            }
            Launcher::Jar => self.choose(Mode::Jar, argument)?,
            Launcher::Module => {
                self.module = Some(filled(value)?);
                self.choose(Mode::Module, argument)?;
                return Ok(Next::Stop);
            }
            Launcher::Source => {
                let release = filled(value)?;
                self.mode = Mode::Source;
                self.vm_options.push(format!("-Djdk.internal.javac.source={release}"));
            }
            Launcher::ListModules => self.launch.list_modules = true,
            Launcher::DescribeModule => self.launch.describe_module = Some(present(value)?),
            Launcher::ShowResolvedModules => self.launch.show_resolved_modules = true,
            Launcher::ValidateModules => {
                self.vm_options.push("-Djdk.module.validation=true".to_owned());
                self.launch.validate_modules = true;
            }
            Launcher::DryRun => self.launch.dry_run = true,
            Launcher::Version(to_stdout) => {
                self.to_stdout |= to_stdout;
                self.launch.version = Some(VersionRequest { then_exit: true });
                return Ok(Next::Stop);
            }
            Launcher::ShowVersion(to_stdout) => {
                self.to_stdout |= to_stdout;
                self.launch.version = Some(VersionRequest { then_exit: false });
            }
            Launcher::FullVersion(to_stdout) => return Ok(Next::Act(Action::FullVersion(to_stdout))),
            Launcher::Help(to_stdout) | Launcher::ExtraHelp(to_stdout) => {
                self.to_stdout |= to_stdout;
                let extra = matches!(launcher, Launcher::ExtraHelp(_));
                self.launch.help = Some(if extra { Help::Extra } else { Help::Usage });
                return Ok(Next::Stop);
            }
            Launcher::ShowSettings => self.settings = Some(argument.to_owned()),
            Launcher::Future => {
                eprintln!("Warning: -Xfuture option is deprecated and may be removed in a future release.");
                self.vm_options.push("-Xverify:all".to_owned());
            }
            Launcher::OtherVersion | Launcher::OtherRuntime => {
                eprintln!("{}", no_other_version(launcher == Launcher::OtherVersion));
                self.vm_options.push(argument.to_owned());
            }
            Launcher::Ignored | Launcher::ModuleOption => {}
            Launcher::Jdk => self.jdk = Some(PathBuf::from(filled(value)?)),
            Launcher::DumpClass => self.pending = Some(Action::DumpClass(PathBuf::from(filled(value)?))),
            Launcher::MakeHome => self.pending = Some(Action::MakeHome(PathBuf::from(filled(value)?))),
            Launcher::PrintNatives => self.pending = Some(Action::PrintNatives),
        }
        Ok(Next::Go)
    }

    fn choose(&mut self, mode: Mode, argument: &str) -> Result<(), String> {
        if self.mode == Mode::Source {
            return Err(format!("Error: Option {argument} is not allowed with --source"));
        }
        self.mode = mode;
        Ok(())
    }

    /// What is left names what to run and its arguments.
    fn target(&mut self, mut rest: Vec<String>) -> Result<CommandLine, String> {
        let asked_to_exit = self.launch.help.is_some() || self.launch.version.as_ref().is_some_and(|v| v.then_exit);
        let what = match self.module.take() {
            _ if asked_to_exit => None,
            Some(module) => Some(module),
            None if self.mode == Mode::Source => Some(String::new()),
            None if rest.is_empty() => None,
            None => Some(rest.remove(0)),
        };
        match what {
            None if asked_to_exit => {}
            None => {
                if self.mode == Mode::Jar {
                    eprintln!("Error: -jar requires jar file specification");
                }
                let answered =
                    self.launch.list_modules || self.launch.describe_module.is_some() || self.launch.validate_modules;
                if !answered {
                    self.launch.nothing_to_run = true;
                }
            }
            Some(what) => match self.mode {
                Mode::Source => self.source_mode(rest),
                Mode::Unknown | Mode::Class if what.ends_with(".java") && std::path::Path::new(&what).exists() => {
                    rest.insert(0, what);
                    self.source_mode(rest);
                }
                Mode::Unknown | Mode::Class => self.program(LaunchTarget::Class(what), rest),
                Mode::Jar => {
                    self.vm_options.push(class_path_option(&what));
                    self.program(LaunchTarget::Jar(what), rest);
                }
                Mode::Module => {
                    let name = what.split('/').next().unwrap_or_default();
                    self.vm_options.push(format!("-Djdk.module.main={name}"));
                    self.program(LaunchTarget::Module(what), rest);
                }
            },
        }
        let action = Action::Launch(Box::new(std::mem::take(&mut self.launch)));
        Ok(self.finish(action))
    }

    fn program(&mut self, target: LaunchTarget, arguments: Vec<String>) {
        let given = self.vm_options.iter().any(|option| option.starts_with(CLASS_PATH));
        if !given && !matches!(target, LaunchTarget::Module(_)) {
            self.vm_options.push(class_path_option("."));
        }
        self.launch.target = Some(target);
        self.launch.arguments = arguments;
    }

    /// The class library's source launcher runs; the file is its first argument.
    fn source_mode(&mut self, arguments: Vec<String>) {
        self.vm_options.push("--add-modules=ALL-DEFAULT".to_owned());
        self.program(LaunchTarget::Source, arguments);
    }

    fn finish(&mut self, mut action: Action) -> CommandLine {
        if let Action::Launch(launch) = &mut action {
            launch.to_stdout = self.to_stdout;
            launch.settings = self.settings.take().map(|option| {
                let size = |prefix: &str| {
                    let last = self.vm_options.iter().rev().find_map(|o| o.strip_prefix(prefix));
                    last.and_then(crate::flags::parse_size).unwrap_or(0)
                };
                Settings {
                    option,
                    initial_heap: size("-Xms"),
                    max_heap: size("-Xmx"),
                    stack: size("-Xss"),
                }
            });
        }
        CommandLine {
            action,
            vm_options: std::mem::take(&mut self.vm_options),
            jdk: self.jdk.take(),
        }
    }
}

/// What comes after an option.
enum Next {
    /// The next one.
    Go,
    /// No further options: what follows belongs to the program, or to nobody.
    Stop,
    /// An action that needs nothing else.
    Act(Action),
}

/// How the launcher tells the VM the class path.
const CLASS_PATH: &str = "-Djava.class.path=";

fn class_path_option(path: &str) -> String {
    format!("{CLASS_PATH}{path}")
}

fn no_other_version(flag: bool) -> &'static str {
    if flag {
        "Error: Specifying an alternate JDK/JRE version is no longer supported.\n  \
         The use of the flag '-version:' is no longer valid.\n  \
         Please download and execute the appropriate version."
    } else {
        "Error: Specifying an alternate JDK/JRE is no longer supported.\n  \
         The related flags -jre-restrict-search | -jre-no-restrict-search are also no longer valid."
    }
}
