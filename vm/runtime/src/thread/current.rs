//! Which Java thread an operating-system thread is: the only state besides signal handlers that is not a VM's.

use super::JavaThread;
use crate::safepoint::poll_bits;
use peaberry_sys::mapping;
use std::cell::Cell;
use std::mem::offset_of;
use std::ptr;

thread_local! {
    static CURRENT: Cell<*mut JavaThread> = const { Cell::new(ptr::null_mut()) };
}

impl JavaThread {
    /// The Java thread of the calling operating-system thread.
    ///
    /// # Safety
    /// The caller is not inside code that already holds a reference to it which it goes on using.
    pub unsafe fn current() -> Option<&'static mut JavaThread> {
        // SAFETY: the pointer is null or a live thread: detaching clears it.
        unsafe { CURRENT.get().as_mut() }
    }

    /// Makes `thread` (or none) the calling operating-system thread's; returns the one before. One thread may be
    /// attached to several VMs and be in one of them at a time.
    pub fn set_current(thread: *mut JavaThread) -> *mut JavaThread {
        let word = if thread.is_null() {
            ptr::null()
        } else {
            thread
                .cast_const()
                .wrapping_byte_add(offset_of!(JavaThread, poll))
                .cast()
        };
        // SAFETY: a thread's structure stays as long as its VM; null is no word to watch.
        unsafe { mapping::watch(word, poll_bits::MAPPING_FAULT) };
        CURRENT.replace(thread)
    }
}
