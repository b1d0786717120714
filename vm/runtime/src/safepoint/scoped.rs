//! Closing shared memory scopes: is another thread inside a `@Scoped` access (JEP 370)?

use super::with_world_stopped;
use crate::method_area::method::method_flags;
use crate::stack::StackWalker;
use crate::thread::JavaThread;
use peaberry_gc::layout::Obj;

/// A scoped access is at most this many frames from the top: its accessors are simple.
const DEPTH: usize = 10;

/// True when a frame near the top of another thread's stack is a `@Scoped` method with `scope` among its locals.
pub fn accessed_by_other_thread(thread: &mut JavaThread, scope: Obj) -> bool {
    let me: *const JavaThread = thread;
    with_world_stopped(thread, |thread| {
        let mut found = false;
        thread.vm().threads.for_each(|other| {
            // SAFETY: the world is stopped: the thread lives and its frames are still.
            let other = unsafe { &*other };
            if found || std::ptr::eq(other, me) {
                return;
            }
            found = StackWalker::new(other).take(DEPTH).any(|walked| {
                walked.method.has_flag(method_flags::SCOPED)
                    && !walked.is_compiled()
                    // SAFETY: a frame's locals are as many as its method says.
                    && unsafe {
                        let locals = (*walked.frame).locals;
                        (0..usize::from(walked.method.max_locals)).any(|i| *locals.add(i) == scope.0 as u64)
                    }
            });
        });
        found
    })
}
