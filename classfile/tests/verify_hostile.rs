//! Methods made to keep a verifier or the analysis busy for ever end soon.

#[path = "support/hierarchy.rs"]
#[allow(dead_code)]
mod hierarchy;
#[allow(dead_code)]
mod support;

use hierarchy::{View, World};
use peaberry_classfile::analysis::{MethodShape, Position, ReferenceBitmap, reference_map};
use peaberry_classfile::model::{CodeAttribute, ExceptionHandler, Table};
use peaberry_classfile::verifier::{Mode, verify_class_as};
use peaberry_classfile::{ParseOptions, parse};
use std::time::{Duration, Instant};

/// A class with one static method `m()V` and this code, with a handler row for each triple.
fn class(major: u16, locals: u16, code: &[u8], handlers: &[[u16; 3]]) -> Vec<u8> {
    let mut out = vec![0xca, 0xfe, 0xba, 0xbe, 0, 0];
    out.extend(major.to_be_bytes());
    let names: [&[u8]; 5] = [b"Hostile", b"java/lang/Object", b"m", b"()V", b"Code"];
    out.extend(8u16.to_be_bytes());
    for name in names {
        out.push(1);
        out.extend((name.len() as u16).to_be_bytes());
        out.extend(name);
    }
    out.extend([7, 0, 1, 7, 0, 2]);
    out.extend([0, 0x21, 0, 6, 0, 7, 0, 0, 0, 0, 0, 1, 0, 9, 0, 3, 0, 4, 0, 1, 0, 5]);
    let length = 12 + code.len() + handlers.len() * 8;
    out.extend((length as u32).to_be_bytes());
    out.extend(10u16.to_be_bytes());
    out.extend(locals.to_be_bytes());
    out.extend((code.len() as u32).to_be_bytes());
    out.extend(code);
    out.extend((handlers.len() as u16).to_be_bytes());
    for [start, end, handler] in handlers {
        out.extend(start.to_be_bytes());
        out.extend(end.to_be_bytes());
        out.extend(handler.to_be_bytes());
        out.extend([0, 0]);
    }
    out.extend([0, 0, 0, 0]);
    out
}

fn check(what: &str, locals: u16, code: &[u8], handlers: &[[u16; 3]]) {
    let mut world = World::default();
    if let Some(home) = support::jdk_homes().into_iter().next() {
        let image = peaberry_classfile::archive::JImage::open(&home.join("lib/modules")).unwrap();
        for name in [&b"java/lang/Object"[..], b"java/lang/Throwable"] {
            let resource = image.find_class(b"java.base", name).unwrap();
            world.add(image.bytes(&resource).unwrap().into_owned());
        }
    }
    for (major, mode) in [(48, Mode::Inference), (52, Mode::TypeChecking), (52, Mode::Inference)] {
        let bytes = class(major, locals, code, handlers);
        let class = parse(&bytes, &ParseOptions::default()).unwrap();
        let start = Instant::now();
        let result = verify_class_as(&class, &mut View::new(&world, &class), mode);
        let text = format!("{result:?}");
        eprintln!(
            "{what} {mode:?}: {:?} {}",
            start.elapsed(),
            &text[..text.len().min(120)]
        );
        assert!(start.elapsed() < Duration::from_secs(30));
        let code: &CodeAttribute<'_> = class.methods[0].code.as_deref().unwrap();
        let table: Table<'_, ExceptionHandler> = code.exception_table;
        let handlers: Vec<_> = table.iter().collect();
        let shape = MethodShape {
            code: code.code,
            handlers: &handlers,
            max_locals: code.max_locals,
            max_stack: code.max_stack,
            is_static: true,
            descriptor: b"()V",
            constants: &class.constant_pool,
        };
        let start = Instant::now();
        let result = reference_map(
            &shape,
            code.code.len() - 1,
            Position::Before,
            &mut ReferenceBitmap::new(),
        );
        eprintln!("  analysis: {:?} {result:?}", start.elapsed());
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}

#[test]
fn many_locals_and_branches() {
    // Store the highest local, then branch over and over, each time storing another local.
    let mut code = vec![1, 0xc4, 58, 0xff, 0xfe];
    let mut local = 0u16;
    while code.len() < 65_000 {
        code.extend([3, 0xc4, 54, (local >> 8) as u8, local as u8, 3, 0x99, 0, 3]);
        local += 1;
    }
    code.push(0xb1);
    check("stores", 0xffff, &code, &[]);
}

#[test]
fn many_handlers() {
    let mut code = Vec::new();
    while code.len() < 65_000 {
        code.extend([3, 0xc4, 54, (code.len() >> 8) as u8, code.len() as u8]);
    }
    let end = code.len() as u16;
    code.extend([0xb1, 0x57, 0xb1]);
    let handlers = vec![[0, end, end + 1]; 65_535];
    check("handlers", 0xffff, &code, &handlers);
    let spread: Vec<_> = (0..13_000).map(|at| [at * 5, end, end + 1]).collect();
    check("spread handlers", 0xffff, &code, &spread);
}

#[test]
fn nested_subroutines() {
    // Each subroutine calls the next one; all of them store.
    let mut code = Vec::new();
    let count = 4_000u16;
    for index in 0..count {
        code.extend([168, 0, 4, 177]);
        code.extend([0xc4, 58, (index >> 8) as u8, index as u8]);
    }
    for index in (0..count).rev() {
        code.extend([0xc4, 169, (index >> 8) as u8, index as u8]);
    }
    check("subroutines", 7_000, &code, &[]);
}

#[test]
fn backward_branches() {
    // Loops nested as deep as can be, each changing a local's type.
    let mut code = Vec::new();
    let count = 5_000u16;
    for index in 0..count {
        code.extend([1, 0xc4, 58, (index >> 8) as u8, index as u8, 0]);
    }
    for _ in 0..count {
        let at = code.len();
        let offset = -(at.min(32_000) as i32 / 6 * 6);
        let offset = (offset + ((6 - (at as i32 + offset) % 6) % 6)) as i16;
        code.extend([3, 0x99]);
        code.extend((offset.wrapping_sub(1)).to_be_bytes());
        code.extend([0, 0]);
    }
    code.push(0xb1);
    check("loops", 5_000, &code, &[]);
}
