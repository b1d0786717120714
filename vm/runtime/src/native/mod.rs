//! Native methods written in Rust: the typed registration of functions, and how a declared native finds its function.
//!
//! A native is a plain function `fn(&mut JavaThread, …) -> JResult<T>` whose parameters are the Java ones (the receiver
//! first, as [`Obj`], when the method is not static; a static native does not get its class). `stdlib` lists them in
//! [`NativeRow`]s. References are plain [`Obj`]s: native frames are scanned conservatively and what they point at is
//! pinned, so no handles are needed, except for what is kept across calls outside the stack (use `handles`).

pub mod registry;

use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;

/// The uniform form of a native: thread and the address of the argument slots; the result as a slot.
///
/// # Safety
/// `arguments` points at as many slots as the native's parameters take.
pub type NativeFunction = unsafe fn(thread: &mut JavaThread, arguments: *const u64) -> JResult<u64>;

/// A value that travels in interpreter slots.
pub trait SlotValue: Copy {
    /// Slots it takes among arguments.
    const SLOTS: usize;
    /// Reads it from a slot.
    fn from_slot(slot: u64) -> Self;
    /// The slot form.
    fn into_slot(self) -> u64;
}
macro_rules! slot_value {
    ($($t:ty, $slots:expr, $slot:ident => $from:expr, $value:ident => $into:expr;)*) => {
        $(impl SlotValue for $t {
            const SLOTS: usize = $slots;
            #[inline(always)]
            fn from_slot($slot: u64) -> Self { $from }
            #[inline(always)]
            fn into_slot(self) -> u64 { let $value = self; $into }
        })*
    };
}
slot_value! {
    i32, 1, s => s as i32, v => v as u32 as u64;
    i64, 2, s => s as i64, v => v as u64;
    u16, 1, s => s as u16, v => u64::from(v);
    i16, 1, s => s as i16, v => v as i32 as u32 as u64;
    i8, 1, s => s as i8, v => v as i32 as u32 as u64;
    bool, 1, s => s as u32 & 1 != 0, v => u64::from(v);
    f32, 1, s => f32::from_bits(s as u32), v => u64::from(v.to_bits());
    f64, 2, s => f64::from_bits(s), v => v.to_bits();
    Obj, 1, s => Obj(s as usize), v => v.0 as u64;
    (), 0, _s => (), _v => 0;
}

/// A Rust function usable as a native method; implemented for functions of up to 10 slot-valued parameters.
pub trait NativeCallable<Signature>: Copy + 'static {
    /// Reads the arguments from slots and calls the function.
    ///
    /// # Safety
    /// `arguments` points at the parameters' slots.
    unsafe fn call(self, thread: &mut JavaThread, arguments: *const u64) -> JResult<u64>;
}
macro_rules! native_callable {
    ($($p:ident)*) => {
        impl<F, R: SlotValue, $($p: SlotValue,)*> NativeCallable<(R, $($p,)*)> for F
        where F: Fn(&mut JavaThread, $($p),*) -> JResult<R> + Copy + 'static {
            #[inline(always)]
            #[allow(unused_mut, unused_variables, unused_assignments, non_snake_case)]
            unsafe fn call(self, thread: &mut JavaThread, arguments: *const u64) -> JResult<u64> {
                let mut next = arguments;
                $(
                    // SAFETY: the caller gives enough slots.
                    let $p = unsafe { $p::from_slot(*next) };
                    next = next.wrapping_add($p::SLOTS);
                )*
                self(thread, $($p),*).map(R::into_slot)
            }
        }
    };
}
native_callable!();
native_callable!(A);
native_callable!(A B);
native_callable!(A B C);
native_callable!(A B C D);
native_callable!(A B C D E);
native_callable!(A B C D E G);
native_callable!(A B C D E G H);
native_callable!(A B C D E G H I);
native_callable!(A B C D E G H I J);
native_callable!(A B C D E G H I J K);
native_callable!(A B C D E G H I J K L);

/// Turns a function item into the uniform form.
pub const fn native_function<S: 'static, F: NativeCallable<S>>(_function: F) -> NativeFunction {
    const {
        assert!(
            std::mem::size_of::<F>() == 0,
            "a native is a function item or a closure without captures"
        );
    }
    unsafe fn shim<S, F: NativeCallable<S>>(thread: &mut JavaThread, arguments: *const u64) -> JResult<u64> {
        // SAFETY: F is a zero-sized function item (checked above), so any aligned pointer is a value of it; the caller
        // gives the argument slots.
        unsafe {
            std::ptr::NonNull::<F>::dangling()
                .as_ptr()
                .read()
                .call(thread, arguments)
        }
    }
    shim::<S, F>
}

/// Class-library versions a row applies to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Versions {
    /// First feature release that has it.
    pub since: u16,
    /// Last feature release that has it.
    pub until: u16,
}
impl Versions {
    /// All supported versions.
    pub const ALL: Versions = Versions {
        since: 0,
        until: u16::MAX,
    };
    /// From a release on.
    pub const fn since(release: u16) -> Versions {
        Versions {
            since: release,
            until: u16::MAX,
        }
    }
    /// Up to and including a release.
    pub const fn until(release: u16) -> Versions {
        Versions {
            since: 0,
            until: release,
        }
    }
    /// Does `release` have it?
    pub const fn has(self, release: u16) -> bool {
        self.since <= release && release <= self.until
    }
}

/// One native method: the single place where class, name, descriptor and function meet.
#[derive(Clone, Copy)]
pub struct NativeRow {
    /// Class in internal form.
    pub class: &'static str,
    /// Method name.
    pub name: &'static str,
    /// Descriptor.
    pub descriptor: &'static str,
    /// Class-library versions.
    pub versions: Versions,
    /// The function.
    pub function: NativeFunction,
    /// May block in the operating system (such natives enter the blocking state themselves).
    pub may_block: bool,
    /// Needs no frame of its own: it never blocks or calls Java, and collects garbage at most to throw, which then looks as
    /// if the caller threw.
    pub leaf: bool,
}

/// Declares the natives of one class:
/// `natives! { pub NATIVES: "java/lang/Object" { "hashCode" "()I" => hash_code; "wait0" "(J)V" [since 21] => wait; } }`
/// A row may carry `[since N]`, `[until N]`, `[blocks]` or `[leaf]`, in this order.
#[macro_export]
macro_rules! natives {
    ($vis:vis $table:ident: $class:literal { $($name:literal $descriptor:literal $([$($attribute:tt)*])* => $function:expr;)* }) => {
        /// The natives of this class.
        $vis const $table: &[$crate::native::NativeRow] = &[
            $($crate::native::NativeRow {
                class: $class,
                name: $name,
                descriptor: $descriptor,
                versions: $crate::natives!(@versions $([$($attribute)*])*),
                function: $crate::native::native_function($function),
                may_block: $crate::natives!(@blocks $([$($attribute)*])*),
                leaf: $crate::natives!(@leaf $([$($attribute)*])*),
            },)*
        ];
    };
    (@versions) => { $crate::native::Versions::ALL };
    (@versions [since $a:literal] [until $b:literal] $($rest:tt)*) => { $crate::native::Versions { since: $a, until: $b } };
    (@versions [leaf] $($rest:tt)*) => { $crate::natives!(@versions $($rest)*) };
    (@leaf) => { false };
    (@leaf [leaf] $($rest:tt)*) => { true };
    (@leaf [$($other:tt)*] $($rest:tt)*) => { $crate::natives!(@leaf $($rest)*) };
    (@versions [since $n:literal] $($rest:tt)*) => { $crate::native::Versions::since($n) };
    (@versions [until $n:literal] $($rest:tt)*) => { $crate::native::Versions::until($n) };
    (@versions [blocks] $($rest:tt)*) => { $crate::natives!(@versions $($rest)*) };
    (@blocks) => { false };
    (@blocks [blocks] $($rest:tt)*) => { true };
    (@blocks [$($other:tt)*] $($rest:tt)*) => { $crate::natives!(@blocks $($rest)*) };
}
