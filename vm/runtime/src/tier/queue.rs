//! Requests for compilations that wait, and which of them is served first.

use super::method_at;
use peaberry_jit::code::Entry;
use std::sync::atomic::Ordering;

/// Requests kept at most. When there are more, the one whose method runs least goes; it is asked for again when the
/// method is hot after all.
pub(super) const QUEUE_LENGTH: usize = 1024;
/// Back edges that count as much as one invocation.
const BACK_EDGES: u32 = 16;

/// What to compile: method, by its address, and entry.
pub(super) type Request = (usize, Entry);

/// One that waits.
struct Waiting {
    request: Request,
    /// When it came, monotonic nanoseconds.
    since: i64,
    /// How often the method had run then.
    events: u32,
}

/// How often a method ran.
fn events(method: usize) -> u32 {
    // SAFETY: requests for methods of dead classes are taken out before these are given back.
    let method = unsafe { method_at(method) };
    let loops = method.backedge_count.load(Ordering::Relaxed) / BACK_EDGES;
    method.invocation_count.load(Ordering::Relaxed).saturating_add(loops)
}

impl Waiting {
    /// How often the method ran per second since the request.
    fn rate(&self, now: i64) -> u64 {
        let more = u64::from(events(self.request.0).saturating_sub(self.events));
        // What has just come has no rate yet; it must not pass for the hottest.
        let waited = (now - self.since).max(1_000_000) as u64;
        more * 1_000_000_000 / waited
    }
}

/// The requests, in the order in which they came.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Vec<Waiting>,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn contains(&self, request: Request) -> bool {
        self.waiting.iter().any(|other| other.request == request)
    }

    /// Adds a request. Answers the one that had to go for it.
    pub(super) fn push(&mut self, request: Request, now: i64) -> Option<Request> {
        let dropped = (self.waiting.len() >= QUEUE_LENGTH).then(|| {
            let coldest = (0..self.waiting.len()).min_by_key(|index| self.waiting[*index].rate(now));
            self.waiting.remove(coldest.unwrap_or(0)).request
        });
        self.waiting.push(Waiting {
            request,
            since: now,
            events: events(request.0),
        });
        dropped
    }

    /// Takes the request that came first.
    pub(super) fn pop_first(&mut self) -> Option<Request> {
        (!self.waiting.is_empty()).then(|| self.waiting.remove(0).request)
    }

    /// Takes the request whose method runs most; among equals, the one that came first.
    pub(super) fn pop_hottest(&mut self, now: i64) -> Option<Request> {
        let rates = self.waiting.iter().map(|one| one.rate(now)).enumerate();
        let (hottest, _) = rates.reduce(|best, other| if other.1 > best.1 { other } else { best })?;
        Some(self.waiting.remove(hottest).request)
    }

    /// Keeps the requests for some methods only.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        self.waiting.retain(|one| keep(one.request.0));
    }

    /// Takes all requests out.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = Request> + use<> {
        std::mem::take(&mut self.waiting).into_iter().map(|one| one.request)
    }
}
