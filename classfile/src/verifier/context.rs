//! What both verifiers share about the class: interned types of its constant pool, and assignability.

use super::types::{Kind, Names, Type, well_known};
use super::{Hierarchy, VerifyError};
use crate::descriptors::MethodDescriptor;
use crate::model::{ClassFile, Constant};

/// Verification ends; why is in [`Context::failure`]. Keeps results of hot functions small.
#[derive(Debug)]
pub(super) struct Stop;

pub(super) type Checked<T> = Result<T, Stop>;

/// A method descriptor as types, one entry a slot.
#[derive(Clone, Copy)]
pub(super) struct Signature {
    /// Position in [`Context::signature_types`].
    start: u32,
    /// Argument slots, without the receiver.
    pub arguments: u32,
    /// Slots of the result.
    pub results: u32,
}

impl Signature {
    /// Position of argument slot `index`.
    pub fn argument(&self, index: u32) -> usize {
        (self.start + index) as usize
    }

    /// Positions of the result's slots.
    pub fn result(&self) -> std::ops::Range<usize> {
        let start = (self.start + self.arguments) as usize;
        start..start + self.results as usize
    }
}

/// Elementary steps (comparisons of slots, mostly) a class may take: bounds time on hostile input, orders of magnitude
/// above what real classes need.
const BUDGET: i64 = 1_000_000_000;

pub(super) struct Context<'a, 'h, H: Hierarchy> {
    pub class: &'a ClassFile<'a>,
    pub hierarchy: &'h mut H,
    pub names: Names<'a>,
    pub this_type: Type,
    pub super_type: Option<Type>,
    /// Type of the Class entry at each index; top = not asked for yet.
    class_types: Vec<Type>,
    /// Position + 1 in `signatures` for the Utf8 entry at each index.
    signature_of: Vec<u32>,
    signatures: Vec<Signature>,
    pub signature_types: Vec<Type>,
    failure: Option<VerifyError<H::Error>>,
    /// Elementary steps left for the class.
    budget: i64,
    /// Whether a name is a superclass's, by name: 0 = not asked, 1 = no, 2 = yes.
    superclass_known: Vec<u8>,
    /// The stack map attribute itself is malformed: HotSpot throws at once, without the second chance.
    pub format_error_is_final: bool,
}

impl<'a, 'h, H: Hierarchy> Context<'a, 'h, H> {
    pub fn new(class: &'a ClassFile<'a>, hierarchy: &'h mut H) -> Self {
        let mut names = Names::new();
        let this_type = Type::object(names.intern(class.name));
        let super_type = class.super_name.map(|name| Type::object(names.intern(name)));
        let count = class.constant_pool.len();
        let mut class_types = vec![Type::TOP; count];
        if let Some(entry) = class_types.get_mut(usize::from(class.this_class)) {
            *entry = this_type;
        }
        Context {
            class,
            hierarchy,
            names,
            this_type,
            super_type,
            class_types,
            signature_of: vec![0; count],
            signatures: Vec::new(),
            signature_types: Vec::new(),
            failure: None,
            budget: BUDGET,
            superclass_known: Vec::new(),
            format_error_is_final: false,
        }
    }

    #[cold]
    pub fn take_failure(&mut self) -> VerifyError<H::Error> {
        self.failure
            .take()
            .unwrap_or_else(|| VerifyError::Verify("verification failed".to_owned()))
    }

    #[cold]
    pub fn fail(&mut self, failure: VerifyError<H::Error>) -> Stop {
        self.failure = Some(failure);
        Stop
    }

    #[cold]
    pub fn hierarchy_failed(&mut self, error: H::Error) -> Stop {
        self.fail(VerifyError::Hierarchy(error))
    }

    /// Type of a Class entry; the caller knows that it is one.
    pub fn class_entry(&mut self, index: u16) -> Type {
        match self.class_types.get(usize::from(index)) {
            Some(&ty) if ty != Type::TOP => ty,
            Some(_) => {
                let name = self.class.constant_pool.class_name(index).unwrap_or(b"");
                let ty = self.names.class_type(name);
                self.class_types[usize::from(index)] = ty;
                ty
            }
            None => Type::object(well_known::OBJECT),
        }
    }

    /// The method descriptor of a member or call site entry, as types; `None` when there is none.
    pub fn signature(&mut self, index: u16) -> Option<Signature> {
        let pool = &self.class.constant_pool;
        let name_and_type = match *pool.get(index)? {
            Constant::Methodref { name_and_type, .. }
            | Constant::InterfaceMethodref { name_and_type, .. }
            | Constant::InvokeDynamic { name_and_type, .. } => name_and_type,
            _ => return None,
        };
        let Constant::NameAndType { descriptor, .. } = *pool.get(name_and_type)? else {
            return None;
        };
        match *self.signature_of.get(usize::from(descriptor))? {
            0 => {
                let signature = self.translate(pool.utf8(descriptor)?)?;
                self.signatures.push(signature);
                self.signature_of[usize::from(descriptor)] = self.signatures.len() as u32;
                Some(signature)
            }
            number => Some(self.signatures[number as usize - 1]),
        }
    }

    fn translate(&mut self, descriptor: &'a [u8]) -> Option<Signature> {
        let parsed = MethodDescriptor::parse(descriptor)?;
        let start = self.signature_types.len() as u32;
        for parameter in parsed.parameters() {
            let ty = self.names.field_type(parameter);
            self.push_slots(ty);
        }
        let arguments = self.signature_types.len() as u32 - start;
        let result = self.names.field_type(parsed.return_type);
        if result != Type::TOP {
            self.push_slots(result);
        }
        Some(Signature {
            start,
            arguments,
            results: self.signature_types.len() as u32 - start - arguments,
        })
    }

    fn push_slots(&mut self, ty: Type) {
        let ty = widen(ty);
        self.signature_types.push(ty);
        if ty.is_category_2() {
            self.signature_types.push(ty.high());
        }
    }

    /// Whether a value of type `source` may be used as `target` (JVMS §4.10.1.2).
    #[inline]
    pub fn assignable(&mut self, target: Type, source: Type) -> Checked<bool> {
        if target == source || target == Type::TOP {
            return Ok(true);
        }
        self.assignable_slow(target, source, false)
    }

    /// The same for a protected member's receiver: an interface is then not taken for Object.
    pub fn assignable_protected(&mut self, target: Type, source: Type) -> Checked<bool> {
        if target == source || target == Type::TOP {
            return Ok(true);
        }
        self.assignable_slow(target, source, true)
    }

    fn assignable_slow(&mut self, target: Type, source: Type, protected: bool) -> Checked<bool> {
        if target.dimensions() == 0 {
            match target.kind() {
                Kind::AnyReference => return Ok(source.is_reference() || source.is_uninitialized()),
                Kind::AnyCategory1 => return Ok(source.is_category_1()),
                Kind::AnyCategory2 => return Ok(source.is_category_2()),
                Kind::Boolean | Kind::Byte | Kind::Char | Kind::Short => return Ok(source == Type::INTEGER),
                Kind::Object => {}
                _ => return Ok(false),
            }
        }
        if !source.is_reference() {
            return Ok(false);
        }
        self.reference_assignable(target, source, protected)
    }

    fn reference_assignable(&mut self, target: Type, source: Type, protected: bool) -> Checked<bool> {
        let (mut target, mut source) = (target, source);
        if source == Type::NULL {
            return Ok(true);
        }
        if target.is_array() {
            // Strip the dimensions both have; components are compared without widening.
            let common = target.dimensions().min(source.dimensions());
            if common < target.dimensions() {
                return Ok(false);
            }
            target = target.with_dimensions(0);
            source = source.with_dimensions(source.dimensions() - common);
            if target == source {
                return Ok(true);
            }
            if !target.is_object() || !(source.is_object() || source.is_array()) {
                return Ok(false);
            }
        }
        if target.payload() == well_known::OBJECT {
            return Ok(true);
        }
        let name = self.names.get(target.payload());
        let interface = match self.hierarchy.is_interface(name) {
            Ok(interface) => interface,
            Err(error) => return Err(self.hierarchy_failed(error)),
        };
        if interface && !(protected && source.is_object() && source.payload() == well_known::OBJECT) {
            return Ok(!source.is_array()
                || target.payload() == well_known::CLONEABLE
                || target.payload() == well_known::SERIALIZABLE);
        }
        if !source.is_object() {
            return Ok(false);
        }
        let answer = self.hierarchy.is_subclass(self.names.get(source.payload()), name);
        answer.map_err(|error| self.hierarchy_failed(error))
    }

    /// Counts steps; false when there were too many.
    #[inline]
    #[must_use]
    pub fn afford(&mut self, steps: usize) -> bool {
        self.budget -= steps as i64;
        self.budget >= 0
    }

    /// Whether the type is a proper superclass of this class, by name.
    pub fn is_superclass(&mut self, ty: Type) -> bool {
        if !ty.is_object() || ty == self.this_type {
            return false;
        }
        if Some(ty) == self.super_type {
            return true;
        }
        let index = ty.payload() as usize;
        if index >= self.superclass_known.len() {
            self.superclass_known.resize(index + 16, 0);
        }
        if self.superclass_known[index] == 0 {
            let superclass = self.hierarchy.is_superclass_of_current(self.names.get(ty.payload()));
            self.superclass_known[index] = 1 + u8::from(superclass);
        }
        self.superclass_known[index] == 2
    }

    /// See [`Hierarchy::is_protected_elsewhere`].
    pub fn is_protected_elsewhere(
        &mut self,
        class: Type,
        member: super::Member,
        name: &[u8],
        descriptor: &[u8],
    ) -> Checked<bool> {
        let class = self.names.get(class.payload());
        let answer = self.hierarchy.is_protected_elsewhere(class, member, name, descriptor);
        answer.map_err(|error| self.hierarchy_failed(error))
    }
}

/// The type as it is on the operand stack: narrow integers become int.
pub(super) fn widen(ty: Type) -> Type {
    match ty.kind() {
        Kind::Boolean | Kind::Byte | Kind::Short | Kind::Char if !ty.is_array() => Type::INTEGER,
        _ => ty,
    }
}
