//! `java.lang.Class`: inner, enclosing, nest and sealed classes.

use crate::support::new_class_array;
use peaberry_runtime::known::KnownClass;
use peaberry_runtime::method_area::ClassPtr;
use peaberry_runtime::method_area::class::class_flags;
use peaberry_runtime::object::{array_set_ref, class_of_mirror};
use peaberry_runtime::{JResult, JavaThread, Obj, link};

/// Positions in an InnerClasses entry.
const INNER: usize = 0;
const OUTER: usize = 1;
const NAME: usize = 2;

/// The class's own entry among its InnerClasses.
fn own_entry(class: ClassPtr) -> Option<[u16; 4]> {
    if !class.is_instance() {
        return None;
    }
    let pool = class.constants();
    let name = original_name(class);
    class
        .attributes
        .inner_classes
        .iter()
        .copied()
        .find(|e| e[INNER] != 0 && pool.name_of(e[INNER]) == name)
}

/// The name in the class file: a hidden class's is its name without the suffix.
fn original_name(class: ClassPtr) -> &'static [u8] {
    let name = class.name.bytes();
    if class.has_flag(class_flags::HIDDEN)
        && let Some(at) = name.iter().rposition(|&b| b == b'+')
    {
        return &name[..at];
    }
    name
}

/// IncompatibleClassChangeError unless `outer` lists `inner` too.
fn check_agreement(thread: &mut JavaThread, outer: ClassPtr, inner: ClassPtr) -> JResult<()> {
    let pool = outer.is_instance().then(|| outer.constants());
    let listed = pool.is_some_and(|pool| {
        let entries = outer.attributes.inner_classes;
        let (outer_name, inner_name) = (original_name(outer), original_name(inner));
        entries.iter().any(|e| {
            e[OUTER] != 0
                && e[INNER] != 0
                && pool.name_of(e[OUTER]) == outer_name
                && pool.name_of(e[INNER]) == inner_name
        })
    });
    if listed {
        return Ok(());
    }
    let message = format!(
        "{} and {} disagree on InnerClasses attribute",
        outer.external_name(),
        inner.external_name()
    );
    Err(thread.throw_new("java/lang/IncompatibleClassChangeError", &message))
}

/// `getDeclaringClass0`.
pub fn declaring_class(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let class = class_of_mirror(this);
    let Some(entry) = own_entry(class).filter(|e| e[OUTER] != 0) else {
        return Ok(Obj::NULL);
    };
    let outer = link::resolve_class(thread, class, entry[OUTER])?;
    check_agreement(thread, outer, class)?;
    Ok(outer.mirror())
}

/// `getSimpleBinaryName0`.
pub fn simple_binary_name(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let class = class_of_mirror(this);
    match own_entry(class).filter(|e| e[NAME] != 0) {
        Some(entry) => thread.new_string_mutf8(class.constants().utf8(entry[NAME])),
        None => Ok(Obj::NULL),
    }
}

/// `getDeclaredClasses0`.
pub fn declared_classes(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let class = class_of_mirror(this);
    let mut members = Vec::new();
    if class.is_instance() {
        let pool = class.constants();
        let name = original_name(class);
        let entries = class.attributes.inner_classes;
        for entry in entries.iter() {
            if entry[INNER] == 0 || entry[OUTER] == 0 || pool.name_of(entry[OUTER]) != name {
                continue;
            }
            let outer = link::resolve_class(thread, class, entry[OUTER])?;
            if outer != class {
                continue;
            }
            let inner = link::resolve_class(thread, class, entry[INNER])?;
            if inner.is_instance() {
                check_agreement(thread, class, inner)?;
            }
            members.push(inner);
        }
    }
    new_class_array(thread, &members)
}

/// `getEnclosingMethod0`: `{class, method name or null, descriptor or null}`, null when not directly enclosed so.
pub fn enclosing_method(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let class = class_of_mirror(this);
    let (enclosing, name_and_type) = class.attributes.enclosing_method;
    if !class.is_instance() || enclosing == 0 {
        return Ok(Obj::NULL);
    }
    let outer = link::resolve_class(thread, class, enclosing)?;
    let array = thread.allocate_reference_array(thread.known_class(KnownClass::Object), 3)?;
    array_set_ref(thread, array, 0, outer.mirror());
    if name_and_type != 0 {
        let (name, descriptor) = class.constants().name_and_type(name_and_type);
        let name = thread.new_string_mutf8(name)?;
        array_set_ref(thread, array, 1, name);
        let descriptor = thread.new_string_mutf8(descriptor)?;
        array_set_ref(thread, array, 2, descriptor);
    }
    Ok(array)
}

/// `getNestHost0`.
pub fn nest_host(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let class = class_of_mirror(this);
    if !class.is_instance() {
        return Ok(this);
    }
    Ok(link::nest_host(thread, class)?.mirror())
}

/// `getNestMembers0`: the host first, then the members it lists that agree. A hidden class that joined the nest later is
/// not listed.
pub fn nest_members(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let class = class_of_mirror(this);
    if !class.is_instance() {
        return new_class_array(thread, &[class]);
    }
    let host = link::nest_host(thread, class)?;
    let mut members = vec![host];
    let listed = host.attributes.nest_members;
    for &index in listed.iter() {
        match link::resolve_class(thread, host, index) {
            Ok(member) => {
                let same = member.is_instance() && link::nest_host(thread, member)? == host;
                if same && !members.contains(&member) {
                    members.push(member);
                }
            }
            Err(thrown) => {
                if !is_linkage_error(thread) {
                    return Err(thrown);
                }
                thread.take_exception();
            }
        }
    }
    new_class_array(thread, &members)
}

fn is_linkage_error(thread: &JavaThread) -> bool {
    let error = thread.vm().known.class_if_present(KnownClass::LinkageError);
    error.is_some_and(|error| peaberry_runtime::object::is_instance(thread.exception, error))
}

/// `getPermittedSubclasses0`: null for classes that are not sealed; permitted ones that cannot be loaded are left out.
pub fn permitted_subclasses(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let class = class_of_mirror(this);
    if !class.is_instance() || !class.has_flag(class_flags::SEALED) {
        return Ok(Obj::NULL);
    }
    let mut subclasses = Vec::new();
    let listed = class.attributes.permitted_subclasses;
    for &index in listed.iter() {
        match link::resolve_class(thread, class, index) {
            Ok(subclass) if subclass.is_instance() => subclasses.push(subclass),
            Ok(_) => {}
            Err(thrown) => {
                if !is_linkage_error(thread) {
                    return Err(thrown);
                }
                thread.take_exception();
            }
        }
    }
    new_class_array(thread, &subclasses)
}
