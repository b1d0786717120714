//! Verifiers and analysis get through mutated classes without a panic and in bounded time.

#[path = "support/hierarchy.rs"]
mod hierarchy;
mod support;

use hierarchy::{View, World};
use peaberry_classfile::analysis::{MethodShape, Position, ReferenceBitmap, reference_map};
use peaberry_classfile::model::MethodFlags;
use peaberry_classfile::verifier::{Mode, verify_class_as};
use peaberry_classfile::{ClassFile, ParseOptions, parse};

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

fn analyse(class: &ClassFile<'_>, random: &mut Random) {
    for method in &class.methods {
        let Some(code) = &method.code else { continue };
        let handlers: Vec<_> = code.exception_table.iter().collect();
        let shape = MethodShape {
            code: code.code,
            handlers: &handlers,
            max_locals: code.max_locals,
            max_stack: code.max_stack,
            is_static: method.access_flags.contains(MethodFlags::STATIC),
            descriptor: method.descriptor,
            constants: &class.constant_pool,
        };
        let mut map = ReferenceBitmap::new();
        for position in [Position::Before, Position::InCall] {
            let _ = reference_map(&shape, random.below(code.code.len() + 2), position, &mut map);
        }
    }
}

#[test]
fn mutated_classes_do_not_panic() {
    let Some(home) = support::jdk_homes().into_iter().next() else {
        return;
    };
    let world = World::of_jdk(&home, |module| module == b"java.base");
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut names: Vec<_> = world.classes.keys().copied().collect();
    names.sort_unstable();
    let (mut verified, mut rejected) = (0, 0);
    for _ in 0..40_000 {
        let original = &world.classes[names[random.below(names.len())]];
        if original.bytes.len() > 40_000 {
            continue;
        }
        let mut bytes = original.bytes.to_vec();
        // Aim at the code of a method: that is what the verifiers read.
        let codes: Vec<_> = original
            .methods
            .iter()
            .filter_map(|method| method.code.as_deref())
            .collect();
        if codes.is_empty() {
            continue;
        }
        for _ in 0..1 + random.below(3) {
            let code = codes[random.below(codes.len())];
            let target = match (random.below(5), code.stack_map_table) {
                (0, Some(table)) => table,
                _ => code.code,
            };
            let start = target.as_ptr() as usize - original.bytes.as_ptr() as usize;
            let at = start + random.below(target.len());
            // Sometimes max_stack and max_locals, which stand before the code.
            let at = if random.below(12) == 0 && target.as_ptr() == code.code.as_ptr() {
                start - 8 + random.below(4)
            } else {
                at
            };
            bytes[at] = match random.below(3) {
                0 => random.below(256) as u8,
                1 => bytes[at].wrapping_add(1),
                _ => 0xa8 + random.below(3) as u8,
            };
        }
        // Half of them as classes of the old times, where `jsr` and `ret` are allowed.
        if random.below(2) == 0 {
            bytes[7] = 48 + random.below(3) as u8;
        }
        let options = ParseOptions {
            verify: false,
            ..ParseOptions::default()
        };
        let Ok(class) = parse(&bytes, &options) else { continue };
        for mode in [Mode::ByVersion, Mode::TypeChecking, Mode::Inference] {
            match verify_class_as(&class, &mut View::new(&world, &class), mode) {
                Ok(()) => verified += 1,
                Err(_) => rejected += 1,
            }
        }
        analyse(&class, &mut random);
    }
    eprintln!("{verified} verified, {rejected} rejected");
    assert!(verified > 1000 && rejected > 1000);
}
