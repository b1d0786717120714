//! Stack traces: recorded as Java objects when a `Throwable` is filled in, turned into `StackTraceElement`s when asked.
//!
//! `Throwable.backtrace` is an `Object[]` of a `long[]` (first a flag word, then one word for each frame: method
//! address and bytecode index) and an `Object[]` of the mirrors that keep those methods' classes alive.

use crate::basic_type::BasicType;
use crate::known::{KnownClass, KnownField};
use crate::loader;
use crate::method_area::class::class_flags;
use crate::method_area::method::method_flags;
use crate::method_area::{ClassPtr, Meta, Method, MethodPtr};
use crate::object::{array_get_ref, array_length, array_set_ref, array_slice, class_of};
use crate::stack::StackWalker;
use crate::strings;
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::{NARROW_SHIFT, Obj};

/// Flag word: the innermost frame was hidden, so its bytecode says nothing about the exception.
const TOP_HIDDEN: u64 = 1;

/// One frame of a recorded stack trace.
#[derive(Clone, Copy, Debug)]
pub struct TraceFrame {
    /// The method.
    pub method: MethodPtr,
    /// Bytecode index.
    pub bci: u32,
}

fn pack(frame: TraceFrame) -> u64 {
    ((frame.method.address() >> NARROW_SHIFT) as u64) << 16 | u64::from(frame.bci & 0xffff)
}

fn unpack(word: u64) -> TraceFrame {
    // SAFETY: packed from a method whose class the backtrace keeps alive.
    let method = unsafe { Meta::new(((word >> 16) as usize * (1 << NARROW_SHIFT)) as *const Method) };
    TraceFrame {
        method,
        bci: (word & 0xffff) as u32,
    }
}

/// Whether traces leave the method out.
fn is_hidden(method: MethodPtr) -> bool {
    method.has_flag(method_flags::HIDDEN)
}

/// The frames of the current thread, as a stack trace shows them, at most `limit` of them. Frames of `Throwable`'s own
/// recording and of `throwable`'s constructors are left out when it is not null.
fn collect(thread: &JavaThread, throwable: Obj, limit: usize) -> (Vec<TraceFrame>, u64) {
    let mut frames = Vec::new();
    let mut flags = 0;
    let mut in_fill = !throwable.is_null();
    let mut in_constructor = in_fill;
    let mut first = true;
    for walked in StackWalker::new(thread) {
        let method = walked.method;
        if in_fill {
            if matches!(method.name.bytes(), b"fillInStackTrace" | b"fillInStackTrace0") {
                continue;
            }
            in_fill = false;
        }
        if in_constructor {
            if method.is_constructor() && class_of(throwable).is_subtype_of(method.holder) {
                continue;
            }
            in_constructor = false;
        }
        let hidden = is_hidden(method);
        if std::mem::take(&mut first) && hidden {
            flags |= TOP_HIDDEN;
        }
        if hidden {
            continue;
        }
        if frames.len() >= limit {
            break;
        }
        frames.push(TraceFrame {
            method,
            bci: walked.bci,
        });
    }
    (frames, flags)
}

/// A backtrace object of frames.
pub fn new_backtrace(thread: &mut JavaThread, frames: &[TraceFrame], flags: u64) -> JResult<Obj> {
    let words = thread.allocate_primitive_array(BasicType::Long, frames.len() + 1)?;
    // SAFETY: a fresh long[] of that length, held by this frame.
    let slots = unsafe { array_slice::<u64>(words) };
    slots[0] = flags;
    for (slot, frame) in slots[1..].iter_mut().zip(frames) {
        *slot = pack(*frame);
    }
    let object = thread.known_class(KnownClass::Object);
    let mut holders: Vec<ClassPtr> = Vec::new();
    for frame in frames {
        // Ordinary classes of the boot loader are never unloaded.
        let holder = frame.method.holder;
        let mortal = holder.loader_data().id != 0 || holder.has_flag(class_flags::HIDDEN);
        if mortal && holders.last() != Some(&holder) {
            holders.push(holder);
        }
    }
    let mirrors = if holders.is_empty() {
        Obj::NULL
    } else {
        thread.allocate_reference_array(object, holders.len())?
    };
    for (index, holder) in holders.iter().enumerate() {
        array_set_ref(thread, mirrors, index, holder.mirror());
    }
    let backtrace = thread.allocate_reference_array(object, 2)?;
    array_set_ref(thread, backtrace, 0, words);
    array_set_ref(thread, backtrace, 1, mirrors);
    Ok(backtrace)
}

/// `Throwable.fillInStackTrace(int)`: records where the current thread is. Without memory for it the trace stays empty.
pub fn fill_in_stack_trace(thread: &mut JavaThread, throwable: Obj) {
    thread.set_known_ref(throwable, KnownField::ThrowableBacktrace, Obj::NULL);
    thread.set_known_ref(throwable, KnownField::ThrowableStackTrace, Obj::NULL);
    thread.set_known(throwable, KnownField::ThrowableDepth, 0i32);
    let limit = match thread.vm().options.max_stack_trace_depth {
        0 => usize::MAX,
        limit => limit,
    };
    let pending = thread.take_exception();
    let (frames, flags) = collect(thread, throwable, limit);
    match new_backtrace(thread, &frames, flags) {
        Ok(backtrace) => {
            thread.set_known_ref(throwable, KnownField::ThrowableBacktrace, backtrace);
            thread.set_known(throwable, KnownField::ThrowableDepth, frames.len() as i32);
        }
        Err(_) => {
            thread.take_exception();
        }
    }
    thread.exception = pending;
}

fn words(backtrace: Obj) -> &'static [u64] {
    if backtrace.is_null() {
        return &[0];
    }
    let words = array_get_ref(backtrace, 0);
    // SAFETY: a backtrace's first element is a long[]; the caller's frame holds the backtrace while it reads.
    unsafe { array_slice::<u64>(words) }
}

/// The frames recorded in a backtrace object (null gives none).
pub fn frames_of(backtrace: Obj) -> Vec<TraceFrame> {
    words(backtrace).iter().skip(1).map(|&word| unpack(word)).collect()
}

/// Method and bytecode index where a throwable was made, unless that frame was hidden.
pub fn top_frame(thread: &JavaThread, throwable: Obj) -> Option<TraceFrame> {
    let backtrace = thread.known_ref(throwable, KnownField::ThrowableBacktrace);
    let words = words(backtrace);
    if words[0] & TOP_HIDDEN != 0 {
        return None;
    }
    words.get(1).map(|&word| unpack(word))
}

/// The current thread's frames as a trace shows them, the innermost `skip` visible ones left out.
pub fn current_frames(thread: &JavaThread, skip: usize) -> Vec<TraceFrame> {
    let mut frames = collect(thread, Obj::NULL, usize::MAX).0;
    frames.drain(..skip.min(frames.len()));
    frames
}

/// `Class.name`: the class's name as an interned string, made at the first request and kept in the mirror.
pub fn class_name(thread: &mut JavaThread, class: ClassPtr) -> JResult<Obj> {
    let mirror = class.mirror();
    let known = thread.known_ref(mirror, KnownField::ClassName);
    if !known.is_null() {
        return Ok(known);
    }
    let name = if class.is_of_hidden_class() {
        let text = class.external_name();
        thread.intern_str(&text)?
    } else {
        let bytes: Vec<u8> = class
            .name
            .bytes()
            .iter()
            .map(|&b| if b == b'/' { b'.' } else { b })
            .collect();
        thread.intern_mutf8(&bytes)?
    };
    thread.set_known_ref(mirror, KnownField::ClassName, name);
    Ok(name)
}

/// The line `StackTraceElement` reports: -2 for natives, -1 when unknown.
pub fn line_number(frame: TraceFrame) -> i32 {
    if frame.method.is_native() {
        return -2;
    }
    frame.method.line_number(frame.bci).map_or(-1, i32::from)
}

/// Fills one `java.lang.StackTraceElement`.
pub fn fill_element(thread: &mut JavaThread, element: Obj, frame: TraceFrame) -> JResult<()> {
    let class = frame.method.holder;
    let mirror = class.mirror();
    thread.set_known_ref(element, KnownField::StackTraceElementDeclaringClassObject, mirror);
    let name = class_name(thread, class)?;
    thread.set_known_ref(element, KnownField::StackTraceElementDeclaringClass, name);
    let loader = thread.known_ref(mirror, KnownField::ClassClassLoader);
    if !loader.is_null() {
        let name = thread.known_ref(loader, KnownField::ClassLoaderName);
        thread.set_known_ref(element, KnownField::StackTraceElementClassLoaderName, name);
    }
    if let Some(module) = loader::modules::module_of(class).filter(|module| module.is_named()) {
        if let Some(name) = module.name() {
            let name = thread.intern_mutf8(name.bytes())?;
            thread.set_known_ref(element, KnownField::StackTraceElementModuleName, name);
        }
        if let Some(version) = module.version() {
            let version = thread.intern_str(version)?;
            thread.set_known_ref(element, KnownField::StackTraceElementModuleVersion, version);
        }
    }
    let method = thread.intern_mutf8(frame.method.name.bytes())?;
    thread.set_known_ref(element, KnownField::StackTraceElementMethodName, method);
    if class.attributes.source_file != 0 {
        let file = thread.intern_mutf8(class.constants().utf8(class.attributes.source_file))?;
        thread.set_known_ref(element, KnownField::StackTraceElementFileName, file);
    }
    thread.set_known(element, KnownField::StackTraceElementLineNumber, line_number(frame));
    Ok(())
}

/// `StackTraceElement.initStackTraceElements`: fills `elements`, which has `depth` elements made by the class library.
pub fn fill_elements(thread: &mut JavaThread, elements: Obj, backtrace: Obj, depth: usize) -> JResult<()> {
    if elements.is_null() {
        return Err(thread.throw_null_pointer());
    }
    if array_length(elements) != depth {
        return Err(thread.throw_plain("java/lang/IndexOutOfBoundsException"));
    }
    let frames = frames_of(backtrace);
    for index in 0..depth {
        let element = array_get_ref(elements, index);
        if element.is_null() {
            return Err(thread.throw_null_pointer());
        }
        let Some(&frame) = frames.get(index) else { break };
        fill_element(thread, element, frame)?;
    }
    Ok(())
}

/// A trace as lines of text (`\tat a.B.c(B.java:1)`), made without running Java code: thread dumps and fatal errors.
pub fn to_text(frames: &[TraceFrame]) -> String {
    let mut text = String::new();
    for frame in frames {
        let class = frame.method.holder;
        let place = match (line_number(*frame), class.attributes.source_file) {
            (-2, _) => "Native Method".to_owned(),
            (_, 0) => "Unknown Source".to_owned(),
            (-1, file) => String::from_utf8_lossy(class.constants().utf8(file)).into_owned(),
            (line, file) => format!("{}:{line}", String::from_utf8_lossy(class.constants().utf8(file))),
        };
        text.push_str(&format!(
            "\tat {}.{}({place})\n",
            class.external_name(),
            frame.method.name
        ));
    }
    text
}

/// Text of a throwable with its recorded trace and causes, made without running Java code.
pub fn describe(thread: &JavaThread, throwable: Obj) -> String {
    let mut text = String::new();
    let mut next = throwable;
    for round in 0..32 {
        if next.is_null() {
            break;
        }
        if round > 0 {
            text.push_str("Caused by: ");
        }
        text.push_str(&class_of(next).external_name());
        let message = thread.known_ref(next, KnownField::ThrowableDetailMessage);
        if !message.is_null() {
            text.push_str(": ");
            text.push_str(&strings::to_rust(thread, message));
        }
        text.push('\n');
        text.push_str(&to_text(&frames_of(
            thread.known_ref(next, KnownField::ThrowableBacktrace),
        )));
        let cause = thread.known_ref(next, KnownField::ThrowableCause);
        next = if cause == next { Obj::NULL } else { cause };
    }
    text
}
