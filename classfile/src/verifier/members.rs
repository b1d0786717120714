//! Checks of instructions that name classes, fields and methods.

use super::checker::{Checker, raw_length};
use super::context::{Checked, Stop, widen};
use super::details::{Fault, Origin, external_name};
use super::types::{Type, well_known};
use super::{Hierarchy, Member};
use crate::descriptors::parse_field;
use crate::model::{MemberKind, MemberRef, tag};
use crate::opcodes::op;

/// First version with static and private methods in interfaces.
pub(super) const INTERFACE_METHODS_MAJOR_VERSION: u16 = 52;
/// First version with `invokedynamic`.
const INVOKEDYNAMIC_MAJOR_VERSION: u16 = 51;

impl<'a, H: Hierarchy> Checker<'_, 'a, '_, H> {
    pub(super) fn constant_index(&mut self, bci: usize, index: u16) -> Checked<()> {
        if index == 0 || usize::from(index) >= self.cx.class.constant_pool.len() {
            let text = format!(
                "Illegal constant pool index {index} in class {}",
                external_name(self.cx.class.name)
            );
            return Err(self.fail(&text, bci, Fault::ConstantPoolIndex(index)));
        }
        Ok(())
    }

    #[cold]
    pub(super) fn constant_kind(&mut self, bci: usize, index: u16) -> Stop {
        let text = format!(
            "Illegal type at constant pool entry {index} in class {}",
            external_name(self.cx.class.name)
        );
        self.fail(&text, bci, Fault::ConstantPoolIndex(index))
    }

    /// The type a Class entry names, when it is one.
    pub(super) fn class_operand(&mut self, bci: usize, index: u16) -> Checked<Type> {
        self.constant_index(bci, index)?;
        if self.cx.class.constant_pool.tag(index) != tag::CLASS {
            return Err(self.constant_kind(bci, index));
        }
        Ok(self.cx.class_entry(index))
    }

    pub(super) fn field(&mut self, bci: usize, opcode: u8) -> Checked<()> {
        let index = self.u2(bci + 1);
        self.constant_index(bci, index)?;
        let member = match self.cx.class.constant_pool.member(index) {
            Some(member) if member.kind == MemberKind::Field => member,
            _ => return Err(self.constant_kind(bci, index)),
        };
        let holder = self.cx.class_entry(member.class_index);
        let on_object = matches!(opcode, op::GETFIELD | op::PUTFIELD);
        if !holder.is_object() && (on_object || !holder.is_array()) {
            let text = format!(
                "Expecting reference to class in class {} at constant pool index {index}",
                external_name(self.cx.class.name)
            );
            let fault = Fault::InvalidType(Origin::constant(index, holder));
            return Err(self.fail(&text, bci, fault));
        }
        let Some(field) = parse_field(member.descriptor) else {
            return Err(self.constant_kind(bci, index));
        };
        let ty = widen(self.cx.names.field_type(field));
        match opcode {
            op::GETSTATIC => self.push_slots(ty),
            op::PUTSTATIC => self.pop_slots(ty),
            op::GETFIELD => {
                let object = self.pop(holder)?;
                self.protected_field(bci, "getfield", holder, &member, object)?;
                self.push_slots(ty)
            }
            _ => {
                self.pop_slots(ty)?;
                let mut object = self.pop_any()?;
                if object == Type::UNINITIALIZED_THIS
                    && holder == self.cx.this_type
                    && self.cx.class.find_field(member.name, member.descriptor).is_some()
                {
                    object = holder;
                }
                if !self.cx.assignable(holder, object)? {
                    let fault = Fault::Type(self.stack_top(), Origin::constant(index, holder));
                    return Err(self.fail("Bad type on operand stack in putfield", bci, fault));
                }
                self.protected_field(bci, "putfield", holder, &member, object)
            }
        }
    }

    fn push_slots(&mut self, ty: Type) -> Checked<()> {
        self.push(ty)?;
        if ty.is_category_2() {
            self.push(ty.high())
        } else {
            Ok(())
        }
    }

    fn pop_slots(&mut self, ty: Type) -> Checked<()> {
        if ty.is_category_2() {
            self.pop(ty.high())?;
        }
        self.pop(ty).map(|_| ())
    }

    fn protected_field(
        &mut self,
        bci: usize,
        instruction: &str,
        holder: Type,
        member: &MemberRef<'a>,
        object: Type,
    ) -> Checked<()> {
        let this = self.cx.this_type;
        if object == this || !self.cx.is_superclass(holder) {
            return Ok(());
        }
        if self
            .cx
            .is_protected_elsewhere(holder, Member::Field, member.name, member.descriptor)?
            && !self.cx.assignable_protected(this, object)?
        {
            let fault = Fault::Type(self.stack_top(), Origin::implicit(this));
            let text = format!("Bad access to protected data in {instruction}");
            return Err(self.fail(&text, bci, fault));
        }
        Ok(())
    }

    /// Checks an invocation. `covered`: handlers may cover it. Sets `this_initialized` when it was the constructor
    /// call on `this`.
    pub(super) fn invoke(&mut self, bci: usize, opcode: u8, covered: bool, this_initialized: &mut bool) -> Checked<()> {
        let index = self.u2(bci + 1);
        self.constant_index(bci, index)?;
        let major = self.cx.class.major_version;
        let entry = self.cx.class.constant_pool.tag(index);
        let allowed = match opcode {
            op::INVOKEINTERFACE => entry == tag::INTERFACE_METHODREF,
            op::INVOKEDYNAMIC => entry == tag::INVOKE_DYNAMIC,
            op::INVOKEVIRTUAL => entry == tag::METHODREF,
            _ => {
                entry == tag::METHODREF || entry == tag::INTERFACE_METHODREF && major >= INTERFACE_METHODS_MAJOR_VERSION
            }
        };
        if !allowed {
            return Err(self.constant_kind(bci, index));
        }
        if opcode == op::INVOKEDYNAMIC && major < INVOKEDYNAMIC_MAJOR_VERSION {
            let class = external_name(self.cx.class.name);
            return Err(self.class_format(&format!(
                "invokedynamic instructions not supported by this class file version ({major}), class {class}"
            )));
        }
        let Some(signature) = self.cx.signature(index) else {
            return Err(self.constant_kind(bci, index));
        };
        let pool = &self.cx.class.constant_pool;
        let (name, member) = match pool.member(index) {
            Some(member) => (member.name, Some(member)),
            None => (pool.dynamic(index).map_or(&b""[..], |dynamic| dynamic.name), None),
        };
        match opcode {
            op::INVOKEINTERFACE => {
                if u32::from(self.bytes[bci + 3]) != signature.arguments + 1 {
                    let text = "Inconsistent args count operand in invokeinterface";
                    return Err(self.fail(text, bci, Fault::Bytecode));
                }
                if self.bytes[bci + 4] != 0 {
                    let text = "Fourth operand byte of invokeinterface must be zero";
                    return Err(self.fail(text, bci, Fault::Bytecode));
                }
            }
            op::INVOKEDYNAMIC if self.bytes[bci + 3] != 0 || self.bytes[bci + 4] != 0 => {
                let text = "Third and fourth operand bytes of invokedynamic must be zero";
                return Err(self.fail(text, bci, Fault::Bytecode));
            }
            _ => {}
        }
        let holder = member.map(|member| self.cx.class_entry(member.class_index));
        let initializer = name == b"<init>";
        if name.first() == Some(&b'<') {
            if opcode != op::INVOKESPECIAL || !initializer {
                return Err(self.fail("Illegal call to internal method", bci, Fault::Bytecode));
            }
        } else if let (op::INVOKESPECIAL, Some(holder)) = (opcode, holder) {
            self.special_target(bci, holder, entry)?;
        }
        for argument in (0..signature.arguments).rev() {
            let ty = self.cx.signature_types[signature.argument(argument)];
            self.pop(ty)?;
        }
        if let (Some(holder), Some(member)) = (holder, member) {
            match opcode {
                op::INVOKESTATIC => {}
                _ if initializer => self.invoke_init(bci, index, holder, &member, covered, this_initialized)?,
                op::INVOKESPECIAL => {
                    self.pop(self.cx.this_type)?;
                }
                op::INVOKEINTERFACE => {
                    self.pop(holder)?;
                }
                _ => {
                    let object = self.pop(holder)?;
                    self.protected_method(bci, holder, &member, object)?;
                }
            }
        }
        let result = signature.result();
        if initializer && !result.is_empty() {
            let text = "Return type must be void in <init> method";
            return Err(self.fail(text, bci, Fault::Bytecode));
        }
        for position in result {
            let ty = self.cx.signature_types[position];
            self.push(ty)?;
        }
        Ok(())
    }

    /// `invokespecial` of a method that is no constructor: the class named must be this one, a superclass or a
    /// direct superinterface.
    fn special_target(&mut self, bci: usize, holder: Type, entry: u8) -> Checked<()> {
        let this = self.cx.this_type;
        if holder == this || Some(holder) == self.cx.super_type {
            return Ok(());
        }
        let class = self.cx.class;
        if class
            .interfaces
            .iter()
            .any(|interface| self.cx.class_entry(interface) == holder)
        {
            return Ok(());
        }
        if !self.cx.assignable(holder, this)? {
            let text = "Bad invokespecial instruction: current class isn't assignable to reference class.";
            return Err(self.fail(text, bci, Fault::Bytecode));
        }
        if entry == tag::INTERFACE_METHODREF {
            let text = "Bad invokespecial instruction: interface method reference is in an indirect superinterface.";
            return Err(self.fail(text, bci, Fault::Bytecode));
        }
        Ok(())
    }

    fn protected_method(&mut self, bci: usize, holder: Type, member: &MemberRef<'a>, object: Type) -> Checked<()> {
        let this = self.cx.this_type;
        if object == this
            || !self.cx.is_superclass(holder)
            || !self
                .cx
                .is_protected_elsewhere(holder, Member::Method, member.name, member.descriptor)?
        {
            return Ok(());
        }
        // Arrays pretend to implement a public clone.
        if holder.payload() == well_known::OBJECT && object.is_array() && member.name == b"clone" {
            return Ok(());
        }
        if !self.cx.assignable_protected(this, object)? {
            let fault = Fault::Type(self.stack_top(), Origin::implicit(this));
            return Err(self.fail("Bad access to protected data in invokevirtual", bci, fault));
        }
        Ok(())
    }

    fn invoke_init(
        &mut self,
        bci: usize,
        index: u16,
        holder: Type,
        member: &MemberRef<'a>,
        covered: bool,
        this_initialized: &mut bool,
    ) -> Checked<()> {
        let this = self.cx.this_type;
        let object = self.pop(Type::ANY_REFERENCE)?;
        if object == Type::UNINITIALIZED_THIS {
            if holder != this && Some(holder) != self.cx.super_type {
                let fault = Fault::Type(Origin::implicit(holder), Origin::implicit(this));
                return Err(self.fail("Bad <init> method call", bci, fault));
            }
            if covered {
                // An exception must not let the half-made object be returned.
                let handlers = self.handlers_at(bci);
                if !self.end_in_athrow(handlers)? {
                    let text = "Bad <init> method call from after the start of a try block";
                    return Err(self.fail(text, bci, Fault::Bytecode));
                }
                self.match_handlers(bci, true)?;
            }
            self.frame.initialize(object, this);
            *this_initialized = true;
            return Ok(());
        }
        if !object.is_uninitialized() {
            let fault = Fault::InvalidType(self.stack_top());
            return Err(self.fail("Bad operand type when invoking <init>", bci, fault));
        }
        let new_bci = object.payload() as usize;
        if self.bytes.get(new_bci) != Some(&op::NEW) || new_bci + 3 > self.bytes.len() {
            return Err(self.fail("Expecting new instruction", new_bci, Fault::Bytecode));
        }
        let new_index = self.u2(new_bci + 1);
        let created = self.class_operand(bci, new_index)?;
        if created != holder {
            let fault = Fault::Type(Origin::constant(new_index, created), Origin::constant(index, holder));
            return Err(self.fail("Call to wrong <init> method", bci, fault));
        }
        if self.cx.is_superclass(holder)
            && self
                .cx
                .is_protected_elsewhere(holder, Member::Method, member.name, member.descriptor)?
            && !self.cx.assignable_protected(this, created)?
        {
            let fault = Fault::Type(Origin::constant(new_index, created), Origin::implicit(this));
            return Err(self.fail("Bad access to protected <init> method", bci, fault));
        }
        if covered {
            self.match_handlers(bci, false)?;
        }
        self.frame.initialize(object, created);
        Ok(())
    }

    /// Whether every path from `starts` throws or loops: none returns or runs off the end.
    fn end_in_athrow(&mut self, starts: Vec<usize>) -> Checked<bool> {
        let code = self.bytes;
        let mut seen = vec![false; code.len()];
        let mut pending: Vec<i64> = starts.into_iter().map(|start| start as i64).collect();
        let i4 = |at: usize| {
            let bytes = code.get(at..).and_then(|bytes| bytes.first_chunk());
            bytes.map_or(0, |bytes| i64::from(i32::from_be_bytes(*bytes)))
        };
        while let Some(bci) = pending.pop() {
            let Some(bci) = usize::try_from(bci).ok().filter(|bci| *bci < code.len()) else {
                return Ok(false);
            };
            if std::mem::replace(&mut seen[bci], true) {
                continue;
            }
            let Some(length) = raw_length(code, bci) else {
                return Ok(false);
            };
            self.spend(self.handlers().len() + 1)?;
            for handler in self.handlers_at(bci) {
                if seen.get(handler) == Some(&false) {
                    pending.push(handler as i64);
                }
            }
            let at = bci as i64;
            let next = at + length as i64;
            match code[bci] {
                op::RETURN => return Ok(false),
                op::ATHROW => {}
                op::GOTO => pending.push(at + i64::from(self.u2(bci + 1) as i16)),
                op::GOTO_W => pending.push(at + i4(bci + 1)),
                op::IFEQ..=op::IF_ACMPNE | op::IFNULL | op::IFNONNULL => {
                    pending.extend([next, at + i64::from(self.u2(bci + 1) as i16)]);
                }
                op::TABLESWITCH | op::LOOKUPSWITCH => {
                    let aligned = (bci + 4) & !3;
                    let (keys, step) = if code[bci] == op::TABLESWITCH {
                        (i4(aligned + 8) - i4(aligned + 4) + 1, 1)
                    } else {
                        (i4(aligned + 4), 2)
                    };
                    // A malformed switch is for the checker proper to report.
                    if keys < 0 {
                        return Ok(true);
                    }
                    pending.push(at + i4(aligned));
                    pending.extend((0..keys as usize).map(|key| at + i4(aligned + (3 + key * step) * 4)));
                }
                _ => pending.push(next),
            }
        }
        Ok(true)
    }
}
