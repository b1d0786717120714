//! Quick invocations: find the method, note where to return to, jump to its entry.

use super::context::{Registers, class_at, entry_of, handlers, widen};
use super::profile::{record_type, record_type_slow};
use super::slow;
use crate::method_area::class::ItableEntry;
use crate::method_area::{CallSite, Class, Method};
use std::sync::atomic::Ordering;

/// Enters `method`, whose arguments are on the stack, returning `length` bytes on.
#[inline(always)]
pub(super) unsafe fn enter(r: Registers, method: *const Method, length: usize) {
    // SAFETY: registers are those of the running frame; the method has an entry.
    unsafe {
        (*r.frame).pc = r.pc;
        (*r.frame).resume_pc = r.pc.wrapping_add(length);
        let entry = entry_of(method);
        Registers {
            pool: method.cast(),
            ..r
        }
        .go(entry)
    }
}

#[inline(always)]
unsafe fn pool_method(r: Registers) -> *const Method {
    // SAFETY: quick invocations' pool words are methods.
    unsafe { *r.pool.add(usize::from(r.u16_at(1))) as *const Method }
}

/// Entry `index` of a class's vtable.
#[inline(always)]
unsafe fn vtable_at(class: *const Class, index: usize) -> *const Method {
    // SAFETY: a method's vtable index is valid in all subclasses of its holder.
    unsafe { (*class).vtable.get().get_unchecked(index).as_ptr() }
}

/// Implementation of an interface method by linear search of the itable; null when there is none.
#[inline(always)]
unsafe fn itable_at(class: *const Class, method: *const Method) -> *const Method {
    // SAFETY: itables are complete before a class has instances.
    unsafe {
        let interface = (*method).holder;
        let itable = (*class).itable.get();
        let mut entry: *const ItableEntry = itable.as_ptr();
        let end = entry.add(itable.len());
        while entry != end {
            if (*entry).interface == interface {
                return *(*entry).methods.add((*method).itable_index.get() as usize);
            }
            entry = entry.add(1);
        }
        std::ptr::null()
    }
}

/// Does the receiver's class need the slow way into the profile?
#[inline(always)]
unsafe fn unrecorded(r: Registers, class: *const Class) -> bool {
    // SAFETY: as for the handlers.
    unsafe { (*r.frame).profile != 0 && !record_type(r, class) }
}

#[inline(always)]
unsafe fn select_interface(r: Registers, class: *const Class, length: usize) {
    // SAFETY: as for the handlers.
    unsafe {
        let target = itable_at(class, pool_method(r));
        if target.is_null() {
            return r.go(slow::invoke_selected);
        }
        enter(r, target, length)
    }
}

#[inline(always)]
unsafe fn select_virtual(r: Registers, class: *const Class) {
    // SAFETY: as for the handlers; quick virtual calls' methods are in the vtable.
    unsafe { enter(r, vtable_at(class, (*pool_method(r)).vtable_index.get() as usize), 3) }
}

#[inline(always)]
unsafe fn receiver_by_pool(r: Registers) -> usize {
    // SAFETY: as for the handlers.
    unsafe { r.reference(usize::from((*pool_method(r)).argument_slots)) }
}

// The handlers named `…_recording` are where calls go whose receiver class is not among the first two, or new.
handlers! {
    invokestatic_quick(r) { enter(r, pool_method(r), 3) }
    invokespecial_quick(r) {
        let method = pool_method(r);
        if r.reference(usize::from((*method).argument_slots)) == 0 {
            return r.go(slow::null_pointer);
        }
        enter(r, method, 3)
    }
    invokevirtual_quick(r) {
        let receiver = receiver_by_pool(r);
        if receiver == 0 {
            return r.go(slow::null_pointer);
        }
        let class = class_at(receiver);
        if unrecorded(r, class) {
            return r.go(invokevirtual_recording);
        }
        select_virtual(r, class)
    }
    #[inline(never)]
    invokevirtual_recording(r) {
        let class = class_at(receiver_by_pool(r));
        record_type_slow(r.cell(0), class);
        select_virtual(r, class)
    }
    invokevirtual_short(r) {
        let receiver = r.reference(usize::from(r.u8_at(1)));
        if receiver == 0 {
            return r.go(slow::null_pointer);
        }
        let class = class_at(receiver);
        if unrecorded(r, class) {
            return r.go(invokevirtual_short_recording);
        }
        enter(r, vtable_at(class, usize::from(r.u8_at(2))), 3)
    }
    #[inline(never)]
    invokevirtual_short_recording(r) {
        let class = class_at(r.reference(usize::from(r.u8_at(1))));
        record_type_slow(r.cell(0), class);
        enter(r, vtable_at(class, usize::from(r.u8_at(2))), 3)
    }
    invokeinterface_quick(r) {
        let receiver = receiver_by_pool(r);
        if receiver == 0 {
            return r.go(slow::null_pointer);
        }
        let class = class_at(receiver);
        if unrecorded(r, class) {
            return r.go(invokeinterface_recording);
        }
        select_interface(r, class, 5)
    }
    #[inline(never)]
    invokeinterface_recording(r) {
        let class = class_at(receiver_by_pool(r));
        record_type_slow(r.cell(0), class);
        select_interface(r, class, 5)
    }
    invokevirtual_interface(r) {
        let receiver = receiver_by_pool(r);
        if receiver == 0 {
            return r.go(slow::null_pointer);
        }
        select_interface(r, class_at(receiver), 3)
    }
    invokehandle(r) {
        let site = *r.pool.add(usize::from(r.u16_at(1))) as *const CallSite;
        // The receiver, a method or var handle, is checked for null before the call.
        if r.reference(usize::from((*site).argument_slots)) == 0 {
            return r.go(slow::null_pointer);
        }
        call_site(r, site, 3)
    }
    invokedynamic_quick(r) {
        let site = widen(r.i32_at(1) as u32) as *const CallSite;
        call_site(r, site, 5)
    }
}

/// Calls the adapter of a call site, with the appendix if it has one.
#[inline(always)]
pub(super) unsafe fn call_site(mut r: Registers, site: *const CallSite, length: usize) {
    // SAFETY: call sites are immutable but for their appendix slot, a root.
    unsafe {
        let appendix = (*site).appendix;
        if !appendix.is_null() {
            let object = widen((*appendix).0.load(Ordering::Acquire));
            if object != 0 {
                r.set(0, object as u64);
                r.sp = r.sp.add(1);
            }
        }
        enter(r, (*site).adapter.as_ptr(), length)
    }
}

/// Enters `method` for a slow path that noted `pc` and `resume_pc` in the frame.
#[inline(always)]
pub(super) unsafe fn enter_noted(r: Registers, method: *const Method) {
    // SAFETY: as for `enter`.
    unsafe {
        let entry = entry_of(method);
        Registers {
            pool: method.cast(),
            ..r
        }
        .go(entry)
    }
}
