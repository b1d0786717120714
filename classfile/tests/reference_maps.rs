//! The reference maps agree with the StackMapTable frames of every class of every JDK on this machine.

#[path = "support/hierarchy.rs"]
#[allow(dead_code)]
mod hierarchy;
mod support;

use hierarchy::World;
use peaberry_classfile::analysis::{Analysis, AnalysisError, MethodShape, Position, ReferenceBitmap};
use peaberry_classfile::model::{ClassFile, Method, MethodFlags, StackMapFrameKind, VerificationType};
use peaberry_classfile::opcodes::OpcodeFlags;
use std::time::Instant;

/// Slots as the frame says: reference, other value, nothing that may be used.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slot {
    Reference,
    Value,
    Unusable,
}

fn push(slots: &mut Vec<Slot>, ty: VerificationType) {
    match ty {
        VerificationType::Top => slots.push(Slot::Unusable),
        VerificationType::Integer | VerificationType::Float => slots.push(Slot::Value),
        VerificationType::Long | VerificationType::Double => slots.extend([Slot::Value; 2]),
        _ => slots.push(Slot::Reference),
    }
}

/// Entries (long and double once) and their slots.
fn expand(types: &[VerificationType]) -> Vec<Slot> {
    let mut slots = Vec::new();
    types.iter().for_each(|ty| push(&mut slots, *ty));
    slots
}

fn entry(class: &ClassFile<'_>, method: &Method<'_>) -> Vec<VerificationType> {
    let mut types = Vec::new();
    if !method.access_flags.contains(MethodFlags::STATIC) {
        types.push(VerificationType::Object(class.this_class));
    }
    let descriptor = peaberry_classfile::descriptors::MethodDescriptor::parse(method.descriptor).unwrap();
    types.extend(descriptor.parameters().map(|parameter| match parameter.tag() {
        b'J' => VerificationType::Long,
        b'D' => VerificationType::Double,
        b'L' | b'[' => VerificationType::Null,
        _ => VerificationType::Integer,
    }));
    types
}

#[test]
fn maps_agree_with_stack_maps() {
    for home in support::jdk_homes() {
        let world = World::of_jdk(&home, |_| true);
        let start = Instant::now();
        let (mut frames, mut calls, mut live, mut dead) = (0, 0, 0, 0);
        for class in world.classes.values() {
            for method in &class.methods {
                let Some(code) = &method.code else { continue };
                let handlers: Vec<_> = code.exception_table.iter().collect();
                let place = || {
                    format!(
                        "{}.{}",
                        String::from_utf8_lossy(class.name),
                        String::from_utf8_lossy(method.name)
                    )
                };
                let analysis = Analysis::new(MethodShape {
                    code: code.code,
                    handlers: &handlers,
                    max_locals: code.max_locals,
                    max_stack: code.max_stack,
                    is_static: method.access_flags.contains(MethodFlags::STATIC),
                    descriptor: method.descriptor,
                    constants: &class.constant_pool,
                })
                .unwrap_or_else(|error| panic!("{}: {error}", place()));
                let (mut all, mut map) = (ReferenceBitmap::new(), ReferenceBitmap::new());
                let mut locals = entry(class, method);
                let mut at = None;
                for frame in code.stack_map().into_iter().flat_map(|table| table.frames()) {
                    let frame = frame.unwrap();
                    let bci = at.map_or(0, |at| at + 1) + usize::from(frame.offset_delta);
                    at = Some(bci);
                    let mut stack = Vec::new();
                    match frame.kind {
                        StackMapFrameKind::Same => {}
                        StackMapFrameKind::SameLocals1StackItem(types) => stack = types.iter().collect(),
                        StackMapFrameKind::Chop(count) => locals.truncate(locals.len() - usize::from(count)),
                        StackMapFrameKind::Append(types) => locals.extend(types.iter()),
                        StackMapFrameKind::Full {
                            locals: new,
                            stack: types,
                        } => {
                            locals = new.iter().collect();
                            stack = types.iter().collect();
                        }
                    }
                    match analysis.map_with_dead(bci, Position::Before, &mut all) {
                        Ok(()) => {}
                        // javac leaves unreachable frames here and there.
                        Err(AnalysisError::Unreachable(_)) => continue,
                        Err(error) => panic!("{} @{bci}: {error}", place()),
                    }
                    analysis.map(bci, Position::Before, &mut map).unwrap();
                    frames += 1;
                    let max_locals = usize::from(code.max_locals);
                    let stack = expand(&stack);
                    assert_eq!(all.stack_depth(), stack.len(), "{} @{bci}", place());
                    let slots = expand(&locals).into_iter().enumerate();
                    let slots = slots.chain(
                        stack
                            .into_iter()
                            .enumerate()
                            .map(|(slot, kind)| (slot + max_locals, kind)),
                    );
                    let mut usable = vec![false; all.slots()];
                    for (slot, kind) in slots {
                        let found = (all.is_reference(slot), all.is_ambiguous(slot));
                        match kind {
                            Slot::Reference => assert_eq!(found, (true, false), "{} @{bci} slot {slot}", place()),
                            Slot::Value => assert_eq!(found, (false, false), "{} @{bci} slot {slot}", place()),
                            Slot::Unusable => {}
                        }
                        usable[slot] = kind == Slot::Reference;
                    }
                    assert!(!map.has_ambiguous(), "{} @{bci}", place());
                    for slot in map.references() {
                        assert!(usable[slot], "{} @{bci} live slot {slot} is unusable", place());
                        assert!(all.is_reference(slot));
                    }
                    live += map.references().count();
                    dead += all.references().count() - map.references().count();
                }
                if calls % 7 == 0 {
                    for instruction in code.instructions().flatten() {
                        if instruction.opcode.flags().contains(OpcodeFlags::INVOKE)
                            && let Ok(()) = analysis.map(instruction.bci, Position::Before, &mut all)
                        {
                            analysis.map(instruction.bci, Position::InCall, &mut map).unwrap();
                            assert!(map.stack_depth() <= all.stack_depth());
                            assert!(map.references().all(|slot| all.is_reference(slot)));
                            assert!(!all.has_ambiguous(), "{} @{}", place(), instruction.bci);
                        }
                    }
                }
                calls += 1;
            }
        }
        eprintln!(
            "{}: {calls} methods, {frames} frames, {live} live and {dead} dead references, {:?}",
            home.display(),
            start.elapsed()
        );
        assert!(frames > 100_000);
    }
}
