//! Random programs of numbers as machine code: exits rebuild the interpreter's frames from the code's tables.

use crate::cases::TESTED;
use crate::generator::numeric_program;
use crate::machine::{Frame, Machine, Outcome};
use crate::text::parse;
use crate::values::Datum;
use crate::world::World;
use peaberry_jit::build::build;
use peaberry_jit::code::{CompiledCode, Entry, ExitReason, Refusal, Resume, SlotSource};
use peaberry_jit::codecache::CodeCache;
use peaberry_jit::compile::compile;
use peaberry_jit::layout::RuntimeCall;
use peaberry_jit::passes;
use peaberry_jit::query::{Kind, MethodId};
use peaberry_jit::ssa::{Op, Type};
use peaberry_sys::dual_mapping::DualMapping;
use peaberry_sys::memory::Reservation;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// Words of the thread: its poll, its pending exception.
const POLL: usize = 0;
const EXCEPTION: usize = 1;
/// What the pending exception is in a frame whose code was invalidated.
const INVALIDATED: u64 = 1;
const CACHE_BYTES: usize = 1 << 20;
/// Polls after which a program is taken out of its machine code.
const MOST_POLLS: u32 = 50_000;

/// Types of locals and operands by method, bci and number of operands.
type SlotTypes = HashMap<(MethodId, u32, usize), (Vec<Option<Type>>, Vec<Option<Type>>)>;

/// The run in progress.
struct Run {
    world: World,
    code: CompiledCode,
    types: SlotTypes,
}

thread_local! {
    static RUN: RefCell<Option<Run>> = const { RefCell::new(None) };
    static POLLS: Cell<u32> = const { Cell::new(0) };
    /// Every so many polls find the code invalidated.
    static EVERY: Cell<u32> = const { Cell::new(0) };
    static EXITS: Cell<u32> = const { Cell::new(0) };
    static ERROR: RefCell<Option<String>> = const { RefCell::new(None) };
}

extern "sysv64" fn remainder_float(a: f32, b: f32) -> f32 {
    a % b
}

extern "sysv64" fn remainder_double(a: f64, b: f64) -> f64 {
    a % b
}

extern "sysv64" fn poll(thread: *mut u64) {
    let polls = POLLS.get() + 1;
    POLLS.set(polls);
    if polls > MOST_POLLS || (EVERY.get() != 0 && polls.is_multiple_of(EVERY.get())) {
        // SAFETY: the thread's words, given by the machine code.
        unsafe { *thread.add(EXCEPTION) = INVALIDATED };
    }
}

/// [`poll`] as machine code calls it: all registers are kept.
#[unsafe(naked)]
extern "sysv64" fn poll_stub() {
    std::arch::naked_asm!(
        "sub rsp, 200",
        "mov [rsp], rax",
        "mov [rsp + 8], rcx",
        "mov [rsp + 16], rdx",
        "mov [rsp + 24], rsi",
        "mov [rsp + 32], rdi",
        "mov [rsp + 40], r8",
        "mov [rsp + 48], r9",
        "mov [rsp + 56], r10",
        "mov [rsp + 64], r11",
        "movsd [rsp + 72], xmm0",
        "movsd [rsp + 80], xmm1",
        "movsd [rsp + 88], xmm2",
        "movsd [rsp + 96], xmm3",
        "movsd [rsp + 104], xmm4",
        "movsd [rsp + 112], xmm5",
        "movsd [rsp + 120], xmm6",
        "movsd [rsp + 128], xmm7",
        "movsd [rsp + 136], xmm8",
        "movsd [rsp + 144], xmm9",
        "movsd [rsp + 152], xmm10",
        "movsd [rsp + 160], xmm11",
        "movsd [rsp + 168], xmm12",
        "movsd [rsp + 176], xmm13",
        "movsd [rsp + 184], xmm14",
        "movsd [rsp + 192], xmm15",
        "call {poll}",
        "mov rax, [rsp]",
        "mov rcx, [rsp + 8]",
        "mov rdx, [rsp + 16]",
        "mov rsi, [rsp + 24]",
        "mov rdi, [rsp + 32]",
        "mov r8, [rsp + 40]",
        "mov r9, [rsp + 48]",
        "mov r10, [rsp + 56]",
        "mov r11, [rsp + 64]",
        "movsd xmm0, [rsp + 72]",
        "movsd xmm1, [rsp + 80]",
        "movsd xmm2, [rsp + 88]",
        "movsd xmm3, [rsp + 96]",
        "movsd xmm4, [rsp + 104]",
        "movsd xmm5, [rsp + 112]",
        "movsd xmm6, [rsp + 120]",
        "movsd xmm7, [rsp + 128]",
        "movsd xmm8, [rsp + 136]",
        "movsd xmm9, [rsp + 144]",
        "movsd xmm10, [rsp + 152]",
        "movsd xmm11, [rsp + 160]",
        "movsd xmm12, [rsp + 168]",
        "movsd xmm13, [rsp + 176]",
        "movsd xmm14, [rsp + 184]",
        "movsd xmm15, [rsp + 192]",
        "add rsp, 200",
        "ret",
        poll = sym poll,
    )
}

extern "sysv64" fn exit(thread: *mut u64, number: u32, buffer: *mut u64) -> u64 {
    EXITS.set(EXITS.get() + 1);
    let attempt = || {
        RUN.with_borrow(|run| {
            let run = run.as_ref().expect("a run");
            let exit = run.code.exits.get(number).expect("an exit of the code");
            if exit.reason == ExitReason::Invalidated {
                // SAFETY: the thread's words, given by the machine code.
                unsafe { *thread.add(EXCEPTION) = 0 };
            }
            assert_eq!(exit.resume, Resume::At);
            let mut machine = Machine::new(&run.world);
            machine.fuel *= 4;
            for object in &exit.objects {
                let made = machine.allocate(object.class);
                // SAFETY: the word is kept free for it.
                unsafe { *buffer.add(object.word.into()) = made.into() };
            }
            for object in &exit.objects {
                for field in &object.fields {
                    let value = datum(field.value, Some(type_of(field.kind)), buffer);
                    // SAFETY: as above.
                    let made = unsafe { *buffer.add(object.word.into()) };
                    machine
                        .object_mut(made as u32)
                        .fields
                        .insert(field.offset.into(), value);
                }
            }
            let slots = |sources: &[SlotSource], types: &[Option<Type>]| -> Vec<Datum> {
                let pairs = sources.iter().zip(types);
                pairs.map(|(source, kind)| datum(*source, *kind, buffer)).collect()
            };
            let frames = exit.frames.iter().map(|frame| {
                let (locals, stack) = &run.types[&(frame.method, frame.bci, frame.stack.len())];
                Frame {
                    method: frame.method,
                    bci: frame.bci,
                    locals: slots(&frame.locals, locals),
                    stack: slots(&frame.stack, stack),
                    locks: Vec::new(),
                }
            });
            let frames = frames.collect();
            match machine.interpret(frames, None) {
                Ok(Outcome::Value(Some(Datum::Int(value)))) => value as u32 as u64,
                Ok(Outcome::Value(Some(Datum::Long(value)))) => value as u64,
                Ok(Outcome::Thrown(exception)) => {
                    let class = machine.object(exception).class;
                    // SAFETY: as above.
                    unsafe { *thread.add(EXCEPTION) = class.0 };
                    0
                }
                other => panic!("{other:?}"),
            }
        })
    };
    std::panic::catch_unwind(attempt).unwrap_or_else(|_| {
        ERROR.set(Some("an exit panics".to_owned()));
        0
    })
}

fn datum(source: SlotSource, kind: Option<Type>, buffer: *const u64) -> Datum {
    let bits = match source {
        SlotSource::Dead => return Datum::Dead,
        SlotSource::Constant(bits) => bits,
        // SAFETY: a word of the buffer that the machine code filled for this exit.
        SlotSource::Buffer(word) => unsafe { *buffer.add(word.into()) },
    };
    match kind.expect("a type") {
        Type::Int => Datum::Int(bits as i32),
        Type::Long => Datum::Long(bits as i64),
        Type::Float => Datum::Float(bits as u32),
        Type::Double => Datum::Double(bits),
        Type::Reference => Datum::Reference(bits as u32),
    }
}

fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Long => Type::Long,
        Kind::Float => Type::Float,
        Kind::Double => Type::Double,
        Kind::Reference => Type::Reference,
        _ => Type::Int,
    }
}

/// The types of slots in the states of the function that is lowered.
fn slot_types(world: &World, options: &peaberry_jit::compile::CompileOptions) -> Result<SlotTypes, Refusal> {
    let (mut function, _) = build(world, TESTED, Entry::Normal, options)?;
    for (_, pass) in passes::ALL {
        pass(&mut function, world);
    }
    if function.nodes.values().any(|node| matches!(node.op, Op::Call(_))) {
        return Err(Refusal::Unsupported("a call"));
    }
    let mut types = SlotTypes::new();
    for state in function.states.values() {
        let kinds = |slots: &[Option<peaberry_jit::ssa::Value>]| -> Vec<Option<Type>> {
            slots
                .iter()
                .map(|slot| slot.map(|value| function.type_of(value)))
                .collect()
        };
        types.insert(
            (state.method, state.bci, state.stack.len()),
            (kinds(&state.locals), kinds(&state.stack)),
        );
    }
    Ok(types)
}

/// Calls machine code with the thread in its register.
///
/// # Safety
/// `code` is a compiled method of signature `(IIJ)I` or `(IIJ)J`.
unsafe fn call(code: usize, thread: &mut [u64; 8], numbers: (i32, i32, i64)) -> u64 {
    let result: u64;
    // SAFETY: the code follows the System V convention with the thread in r15.
    unsafe {
        std::arch::asm!(
            "call {code}",
            code = in(reg) code,
            in("rdi") 0_u64,
            in("esi") numbers.0,
            in("edx") numbers.1,
            in("rcx") numbers.2,
            in("r15") thread.as_mut_ptr(),
            lateout("rax") result,
            clobber_abi("sysv64"),
        );
    }
    result
}

/// Where the functions of the runtime are that numeric programs need.
fn function(call: RuntimeCall) -> u64 {
    match call {
        RuntimeCall::Exit => exit as *const () as u64,
        RuntimeCall::Poll => poll_stub as *const () as u64,
        RuntimeCall::RemainderFloat => remainder_float as *const () as u64,
        RuntimeCall::RemainderDouble => remainder_double as *const () as u64,
        _ => 0,
    }
}

/// Compares a program's results; false when it was not run.
fn check(cache: &mut CodeCache, bytes: &[u8], numbers: (i32, i32, i64), every: u32) -> Result<bool, String> {
    let text = numeric_program(bytes);
    let mut file = parse(&text)?;
    let world = &mut file.world;
    world.layout.thread_poll = 8 * POLL as i32;
    world.layout.thread_exception = 8 * EXCEPTION as i32;
    world.layout.thread_native_stack_limit = 16;
    world.layout.thread_invalid_return = 24;
    file.options.keep_artifacts = false;
    let world = &file.world;
    let arguments = [Datum::Int(numbers.0), Datum::Int(numbers.1), Datum::Long(numbers.2)];
    let mut machine = Machine::new(world);
    let Ok(expected) = machine.call(TESTED, &arguments) else {
        return Ok(false);
    };
    let expected = match expected {
        Outcome::Thrown(exception) => format!("throws {}", machine.object(exception).class.0),
        Outcome::Value(value) => format!("{:?}", value.expect("a value")),
    };
    let is_long = world.method_data(TESTED).info.descriptor.ends_with(b"J");
    let types = match slot_types(world, &file.options) {
        Ok(types) => types,
        Err(Refusal::TooLarge(_) | Refusal::Unsupported(_)) => return Ok(false),
        Err(refusal) => return Err(refusal.to_string()),
    };
    let (code, _) = compile(world, TESTED, Entry::Normal, &file.options).map_err(|error| error.to_string())?;
    let length = code.bytes.len();
    let address = cache
        .add(&code.bytes, &code.near_calls)
        .map_err(|error| error.to_string())?;
    RUN.set(Some(Run {
        world: world.clone(),
        code,
        types,
    }));
    POLLS.set(0);
    EVERY.set(every);
    ERROR.set(None);
    let mut thread = [0_u64; 8];
    // Every poll is due: so loops that should have ended are noticed.
    thread[POLL] = 1;
    // SAFETY: the code was compiled for this signature, and the cache is executable.
    let result = unsafe { call(address, &mut thread, numbers) };
    // SAFETY: it has returned.
    unsafe { cache.remove(address, length) };
    let actual = match thread[EXCEPTION] {
        0 if is_long => format!("{:?}", Datum::Long(result as i64)),
        0 => format!("{:?}", Datum::Int(result as i32)),
        class => format!("throws {class}"),
    };
    if let Some(error) = ERROR.take() {
        return Err(format!("{error}\nnumbers {numbers:?} every {every}\n{text}"));
    }
    if actual != expected {
        return Err(format!(
            "expected {expected}, is {actual}\nnumbers {numbers:?} every {every}\n{text}"
        ));
    }
    Ok(true)
}

#[test]
fn machine_code_computes_the_same() {
    let mut random = 0x1234_5678_9abc_def1_u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random >> 8
    };
    let space = Reservation::reserve_anywhere(CACHE_BYTES).expect("address space");
    // SAFETY: the reservation is ours, and nothing lies in it.
    let mapping = unsafe { DualMapping::new(space.range()) }.expect("memory mapped twice");
    // SAFETY: both views show the same memory, live until the end of the test, and are the cache's alone.
    let cache = unsafe {
        let (execute, write) = (mapping.execute_address(), mapping.write_address());
        CodeCache::new(execute, write, mapping.bytes(), function)
    };
    let mut cache = cache.expect("room");
    let cases = std::env::var("PEABERRY_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    let interesting = [
        0,
        1,
        -1,
        i64::from(i32::MIN),
        i64::from(i32::MAX),
        i64::MIN,
        i64::MAX,
        7,
    ];
    let mut runs = 0;
    for _ in 0..cases.unwrap_or(300) {
        let length = (next() % 250) as usize;
        let bytes: Vec<u8> = (0..length).map(|_| next() as u8).collect();
        let mut number = || {
            let value = next();
            if value.is_multiple_of(2) {
                interesting[(value >> 1) as usize % interesting.len()]
            } else {
                value as i64
            }
        };
        let numbers = (number() as i32, number() as i32, number());
        let every = [0, 1, 3, 10][(next() % 4) as usize];
        match check(&mut cache, &bytes, numbers, every) {
            Ok(was_run) => runs += u32::from(was_run),
            Err(error) => panic!("{error}"),
        }
    }
    println!("{runs} programs run, {} exits taken", EXITS.get());
    assert!(runs > 0 && EXITS.get() > 0, "nothing was tested");
}
