//! Who waits at which word.

use alloc::collections::{BTreeMap, VecDeque};

/// A thread that waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Waiter {
    thread: usize,
    bits: u32,
}

/// All that wait, in the order in which they came.
#[derive(Debug, Default)]
pub struct Futexes {
    queues: BTreeMap<u64, VecDeque<Waiter>>,
}

impl Futexes {
    /// Has a thread wait at a word, for wakers with one of these bits.
    pub fn wait(&mut self, word: u64, thread: usize, bits: u32) {
        self.queues.entry(word).or_default().push_back(Waiter { thread, bits });
    }

    /// Takes the first that waits for one of these bits.
    pub fn take(&mut self, word: u64, bits: u32) -> Option<usize> {
        let queue = self.queues.get_mut(&word)?;
        let place = queue.iter().position(|waiter| waiter.bits & bits != 0)?;
        let waiter = queue.remove(place);
        if queue.is_empty() {
            self.queues.remove(&word);
        }
        Some(waiter?.thread)
    }

    /// Has the first that waits at a word wait at another one, and gives it.
    pub fn requeue(&mut self, word: u64, other: u64) -> Option<usize> {
        let queue = self.queues.get_mut(&word)?;
        let waiter = queue.pop_front()?;
        if queue.is_empty() {
            self.queues.remove(&word);
        }
        self.queues.entry(other).or_default().push_back(waiter);
        Some(waiter.thread)
    }

    /// A thread waits no longer at a word.
    pub fn leave(&mut self, word: u64, thread: usize) {
        if let Some(queue) = self.queues.get_mut(&word) {
            queue.retain(|waiter| waiter.thread != thread);
            if queue.is_empty() {
                self.queues.remove(&word);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_woken_first() {
        let mut futexes = Futexes::default();
        (1..=4).for_each(|thread| futexes.wait(64, thread, if thread == 2 { 2 } else { 1 }));
        assert_eq!(
            (futexes.take(64, 2), futexes.take(64, 2), futexes.take(68, 1)),
            (Some(2), None, None)
        );
        futexes.leave(64, 1);
        assert_eq!(futexes.take(64, u32::MAX), Some(3));
        assert_eq!((futexes.requeue(64, 128), futexes.requeue(64, 128)), (Some(4), None));
        assert_eq!(futexes.take(128, 1), Some(4));
        assert!(futexes.queues.is_empty());
    }
}
