//! `java.lang.invoke.MethodHandle`: its natives are linked by the interpreter; called reflectively they refuse. And the
//! member search of `MethodHandleNatives` in older class libraries.

use peaberry_runtime::invoke::member_name::{self, flags};
use peaberry_runtime::link::{self, InvokeKind};
use peaberry_runtime::natives;
use peaberry_runtime::object::{array_get_ref, array_length, class_of_mirror};
use peaberry_runtime::{ClassPtr, JResult, JavaThread, Obj, strings};

natives! { pub NATIVES: "java/lang/invoke/MethodHandle" {
    "invokeExact" "([Ljava/lang/Object;)Ljava/lang/Object;" => invoke_exact;
    "invoke" "([Ljava/lang/Object;)Ljava/lang/Object;" => invoke;
    "invokeBasic" "([Ljava/lang/Object;)Ljava/lang/Object;" => invoke_basic;
    "linkToVirtual" "([Ljava/lang/Object;)Ljava/lang/Object;" => link_to;
    "linkToStatic" "([Ljava/lang/Object;)Ljava/lang/Object;" => link_to;
    "linkToSpecial" "([Ljava/lang/Object;)Ljava/lang/Object;" => link_to;
    "linkToInterface" "([Ljava/lang/Object;)Ljava/lang/Object;" => link_to;
    "linkToNative" "([Ljava/lang/Object;)Ljava/lang/Object;" => link_to_native;
} }

fn refuse(thread: &mut JavaThread, name: &str) -> JResult<Obj> {
    let text = format!("{name} cannot be invoked reflectively");
    Err(thread.throw_new("java/lang/UnsupportedOperationException", &text))
}
fn invoke_exact(thread: &mut JavaThread, _this: Obj, _arguments: Obj) -> JResult<Obj> {
    refuse(thread, "MethodHandle.invokeExact")
}
fn invoke(thread: &mut JavaThread, _this: Obj, _arguments: Obj) -> JResult<Obj> {
    refuse(thread, "MethodHandle.invoke")
}
fn invoke_basic(thread: &mut JavaThread, _this: Obj, _arguments: Obj) -> JResult<Obj> {
    refuse(thread, "MethodHandle.invokeBasic")
}
fn link_to(thread: &mut JavaThread, _arguments: Obj) -> JResult<Obj> {
    refuse(thread, "MethodHandle.linkTo*")
}
fn link_to_native(thread: &mut JavaThread, _arguments: Obj) -> JResult<Obj> {
    Err(thread.throw_new("java/lang/UnsatisfiedLinkError", "MethodHandle.linkToNative"))
}

const SEARCH_SUPERCLASSES: i32 = 0x0010_0000;
const SEARCH_INTERFACES: i32 = 0x0020_0000;

/// The classes a member search goes through.
fn searched_classes(class: ClassPtr, match_flags: i32) -> Vec<ClassPtr> {
    let mut classes = vec![class];
    if match_flags & SEARCH_SUPERCLASSES != 0 {
        let mut next = class.super_class.get();
        while let Some(superclass) = next {
            classes.push(superclass);
            next = superclass.super_class.get();
        }
    }
    if match_flags & SEARCH_INTERFACES != 0 {
        classes.extend(class.secondary_supers.get().iter().copied());
    }
    classes
}

/// `MethodHandleNatives.getMembers`: fills `results` with the members that match, after skipping `skip`, and answers
/// how many match.
#[allow(clippy::too_many_arguments)]
pub fn get_members(
    thread: &mut JavaThread,
    class: Obj,
    name: Obj,
    signature: Obj,
    match_flags: i32,
    _caller: Obj,
    skip: i32,
    results: Obj,
) -> JResult<i32> {
    if class.is_null() || results.is_null() {
        return Ok(-1);
    }
    let class = class_of_mirror(class);
    if class.is_primitive() || class.is_array() {
        return Ok(0);
    }
    link::link_class(thread, class)?;
    let name = if name.is_null() {
        None
    } else {
        Some(strings::to_mutf8(thread, name))
    };
    let signature = if signature.is_null() {
        None
    } else {
        Some(strings::to_mutf8(thread, signature))
    };
    let matches =
        |n: &[u8], d: &[u8]| name.as_deref().is_none_or(|x| x == n) && signature.as_deref().is_none_or(|x| x == d);
    let mut found = 0;
    for searched in searched_classes(class, match_flags) {
        if match_flags & flags::IS_FIELD != 0 {
            for &field in searched
                .fields
                .get()
                .iter()
                .filter(|f| !f.injected && matches(f.name.bytes(), f.descriptor.bytes()))
            {
                if let Some(member) = next_result(results, found, skip) {
                    member_name::set_field(thread, member, field, false);
                }
                found += 1;
            }
        }
        if match_flags & (flags::IS_METHOD | flags::IS_CONSTRUCTOR) != 0 {
            for &method in searched.methods.get().iter() {
                let wanted = if method.is_constructor() {
                    flags::IS_CONSTRUCTOR
                } else {
                    flags::IS_METHOD
                };
                if method.is_class_initializer()
                    || match_flags & wanted == 0
                    || !matches(method.name.bytes(), method.descriptor.bytes())
                {
                    continue;
                }
                if let Some(member) = next_result(results, found, skip) {
                    let kind = if searched.is_interface() {
                        InvokeKind::Interface
                    } else {
                        InvokeKind::Virtual
                    };
                    member_name::set_method(thread, member, method, searched, kind)?;
                }
                found += 1;
            }
        }
    }
    Ok((found - skip).max(0))
}

fn next_result(results: Obj, found: i32, skip: i32) -> Option<Obj> {
    let index = usize::try_from(found - skip).ok()?;
    if index >= array_length(results) {
        return None;
    }
    let member = array_get_ref(results, index);
    (!member.is_null()).then_some(member)
}
