//! The program's descriptors, and what they stand for.

use crate::address_space::SharedMemory;
use crate::errno::{EBADF, EMFILE, Errno};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::rc::{Rc, Weak};
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use linux_raw_sys::general::{O_RDONLY, O_RDWR, O_WRONLY};
use peaberry_package::Entry;

/// Most descriptors.
pub const MOST_DESCRIPTORS: usize = 1024;

/// Bytes a pipe holds.
pub const PIPE_BYTES: usize = 4096;

/// What is on its way from one end to the other.
#[derive(Debug, Default)]
pub struct Pipe {
    /// The bytes.
    pub bytes: RefCell<VecDeque<u8>>,
    /// Ends for reading and for writing that are open.
    pub ends: [Cell<usize>; 2],
}

/// An end of a pipe.
#[derive(Debug)]
pub struct PipeEnd {
    /// The pipe.
    pub pipe: Rc<Pipe>,
    /// For writing, not for reading.
    pub writes: bool,
}

impl PipeEnd {
    fn new(pipe: Rc<Pipe>, writes: bool) -> PipeEnd {
        let ends = &pipe.ends[usize::from(writes)];
        ends.set(ends.get() + 1);
        PipeEnd { pipe, writes }
    }

    /// Both ends of a new pipe, that for reading first.
    pub fn pair() -> [PipeEnd; 2] {
        let pipe = Rc::new(Pipe::default());
        [PipeEnd::new(pipe.clone(), false), PipeEnd::new(pipe, true)]
    }

    /// Is the other end closed?
    pub fn is_alone(&self) -> bool {
        self.pipe.ends[usize::from(!self.writes)].get() == 0
    }
}

impl Drop for PipeEnd {
    fn drop(&mut self) {
        let ends = &self.pipe.ends[usize::from(self.writes)];
        ends.set(ends.get() - 1);
    }
}

/// What one of a set that is waited for is watched for.
#[derive(Clone, Debug)]
pub struct Watched {
    /// What it is.
    pub open: Weak<Open>,
    /// Events that are wanted, and how.
    pub events: u32,
    /// What the program wants to be told of it.
    pub data: u64,
    /// What was told last, where changes alone are wanted.
    pub told: Option<(u32, u64)>,
}

/// What a descriptor stands for.
#[derive(Debug)]
pub enum Object {
    /// The console.
    Console,
    /// Nothing: it takes everything and has nothing.
    Null,
    /// Zeros.
    Zero,
    /// Random bytes.
    Random,
    /// A packed file.
    File(Entry<'static>),
    /// A text that the kernel made when it was opened.
    Text(Vec<u8>),
    /// A directory, by its path.
    Directory(Vec<u8>),
    /// An end of a pipe.
    Pipe(PipeEnd),
    /// A counter of events; one at a time is taken off, or all.
    Events(Cell<u64>, bool),
    /// Descriptors that are waited for together, by number.
    Set(RefCell<BTreeMap<u32, Watched>>),
    /// Memory that several mappings show.
    Memory(Rc<SharedMemory>),
}

/// Something open.
#[derive(Debug)]
pub struct Open {
    /// What it is.
    pub object: Object,
    /// Where reading goes on.
    pub position: Cell<u64>,
    /// `O_…`.
    pub flags: Cell<u32>,
    /// How often something happened to it.
    pub changes: Cell<u64>,
}

impl Open {
    /// Opens an object.
    pub fn new(object: Object, flags: u32) -> Rc<Open> {
        Rc::new(Open {
            object,
            position: Cell::new(0),
            flags: Cell::new(flags),
            changes: Cell::new(0),
        })
    }

    /// Something happened to it.
    pub fn change(&self) {
        self.changes.set(self.changes.get() + 1);
    }
}

/// All descriptors.
#[derive(Debug)]
pub struct Descriptors {
    all: Vec<Option<Rc<Open>>>,
}

impl Default for Descriptors {
    fn default() -> Descriptors {
        Descriptors::new()
    }
}

impl Descriptors {
    /// The standard streams, which are the console.
    pub fn new() -> Descriptors {
        let streams = [O_RDONLY, O_WRONLY, O_RDWR].map(|flags| Some(Open::new(Object::Console, flags)));
        Descriptors { all: streams.into() }
    }

    /// What a number stands for.
    pub fn get(&self, number: u64) -> Result<Rc<Open>, Errno> {
        let place = usize::try_from(number as u32)
            .ok()
            .and_then(|number| self.all.get(number));
        place.and_then(Clone::clone).ok_or(Errno(EBADF))
    }

    /// Gives something the first number that is free, from `lowest` on.
    pub fn add(&mut self, open: Rc<Open>, lowest: usize) -> Result<u64, Errno> {
        let taken = |number: usize| self.all.get(number).is_some_and(Option::is_some);
        let number = (lowest..MOST_DESCRIPTORS)
            .find(|&number| !taken(number))
            .ok_or(Errno(EMFILE))?;
        self.put(open, number as u64)
    }

    /// Gives something a certain number.
    pub fn put(&mut self, open: Rc<Open>, number: u64) -> Result<u64, Errno> {
        let index = number as u32 as usize;
        if index >= MOST_DESCRIPTORS {
            return Err(Errno(EBADF));
        }
        if index >= self.all.len() {
            self.all.resize(index + 1, None);
        }
        self.all[index] = Some(open);
        Ok(index as u64)
    }

    /// How many are sets that are waited for together.
    pub fn sets(&self) -> usize {
        let is_set = |open: &&Rc<Open>| matches!(open.object, Object::Set(_));
        self.all.iter().flatten().filter(is_set).count()
    }

    /// Frees a number.
    pub fn close(&mut self, number: u64) -> Result<(), Errno> {
        self.get(number)?;
        self.all[number as u32 as usize] = None;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_free_number_is_given() {
        let mut descriptors = Descriptors::new();
        let null = || Open::new(Object::Null, O_RDWR);
        assert_eq!(
            (descriptors.add(null(), 0), descriptors.add(null(), 10)),
            (Ok(3), Ok(10))
        );
        descriptors.close(1).expect("close");
        assert_eq!(descriptors.close(1), Err(Errno(EBADF)));
        assert_eq!((descriptors.add(null(), 0), descriptors.add(null(), 0)), (Ok(1), Ok(4)));
        assert_eq!(descriptors.add(null(), MOST_DESCRIPTORS), Err(Errno(EMFILE)));
        for number in [9, MOST_DESCRIPTORS as u64, u64::MAX, u64::from(u32::MAX)] {
            assert_eq!(descriptors.get(number).err(), Some(Errno(EBADF)));
        }
    }

    #[test]
    fn pipes_know_their_ends() {
        let [read, write] = PipeEnd::pair();
        assert!(!read.is_alone() && !write.is_alone());
        drop(write);
        assert!(read.is_alone());
    }
}
