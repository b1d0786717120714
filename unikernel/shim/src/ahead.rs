//! What is done for the guest before it asks, beside it.

use crate::address_space::{AddressSpace, SharedSpace};
use crate::beside;
use crate::confinement::Kind;
use crate::memory::{Chunks, Errand};
use crate::vm::{THREAD_STACK, Vm};
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SendError, Sender, TryRecvError, channel};
use std::thread::{Builder, JoinHandle};

/// Most errands that come before this thread takes notice of the VM, and is confined: the program's chunks.
const MOST_BEFORE: u32 = 8;

/// A VM that is made, and who is to watch it.
type Made = (Arc<Vm>, Sender<Arc<Vm>>);

/// A thread that finds memory for the guest before it needs it; it ends with this value.
pub struct Ahead {
    chunks: Arc<Chunks>,
    /// Tells it of the VM, once that is made.
    vm: Option<Sender<Made>>,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Starts it. It does `first` to begin with, on one of all processors; then what it is asked for in the address space that came of
    /// that, when the VM is made on the guest's own processors and confined.
    pub fn begin(
        chunks: &Arc<Chunks>,
        all: &beside::Set,
        processors: beside::Set,
        first: impl FnOnce() -> Option<Arc<SharedSpace>> + Send + 'static,
    ) -> io::Result<Ahead> {
        let (sender, receiver) = channel::<Made>();
        let own = chunks.clone();
        let builder = Builder::new().name("memory".to_owned()).stack_size(THREAD_STACK);
        let thread = beside::begin(builder, all, move || {
            if let Some(addresses) = first() {
                go_ahead(&own, &addresses, &receiver, &processors);
            }
        })?;
        Ok(Ahead {
            chunks: chunks.clone(),
            vm: Some(sender),
            thread: Some(thread),
        })
    }

    /// Tells it of the VM. When it has done what the guest waits for, it goes on confined, and hands the VM on to who watches it.
    pub fn serve(&mut self, vm: &Arc<Vm>, watch: Sender<Arc<Vm>>) {
        let Some(sender) = self.vm.take() else { return };
        if let Err(SendError((vm, watch))) = sender.send((vm.clone(), watch)) {
            // It goes ahead of nobody.
            let _ = watch.send(vm);
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.vm = None;
        self.chunks.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Does what it is asked for, until the chunks are closed, on these processors when there is a VM.
fn go_ahead(chunks: &Chunks, addresses: &SharedSpace, vms: &Receiver<Made>, processors: &beside::Set) {
    let (mut reached, mut before, mut vm) = (0, 0, None::<Arc<Vm>>);
    loop {
        let errand = match &vm {
            Some(_) => chunks.next_errand(&mut reached),
            None => chunks.errand(&mut reached),
        };
        match (errand, &vm) {
            (Some(Errand::Populate(chunk)), _) => chunks.populate(chunk),
            (Some(Errand::Back(address)), _) => {
                addresses.fill_early(|space| space.begin_early(address));
            }
            (Some(Errand::Expect), _) => chunks.expect(addresses.fill_early(AddressSpace::begin_expected)),
            (Some(Errand::MakeProcessor), Some(vm)) => vm.have_processor(),
            // The VM is on its way.
            (Some(Errand::MakeProcessor), None) => chunks.ask_processor(),
            (None, Some(_)) => return,
            (None, None) => {}
        }
        before += 1;
        let waited_for = matches!(errand, Some(Errand::Back(_))) && before < MOST_BEFORE;
        if vm.is_none() && !waited_for {
            let made = match errand {
                None => vms.recv().map_err(|_| TryRecvError::Disconnected),
                Some(_) => vms.try_recv(),
            };
            match made {
                Ok((made, watch)) => {
                    beside::keep_to(processors);
                    made.confine(Kind::Memory);
                    let _ = watch.send(made.clone());
                    vm = Some(made);
                }
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return,
            }
        }
    }
}
