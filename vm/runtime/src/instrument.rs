//! Agents that see class files before they become classes (`java.lang.instrument`). The class library's side hands each
//! class file to the agents' transformers; here is who they are and when they are asked.

use crate::handles::Handle;
use crate::loader::LoaderData;
use crate::thread::JavaThread;
use parking_lot::RwLock;
use peaberry_gc::layout::Obj;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// An agent.
#[derive(Clone, Copy, Debug)]
pub struct Agent {
    /// Its `Instrumentation`.
    pub object: Handle,
    /// It has transformers.
    pub transforms: bool,
}

/// A class file about to become a class.
pub struct ClassLoad<'a> {
    /// Its loader.
    pub loader: &'static LoaderData,
    /// The name asked for, in internal form.
    pub name: Option<&'a [u8]>,
    /// Its `ProtectionDomain` or null.
    pub protection_domain: Obj,
    /// The class file.
    pub bytes: &'a [u8],
}

/// Asks an agent's transformers for another class file.
pub type Transform = fn(&mut JavaThread, Agent, &ClassLoad<'_>) -> Option<Vec<u8>>;

/// The agents of one VM.
#[derive(Default)]
pub struct Instrument {
    agents: RwLock<Vec<Agent>>,
    /// Some agent has transformers.
    active: AtomicBool,
    transform: OnceLock<Transform>,
}

impl Instrument {
    /// Adds an agent and answers its number.
    pub fn add(&self, object: Handle, transform: Transform) -> usize {
        self.transform.get_or_init(|| transform);
        let mut agents = self.agents.write();
        agents.push(Agent {
            object,
            transforms: false,
        });
        agents.len() - 1
    }

    /// Says whether the agent of this number has transformers.
    pub fn set_transforms(&self, number: usize, transforms: bool) {
        let mut agents = self.agents.write();
        if let Some(agent) = agents.get_mut(number) {
            agent.transforms = transforms;
        }
        let active = agents.iter().any(|agent| agent.transforms);
        self.active.store(active, Ordering::Release);
    }
}

/// What the agents make of a class file, if anything. Classes that a transformer loads itself are not transformed.
pub(crate) fn transform(thread: &mut JavaThread, load: ClassLoad<'_>) -> Option<Vec<u8>> {
    let instrument = &thread.vm().instrument;
    if !instrument.active.load(Ordering::Acquire) || thread.java_thread.is_null() {
        return None;
    }
    let transform = instrument.transform.get()?;
    if thread.os.transforming.swap(true, Ordering::Relaxed) {
        return None;
    }
    let agents = instrument.agents.read().clone();
    let mut changed: Option<Vec<u8>> = None;
    for agent in agents.into_iter().filter(|agent| agent.transforms) {
        let present = ClassLoad {
            bytes: changed.as_deref().unwrap_or(load.bytes),
            ..load
        };
        if let Some(bytes) = transform(thread, agent, &present) {
            changed = Some(bytes);
        }
    }
    thread.os.transforming.store(false, Ordering::Relaxed);
    changed
}
