//! The classes in which a JDK's image holds its own module graph, for another set of modules.
//!
//! `jlink` makes them when a JDK is built: `SystemModulesMap` names a `SystemModules` of all modules of the image and one of those
//! that a program on the class path gets, and each of these makes its modules' descriptors without reading a
//! `module-info.class`. Those of the JDK name modules which a trimmed image lacks, so that new ones take their place.

use crate::class_writer::{ClassWriter, Code, PUBLIC, STATIC};
use crate::descriptor::{Descriptor, MANDATED, OPEN, Package, STATIC as STATIC_REQUIRES, SYNTHETIC, TRANSITIVE};
use crate::graph::Graph;
use std::collections::BTreeSet;

const OBJECT: &str = "java/lang/Object";
const STRING: &str = "java/lang/String";
const BUILDER: &str = "jdk/internal/module/Builder";
const INTERFACE: &str = "jdk/internal/module/SystemModules";
/// The class that names the others.
pub const MAP: &str = "jdk/internal/module/SystemModulesMap";
/// Beginning of the others' names.
pub const PREFIX: &str = "jdk/internal/module/SystemModules$";
const DESCRIPTOR: &str = "java/lang/module/ModuleDescriptor";

/// The classes for these modules: internal names and bytes. `None` when a class would be too big.
pub fn classes(graph: &Graph, modules: &BTreeSet<String>, major: u16) -> Option<Vec<(String, Vec<u8>)>> {
    let resolved = graph.resolved_by_default(modules);
    let all = format!("{PREFIX}all");
    let default = if resolved == *modules {
        all.clone()
    } else {
        format!("{PREFIX}default")
    };
    let mut classes = vec![(MAP.to_owned(), map(&all, &default, major)?)];
    if default != all {
        classes.push((default.clone(), system_modules(graph, &resolved, &default, major)?));
    }
    classes.push((all.clone(), system_modules(graph, modules, &all, major)?));
    Some(classes)
}

fn map(all: &str, default: &str, major: u16) -> Option<Vec<u8>> {
    let mut class = ClassWriter::new(major, MAP, OBJECT, &[]);
    class.constructor(OBJECT);
    for (method, made) in [("allSystemModules", all), ("defaultSystemModules", default)] {
        class.method(STATIC, method, &format!("()L{INTERFACE};"), |code| {
            code.new_object(made, "()V", |_| {});
            code.return_object();
        });
    }
    // No module's graph is laid out for the case that it is the main one: it is resolved then.
    for method in ["moduleNames", "classNames"] {
        class.method(STATIC, method, "()[Ljava/lang/String;", |code| {
            code.array(STRING, &[(); 0], |_, ()| {});
            code.return_object();
        });
    }
    class.finish()
}

fn system_modules(graph: &Graph, modules: &BTreeSet<String>, name: &str, major: u16) -> Option<Vec<u8>> {
    let descriptors: Vec<&Descriptor> = modules.iter().filter_map(|module| graph.descriptor(module)).collect();
    let mut class = ClassWriter::new(major, name, OBJECT, &[INTERFACE]);
    class.constructor(OBJECT);
    let incubating = descriptors.iter().any(|one| one.is_incubating());
    for (method, value) in [("hasSplitPackages", false), ("hasIncubatorModules", incubating)] {
        class.method(PUBLIC, method, "()Z", |code| {
            code.number(i32::from(value));
            code.return_number();
        });
    }
    // A method for each, as one's code has an end.
    let made = format!("()L{DESCRIPTOR};");
    for (index, descriptor) in descriptors.iter().enumerate() {
        class.method(STATIC, &format!("module{index}"), &made, |code| {
            push_descriptor(code, descriptor);
            code.return_object();
        });
    }
    let indices: Vec<usize> = (0..descriptors.len()).collect();
    class.method(PUBLIC, "moduleDescriptors", &format!("()[L{DESCRIPTOR};"), |code| {
        code.array(DESCRIPTOR, &indices, |code, index| {
            code.call_static(name, &format!("module{index}"), &made)
        });
        code.return_object();
    });
    let target = "jdk/internal/module/ModuleTarget";
    class.method(PUBLIC, "moduleTargets", &format!("()[L{target};"), |code| {
        code.array(target, &descriptors, |code, one| match &one.target {
            Some(platform) => code.new_object(target, "(Ljava/lang/String;)V", |code| code.text(platform)),
            None => code.null(),
        });
        code.return_object();
    });
    // Hashes tie modules to each other that may be replaced apart; these were packed together.
    let hashes = "jdk/internal/module/ModuleHashes";
    class.method(PUBLIC, "moduleHashes", &format!("()[L{hashes};"), |code| {
        code.array(hashes, &descriptors, |code, _| code.null());
        code.return_object();
    });
    let resolution = "jdk/internal/module/ModuleResolution";
    class.method(PUBLIC, "moduleResolutions", &format!("()[L{resolution};"), |code| {
        code.array(resolution, &descriptors, |code, one| match one.resolution {
            0 => code.null(),
            flags => code.new_object(resolution, "(I)V", |code| code.number(i32::from(flags))),
        });
        code.return_object();
    });
    let reads: Vec<(String, Vec<String>)> = graph.reads(modules).into_iter().collect();
    class.method(PUBLIC, "moduleReads", "()Ljava/util/Map;", |code| {
        code.array("java/util/Map$Entry", &reads, |code, (module, others)| {
            code.text(module);
            push_set(code, others);
            code.call_interface(
                "java/util/Map",
                "entry",
                "(Ljava/lang/Object;Ljava/lang/Object;)Ljava/util/Map$Entry;",
            );
        });
        code.call_interface("java/util/Map", "ofEntries", "([Ljava/util/Map$Entry;)Ljava/util/Map;");
        code.return_object();
    });
    class.finish()
}

/// Pushes a `Set` of strings.
fn push_set(code: &mut Code<'_>, texts: &[String]) {
    push_collection(code, "java/util/Set", texts);
}

fn push_collection(code: &mut Code<'_>, kind: &str, texts: &[String]) {
    let made = format!("L{kind};");
    match texts {
        [] | [_] | [_, _] => {
            texts.iter().for_each(|text| code.text(text));
            let arguments = "Ljava/lang/Object;".repeat(texts.len());
            code.call_interface(kind, "of", &format!("({arguments}){made}"));
        }
        _ => {
            code.array(OBJECT, texts, |code, text| code.text(text));
            code.call_interface(kind, "of", &format!("([Ljava/lang/Object;){made}"));
        }
    }
}

/// Pushes a `Set` of an enumeration's constants.
fn push_modifiers(code: &mut Code<'_>, class: &str, flags: u16, names: &[(u16, &str)]) {
    let chosen: Vec<&str> = names
        .iter()
        .filter(|(flag, _)| flags & flag != 0)
        .map(|(_, name)| *name)
        .collect();
    code.array(OBJECT, &chosen, |code, name| {
        code.field(class, name, &format!("L{class};"))
    });
    code.call_interface("java/util/Set", "of", "([Ljava/lang/Object;)Ljava/util/Set;");
}

const ORIGIN: [(u16, &str); 2] = [(SYNTHETIC, "SYNTHETIC"), (MANDATED, "MANDATED")];

fn push_packages(code: &mut Code<'_>, kind: &str, method: &str, rows: &[Package]) {
    let class = format!("{DESCRIPTOR}${kind}");
    code.array(&class, rows, |code, row| {
        push_modifiers(code, &format!("{class}$Modifier"), row.flags, &ORIGIN);
        code.text(&row.name);
        let targets = if row.targets.is_empty() { "" } else { "Ljava/util/Set;" };
        if !row.targets.is_empty() {
            push_set(code, &row.targets);
        }
        code.call_static(
            BUILDER,
            method,
            &format!("(Ljava/util/Set;Ljava/lang/String;{targets})L{class};"),
        );
    });
}

fn push_descriptor(code: &mut Code<'_>, descriptor: &Descriptor) {
    let builder = format!("L{BUILDER};");
    let step = |code: &mut Code<'_>, name: &str, argument: &str| {
        code.call_method(BUILDER, name, &format!("({argument}){builder}"));
    };
    code.new_object(BUILDER, "(Ljava/lang/String;)V", |code| code.text(&descriptor.name));
    for (flag, name) in [(OPEN, "open"), (SYNTHETIC, "synthetic"), (MANDATED, "mandated")] {
        if descriptor.flags & flag != 0 {
            code.number(1);
            step(code, name, "Z");
        }
    }
    let requires = format!("{DESCRIPTOR}$Requires");
    code.array(&requires, &descriptor.requires, |code, row| {
        let names = [
            (TRANSITIVE, "TRANSITIVE"),
            (STATIC_REQUIRES, "STATIC"),
            ORIGIN[0],
            ORIGIN[1],
        ];
        push_modifiers(code, &format!("{requires}$Modifier"), row.flags, &names);
        code.text(&row.module);
        code.text_or_null(row.version.as_deref());
        let arguments = "Ljava/util/Set;Ljava/lang/String;Ljava/lang/String;";
        code.call_static(BUILDER, "newRequires", &format!("({arguments})L{requires};"));
    });
    step(code, "requires", &format!("[L{requires};"));
    push_packages(code, "Exports", "newExports", &descriptor.exports);
    step(code, "exports", &format!("[L{DESCRIPTOR}$Exports;"));
    push_packages(code, "Opens", "newOpens", &descriptor.opens);
    step(code, "opens", &format!("[L{DESCRIPTOR}$Opens;"));
    push_set(code, &descriptor.uses);
    step(code, "uses", "Ljava/util/Set;");
    let provides = format!("{DESCRIPTOR}$Provides");
    code.array(&provides, &descriptor.provides, |code, (service, providers)| {
        code.text(service);
        push_collection(code, "java/util/List", providers);
        code.call_static(
            BUILDER,
            "newProvides",
            &format!("(Ljava/lang/String;Ljava/util/List;)L{provides};"),
        );
    });
    step(code, "provides", &format!("[L{provides};"));
    push_set(code, &descriptor.packages);
    step(code, "packages", "Ljava/util/Set;");
    if let Some(version) = &descriptor.version {
        code.text(version);
        step(code, "version", "Ljava/lang/String;");
    }
    if let Some(main) = &descriptor.main_class {
        code.text(main);
        step(code, "mainClass", "Ljava/lang/String;");
    }
    code.number(descriptor.hash());
    code.call_method(BUILDER, "build", &format!("(I)L{DESCRIPTOR};"));
}
