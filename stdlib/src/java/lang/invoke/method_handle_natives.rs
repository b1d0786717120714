//! `java.lang.invoke.MethodHandleNatives`: the class library's door to the VM for method handles.

use peaberry_runtime::invoke::{box_to_loadable, member_name};
use peaberry_runtime::known::KnownField;
use peaberry_runtime::link;
use peaberry_runtime::natives;
use peaberry_runtime::object::{array_length, array_set_ref, array_slice, class_of_mirror, set_ref};
use peaberry_runtime::{JResult, JavaThread, Obj};
use std::sync::atomic::{Ordering, fence};

natives! { pub NATIVES: "java/lang/invoke/MethodHandleNatives" {
    "registerNatives" "()V" => register_natives;
    "init" "(Ljava/lang/invoke/MemberName;Ljava/lang/Object;)V" => init;
    "expand" "(Ljava/lang/invoke/MemberName;)V" => expand;
    "resolve" "(Ljava/lang/invoke/MemberName;Ljava/lang/Class;IZ)Ljava/lang/invoke/MemberName;" => resolve;
    "getMembers" "(Ljava/lang/Class;Ljava/lang/String;Ljava/lang/String;ILjava/lang/Class;I[Ljava/lang/invoke/MemberName;)I" [until 18] => super::method_handle::get_members;
    "objectFieldOffset" "(Ljava/lang/invoke/MemberName;)J" => object_field_offset;
    "staticFieldOffset" "(Ljava/lang/invoke/MemberName;)J" => static_field_offset;
    "staticFieldBase" "(Ljava/lang/invoke/MemberName;)Ljava/lang/Object;" => static_field_base;
    "getMemberVMInfo" "(Ljava/lang/invoke/MemberName;)Ljava/lang/Object;" => get_member_vm_info;
    "setCallSiteTargetNormal" "(Ljava/lang/invoke/CallSite;Ljava/lang/invoke/MethodHandle;)V" => set_call_site_target_normal;
    "setCallSiteTargetVolatile" "(Ljava/lang/invoke/CallSite;Ljava/lang/invoke/MethodHandle;)V" => set_call_site_target_volatile;
    "clearCallSiteContext" "(Ljava/lang/invoke/MethodHandleNatives$CallSiteContext;)V" [until 24] => clear_call_site_context;
    "copyOutBootstrapArguments" "(Ljava/lang/Class;[III[Ljava/lang/Object;IZLjava/lang/Object;)V" => copy_out_bootstrap_arguments;
    "getNamedCon" "(I[Ljava/lang/Object;)I" => get_named_con;
} }

fn register_natives(_thread: &mut JavaThread) -> JResult<()> {
    Ok(())
}
fn init(thread: &mut JavaThread, member: Obj, reflected: Obj) -> JResult<()> {
    member_name::init(thread, member, reflected)
}
fn expand(thread: &mut JavaThread, member: Obj) -> JResult<()> {
    member_name::expand(thread, member)
}
fn resolve(thread: &mut JavaThread, member: Obj, caller: Obj, _lookup_mode: i32, speculative: bool) -> JResult<Obj> {
    let caller = if caller.is_null() {
        None
    } else {
        Some(class_of_mirror(caller))
    };
    member_name::resolve(thread, member, caller, speculative)
}
fn object_field_offset(thread: &mut JavaThread, member: Obj) -> JResult<i64> {
    member_name::field_offset(thread, member, false)
}
fn static_field_offset(thread: &mut JavaThread, member: Obj) -> JResult<i64> {
    member_name::field_offset(thread, member, true)
}
fn static_field_base(thread: &mut JavaThread, member: Obj) -> JResult<Obj> {
    member_name::field_offset(thread, member, true)?;
    Ok(thread.known_ref(member, KnownField::MemberNameClazz))
}
fn get_member_vm_info(thread: &mut JavaThread, member: Obj) -> JResult<Obj> {
    member_name::vm_info(thread, member)
}
fn set_call_site_target_normal(thread: &mut JavaThread, site: Obj, target: Obj) -> JResult<()> {
    set_ref(
        thread,
        site,
        thread.vm().known.offset(KnownField::CallSiteTarget),
        target,
    );
    Ok(())
}
fn set_call_site_target_volatile(thread: &mut JavaThread, site: Obj, target: Obj) -> JResult<()> {
    set_call_site_target_normal(thread, site, target)?;
    fence(Ordering::SeqCst);
    Ok(())
}
fn clear_call_site_context(_thread: &mut JavaThread, _context: Obj) -> JResult<()> {
    // No compiled code depends on call sites.
    Ok(())
}
#[allow(clippy::too_many_arguments)]
fn copy_out_bootstrap_arguments(
    thread: &mut JavaThread,
    caller: Obj,
    index_info: Obj,
    start: i32,
    end: i32,
    buffer: Obj,
    position: i32,
    must_resolve: bool,
    if_not_available: Obj,
) -> JResult<()> {
    if caller.is_null() || index_info.is_null() || buffer.is_null() || array_length(index_info) < 2 {
        return Err(thread.throw_new("java/lang/InternalError", "bad bootstrap argument request"));
    }
    let class = class_of_mirror(caller);
    // SAFETY: an `int[]` held by this frame, read at once.
    let constant = unsafe { array_slice::<i32>(index_info)[1] } as u16;
    let Some((method_handle, arguments)) = class.constants().bootstrap(constant) else {
        return Err(thread.throw_new("java/lang/InternalError", "bad index info (0)"));
    };
    let pool = class.constants();
    let (name, descriptor) = pool.member_name_and_type(constant);
    for (position, index) in (position..).zip(start..end) {
        if position < 0 || position as usize >= array_length(buffer) {
            return Err(thread.throw_new("java/lang/ArrayIndexOutOfBoundsException", &position.to_string()));
        }
        let value = match index {
            -4 => link::resolve_loadable(thread, class, method_handle)?,
            -3 => thread.intern_mutf8(name)?,
            -2 => peaberry_runtime::invoke::method_type_of(thread, class, descriptor)?,
            -1 => {
                let count = arguments.len() as u64;
                thread.new_box(peaberry_runtime::basic_type::BasicType::Int, count)?
            }
            _ => match arguments.get(index as usize) {
                Some(&argument) if must_resolve || pool.resolved(argument) != 0 => {
                    box_to_loadable(thread, class, argument)?
                }
                Some(_) => if_not_available,
                None => return Err(thread.throw_new("java/lang/InternalError", "bad index info (1)")),
            },
        };
        array_set_ref(thread, buffer, position as usize, value);
    }
    Ok(())
}
fn get_named_con(_thread: &mut JavaThread, _which: i32, _name: Obj) -> JResult<i32> {
    // HotSpot's product builds have no named constants either; the class library's check then passes.
    Ok(0)
}
