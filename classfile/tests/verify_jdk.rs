//! Both verifiers accept every class of every JDK on this machine.

#[path = "support/hierarchy.rs"]
mod hierarchy;
mod support;

use hierarchy::{View, World};
use peaberry_classfile::verifier::{Mode, verify_class_as};
use std::time::Instant;

#[test]
fn all_classes_verify() {
    for home in support::jdk_homes() {
        let world = World::of_jdk(&home, |_| true);
        for mode in [Mode::TypeChecking, Mode::Inference] {
            let start = Instant::now();
            let mut failures = Vec::new();
            let mut questions = 0;
            for class in world.classes.values() {
                let mut view = View::new(&world, class);
                if let Err(error) = verify_class_as(class, &mut view, mode) {
                    failures.push(format!("{}: {error:?}", String::from_utf8_lossy(class.name)));
                }
                questions += view.questions;
            }
            eprintln!(
                "{}: {mode:?} of {} classes, {questions} questions, {:?}",
                home.display(),
                world.classes.len(),
                start.elapsed()
            );
            failures.sort();
            assert!(
                failures.is_empty(),
                "{} failures:\n{}",
                failures.len(),
                failures[..failures.len().min(20)].join("\n")
            );
        }
    }
}
