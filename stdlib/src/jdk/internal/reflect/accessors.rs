//! `jdk.internal.reflect`: `Method.invoke` and `Constructor.newInstance` by the VM.

use crate::java::lang::reflect::make;
use crate::jdk::internal::misc::unsafe_memory::check_instantiable;
use crate::support::not_null;
use peaberry_classfile::descriptors::{self, FieldType};
use peaberry_runtime::basic_type::BasicType;
use peaberry_runtime::known::{KnownClass, KnownField};
use peaberry_runtime::method_area::MethodPtr;
use peaberry_runtime::object::{array_get_ref, array_length, class_of, class_of_mirror, is_instance};
use peaberry_runtime::thread::Throw;
use peaberry_runtime::{JResult, JavaThread, Obj, interp, link, natives};

natives! { pub METHOD_ACCESSOR: "jdk/internal/reflect/NativeMethodAccessorImpl" {
    "invoke0" "(Ljava/lang/reflect/Method;Ljava/lang/Object;[Ljava/lang/Object;)Ljava/lang/Object;" [until 24] => invoke;
} }

natives! { pub CONSTRUCTOR_ACCESSOR: "jdk/internal/reflect/NativeConstructorAccessorImpl" {
    "newInstance0" "(Ljava/lang/reflect/Constructor;[Ljava/lang/Object;)Ljava/lang/Object;" [until 24] => new_instance;
} }

natives! { pub DIRECT_METHOD_ACCESSOR: "jdk/internal/reflect/DirectMethodHandleAccessor$NativeAccessor" {
    "invoke0" "(Ljava/lang/reflect/Method;Ljava/lang/Object;[Ljava/lang/Object;)Ljava/lang/Object;" [since 18] => invoke;
} }

natives! { pub DIRECT_CONSTRUCTOR_ACCESSOR: "jdk/internal/reflect/DirectConstructorHandleAccessor$NativeAccessor" {
    "newInstance0" "(Ljava/lang/reflect/Constructor;[Ljava/lang/Object;)Ljava/lang/Object;" [since 18] => new_instance;
} }

#[cold]
fn illegal_argument(thread: &mut JavaThread, text: &str) -> Throw {
    thread.throw_new("java/lang/IllegalArgumentException", text)
}

/// Widens a primitive as method invocation conversion does (JLS §5.3); `None` where it does not allow it.
pub fn widen(from: BasicType, value: u64, to: BasicType) -> Option<u64> {
    use BasicType::{Byte, Char, Double, Float, Int, Long, Short};
    if from == to {
        return Some(value);
    }
    let as_long = match from {
        Byte => i64::from(value as i8),
        Short => i64::from(value as i16),
        Char => i64::from(value as u16),
        Int => i64::from(value as i32),
        Long => value as i64,
        Float if to == Double => return Some(f64::from(f32::from_bits(value as u32)).to_bits()),
        _ => return None,
    };
    let rank = |t: BasicType| match t {
        Byte => 1,
        Short | Char => 2,
        Int => 3,
        Long => 4,
        Float => 5,
        Double => 6,
        _ => 0,
    };
    if rank(to) <= rank(from) || to == Char {
        return None;
    }
    Some(match to {
        Short | Int => as_long as i32 as u32 as u64,
        Long => as_long as u64,
        Float => u64::from((as_long as f32).to_bits()),
        Double => (as_long as f64).to_bits(),
        _ => return None,
    })
}

/// Argument slots on the native stack, where the collector sees the references among them.
struct Slots {
    values: [u64; 256],
    count: usize,
}

impl Slots {
    fn push(&mut self, value: u64) {
        if let Some(slot) = self.values.get_mut(self.count) {
            *slot = value;
            self.count += 1;
        }
    }
    fn as_slice(&self) -> &[u64] {
        &self.values[..self.count]
    }
}

/// Turns `arguments` into slots as `method` takes them, behind `receiver` if there is one.
fn slots(
    thread: &mut JavaThread,
    slots: &mut Slots,
    method: MethodPtr,
    types: Obj,
    receiver: Obj,
    arguments: Obj,
) -> JResult<()> {
    if !method.is_static() {
        slots.push(receiver.0 as u64);
    }
    let given = if arguments.is_null() {
        0
    } else {
        array_length(arguments)
    };
    if given != array_length(types) {
        return Err(illegal_argument(thread, "wrong number of arguments"));
    }
    let descriptor = descriptors::MethodDescriptor::parse(method.descriptor.bytes());
    for (index, parameter) in descriptor.iter().flat_map(|d| d.parameters()).enumerate() {
        let argument = array_get_ref(arguments, index);
        if parameter.is_reference() {
            let wanted = class_of_mirror(array_get_ref(types, index));
            if !argument.is_null() && !is_instance(argument, wanted) {
                return Err(illegal_argument(thread, "argument type mismatch"));
            }
            slots.push(argument.0 as u64);
            continue;
        }
        let wanted = BasicType::from_descriptor_char(FieldType::tag(parameter)).unwrap_or(BasicType::Void);
        if argument.is_null() {
            return Err(thread.throw_plain("java/lang/IllegalArgumentException"));
        }
        let value = thread
            .unbox(argument)
            .and_then(|(basic_type, value)| widen(basic_type, value, wanted));
        match value {
            Some(value) => {
                slots.push(value);
                if wanted.slots() == 2 {
                    slots.push(0);
                }
            }
            None => return Err(illegal_argument(thread, "argument type mismatch")),
        }
    }
    Ok(())
}

/// Calls with what the callee threw wrapped in an InvocationTargetException.
fn call(thread: &mut JavaThread, method: MethodPtr, slots: &[u64]) -> JResult<u64> {
    interp::call(thread, method, slots).map_err(|thrown| wrap(thread, thrown))
}

/// What was thrown, wrapped in an InvocationTargetException.
fn wrap(thread: &mut JavaThread, thrown: Throw) -> Throw {
    let target = thread.take_exception();
    if target.is_null() {
        return thrown;
    }
    thread.throw_with_cause("java/lang/reflect/InvocationTargetException", None, target)
}

/// `Method.invoke`.
fn invoke(thread: &mut JavaThread, reflected: Obj, receiver: Obj, arguments: Obj) -> JResult<Obj> {
    let reflected = not_null(thread, reflected)?;
    let Some(declared) = make::method_of(thread, reflected) else {
        return Err(thread.throw_new("java/lang/InternalError", "invoke"));
    };
    let holder = declared.holder;
    let method = if declared.is_static() {
        link::initialize_class(thread, holder)?;
        declared
    } else {
        let receiver = not_null(thread, receiver)?;
        if !is_instance(receiver, holder) {
            return Err(illegal_argument(thread, "object is not an instance of declaring class"));
        }
        select(thread, declared, receiver).map_err(|thrown| wrap(thread, thrown))?
    };
    let types = thread.known_ref(reflected, KnownField::MethodParameterTypes);
    let mut buffer = Slots {
        values: [0; 256],
        count: 0,
    };
    slots(thread, &mut buffer, method, types, receiver, arguments)?;
    let result = call(thread, method, buffer.as_slice())?;
    let result = normalize(method.return_type, result);
    thread.new_box(method.return_type, result)
}

/// The method that runs for a receiver.
fn select(thread: &mut JavaThread, method: MethodPtr, receiver: Obj) -> JResult<MethodPtr> {
    if method.is_private() || method.is_constructor() {
        return Ok(method);
    }
    link::select_virtual(thread, method, class_of(receiver))
}

/// A result slot cut to its type's width.
fn normalize(basic_type: BasicType, value: u64) -> u64 {
    match basic_type {
        BasicType::Boolean => value & 1,
        BasicType::Byte => value as i8 as i32 as u32 as u64,
        BasicType::Char => u64::from(value as u16),
        BasicType::Short => value as i16 as i32 as u32 as u64,
        BasicType::Int | BasicType::Float => u64::from(value as u32),
        _ => value,
    }
}

/// `Constructor.newInstance`.
fn new_instance(thread: &mut JavaThread, reflected: Obj, arguments: Obj) -> JResult<Obj> {
    let reflected = not_null(thread, reflected)?;
    debug_assert!(class_of(reflected) == thread.known_class(KnownClass::ReflectConstructor));
    let Some(method) = make::method_of(thread, reflected) else {
        return Err(thread.throw_new("java/lang/InternalError", "invoke"));
    };
    let class = method.holder;
    check_instantiable(thread, class)?;
    link::initialize_class(thread, class)?;
    let receiver = thread.allocate_instance(class)?;
    let types = thread.known_ref(reflected, KnownField::ConstructorParameterTypes);
    let mut buffer = Slots {
        values: [0; 256],
        count: 0,
    };
    slots(thread, &mut buffer, method, types, receiver, arguments)?;
    call(thread, method, buffer.as_slice())?;
    Ok(receiver)
}
