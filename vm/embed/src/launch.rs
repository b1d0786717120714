//! Running a program as `java` does, in the steps of its launcher (`java.base/share/native/libjli/java.c`).

use crate::builder::VmBuilder;
use crate::error::Error;
use crate::vm::{CreateFailure, create_runtime};
use peaberry_runtime::known::KnownClass;
use peaberry_runtime::object::{array_set_ref, class_of_mirror, get};
use peaberry_runtime::thread::signals::SignalWatch;
use peaberry_runtime::{ClassPtr, JResult, JavaThread, Obj, exceptions, interp, link, loader};
use std::sync::Arc;

/// Native stack of the thread that runs `main`.
const MAIN_NATIVE_STACK: usize = 16 << 20;

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LaunchTarget {
    /// The main class.
    Class(String),
    /// The main class a jar's manifest names.
    Jar(String),
    /// A module's main class: `module` or `module/class`.
    Module(String),
    /// A source file, which is the program's first argument.
    Source,
}

/// Which help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Help {
    /// `-help`.
    Usage,
    /// `-X`.
    Extra,
}

/// Printing of the version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionRequest {
    /// Run nothing.
    pub then_exit: bool,
}

/// `-XshowSettings`: the option as given, and sizes in bytes, 0 for those not given.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The option.
    pub option: String,
    /// `-Xms`.
    pub initial_heap: u64,
    /// `-Xmx`.
    pub max_heap: u64,
    /// `-Xss`.
    pub stack: u64,
}

/// What a launcher does with its VM, in the order in which `java` does it.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// The launcher's name, for help.
    pub program: String,
    /// Help is followed by this.
    pub own_help: &'static str,
    /// What is printed on demand goes to standard output, else to standard error.
    pub to_stdout: bool,
    /// Print settings.
    pub settings: Option<Settings>,
    /// List the resolved modules.
    pub show_resolved_modules: bool,
    /// List the observable modules and end.
    pub list_modules: bool,
    /// Describe a module and end.
    pub describe_module: Option<String>,
    /// Print the version.
    pub version: Option<VersionRequest>,
    /// The modules were validated as the VM started: end.
    pub validate_modules: bool,
    /// Print help and end.
    pub help: Option<Help>,
    /// Nothing was given to run: print help, and the exit code is 1.
    pub nothing_to_run: bool,
    /// What to run.
    pub target: Option<LaunchTarget>,
    /// The program's arguments.
    pub arguments: Vec<String>,
    /// Load the main class, do not run it.
    pub dry_run: bool,
}

/// A target as `LauncherHelper` numbers and names it.
struct Mode {
    number: i32,
    what: String,
}

impl Mode {
    fn of(target: &LaunchTarget, release: u32) -> Mode {
        let (number, what) = match target {
            LaunchTarget::Class(name) => (1, name.clone()),
            LaunchTarget::Jar(path) => (2, path.clone()),
            LaunchTarget::Module(module) => (3, module.clone()),
            LaunchTarget::Source => (
                4,
                peaberry_stdlib::wellknown::source_launcher(release as u16).to_owned(),
            ),
        };
        Mode { number, what }
    }
}

/// Makes a VM, runs a program to its end and gives the exit code `java` would.
pub fn launch(builder: VmBuilder, launch: Launch) -> u8 {
    peaberry_sys::memory::share_c_arena();
    let watch = SignalWatch::new().ok();
    let main = Main { watch: watch.clone() };
    let spawned = peaberry_sys::thread::spawn("main", MAIN_NATIVE_STACK, move || main.run(builder, launch));
    if let (Ok(_), Some(watch)) = (&spawned, &watch) {
        watch.serve();
    }
    match spawned.map(peaberry_sys::thread::JoinHandle::join) {
        Ok(Ok(code)) => code as u8,
        Ok(Err(_)) => {
            eprintln!("Error: A fatal exception has occurred. Program will exit.");
            1
        }
        Err(error) => {
            eprintln!("Error: the main thread could not be created: {error}");
            1
        }
    }
}

/// The thread that runs `main`; however it ends, nobody waits for signals any more then.
struct Main {
    /// Waits for signals on the launcher's own thread.
    watch: Option<Arc<SignalWatch>>,
}

impl Main {
    fn run(self, builder: VmBuilder, launch: Launch) -> i32 {
        run(builder, launch, self.watch.clone())
    }
}

impl Drop for Main {
    fn drop(&mut self) {
        if let Some(watch) = &self.watch {
            watch.end();
        }
    }
}

fn run(builder: VmBuilder, launch: Launch, watch: Option<Arc<SignalWatch>>) -> i32 {
    let mut options = match builder.finish() {
        Ok(options) => options,
        Err(error) => return refuse(&error),
    };
    options.signal_watch = watch;
    let release = options.release.map(u32::from).unwrap_or_default();
    let mode = launch.target.as_ref().map(|target| Mode::of(target, release));
    if let Some(mode) = &mode {
        let words = std::iter::once(&mode.what).chain(&launch.arguments);
        let command = words.map(String::as_str).collect::<Vec<_>>().join(" ");
        options.properties.push(("sun.java.command".to_owned(), command));
    }
    options
        .properties
        .push(("sun.java.launcher".to_owned(), "SUN_STANDARD".to_owned()));
    let shared = match create_runtime(options) {
        Ok(shared) => shared,
        Err(CreateFailure::Error(error)) => return refuse(&error),
        Err(CreateFailure::Exited(code)) => return code,
    };
    match shared.with_attached(|thread| program(thread, &launch, mode.as_ref())) {
        Ok(code) => shared.destroy().unwrap_or(code),
        Err(Error::Exited(code)) => code,
        Err(error) => refuse(&error),
    }
}

fn refuse(error: &Error) -> i32 {
    // As `java` does: what the options got wrong is followed by two lines of the launcher's, what comes later is not.
    // And as there, the VM speaks on standard output, the launcher on standard error.
    match error {
        Error::ClassLibrary(_) => eprintln!("Error: {error}"),
        Error::Option(text) if text.contains("stack size") => println!("\n{text}"),
        Error::BootLayer => return 1,
        Error::Agent(_) => {
            eprintln!("FATAL ERROR in native method: processing of -javaagent failed, processJavaStart failed");
            return 1;
        }
        Error::Boot(trace) => {
            println!("Error occurred during initialization of VM\n{trace}");
            return 1;
        }
        _ => {
            println!("Error occurred during initialization of VM\n{error}");
            return 1;
        }
    }
    eprintln!("Error: Could not create the Java Virtual Machine.");
    eprintln!("Error: A fatal exception has occurred. Program will exit.");
    1
}

/// Does on an attached thread what was asked for; 1 when it ends with an exception.
fn program(thread: &mut JavaThread, launch: &Launch, mode: Option<&Mode>) -> i32 {
    match steps(thread, launch, mode) {
        Ok(()) => i32::from(launch.nothing_to_run),
        // The exception stays pending: the end of the thread hands it to its uncaught-exception handler.
        Err(_) => 1,
    }
}

fn steps(thread: &mut JavaThread, launch: &Launch, mode: Option<&Mode>) -> JResult<()> {
    if let Some(settings) = &launch.settings {
        let option = thread.new_string(&settings.option)?;
        let sizes = [settings.initial_heap, settings.max_heap, settings.stack];
        // A long takes two slots, the first of which holds it.
        let arguments = [1, option.0 as u64, sizes[0], 0, sizes[1], 0, sizes[2], 0];
        call_helper(thread, "showSettings", "(ZLjava/lang/String;JJJ)V", &arguments)?;
    }
    if launch.show_resolved_modules {
        call_helper(thread, "showResolvedModules", "()V", &[])?;
    }
    if launch.list_modules {
        return call_helper(thread, "listModules", "()V", &[]).map(drop);
    }
    if let Some(name) = &launch.describe_module {
        let name = thread.new_string(name)?;
        return call_helper(thread, "describeModule", "(Ljava/lang/String;)V", &[name.0 as u64]).map(drop);
    }
    if let Some(version) = launch.version {
        print_version(thread, launch.to_stdout, !version.then_exit)?;
        if version.then_exit {
            return Ok(());
        }
    }
    if launch.validate_modules {
        return Ok(());
    }
    match mode {
        Some(mode) if launch.help.is_none() => run_main(thread, launch, mode),
        _ => print_help(thread, launch),
    }
}

fn run_main(thread: &mut JavaThread, launch: &Launch, mode: &Mode) -> JResult<()> {
    let what = thread.new_string(&mode.what)?;
    let arguments = [1, mode.number as u64, what.0 as u64];
    let descriptor = "(ZILjava/lang/String;)Ljava/lang/Class;";
    let mirror = Obj(call_helper(thread, "checkAndLoadMain", descriptor, &arguments)? as usize);
    if mirror.is_null() {
        return Err(thread.throw_new("java/lang/InternalError", "the launcher helper found no main class"));
    }
    let array = thread.allocate_reference_array(thread.known_class(KnownClass::String), launch.arguments.len())?;
    for (index, argument) in launch.arguments.iter().enumerate() {
        let argument = thread.new_string(argument)?;
        array_set_ref(thread, array, index, argument);
    }
    if launch.dry_run {
        return Ok(());
    }
    let main_class = class_of_mirror(mirror);
    link::initialize_class(thread, main_class)?;
    let helper = boot_class(thread, HELPER)?;
    call_main(thread, helper, main_class, array)
}

fn print_help(thread: &mut JavaThread, launch: &Launch) -> JResult<()> {
    let to_stderr = u64::from(!launch.to_stdout);
    if launch.help == Some(Help::Extra) {
        return call_helper(thread, "printXUsageMessage", "(Z)V", &[to_stderr]).map(drop);
    }
    let program = thread.new_string(&launch.program)?;
    call_helper(thread, "initHelpMessage", "(Ljava/lang/String;)V", &[program.0 as u64])?;
    call_helper(thread, "printHelpMessage", "(Z)V", &[to_stderr])?;
    if launch.to_stdout {
        thread.vm().print(launch.own_help);
    } else {
        thread.vm().print_error(launch.own_help);
    }
    Ok(())
}

/// The class library's half of the launcher.
const HELPER: &str = "sun/launcher/LauncherHelper";

fn call_helper(thread: &mut JavaThread, name: &str, descriptor: &str, arguments: &[u64]) -> JResult<u64> {
    let helper = boot_class(thread, HELPER)?;
    let method = method(thread, helper, name, descriptor)?;
    interp::call(thread, method, arguments)
}

/// Calls `main` in the form the class library's launcher helper chose: newer ones allow instance methods and no
/// parameters.
fn call_main(thread: &mut JavaThread, helper: ClassPtr, class: ClassPtr, arguments: Obj) -> JResult<()> {
    let is_static = helper_flag(thread, helper, "isStaticMain").unwrap_or(true);
    let no_arguments = helper_flag(thread, helper, "noArgMain").unwrap_or(false);
    let descriptor = if no_arguments { "()V" } else { "([Ljava/lang/String;)V" };
    let main = method(thread, class, "main", descriptor)?;
    let mut slots = Vec::new();
    if !is_static {
        let constructor = method(thread, class, "<init>", "()V")?;
        let object = thread.allocate_instance(class)?;
        interp::call(thread, constructor, &[object.0 as u64])?;
        slots.push(object.0 as u64);
    }
    if !no_arguments {
        slots.push(arguments.0 as u64);
    }
    interp::call(thread, main, &slots).map(|_| ())
}

/// A static boolean of the launcher helper, if this class library has it.
fn helper_flag(thread: &JavaThread, helper: ClassPtr, name: &str) -> Option<bool> {
    let vm = thread.vm();
    let field = helper.declared_field(vm.symbol(name), vm.symbol("Z"))?;
    Some(get::<u8>(helper.mirror(), field.offset.get() as usize) != 0)
}

fn print_version(thread: &mut JavaThread, to_stdout: bool, blank_line: bool) -> JResult<()> {
    let class = boot_class(thread, "java/lang/VersionProps")?;
    let print = method(thread, class, if blank_line { "println" } else { "print" }, "(Z)V")?;
    interp::call(thread, print, &[u64::from(!to_stdout)]).map(|_| ())
}

fn boot_class(thread: &mut JavaThread, name: &str) -> JResult<ClassPtr> {
    let symbol = thread.vm().symbol(name);
    let class = loader::load_class(thread, thread.vm().boot_loader(), symbol)?;
    link::initialize_class(thread, class)?;
    Ok(class)
}

fn method(
    thread: &mut JavaThread,
    class: ClassPtr,
    name: &str,
    descriptor: &str,
) -> JResult<peaberry_runtime::MethodPtr> {
    let vm = thread.vm();
    match link::find_method(class, vm.symbol(name), vm.symbol(descriptor)) {
        Some(method) => Ok(method),
        None => {
            let text = format!("{}.{name}{descriptor}", class.external_name());
            Err(thread.throw_new("java/lang/NoSuchMethodError", &text))
        }
    }
}

/// Text of the pending exception, for failures before Java can print.
pub(crate) fn describe_pending(thread: &mut JavaThread) -> String {
    let exception = thread.take_exception();
    if exception.is_null() {
        return thread.unborn_exception().unwrap_or_else(|| "unknown error".to_owned());
    }
    exceptions::backtrace::describe(thread, exception)
}
