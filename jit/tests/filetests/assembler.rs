//! Bytecode from text.

use crate::text::primitive_code;
use crate::world::{Method, Site, World};
use peaberry_classfile::opcodes::{ALL_OPCODES, Format, Opcode, op};
use peaberry_jit::code::ExitReason;
use peaberry_jit::query::{BranchProfile, CallTarget, Constant, Runtime, TypeProfile};

struct Fixup {
    /// Where the offset goes.
    at: usize,
    wide: bool,
    /// The instruction it counts from.
    from: usize,
    label: String,
}

pub struct Assembler<'w> {
    world: &'w World,
    method: Method,
    fixups: Vec<Fixup>,
    rows: Vec<[String; 4]>,
    /// The instruction before.
    last: u32,
}

fn int(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

fn address(text: &str) -> Result<u64, String> {
    let hex = text.strip_prefix("0x").ok_or(format!("{text} is no address"))?;
    u64::from_str_radix(hex, 16).map_err(|_| format!("{text} is no address"))
}

fn opcode(name: &str) -> Option<Opcode> {
    ALL_OPCODES.iter().copied().find(|opcode| opcode.name() == name)
}

/// Slots of the parameters of a descriptor.
pub fn parameter_slots(descriptor: &str) -> usize {
    let mut slots = 0;
    let mut bytes = descriptor.bytes().skip(1).peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b')' => break,
            b'J' | b'D' => slots += 2,
            b'[' => {
                slots += 1;
                while bytes.next_if_eq(&b'[').is_some() {}
                if bytes.next() == Some(b'L') {
                    bytes.by_ref().find(|byte| *byte == b';');
                }
            }
            b'L' => {
                slots += 1;
                bytes.by_ref().find(|byte| *byte == b';');
            }
            _ => slots += 1,
        }
    }
    slots
}

impl<'w> Assembler<'w> {
    pub fn assemble(world: &'w World, method: &Method, lines: &[&str]) -> Result<Method, String> {
        let mut assembler = Assembler {
            world,
            method: method.clone(),
            fixups: Vec::new(),
            rows: Vec::new(),
            last: 0,
        };
        for line in lines {
            assembler.line(line).map_err(|error| format!("{line}: {error}"))?;
        }
        assembler.finish()
    }

    fn finish(mut self) -> Result<Method, String> {
        for fixup in std::mem::take(&mut self.fixups) {
            let target = self.label(&fixup.label)?;
            let offset = target as i32 - fixup.from as i32;
            let code = &mut self.method.code;
            if fixup.wide {
                code[fixup.at..fixup.at + 4].copy_from_slice(&offset.to_be_bytes());
            } else {
                code[fixup.at..fixup.at + 2].copy_from_slice(&(offset as i16).to_be_bytes());
            }
        }
        for [from, to, handler, class] in std::mem::take(&mut self.rows) {
            let catch = match class.as_str() {
                "any" => 0,
                name => self.world.class_named(name).ok_or(format!("no class {name}"))?.0 as u16,
            };
            let row = (
                self.label(&from)? as u16,
                self.label(&to)? as u16,
                self.label(&handler)? as u16,
                catch,
            );
            self.method.info.handlers.push(row);
        }
        let descriptor = String::from_utf8_lossy(&self.method.info.descriptor).into_owned();
        let parameters = parameter_slots(&descriptor) + usize::from(!self.method.info.is_static);
        self.method.info.max_locals = self.method.info.max_locals.max(parameters as u16);
        self.method.info.code_length = self.method.code.len() as u32;
        Ok(self.method)
    }

    fn label(&self, name: &str) -> Result<u32, String> {
        self.method.labels.get(name).copied().ok_or(format!("no label {name}"))
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        if let Some(label) = line.strip_suffix(':') {
            let bci = self.method.code.len() as u32;
            self.method.labels.insert(label.to_owned(), bci);
            return Ok(());
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        if let ["catch", from, to, handler, class] = words.as_slice() {
            self.rows
                .push([from, to, handler, class].map(|word| (*word).to_owned()));
            return Ok(());
        }
        let notes: Vec<&str> = words.iter().filter_map(|word| word.strip_prefix('@')).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.starts_with('@')).collect();
        let mut site = Site::default();
        for note in notes {
            self.note(&mut site, note)?;
        }
        let bci = self.method.code.len();
        let opcode = opcode(words[0]).ok_or("no such instruction")?;
        self.instruction(&mut site, opcode, &words[1..])?;
        self.touch_locals(opcode, &words[1..]);
        self.method.sites.insert(bci as u32, site);
        self.last = bci as u32;
        Ok(())
    }

    fn touch_locals(&mut self, opcode: Opcode, words: &[&str]) {
        let name = opcode.name();
        let explicit = words.first().and_then(|word| word.parse::<u16>().ok());
        let local = match opcode.format() {
            Format::Local1 | Format::Iinc => explicit,
            Format::None => name
                .split_once("load_")
                .or(name.split_once("store_"))
                .and_then(|(_, index)| index.parse().ok()),
            _ => None,
        };
        if let Some(local) = local {
            let most = &mut self.method.info.max_locals;
            *most = (*most).max(local + 2);
        }
    }

    fn note(&self, site: &mut Site, note: &str) -> Result<(), String> {
        let (name, value) = note.split_once('=').unwrap_or((note, ""));
        match name {
            "unresolved" => site.is_unresolved = true,
            "resume-before" => site.resume = Some(self.last),
            "branch" => {
                let (taken, not_taken) = value.split_once('/').ok_or("taken/not taken")?;
                site.branch = Some(BranchProfile {
                    taken: int(taken)? as u32,
                    not_taken: int(not_taken)? as u32,
                });
            }
            "types" => {
                let mut profile = TypeProfile::default();
                for part in value.split(',') {
                    let (class, count) = part.split_once(':').unwrap_or((part, "1"));
                    let count = int(count)? as u32;
                    match class {
                        "other" => profile.other = count,
                        "null" => profile.null_seen = true,
                        _ => {
                            let class = self.world.class_named(class).ok_or(format!("no class {class}"))?;
                            profile.classes.push((class, count));
                        }
                    }
                }
                site.types = Some(profile);
            }
            "exits" => {
                for part in value.split(',') {
                    let (reason, count) = part.split_once(':').ok_or("reason:count")?;
                    let reason = ExitReason::ALL
                        .into_iter()
                        .find(|other| format!("{other:?}") == reason)
                        .ok_or(format!("no reason {reason}"))?;
                    site.exits.insert(reason, int(count)? as u32);
                }
            }
            // Read by the call itself.
            "direct" => site.call = Some(CallTarget::Unresolved),
            "appendix" => {
                site.call = Some(CallTarget::Linked {
                    adapter: peaberry_jit::query::MethodId(0),
                    appendix_slot: if value.is_empty() { 0 } else { address(value)? },
                });
            }
            "descriptor" => value.clone_into(&mut site.descriptor),
            _ => return Err(format!("no note {name}")),
        }
        Ok(())
    }

    fn byte(&mut self, byte: u8) {
        self.method.code.push(byte);
    }
    fn short(&mut self, short: u16) {
        self.method.code.extend(short.to_be_bytes());
    }
    fn word(&mut self, word: i32) {
        self.method.code.extend(word.to_be_bytes());
    }
    fn jump(&mut self, from: usize, label: &str, wide: bool) {
        let at = self.method.code.len();
        self.fixups.push(Fixup {
            at,
            wide,
            from,
            label: label.to_owned(),
        });
        if wide {
            self.word(0);
        } else {
            self.short(0);
        }
    }

    fn instruction(&mut self, site: &mut Site, opcode: Opcode, words: &[&str]) -> Result<(), String> {
        let bci = self.method.code.len();
        let operand = |index: usize| words.get(index).copied().ok_or("an operand is missing".to_owned());
        let number = opcode as u8;
        match opcode.format() {
            Format::Local1 => {
                let local = int(operand(0)?)? as u16;
                if local > 255 {
                    self.byte(op::WIDE);
                    self.byte(number);
                    self.short(local);
                } else {
                    self.byte(number);
                    self.byte(local as u8);
                }
                return Ok(());
            }
            Format::Iinc => {
                let (local, increment) = (int(operand(0)?)?, int(operand(1)?)?);
                let wide = local > 255 || i64::from(increment as i8) != increment;
                if wide {
                    self.byte(op::WIDE);
                }
                self.byte(number);
                if wide {
                    self.short(local as u16);
                    self.short(increment as i16 as u16);
                } else {
                    self.byte(local as u8);
                    self.byte(increment as i8 as u8);
                }
                return Ok(());
            }
            _ => self.byte(number),
        }
        match opcode.format() {
            Format::Byte => self.byte(int(operand(0)?)? as i8 as u8),
            Format::Short => self.short(int(operand(0)?)? as i16 as u16),
            Format::NewArray => {
                let code = primitive_code(operand(0)?).ok_or("no primitive type")?;
                self.byte(code);
            }
            Format::Branch2 => self.jump(bci, operand(0)?, false),
            Format::Branch4 => self.jump(bci, operand(0)?, true),
            Format::CpIndex1 => {
                self.load_constant(site, words)?;
                self.byte(1);
            }
            Format::CpIndex2 => {
                if matches!(number, op::LDC_W | op::LDC2_W) {
                    self.load_constant(site, words)?;
                } else if crate::world::names_class(number) {
                    self.class_operand(site, operand(0)?)?;
                } else if number >= op::INVOKEVIRTUAL {
                    self.call_operand(site, number, operand(0)?)?;
                } else {
                    let name = operand(0)?;
                    let fields = &self.world.fields;
                    let field = fields.iter().position(|field| field.name == name);
                    site.field = Some(field.ok_or(format!("no field {name}"))?);
                }
                self.short(1);
            }
            Format::InvokeInterface => {
                self.call_operand(site, number, operand(0)?)?;
                self.short(1);
                self.byte(parameter_slots(&site.descriptor) as u8 + 1);
                self.byte(0);
            }
            Format::InvokeDynamic => {
                self.call_operand(site, number, operand(0)?)?;
                self.short(1);
                self.short(0);
            }
            Format::MultiANewArray => {
                self.class_operand(site, operand(0)?)?;
                self.short(1);
                self.byte(int(operand(1)?)? as u8);
            }
            Format::TableSwitch | Format::LookupSwitch => self.switch(bci, number, words)?,
            _ => {}
        }
        Ok(())
    }

    fn class_operand(&self, site: &mut Site, name: &str) -> Result<(), String> {
        let class = self.world.class_named(name).ok_or(format!("no class {name}"))?;
        site.class = Some(class);
        site.is_unresolved |= !self.world.class(class).is_resolved;
        Ok(())
    }

    fn call_operand(&self, site: &mut Site, number: u8, name: &str) -> Result<(), String> {
        let method = self.world.method_named(name).ok_or(format!("no method {name}"))?;
        let data = self.world.method_data(method);
        if site.descriptor.is_empty() {
            site.descriptor = String::from_utf8_lossy(&data.info.descriptor).into_owned();
        }
        site.call = Some(match (site.call, number) {
            (Some(CallTarget::Linked { appendix_slot, .. }), _) => CallTarget::Linked {
                adapter: method,
                appendix_slot,
            },
            (None, op::INVOKEVIRTUAL) => CallTarget::Virtual {
                declared: method,
                vtable_index: data.vtable_index,
            },
            (None, op::INVOKEINTERFACE) => CallTarget::Interface { declared: method },
            (None, op::INVOKEDYNAMIC) => CallTarget::Linked {
                adapter: method,
                appendix_slot: 0,
            },
            _ => CallTarget::Direct(method),
        });
        Ok(())
    }

    fn load_constant(&self, site: &mut Site, words: &[&str]) -> Result<(), String> {
        let [kind, value] = words else {
            return Err("kind and value".to_owned());
        };
        let wrong = |_| format!("{value} is no {kind}");
        let (letter, constant) = match *kind {
            "int" => (b'I', Constant::Int(int(value)? as i32)),
            "long" => (b'J', Constant::Long(int(value)?)),
            "float" => (b'F', Constant::Float(value.parse::<f32>().map_err(wrong)?.to_bits())),
            "double" => (b'D', Constant::Double(value.parse::<f64>().map_err(wrong)?.to_bits())),
            "string" => (b'L', Constant::Slot(address(value)?)),
            "class" => {
                let class = self.world.class_named(value).ok_or(format!("no class {value}"))?;
                (b'L', Constant::Fixed(self.world.mirror(class)))
            }
            "unresolved" => (value.as_bytes()[0], Constant::Unresolved),
            _ => return Err(format!("no constant {kind}")),
        };
        site.constant = Some(constant);
        site.constant_type = letter;
        Ok(())
    }

    fn switch(&mut self, bci: usize, number: u8, words: &[&str]) -> Result<(), String> {
        let [cases @ .., "default", default] = words else {
            return Err("cases, default and its label".to_owned());
        };
        while !self.method.code.len().is_multiple_of(4) {
            self.byte(0);
        }
        self.jump(bci, default, true);
        if number == op::TABLESWITCH {
            let [low, labels @ ..] = cases else {
                return Err("low and labels".to_owned());
            };
            let low = int(low)? as i32;
            self.word(low);
            self.word(low + labels.len() as i32 - 1);
            for label in labels {
                self.jump(bci, label, true);
            }
        } else {
            self.word(cases.len() as i32);
            for case in cases {
                let (key, label) = case.split_once(':').ok_or("key:label")?;
                self.word(int(key)? as i32);
                self.jump(bci, label, true);
            }
        }
        Ok(())
    }
}
