//! `jdk.internal.reflect.Reflection`: callers and access.

use crate::java::lang::class::modifiers_of;
use crate::support::class_argument;
use peaberry_runtime::{JResult, JavaThread, Obj, link, natives, stack};

natives! { pub NATIVES: "jdk/internal/reflect/Reflection" {
    "getCallerClass" "()Ljava/lang/Class;" => caller_class;
    "getClassAccessFlags" "(Ljava/lang/Class;)I" => class_access_flags;
    "areNestMates" "(Ljava/lang/Class;Ljava/lang/Class;)Z" => are_nest_mates;
} }

fn caller_class(thread: &mut JavaThread) -> JResult<Obj> {
    Ok(stack::caller::reflection_caller_class(thread).map_or(Obj::NULL, |class| class.mirror()))
}

/// Flags of the class file itself, not of its InnerClasses entry.
fn class_access_flags(thread: &mut JavaThread, class: Obj) -> JResult<i32> {
    let class = class_argument(thread, class)?;
    Ok(if class.is_instance() {
        (class.access_flags & 0x7fff) as i32
    } else {
        modifiers_of(class)
    })
}

fn are_nest_mates(thread: &mut JavaThread, one: Obj, other: Obj) -> JResult<bool> {
    let (one, other) = (class_argument(thread, one)?, class_argument(thread, other)?);
    if !one.is_instance() || !other.is_instance() {
        return Ok(one == other);
    }
    Ok(link::nest_host(thread, one)? == link::nest_host(thread, other)?)
}
