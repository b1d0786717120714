//! `jdk.internal.misc.Unsafe`: plain, volatile and atomic access to fields, array elements and raw memory.
//!
//! A location is (object, offset), or (null, absolute address). Addresses are the class library's responsibility, as
//! the class's name says. Plain and volatile accesses of naturally aligned locations are single machine accesses.

use peaberry_gc::barrier;
use peaberry_gc::layout::Narrow;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering, fence};

natives! { pub NATIVES: "jdk/internal/misc/Unsafe" {
    "getBoolean" "(Ljava/lang/Object;J)Z" [leaf] => get_boolean;
    "getByte" "(Ljava/lang/Object;J)B" [leaf] => get_byte;
    "getChar" "(Ljava/lang/Object;J)C" [leaf] => get_char;
    "getShort" "(Ljava/lang/Object;J)S" [leaf] => get_short;
    "getInt" "(Ljava/lang/Object;J)I" [leaf] => get_int;
    "getLong" "(Ljava/lang/Object;J)J" [leaf] => get_long;
    "getFloat" "(Ljava/lang/Object;J)F" [leaf] => get_float;
    "getDouble" "(Ljava/lang/Object;J)D" [leaf] => get_double;
    "getReference" "(Ljava/lang/Object;J)Ljava/lang/Object;" [leaf] => get_reference;
    "getBooleanVolatile" "(Ljava/lang/Object;J)Z" [leaf] => get_boolean_volatile;
    "getByteVolatile" "(Ljava/lang/Object;J)B" [leaf] => get_byte_volatile;
    "getCharVolatile" "(Ljava/lang/Object;J)C" [leaf] => get_char_volatile;
    "getShortVolatile" "(Ljava/lang/Object;J)S" [leaf] => get_short_volatile;
    "getIntVolatile" "(Ljava/lang/Object;J)I" [leaf] => get_int_volatile;
    "getLongVolatile" "(Ljava/lang/Object;J)J" [leaf] => get_long_volatile;
    "getFloatVolatile" "(Ljava/lang/Object;J)F" [leaf] => get_float_volatile;
    "getDoubleVolatile" "(Ljava/lang/Object;J)D" [leaf] => get_double_volatile;
    "getReferenceVolatile" "(Ljava/lang/Object;J)Ljava/lang/Object;" [leaf] => get_reference_volatile;
    "putBoolean" "(Ljava/lang/Object;JZ)V" [leaf] => put_boolean;
    "putByte" "(Ljava/lang/Object;JB)V" [leaf] => put_byte;
    "putChar" "(Ljava/lang/Object;JC)V" [leaf] => put_char;
    "putShort" "(Ljava/lang/Object;JS)V" [leaf] => put_short;
    "putInt" "(Ljava/lang/Object;JI)V" [leaf] => put_int;
    "putLong" "(Ljava/lang/Object;JJ)V" [leaf] => put_long;
    "putFloat" "(Ljava/lang/Object;JF)V" [leaf] => put_float;
    "putDouble" "(Ljava/lang/Object;JD)V" [leaf] => put_double;
    "putReference" "(Ljava/lang/Object;JLjava/lang/Object;)V" [leaf] => put_reference;
    "putBooleanVolatile" "(Ljava/lang/Object;JZ)V" [leaf] => put_boolean_volatile;
    "putByteVolatile" "(Ljava/lang/Object;JB)V" [leaf] => put_byte_volatile;
    "putCharVolatile" "(Ljava/lang/Object;JC)V" [leaf] => put_char_volatile;
    "putShortVolatile" "(Ljava/lang/Object;JS)V" [leaf] => put_short_volatile;
    "putIntVolatile" "(Ljava/lang/Object;JI)V" [leaf] => put_int_volatile;
    "putLongVolatile" "(Ljava/lang/Object;JJ)V" [leaf] => put_long_volatile;
    "putFloatVolatile" "(Ljava/lang/Object;JF)V" [leaf] => put_float_volatile;
    "putDoubleVolatile" "(Ljava/lang/Object;JD)V" [leaf] => put_double_volatile;
    "putReferenceVolatile" "(Ljava/lang/Object;JLjava/lang/Object;)V" [leaf] => put_reference_volatile;
    "compareAndSetInt" "(Ljava/lang/Object;JII)Z" [leaf] => compare_and_set_int;
    "compareAndSetLong" "(Ljava/lang/Object;JJJ)Z" [leaf] => compare_and_set_long;
    "compareAndSetReference" "(Ljava/lang/Object;JLjava/lang/Object;Ljava/lang/Object;)Z" [leaf] => compare_and_set_reference;
    "compareAndExchangeInt" "(Ljava/lang/Object;JII)I" [leaf] => compare_and_exchange_int;
    "compareAndExchangeLong" "(Ljava/lang/Object;JJJ)J" [leaf] => compare_and_exchange_long;
    "compareAndExchangeReference" "(Ljava/lang/Object;JLjava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;" [leaf] => compare_and_exchange_reference;
    "getUncompressedObject" "(J)Ljava/lang/Object;" [leaf] => get_uncompressed_object;
    "fullFence" "()V" [leaf] => full_fence;
    "loadFence" "()V" [until 24] [leaf] => load_fence;
    "storeFence" "()V" [until 24] [leaf] => store_fence;
} }

/// Address of a location. Raw memory may lie anywhere; objects are where they are while a native frame holds them.
#[inline(always)]
fn at(object: Obj, offset: i64) -> usize {
    object.0.wrapping_add(offset as usize)
}

/// Reads a plain value; unaligned locations are allowed.
#[inline(always)]
fn load<T: Copy>(object: Obj, offset: i64) -> T {
    // SAFETY: the class library vouches for the location (module documentation).
    unsafe { (at(object, offset) as *const T).read_unaligned() }
}

#[inline(always)]
fn store<T: Copy>(object: Obj, offset: i64, value: T) {
    // SAFETY: as for `load`.
    unsafe { (at(object, offset) as *mut T).write_unaligned(value) }
}

/// The atomic cell at a location: `$atomic` must be aligned there, which the class library sees to.
macro_rules! cell {
    ($atomic:ty, $object:expr, $offset:expr) => {{
        let address = at($object, $offset) & !(std::mem::align_of::<$atomic>() - 1);
        // SAFETY: the class library vouches for the location; aligned just now.
        unsafe { &*(address as *const $atomic) }
    }};
}

macro_rules! plain {
    ($($get:ident $put:ident $java:ty, $raw:ty, $from:expr, $into:expr;)*) => {
        $(fn $get(_: &mut JavaThread, _: Obj, object: Obj, offset: i64) -> JResult<$java> {
            let convert: fn($raw) -> $java = $from;
            Ok(convert(load::<$raw>(object, offset)))
        }
        fn $put(_: &mut JavaThread, _: Obj, object: Obj, offset: i64, value: $java) -> JResult<()> {
            let convert: fn($java) -> $raw = $into;
            store::<$raw>(object, offset, convert(value));
            Ok(())
        })*
    };
}
plain! {
    get_boolean put_boolean bool, u8, |raw| raw != 0, u8::from;
    get_byte put_byte i8, i8, |raw| raw, |value| value;
    get_char put_char u16, u16, |raw| raw, |value| value;
    get_short put_short i16, i16, |raw| raw, |value| value;
    get_int put_int i32, i32, |raw| raw, |value| value;
    get_long put_long i64, i64, |raw| raw, |value| value;
    get_float put_float f32, u32, f32::from_bits, f32::to_bits;
    get_double put_double f64, u64, f64::from_bits, f64::to_bits;
}

macro_rules! volatile {
    ($($get:ident $put:ident $java:ty, $atomic:ty, $from:expr, $into:expr;)*) => {
        $(fn $get(_: &mut JavaThread, _: Obj, object: Obj, offset: i64) -> JResult<$java> {
            Ok(($from)(cell!($atomic, object, offset).load(Ordering::SeqCst)))
        }
        fn $put(_: &mut JavaThread, _: Obj, object: Obj, offset: i64, value: $java) -> JResult<()> {
            cell!($atomic, object, offset).store(($into)(value), Ordering::SeqCst);
            Ok(())
        })*
    };
}
volatile! {
    get_boolean_volatile put_boolean_volatile bool, AtomicU8, |raw: u8| raw != 0, u8::from;
    get_byte_volatile put_byte_volatile i8, AtomicU8, |raw: u8| raw as i8, |value: i8| value as u8;
    get_char_volatile put_char_volatile u16, AtomicU16, |raw: u16| raw, |value: u16| value;
    get_short_volatile put_short_volatile i16, AtomicU16, |raw: u16| raw as i16, |value: i16| value as u16;
    get_int_volatile put_int_volatile i32, AtomicU32, |raw: u32| raw as i32, |value: i32| value as u32;
    get_long_volatile put_long_volatile i64, AtomicU64, |raw: u64| raw as i64, |value: i64| value as u64;
    get_float_volatile put_float_volatile f32, AtomicU32, f32::from_bits, f32::to_bits;
    get_double_volatile put_double_volatile f64, AtomicU64, f64::from_bits, f64::to_bits;
}

fn get_reference(_: &mut JavaThread, _: Obj, object: Obj, offset: i64) -> JResult<Obj> {
    Ok(Narrow(cell!(AtomicU32, object, offset).load(Ordering::Acquire)).widen())
}

fn get_reference_volatile(_: &mut JavaThread, _: Obj, object: Obj, offset: i64) -> JResult<Obj> {
    Ok(Narrow(cell!(AtomicU32, object, offset).load(Ordering::SeqCst)).widen())
}

/// The write barrier for a store at a location.
#[inline(always)]
fn mark_card(thread: &JavaThread, object: Obj, offset: i64) {
    if !object.is_null() {
        // SAFETY: the card table covers the heap, in which the object is.
        unsafe { barrier::card_mark(thread.card_table, at(object, offset)) }
    }
}

fn put_reference(thread: &mut JavaThread, _: Obj, object: Obj, offset: i64, value: Obj) -> JResult<()> {
    cell!(AtomicU32, object, offset).store(value.narrow().0, Ordering::Release);
    mark_card(thread, object, offset);
    Ok(())
}

fn put_reference_volatile(thread: &mut JavaThread, _: Obj, object: Obj, offset: i64, value: Obj) -> JResult<()> {
    cell!(AtomicU32, object, offset).store(value.narrow().0, Ordering::SeqCst);
    mark_card(thread, object, offset);
    Ok(())
}

fn exchange_if(thread: &JavaThread, object: Obj, offset: i64, expected: Obj, value: Obj) -> Result<u32, u32> {
    let cell = cell!(AtomicU32, object, offset);
    let result = cell.compare_exchange(
        expected.narrow().0,
        value.narrow().0,
        Ordering::SeqCst,
        Ordering::SeqCst,
    );
    if result.is_ok() {
        mark_card(thread, object, offset);
    }
    result
}

fn compare_and_set_reference(
    thread: &mut JavaThread,
    _: Obj,
    object: Obj,
    offset: i64,
    expected: Obj,
    value: Obj,
) -> JResult<bool> {
    Ok(exchange_if(thread, object, offset, expected, value).is_ok())
}

fn compare_and_exchange_reference(
    thread: &mut JavaThread,
    _: Obj,
    object: Obj,
    offset: i64,
    expected: Obj,
    value: Obj,
) -> JResult<Obj> {
    let (Ok(found) | Err(found)) = exchange_if(thread, object, offset, expected, value);
    Ok(Narrow(found).widen())
}

macro_rules! compare {
    ($($set:ident $exchange:ident $java:ty, $raw:ty, $atomic:ty;)*) => {
        $(fn $set(_: &mut JavaThread, _: Obj, object: Obj, offset: i64, expected: $java, value: $java) -> JResult<bool> {
            let cell = cell!($atomic, object, offset);
            Ok(cell.compare_exchange(expected as $raw, value as $raw, Ordering::SeqCst, Ordering::SeqCst).is_ok())
        }
        fn $exchange(
            _: &mut JavaThread, _: Obj, object: Obj, offset: i64, expected: $java, value: $java,
        ) -> JResult<$java> {
            let cell = cell!($atomic, object, offset);
            let (Ok(found) | Err(found)) =
                cell.compare_exchange(expected as $raw, value as $raw, Ordering::SeqCst, Ordering::SeqCst);
            Ok(found as $java)
        })*
    };
}
compare! {
    compare_and_set_int compare_and_exchange_int i32, u32, AtomicU32;
    compare_and_set_long compare_and_exchange_long i64, u64, AtomicU64;
}

/// A full address in raw memory.
fn get_uncompressed_object(_: &mut JavaThread, _: Obj, address: i64) -> JResult<Obj> {
    Ok(Obj(load::<usize>(Obj::NULL, address)))
}

fn full_fence(_: &mut JavaThread, _: Obj) -> JResult<()> {
    fence(Ordering::SeqCst);
    Ok(())
}

fn load_fence(_: &mut JavaThread, _: Obj) -> JResult<()> {
    fence(Ordering::Acquire);
    Ok(())
}

fn store_fence(_: &mut JavaThread, _: Obj) -> JResult<()> {
    fence(Ordering::Release);
    Ok(())
}
