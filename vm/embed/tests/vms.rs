//! VMs as values: one after the other, side by side, from several threads; arguments, results and exceptions.

use peaberry::{Error, Value, Vm, VmBuilder};
use std::sync::{Arc, Mutex};

fn builder() -> VmBuilder {
    Vm::builder().max_heap(64 << 20)
}

fn text(value: Value) -> String {
    match value {
        Value::Object(Some(reference)) => reference.as_string().expect("a string"),
        other => panic!("not a string: {other:?}"),
    }
}

/// A VM whose standard output goes into the returned buffer.
fn with_captured_output() -> (Vm, Arc<Mutex<Vec<u8>>>) {
    let buffer = Arc::new(Mutex::new(Vec::new()));
    let sink = buffer.clone();
    let vm = builder()
        .stdout(Arc::new(move |bytes: &[u8]| {
            sink.lock().expect("buffer").extend_from_slice(bytes)
        }))
        .build()
        .expect("a VM");
    (vm, buffer)
}

/// Prints through `System.out`, reached as a static field's value by reflection.
fn print_line(vm: &Vm, line: &str) {
    let system = vm.find_class("java.lang.System").expect("System");
    let name = vm.string("out").expect("string");
    let field = system
        .mirror()
        .call("getField", "(Ljava/lang/String;)Ljava/lang/reflect/Field;", &[name]);
    let Value::Object(Some(field)) = field.expect("field") else {
        panic!("no field")
    };
    let stream = field.call("get", "(Ljava/lang/Object;)Ljava/lang/Object;", &[Value::Object(None)]);
    let Value::Object(Some(stream)) = stream.expect("stream") else {
        panic!("no stream")
    };
    stream
        .call("println", "(Ljava/lang/String;)V", &[vm.string(line).expect("string")])
        .expect("printed");
}

#[test]
fn static_calls_of_all_types() {
    let vm = builder().build().expect("a VM");
    let integer = vm.find_class("java.lang.Integer").expect("Integer");
    let parsed = integer.call_static(
        "parseInt",
        "(Ljava/lang/String;)I",
        &[vm.string("-17").expect("string")],
    );
    assert_eq!(parsed.expect("a number"), Value::Int(-17));
    let math = vm.find_class("java.lang.Math").expect("Math");
    assert_eq!(
        math.call_static("max", "(JJ)J", &[Value::Long(3), Value::Long(1 << 40)])
            .expect("max"),
        Value::Long(1 << 40)
    );
    assert_eq!(
        math.call_static("sqrt", "(D)D", &[Value::Double(2.25)]).expect("sqrt"),
        Value::Double(1.5)
    );
    assert_eq!(
        math.call_static("abs", "(F)F", &[Value::Float(-0.5)]).expect("abs"),
        Value::Float(0.5)
    );
    let character = vm.find_class("java.lang.Character").expect("Character");
    let upper = character.call_static("toUpperCase", "(C)C", &[Value::Char(u16::from(b'x'))]);
    assert_eq!(upper.expect("upper"), Value::Char(u16::from(b'X')));
    let digit = character.call_static("isDigit", "(C)Z", &[Value::Char(u16::from(b'7'))]);
    assert_eq!(digit.expect("digit"), Value::Boolean(true));
    let byte = vm.find_class("java.lang.Byte").expect("Byte");
    let parsed = byte.call_static(
        "parseByte",
        "(Ljava/lang/String;)B",
        &[vm.string("-128").expect("string")],
    );
    assert_eq!(parsed.expect("a byte"), Value::Byte(-128));
}

#[test]
fn objects_are_made_and_called() {
    let vm = builder().build().expect("a VM");
    let list = vm
        .find_class("java.util.ArrayList")
        .expect("class")
        .new_instance("()V", &[])
        .expect("a list");
    for word in ["one", "two", "three"] {
        let added = list.call("add", "(Ljava/lang/Object;)Z", &[vm.string(word).expect("string")]);
        assert_eq!(added.expect("added"), Value::Boolean(true));
    }
    assert_eq!(list.call("size", "()I", &[]).expect("size"), Value::Int(3));
    assert_eq!(list.to_java_string().expect("text"), "[one, two, three]");
    assert_eq!(list.class_name(), "java.util.ArrayList");
    let system = vm.find_class("java.lang.System").expect("System");
    system.call_static("gc", "()V", &[]).expect("gc");
    assert_eq!(
        text(
            list.call("get", "(I)Ljava/lang/Object;", &[Value::Int(1)])
                .expect("get")
        ),
        "two"
    );
}

#[test]
fn exceptions_come_back_as_errors() {
    let vm = builder().build().expect("a VM");
    let integer = vm.find_class("java.lang.Integer").expect("Integer");
    let error = integer.call_static("parseInt", "(Ljava/lang/String;)I", &[vm.string("x1").expect("string")]);
    match error {
        Err(Error::Exception(exception)) => {
            assert_eq!(exception.class, "java.lang.NumberFormatException");
            assert_eq!(exception.message.as_deref(), Some("For input string: \"x1\""));
            assert!(
                exception.stack_trace.contains("java.lang.Integer.parseInt"),
                "{}",
                exception.stack_trace
            );
        }
        other => panic!("{other:?}"),
    }
    match vm.find_class("no.such.Class") {
        Err(Error::Exception(exception)) => assert_eq!(exception.class, "java.lang.ClassNotFoundException"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        integer.call_static("nothing", "()V", &[]),
        Err(Error::NotFound(_))
    ));
    assert!(matches!(
        integer.call_static("parseInt", "(Ljava/lang/String;)I", &[Value::Int(1)]),
        Err(Error::Argument(_))
    ));
    assert!(matches!(
        integer.call_static("parseInt", "(Ljava/lang/String;)I", &[]),
        Err(Error::Argument(_))
    ));
}

#[test]
fn one_vm_after_the_other() {
    for round in 0..3 {
        let vm = builder().property("round", round.to_string()).build().expect("a VM");
        let system = vm.find_class("java.lang.System").expect("System");
        let value = system.call_static(
            "getProperty",
            "(Ljava/lang/String;)Ljava/lang/String;",
            &[vm.string("round").expect("string")],
        );
        assert_eq!(text(value.expect("property")), round.to_string());
    }
}

#[test]
fn two_vms_at_the_same_time_share_nothing() {
    let (first, output) = with_captured_output();
    let second = builder().build().expect("a second VM");
    let set = |vm: &Vm, value: &str| {
        let system = vm.find_class("java.lang.System").expect("System");
        let arguments = [vm.string("shared?").expect("string"), vm.string(value).expect("string")];
        let descriptor = "(Ljava/lang/String;Ljava/lang/String;)Ljava/lang/String;";
        system.call_static("setProperty", descriptor, &arguments).expect("set")
    };
    let get = |vm: &Vm| {
        let system = vm.find_class("java.lang.System").expect("System");
        let descriptor = "(Ljava/lang/String;)Ljava/lang/String;";
        system
            .call_static("getProperty", descriptor, &[vm.string("shared?").expect("string")])
            .expect("get")
    };
    set(&first, "mine");
    assert_eq!(get(&second), Value::Object(None));
    set(&second, "yours");
    assert_eq!(text(get(&first)), "mine");
    assert_eq!(text(get(&second)), "yours");
    print_line(&first, "for the first alone");
    assert_eq!(output.lock().expect("buffer").as_slice(), b"for the first alone\n");
    let threads: Vec<_> = [first, second]
        .into_iter()
        .map(|vm| {
            std::thread::spawn(move || {
                let string = vm.find_class("java.lang.String").expect("String");
                let mut total = 0;
                for n in 0..2000 {
                    let value = string.call_static("valueOf", "(I)Ljava/lang/String;", &[Value::Int(n)]);
                    total += text(value.expect("text")).len();
                }
                total
            })
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().expect("no panic"), 10 + 90 * 2 + 900 * 3 + 1000 * 4);
    }
}

#[test]
fn heap_limit_is_an_exception() {
    let vm = builder().max_heap(16 << 20).build().expect("a VM");
    let buffer = vm.find_class("java.lang.StringBuilder").expect("class");
    let error = buffer.new_instance("(I)V", &[Value::Int(100 << 20)]);
    match error {
        Err(Error::Exception(exception)) => {
            assert_eq!(exception.class, "java.lang.OutOfMemoryError");
            assert_eq!(exception.message.as_deref(), Some("Java heap space"));
        }
        other => panic!("{other:?}"),
    }
    let small = buffer
        .new_instance("(I)V", &[Value::Int(100)])
        .expect("the VM lives on");
    assert_eq!(small.call("length", "()I", &[]).expect("length"), Value::Int(0));
}

#[test]
fn system_exit_ends_the_vm_not_the_process() {
    let vm = builder().build().expect("a VM");
    let system = vm.find_class("java.lang.System").expect("System");
    match system.call_static("exit", "(I)V", &[Value::Int(7)]) {
        Err(Error::Exited(code)) => assert_eq!(code, 7),
        other => panic!("{other:?}"),
    }
    assert!(matches!(vm.find_class("java.lang.String"), Err(Error::Exited(7))));
}

#[test]
fn impossible_options_are_errors() {
    assert!(matches!(
        Vm::builder().jdk("/nonexistent").build(),
        Err(Error::ClassLibrary(_))
    ));
    assert!(matches!(Vm::builder().max_heap(1 << 45).build(), Err(Error::Memory(_))));
    assert!(matches!(Vm::builder().max_heap(1 << 20).build(), Err(Error::Option(_))));
}
