//! A runtime of small numbers: what the directives of a test file declare.

use peaberry_classfile::opcodes::op;
use peaberry_jit::code::ExitReason;
use peaberry_jit::layout::RuntimeLayout;
use peaberry_jit::query::{
    BranchProfile, CallTarget, ClassId, Constant, FieldInfo, KnownObject, KnownRoot, MethodId, MethodInfo, Polymorphic,
    Runtime, TypeProfile,
};
use std::collections::{BTreeMap, HashMap};

/// Addresses of mirrors begin here.
pub const MIRRORS: u64 = 0x10_0000;

#[derive(Clone, Debug, Default)]
pub struct Class {
    pub name: String,
    pub super_class: Option<ClassId>,
    pub interfaces: Vec<ClassId>,
    pub is_interface: bool,
    pub is_final: bool,
    pub is_initialized: bool,
    pub is_resolved: bool,
    pub bytes: Option<u32>,
    /// Element class of an array class of references.
    pub element: Option<ClassId>,
    /// Code of `newarray` of a primitive array class.
    pub primitive: Option<u8>,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub descriptor: String,
    pub info: FieldInfo,
    pub value: Option<Constant>,
}

/// What is known of an instruction.
#[derive(Clone, Debug, Default)]
pub struct Site {
    pub call: Option<CallTarget>,
    pub descriptor: String,
    pub field: Option<usize>,
    pub class: Option<ClassId>,
    pub constant: Option<Constant>,
    pub constant_type: u8,
    pub branch: Option<BranchProfile>,
    pub types: Option<TypeProfile>,
    pub exits: HashMap<ExitReason, u32>,
    pub resume: Option<u32>,
    pub is_unresolved: bool,
}

#[derive(Clone, Debug)]
pub struct Method {
    /// As the file names it.
    pub name: String,
    pub info: MethodInfo,
    pub code: Vec<u8>,
    pub sites: BTreeMap<u32, Site>,
    pub labels: BTreeMap<String, u32>,
    pub invocations: u32,
    pub overrides: Option<MethodId>,
    pub unique_target: Option<MethodId>,
    pub vtable_index: u32,
    pub is_prepared: bool,
}

/// An object that is known when compiling.
#[derive(Clone, Debug)]
pub struct Object {
    pub known: KnownObject,
    pub class: ClassId,
    /// Final fields: offset, value.
    pub fields: Vec<(u32, Constant)>,
    /// Method that it stands for, as method handle or member name.
    pub target: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct World {
    pub objects: Vec<Object>,
    pub layout: RuntimeLayout,
    pub classes: Vec<Class>,
    pub fields: Vec<Field>,
    pub methods: Vec<Method>,
}

impl World {
    pub fn class(&self, class: ClassId) -> &Class {
        &self.classes[class.0 as usize - 1]
    }
    pub fn method_data(&self, method: MethodId) -> &Method {
        &self.methods[method.0 as usize - 1]
    }
    pub fn class_named(&self, name: &str) -> Option<ClassId> {
        let index = self.classes.iter().position(|class| class.name == name)?;
        Some(ClassId(index as u64 + 1))
    }
    pub fn method_named(&self, name: &str) -> Option<MethodId> {
        let index = self.methods.iter().position(|method| method.name == name)?;
        Some(MethodId(index as u64 + 1))
    }
    pub fn site(&self, method: MethodId, bci: u32) -> Option<&Site> {
        self.method_data(method).sites.get(&bci)
    }
    fn object(&self, known: &KnownObject) -> Option<&Object> {
        self.objects.iter().find(|object| object.known == *known)
    }
    fn known_site(&self, method: MethodId, bci: u32) -> Option<&Site> {
        self.site(method, bci).filter(|site| !site.is_unresolved)
    }
    /// Whom a call of `declared` on an instance of `class` runs.
    pub fn selected(&self, class: ClassId, declared: MethodId) -> Option<MethodId> {
        let mut next = Some(class);
        while let Some(class) = next {
            let own = self.methods.iter().position(|method| {
                let id = self.method_named(&method.name);
                method.info.holder == class && (id == Some(declared) || method.overrides == Some(declared))
            });
            if let Some(own) = own {
                return self.methods[own].info.has_code.then_some(MethodId(own as u64 + 1));
            }
            next = self.class(class).super_class;
        }
        None
    }
}

impl Runtime for World {
    fn layout(&self) -> &RuntimeLayout {
        &self.layout
    }
    fn method(&self, method: MethodId) -> MethodInfo {
        self.method_data(method).info.clone()
    }
    fn bytecode(&self, method: MethodId) -> &[u8] {
        &self.method_data(method).code
    }
    fn class_name(&self, class: ClassId) -> String {
        self.class(class).name.clone()
    }
    fn counters(&self, method: MethodId) -> (u32, u32) {
        (self.method_data(method).invocations, 0)
    }
    fn branch_profile(&self, method: MethodId, bci: u32) -> Option<BranchProfile> {
        self.site(method, bci)?.branch
    }
    fn type_profile(&self, method: MethodId, bci: u32) -> Option<TypeProfile> {
        self.site(method, bci)?.types.clone()
    }
    fn exits_taken(&self, method: MethodId, bci: u32, reason: ExitReason) -> u32 {
        let site = self.site(method, bci);
        site.and_then(|site| site.exits.get(&reason).copied()).unwrap_or(0)
    }
    fn field(&self, method: MethodId, bci: u32) -> Option<FieldInfo> {
        let index = self.known_site(method, bci)?.field?;
        Some(self.fields[index].info)
    }
    fn call_target(&self, method: MethodId, bci: u32) -> CallTarget {
        self.known_site(method, bci)
            .and_then(|site| site.call)
            .unwrap_or(CallTarget::Unresolved)
    }
    fn call_descriptor(&self, method: MethodId, bci: u32) -> Vec<u8> {
        self.site(method, bci)
            .map_or_else(Vec::new, |site| site.descriptor.clone().into_bytes())
    }
    fn field_descriptor(&self, method: MethodId, bci: u32) -> Vec<u8> {
        let field = self.site(method, bci).and_then(|site| site.field);
        field.map_or_else(Vec::new, |field| self.fields[field].descriptor.clone().into_bytes())
    }
    fn constant(&self, method: MethodId, bci: u32) -> Constant {
        self.site(method, bci)
            .and_then(|site| site.constant)
            .unwrap_or(Constant::Unresolved)
    }
    fn constant_type(&self, method: MethodId, bci: u32) -> u8 {
        self.site(method, bci).map_or(b'L', |site| site.constant_type)
    }
    fn class_at(&self, method: MethodId, bci: u32) -> Option<ClassId> {
        self.known_site(method, bci)?.class
    }
    fn catch_class(&self, _method: MethodId, constant: u16) -> Option<ClassId> {
        if constant == 0 {
            return None;
        }
        let class = ClassId(constant.into());
        self.class(class).is_resolved.then_some(class)
    }
    fn array_class_of(&self, element: ClassId) -> Option<ClassId> {
        let index = self.classes.iter().position(|class| class.element == Some(element))?;
        Some(ClassId(index as u64 + 1))
    }
    fn primitive_array_class(&self, code: u8) -> Option<ClassId> {
        let index = self.classes.iter().position(|class| class.primitive == Some(code))?;
        Some(ClassId(index as u64 + 1))
    }
    fn element_class(&self, array: ClassId) -> Option<ClassId> {
        self.class(array).element
    }
    fn mirror(&self, class: ClassId) -> u64 {
        MIRRORS + 16 * class.0
    }
    fn is_initialized(&self, class: ClassId) -> bool {
        self.class(class).is_initialized
    }
    fn is_interface(&self, class: ClassId) -> bool {
        self.class(class).is_interface
    }
    fn is_exact(&self, class: ClassId) -> bool {
        let data = self.class(class);
        data.is_final || data.primitive.is_some() || data.element.is_some_and(|element| self.is_exact(element))
    }
    fn is_subtype(&self, class: ClassId, of: ClassId) -> bool {
        if class == of {
            return true;
        }
        let data = self.class(class);
        if let (Some(element), Some(other)) = (data.element, self.class(of).element)
            && self.is_subtype(element, other)
        {
            return true;
        }
        data.super_class
            .iter()
            .chain(&data.interfaces)
            .any(|parent| self.is_subtype(*parent, of))
    }
    fn display_depth(&self, class: ClassId) -> Option<u32> {
        let data = self.class(class);
        if data.is_interface || data.element.is_some() || data.primitive.is_some() {
            return None;
        }
        let mut depth = 0;
        let mut next = data.super_class;
        while let Some(class) = next {
            depth += 1;
            next = self.class(class).super_class;
        }
        (depth < 8).then_some(depth)
    }
    fn select(&self, class: ClassId, declared: MethodId) -> Option<MethodId> {
        self.selected(class, declared)
    }
    fn unique_target(&self, declared: MethodId) -> Option<MethodId> {
        self.method_data(declared).unique_target
    }
    fn unique_concrete_class(&self, _class: ClassId) -> Option<ClassId> {
        None
    }
    fn instance_bytes(&self, class: ClassId) -> Option<u32> {
        self.class(class).bytes
    }
    fn may_be_virtual(&self, _class: ClassId) -> bool {
        true
    }
    fn static_final(&self, field: &FieldInfo) -> Option<Constant> {
        let field = self.fields.iter().find(|other| other.info.id == field.id)?;
        field.value
    }
    fn known_class(&self, object: &KnownObject) -> Option<ClassId> {
        Some(self.object(object)?.class)
    }
    fn is_lasting(&self, object: &KnownObject, _field: &FieldInfo) -> bool {
        self.object(object).is_some()
    }
    fn is_stable(&self, _field: &FieldInfo) -> bool {
        false
    }
    fn has_element(&self, _array: &KnownObject, _index: u32) -> bool {
        false
    }
    fn same_object(&self, one: &KnownObject, other: &KnownObject) -> Option<bool> {
        (one == other).then_some(true)
    }
    fn known_field(&self, object: &KnownObject, field: &FieldInfo) -> Option<Constant> {
        let fields = &self.object(object)?.fields;
        fields
            .iter()
            .find(|(offset, _)| u64::from(*offset) == field.location)
            .map(|(_, value)| *value)
    }
    fn mirrored_class(&self, object: &KnownObject) -> Option<ClassId> {
        match object.root {
            KnownRoot::Fixed(address) if object.path.is_empty() => {
                let index = address.checked_sub(MIRRORS)? / 16;
                Some(ClassId(index)).filter(|class| self.mirror(*class) == address)
            }
            _ => None,
        }
    }
    fn handle_target(&self, object: &KnownObject) -> Option<MethodId> {
        self.method_named(self.object(object)?.target.as_ref()?)
    }
    fn member_target(&self, object: &KnownObject, _linker: MethodId) -> Option<CallTarget> {
        Some(CallTarget::Direct(self.handle_target(object)?))
    }
    fn prepare(&self, method: MethodId) -> bool {
        self.method_data(method).is_prepared
    }
    fn resume_bci(&self, method: MethodId, bci: u32) -> u32 {
        self.site(method, bci).and_then(|site| site.resume).unwrap_or(bci)
    }
}

/// The facts of a method with this descriptor and nothing special about it.
pub fn plain_method(holder: ClassId, name: &str, descriptor: &str) -> MethodInfo {
    MethodInfo {
        holder,
        name: name.to_owned(),
        descriptor: descriptor.as_bytes().to_vec(),
        is_static: false,
        is_synchronized: false,
        is_native: false,
        has_code: true,
        is_constructor: false,
        force_inline: false,
        never_inline: false,
        code_length: 0,
        max_stack: 64,
        max_locals: 0,
        handlers: Vec::new(),
        polymorphic: Polymorphic::No,
        intrinsic: None,
        is_leaf_native: false,
    }
}

/// May an instruction with this opcode be asked for a class?
pub fn names_class(opcode: u8) -> bool {
    matches!(
        opcode,
        op::NEW | op::ANEWARRAY | op::CHECKCAST | op::INSTANCEOF | op::MULTIANEWARRAY
    )
}
