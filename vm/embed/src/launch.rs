//! Running a program as `java` does, in the steps of its launcher (`java.base/share/native/libjli/java.c`).

use crate::builder::VmBuilder;
use crate::error::Error;
use crate::vm::{CreateFailure, create_runtime};
use peaberry_runtime::known::KnownClass;
use peaberry_runtime::object::{array_set_ref, class_of_mirror, get};
use peaberry_runtime::{ClassPtr, JResult, JavaThread, Obj, exceptions, interp, link, loader};
use std::process::ExitCode;

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
    /// Nothing: print the version.
    Version {
        /// To standard output, else to standard error.
        to_stdout: bool,
    },
}

impl LaunchTarget {
    /// (mode as `LauncherHelper` numbers it, what).
    fn mode(&self) -> (i32, &str) {
        match self {
            LaunchTarget::Class(name) => (1, name),
            LaunchTarget::Jar(path) => (2, path),
            LaunchTarget::Module(module) => (3, module),
            LaunchTarget::Version { .. } => (0, ""),
        }
    }
}

/// Makes a VM, runs a program to its end and gives the exit code `java` would. `show_version`: print the version first
/// (to standard output?).
pub fn launch(builder: VmBuilder, target: LaunchTarget, arguments: &[String], show_version: Option<bool>) -> ExitCode {
    let (_, what) = target.mode();
    let command = std::iter::once(what)
        .chain(arguments.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join(" ");
    let builder = builder
        .property("sun.java.command", command)
        .property("sun.java.launcher", "SUN_STANDARD");
    let arguments = arguments.to_vec();
    let run = move || run(builder, &target, &arguments, show_version);
    let spawned = std::thread::Builder::new()
        .name("main".to_owned())
        .stack_size(MAIN_NATIVE_STACK)
        .spawn(run);
    match spawned.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => ExitCode::from(code as u8),
        Ok(Err(_)) => {
            eprintln!("Error: A fatal exception has occurred. Program will exit.");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("Error: the main thread could not be created: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(builder: VmBuilder, target: &LaunchTarget, arguments: &[String], show_version: Option<bool>) -> i32 {
    let options = match builder.finish() {
        Ok(options) => options,
        Err(error) => return refuse(&error),
    };
    let shared = match create_runtime(options) {
        Ok(shared) => shared,
        Err(CreateFailure::Error(error)) => return refuse(&error),
        Err(CreateFailure::Exited(code)) => return code,
    };
    match shared.with_attached(|thread| program(thread, target, arguments, show_version)) {
        Ok(code) => shared.destroy().unwrap_or(code),
        Err(Error::Exited(code)) => code,
        Err(error) => refuse(&error),
    }
}

fn refuse(error: &Error) -> i32 {
    // As `java` does: what the options got wrong is followed by two lines of the launcher's, what comes later is not.
    match error {
        Error::ClassLibrary(_) => eprintln!("Error: {error}"),
        Error::Option(text) if text.contains("stack size") => eprintln!("\n{text}"),
        Error::BootLayer => return 1,
        _ => {
            eprintln!("Error occurred during initialization of VM\n{error}");
            return 1;
        }
    }
    eprintln!("Error: Could not create the Java Virtual Machine.");
    eprintln!("Error: A fatal exception has occurred. Program will exit.");
    1
}

/// Runs the program on an attached thread; 1 when it ends with an exception.
fn program(thread: &mut JavaThread, target: &LaunchTarget, arguments: &[String], show_version: Option<bool>) -> i32 {
    match steps(thread, target, arguments, show_version) {
        Ok(()) => 0,
        // The exception stays pending: the end of the thread hands it to its uncaught-exception handler.
        Err(_) => 1,
    }
}

fn steps(
    thread: &mut JavaThread,
    target: &LaunchTarget,
    arguments: &[String],
    show_version: Option<bool>,
) -> JResult<()> {
    if let LaunchTarget::Version { to_stdout } = target {
        return print_version(thread, *to_stdout, false);
    }
    if let Some(to_stdout) = show_version {
        print_version(thread, to_stdout, true)?;
    }
    let (mode, what) = target.mode();
    let helper = boot_class(thread, "sun/launcher/LauncherHelper")?;
    let what = thread.new_string(what)?;
    let load = method(
        thread,
        helper,
        "checkAndLoadMain",
        "(ZILjava/lang/String;)Ljava/lang/Class;",
    )?;
    let mirror = Obj(interp::call(thread, load, &[1, mode as u64, what.0 as u64])? as usize);
    if mirror.is_null() {
        return Err(thread.throw_new("java/lang/InternalError", "the launcher helper found no main class"));
    }
    let array = thread.allocate_reference_array(thread.known_class(KnownClass::String), arguments.len())?;
    for (index, argument) in arguments.iter().enumerate() {
        let argument = thread.new_string(argument)?;
        array_set_ref(thread, array, index, argument);
    }
    let main_class = class_of_mirror(mirror);
    link::initialize_class(thread, main_class)?;
    call_main(thread, helper, main_class, array)
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
        return "unknown error".to_owned();
    }
    exceptions::backtrace::describe(thread, exception)
}
