//! The text of a test file: directives, classes, fields, methods in assembler, a line of dashes, the expectation.
//!
//! `tests/jit/README.md` describes it.

use crate::assembler::Assembler;
use crate::world::{Class, Field, Method, Object, World, plain_method};
use peaberry_jit::compile::CompileOptions;
use peaberry_jit::query::{ClassId, Constant, FieldInfo, Kind, KnownObject, KnownRoot, Polymorphic};

/// A test file.
pub struct TestFile {
    /// Passes to run after `build`; with `lower` last the machine code's tables are printed instead of the SSA.
    pub passes: Vec<String>,
    /// Label of the loop header to enter at.
    pub entry: Option<String>,
    pub options: CompileOptions,
    /// What the CLIF must have (true) or lack (false).
    pub patterns: Vec<(bool, String)>,
    pub world: World,
    /// The part before the expectation.
    pub source: String,
    pub expected: String,
}

/// Splits a file at its line of dashes.
pub fn split(text: &str) -> (String, String) {
    let mut source = String::new();
    let mut lines = text.lines();
    for line in lines.by_ref() {
        if line.starts_with("-----") {
            break;
        }
        source.push_str(line);
        source.push('\n');
    }
    let expected: Vec<&str> = lines.collect();
    let mut expected = expected.join("\n");
    if !expected.is_empty() {
        expected.push('\n');
    }
    (source, expected)
}

fn option<'a>(words: &[&'a str], name: &str) -> Option<&'a str> {
    words
        .iter()
        .find_map(|word| word.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')))
}

fn number(text: &str) -> Result<u64, String> {
    let parsed = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => text.parse::<i64>().map(|value| value as u64),
    };
    parsed.map_err(|_| format!("{text} is no number"))
}

fn kind(descriptor: &str) -> Result<Kind, String> {
    Ok(match descriptor.as_bytes().first() {
        Some(b'Z') => Kind::Boolean,
        Some(b'B') => Kind::Byte,
        Some(b'C') => Kind::Char,
        Some(b'S') => Kind::Short,
        Some(b'I') => Kind::Int,
        Some(b'J') => Kind::Long,
        Some(b'F') => Kind::Float,
        Some(b'D') => Kind::Double,
        Some(b'L' | b'[') => Kind::Reference,
        _ => return Err(format!("descriptor {descriptor}")),
    })
}

/// Code of `newarray` by the element type's name.
pub fn primitive_code(name: &str) -> Option<u8> {
    let names = ["boolean", "char", "float", "double", "byte", "short", "int", "long"];
    names.iter().position(|other| *other == name).map(|at| at as u8 + 4)
}

fn parse_class(world: &World, words: &[&str]) -> Result<Class, String> {
    let named = |name: &str| world.class_named(name).ok_or(format!("no class {name}"));
    let mut class = Class {
        name: words.first().copied().unwrap_or_default().to_owned(),
        is_initialized: true,
        is_resolved: true,
        bytes: Some(16),
        ..Class::default()
    };
    for word in &words[1..] {
        match word.split_once('=') {
            Some(("super", name)) => class.super_class = Some(named(name)?),
            Some(("implements", names)) => {
                for name in names.split(',') {
                    class.interfaces.push(named(name)?);
                }
            }
            Some(("bytes", bytes)) => class.bytes = Some(number(bytes)? as u32),
            Some(("of", element)) => match primitive_code(element) {
                Some(code) => class.primitive = Some(code),
                None => class.element = Some(named(element)?),
            },
            None if *word == "interface" => class.is_interface = true,
            None if *word == "final" => class.is_final = true,
            None if *word == "uninitialized" => class.is_initialized = false,
            None if *word == "unresolved" => class.is_resolved = false,
            None if *word == "slow" => class.bytes = None,
            _ => return Err(format!("class: {word}")),
        }
    }
    Ok(class)
}

fn holder(world: &World, name: &str) -> Result<ClassId, String> {
    let class = name.rsplit_once('.').map_or(name, |(class, _)| class);
    world.class_named(class).ok_or(format!("no class {class}"))
}

/// `object ADDRESS[.OFFSET…] class=C [target=C.m] [OFFSET=N…]`
fn parse_object(world: &World, words: &[&str]) -> Result<Object, String> {
    let mut parts = words.first().ok_or("an object has an address")?.split('.');
    let root = KnownRoot::Slot(number(parts.next().unwrap_or_default())?);
    let mut path = Vec::new();
    for part in parts {
        path.push(number(part)? as u32);
    }
    let name = option(words, "class").ok_or("an object has a class")?;
    let class = world.class_named(name).ok_or(format!("no class {name}"))?;
    let mut fields = Vec::new();
    for word in &words[1..] {
        if let Some((offset, value)) = word.split_once('=')
            && let Ok(offset) = offset.parse()
        {
            fields.push((offset, Constant::Int(number(value)? as i32)));
        }
    }
    Ok(Object {
        known: KnownObject { root, path },
        class,
        fields,
        target: option(words, "target").map(str::to_owned),
    })
}

fn parse_field(world: &World, words: &[&str]) -> Result<Field, String> {
    let [name, descriptor, rest @ ..] = words else {
        return Err("field: name and descriptor".to_owned());
    };
    let id = world.fields.len() as u64 + 1;
    let mut field = Field {
        name: (*name).to_owned(),
        descriptor: (*descriptor).to_owned(),
        info: FieldInfo {
            holder: holder(world, name)?,
            id,
            kind: kind(descriptor)?,
            location: 8 * id,
            is_static: rest.contains(&"static"),
            is_volatile: rest.contains(&"volatile"),
            is_final: rest.contains(&"final"),
        },
        value: None,
    };
    if field.info.is_static {
        field.info.location = 0x8000 + 8 * id;
    }
    if let Some(at) = option(rest, "at") {
        field.info.location = number(at)?;
    }
    if let Some(value) = option(rest, "value") {
        let value = number(value)?;
        field.value = Some(match field.info.kind {
            Kind::Long => Constant::Long(value as i64),
            Kind::Float => Constant::Float(value as u32),
            Kind::Double => Constant::Double(value),
            Kind::Reference => Constant::Slot(value),
            _ => Constant::Int(value as i32),
        });
    }
    Ok(field)
}

fn parse_method(world: &World, line: &str) -> Result<Method, String> {
    // The intrinsic's name has a space in it: it comes last.
    let (head, intrinsic) = match line.split_once("intrinsic=") {
        Some((head, name)) => (head, Some(name.trim().to_owned())),
        None => (line, None),
    };
    let words: Vec<&str> = head.split_whitespace().collect();
    let [name, descriptor, rest @ ..] = words.as_slice() else {
        return Err("method: name and descriptor".to_owned());
    };
    let mut method = Method {
        name: (*name).to_owned(),
        info: plain_method(holder(world, name)?, name, descriptor),
        code: Vec::new(),
        sites: Default::default(),
        labels: Default::default(),
        invocations: 0,
        overrides: None,
        unique_target: None,
        vtable_index: 0,
        is_prepared: true,
    };
    let info = &mut method.info;
    info.intrinsic = intrinsic.map(|name| &*name.leak());
    for word in rest {
        match (*word, word.split_once('=')) {
            ("static", _) => info.is_static = true,
            ("synchronized", _) => info.is_synchronized = true,
            ("native", _) => {
                info.is_native = true;
                info.has_code = false;
            }
            ("abstract", _) => info.has_code = false,
            ("constructor", _) => info.is_constructor = true,
            ("force-inline", _) => info.force_inline = true,
            ("never-inline", _) => info.never_inline = true,
            ("unprepared", _) => method.is_prepared = false,
            (_, Some(("invocations", count))) => method.invocations = number(count)? as u32,
            (_, Some(("vtable", index))) => method.vtable_index = number(index)? as u32,
            // Names of later methods are looked up when all are known.
            (_, Some(("overrides" | "unique", _))) => {}
            (_, Some(("polymorphic", what))) => {
                info.polymorphic = match what {
                    "invokeBasic" => Polymorphic::InvokeBasic,
                    "linkTo" => Polymorphic::LinkTo,
                    _ => Polymorphic::Other,
                };
            }
            _ => return Err(format!("method: {word}")),
        }
    }
    Ok(method)
}

fn parse_options(options: &mut CompileOptions, words: &[&str]) -> Result<(), String> {
    for word in words {
        match (*word, word.split_once('=')) {
            ("compile-handlers", _) => options.compile_handlers = true,
            ("no-prune", _) => options.prune_branches = false,
            (_, Some(("inline-depth", depth))) => options.inline_depth = number(depth)? as u32,
            (_, Some(("inline-bytes", bytes))) => options.inline_bytes = number(bytes)? as u32,
            (_, Some(("most-instructions", most))) => options.most_instructions = number(most)? as usize,
            _ => return Err(format!("option {word}")),
        }
    }
    Ok(())
}

/// Parses a file.
///
/// # Errors
/// The line that is wrong and what is wrong with it.
pub fn parse(text: &str) -> Result<TestFile, String> {
    let (source, expected) = split(text);
    let mut file = TestFile {
        passes: Vec::new(),
        entry: None,
        options: CompileOptions {
            verify: true,
            keep_artifacts: true,
            ..CompileOptions::default()
        },
        patterns: Vec::new(),
        world: World::default(),
        source: source.clone(),
        expected,
    };
    let mut bodies: Vec<(usize, Vec<&str>)> = Vec::new();
    let mut heads: Vec<&str> = Vec::new();
    let mut in_method = false;
    for line in source.lines() {
        let line = line.split('#').next().unwrap_or_default().trim_end();
        let trimmed = line.trim();
        if trimmed.is_empty() {
            continue;
        }
        if in_method {
            if trimmed == "end" {
                in_method = false;
            } else if let Some((_, body)) = bodies.last_mut() {
                body.push(trimmed);
            }
            continue;
        }
        let (directive, rest) = trimmed.split_once(char::is_whitespace).unwrap_or((trimmed, ""));
        let words: Vec<&str> = rest.split_whitespace().collect();
        let done: Result<(), String> = match directive {
            "test" => {
                file.passes = words.iter().map(|word| (*word).to_owned()).collect();
                Ok(())
            }
            "entry" => {
                file.entry = words.last().map(|word| (*word).to_owned());
                Ok(())
            }
            "options" => parse_options(&mut file.options, &words),
            "clif" => {
                let (what, pattern) = rest.split_once(' ').unwrap_or((rest, ""));
                file.patterns.push((what == "has", pattern.trim().to_owned()));
                Ok(())
            }
            "class" => parse_class(&file.world, &words).map(|class| file.world.classes.push(class)),
            "object" => parse_object(&file.world, &words).map(|object| file.world.objects.push(object)),
            "field" => parse_field(&file.world, &words).map(|field| file.world.fields.push(field)),
            "method" => parse_method(&file.world, rest).map(|method| {
                if method.info.has_code {
                    in_method = true;
                    bodies.push((file.world.methods.len(), Vec::new()));
                }
                heads.push(rest);
                file.world.methods.push(method);
            }),
            _ => Err(format!("no directive {directive}")),
        };
        done.map_err(|error| format!("{trimmed}: {error}"))?;
    }
    for (index, head) in heads.iter().enumerate() {
        let words: Vec<&str> = head.split_whitespace().collect();
        let named = |name: &str| file.world.method_named(name).ok_or(format!("no method {name}"));
        let overrides = option(&words, "overrides").map(named).transpose()?;
        let unique = option(&words, "unique").map(named).transpose()?;
        file.world.methods[index].overrides = overrides;
        file.world.methods[index].unique_target = unique;
    }
    for (index, body) in bodies {
        let name = file.world.methods[index].name.clone();
        let assembled = Assembler::assemble(&file.world, &file.world.methods[index], &body)
            .map_err(|error| format!("{name}: {error}"))?;
        file.world.methods[index] = assembled;
    }
    Ok(file)
}
