//! Signals: the queue, the "Signal Dispatcher" thread, and what `jdk.internal.misc.Signal` asks of the VM.
//!
//! A launcher has a thread that does nothing but wait for the end of the one that runs `main`. It can watch for signals
//! meanwhile ([`SignalWatch`]): then the dispatcher is one of the threads that get a thread of the operating system when they
//! have something to do ([`super::deferred`]).

use super::{JResult, JavaThread, deferred, dump, initial};
use crate::interp;
use crate::known::KnownMethod;
use crate::link;
use crate::vm::Vm;
use parking_lot::Mutex;
use peaberry_gc::layout::Obj;
use peaberry_sys::signal::{self, Disposition, SignalReceiver};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

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

/// How long a thread that watches waits for a dispatcher before it looks again, as the VM may have none yet.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// A VM's queue of signals, and who waits for the first.
#[derive(Debug)]
pub struct SignalWatch {
    receiver: SignalReceiver,
    /// The VM's address, from the start of its dispatcher to its end.
    vm: Mutex<Option<usize>>,
    /// The dispatcher runs.
    dispatching: AtomicBool,
}

impl SignalWatch {
    /// A queue for a VM whose maker's thread is going to [`SignalWatch::serve`].
    pub fn new() -> std::io::Result<Arc<SignalWatch>> {
        Ok(Arc::new(SignalWatch {
            receiver: SignalReceiver::new()?,
            vm: Mutex::new(None),
            dispatching: AtomicBool::new(false),
        }))
    }

    /// Has the calling thread, which is none of the VM's, wait for the first signal and start the dispatcher then. Returns when
    /// there is nothing left to do: the dispatcher runs, or [`SignalWatch::end`] was called.
    pub fn serve(&self) {
        while self.receiver.wait() && !self.dispatching.load(Ordering::SeqCst) {
            if let Some(address) = *self.vm.lock() {
                // SAFETY: the VM takes its address out, under this lock, before it goes.
                deferred::start(unsafe { &*(address as *const Vm) });
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// No signals are dispatched any more, and the VM may go.
    pub fn end(&self) {
        *self.vm.lock() = None;
        self.receiver.close();
    }
}

/// The VM's queue of signals, made at the first use unless its maker has made it; none when the system refuses.
fn watch(vm: &Vm) -> Option<&SignalWatch> {
    let given = || vm.options.signal_watch.clone();
    vm.threads
        .signals
        .get_or_init(|| given().or_else(|| SignalWatch::new().ok()))
        .as_deref()
}

/// Starts the dispatcher, which from now on also answers SIGQUIT with a thread dump.
pub fn start_dispatcher(thread: &mut JavaThread) -> JResult<()> {
    let vm = thread.vm();
    let Some(watch) = watch(vm) else { return Ok(()) };
    if let Some(class) = vm.known.class_if_present(crate::known::KnownClass::Signal) {
        link::initialize_class(thread, class)?;
    }
    let _ = watch.receiver.install_unless_ignored(signal::SIGQUIT);
    let rests = vm.options.signal_watch.is_some();
    initial::start_service(thread, "Signal Dispatcher", 9, dispatch, rests)?;
    *watch.vm.lock() = Some(std::ptr::from_ref(vm) as usize);
    initial::skip_identifiers(thread, 6, 5);
    Ok(())
}

fn dispatch(thread: &mut JavaThread) {
    let vm = thread.vm();
    let Some(watch) = watch(vm) else { return };
    watch.dispatching.store(true, Ordering::SeqCst);
    while let Some(signal) = thread.blocking(|| watch.receiver.next()) {
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
    let Some(watch) = watch(vm) else { return REFUSED };
    let before = match change(&watch.receiver, number, handler) {
        Ok(Some(before)) => before,
        _ => return REFUSED,
    };
    match before {
        Disposition::Default => DEFAULT,
        Disposition::Ignore => IGNORE,
        Disposition::Received => JAVA_HANDLER,
        Disposition::Foreign => FOREIGN,
    }
}

/// Sets what a signal does and gives what it did before; `None` for handlers that there are not.
fn change(receiver: &SignalReceiver, number: i32, handler: i64) -> std::io::Result<Option<Disposition>> {
    // Ignored when the program was started with nohup or in the background: it stays so.
    let may_stay_ignored = [signal::SIGHUP, signal::SIGINT, signal::SIGTERM].contains(&number);
    let before = match handler {
        JAVA_HANDLER if may_stay_ignored => receiver.install_unless_ignored(number)?,
        JAVA_HANDLER => receiver.install(number)?,
        DEFAULT | IGNORE => {
            let before = signal::disposition(number)?;
            if may_stay_ignored && before == Disposition::Ignore {
                return Ok(Some(before));
            }
            match handler {
                DEFAULT => receiver.uninstall(number)?,
                _ => signal::ignore(number)?,
            }
            before
        }
        _ => return Ok(None),
    };
    Ok(Some(before))
}
