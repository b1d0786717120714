//! Signals: the queue, the "Signal Dispatcher" thread, and what `jdk.internal.misc.Signal` asks of the VM.

use super::{JResult, JavaThread, dump, initial};
use crate::interp;
use crate::known::KnownMethod;
use crate::link;
use crate::vm::Vm;
use peaberry_gc::layout::Obj;
use peaberry_sys::signal::{self, Disposition, SignalReceiver};

/// `Signal.Handler.SIG_DFL` as `handle0` knows it.
const DEFAULT: i64 = 0;
/// `Signal.Handler.SIG_IGN`.
const IGNORE: i64 = 1;
/// A Java handler.
const JAVA_HANDLER: i64 = 2;
/// Somebody else's handler in this process.
const FOREIGN: i64 = 3;
/// What `handle0` answers for signals a program may not have.
const REFUSED: i64 = -1;

/// The VM's queue of signals, made at the first use; none when the system refuses.
fn receiver(vm: &Vm) -> Option<&SignalReceiver> {
    vm.threads.signals.get_or_init(|| SignalReceiver::new().ok()).as_ref()
}

/// Starts the dispatcher, which from now on also answers SIGQUIT with a thread dump.
pub fn start_dispatcher(thread: &mut JavaThread) -> JResult<()> {
    let vm = thread.vm();
    let Some(receiver) = receiver(vm) else { return Ok(()) };
    if let Some(class) = vm.known.class_if_present(crate::known::KnownClass::Signal) {
        link::initialize_class(thread, class)?;
    }
    if !matches!(signal::disposition(signal::SIGQUIT), Ok(Disposition::Ignore)) {
        let _ = receiver.install(signal::SIGQUIT);
    }
    initial::start_service(thread, "Signal Dispatcher", 9, dispatch)?;
    initial::skip_identifiers(thread, 6, 5);
    Ok(())
}

fn dispatch(thread: &mut JavaThread) {
    let vm = thread.vm();
    let Some(receiver) = receiver(vm) else { return };
    while let Some(signal) = thread.blocking(|| receiver.next()) {
        if signal == signal::SIGQUIT {
            let text = dump::thread_dump(thread);
            vm.print(&text);
            continue;
        }
        if let Some(method) = vm.known.method(KnownMethod::SignalDispatch)
            && interp::call(thread, method, &[signal as u64]).is_err()
        {
            thread.exception = Obj::NULL;
        }
    }
}

/// `Signal.handle0`: sets what a signal does; answers what it did before, or -1 where that may not be changed.
pub fn set_handler(vm: &Vm, number: i32, handler: i64) -> i64 {
    if !vm.options.handle_signals {
        return REFUSED;
    }
    let reserved = ["SEGV", "FPE", "ILL", "BUS", "QUIT", "KILL", "STOP"];
    if reserved.iter().any(|name| signal::number(name) == Some(number)) {
        return REFUSED;
    }
    let Ok(present) = signal::disposition(number) else {
        return REFUSED;
    };
    let shuts_down = [signal::SIGHUP, signal::SIGINT, signal::SIGTERM].contains(&number);
    if shuts_down && present == Disposition::Ignore {
        // Started with nohup or in the background: it stays so.
        return IGNORE;
    }
    let Some(receiver) = receiver(vm) else { return REFUSED };
    let done = match handler {
        DEFAULT => receiver.uninstall(number),
        IGNORE => signal::ignore(number),
        JAVA_HANDLER => receiver.install(number),
        _ => return REFUSED,
    };
    if done.is_err() {
        return REFUSED;
    }
    match present {
        Disposition::Default => DEFAULT,
        Disposition::Ignore => IGNORE,
        Disposition::Received => JAVA_HANDLER,
        Disposition::Foreign => FOREIGN,
    }
}
