//! A panic in a native, with or without a frame of its own, is an InternalError of the caller.

use peaberry_runtime::native::native_function;
use peaberry_runtime::options::VmOptions;
use peaberry_runtime::thread::lifecycle;
use peaberry_runtime::vm::Library;
use peaberry_runtime::{JResult, JavaThread, boot, interp, loader, natives};
use std::path::PathBuf;

fn out_of_range(_: &mut JavaThread, index: i32) -> JResult<i32> {
    let table = [1, 2, 3];
    Ok(table[index as usize])
}

// Nothing of the class library calls it while it boots.
natives! { INTRINSICS: "java/lang/Integer" {
    "reverse" "(I)I" [leaf] => out_of_range;
} }

fn jdk() -> Option<PathBuf> {
    let named = ["PEABERRY_JDK", "JAVA_HOME"].iter().filter_map(std::env::var_os);
    let installed = std::fs::read_dir("/usr/lib/jvm").into_iter().flatten().flatten();
    named
        .map(PathBuf::from)
        .chain(installed.map(|entry| entry.path()))
        .find(|home| home.join("release").is_file() && home.join("lib/modules").is_file())
}

#[test]
fn panics_are_internal_errors() {
    let Some(java_home) = jdk() else {
        eprintln!("SKIPPED: no JDK found (PEABERRY_JDK, JAVA_HOME, /usr/lib/jvm)");
        return;
    };
    let options = VmOptions {
        java_home,
        max_heap_bytes: 64 << 20,
        ..VmOptions::default()
    };
    let library = Library {
        intrinsics: &[INTRINSICS],
        ..peaberry_stdlib::LIBRARY
    };
    let vm = boot::create(options, library).expect("a VM");
    vm.natives.add(
        "java/lang/Runtime",
        "freeMemory",
        "()J",
        native_function(|_: &mut JavaThread, _: peaberry_runtime::Obj| -> JResult<i64> { panic!("in a frame") }),
    );
    let thread = lifecycle::attach(&vm, false).expect("a thread");
    boot::initialize(thread).expect("a booted class library");
    let method = |thread: &mut JavaThread, class: &str, name: &str, descriptor: &str| {
        let vm = thread.vm();
        let class = loader::load_class(thread, vm.boot_loader(), vm.symbol(class)).expect("a class");
        class
            .declared_method(vm.symbol(name), vm.symbol(descriptor))
            .expect("a method")
    };
    let reverse = method(thread, "java/lang/Integer", "reverse", "(I)I");
    let free = method(thread, "java/lang/Runtime", "freeMemory", "()J");
    let runtime = method(thread, "java/lang/Runtime", "getRuntime", "()Ljava/lang/Runtime;");
    let caught = |thread: &mut JavaThread| {
        let exception = thread.take_exception();
        thread.describe_exception(exception)
    };
    for index in [7, 9] {
        assert!(interp::call(thread, reverse, &[index]).is_err());
        let text = caught(thread);
        let wanted = format!(
            "java.lang.InternalError: panic in the VM: index out of bounds: the len is 3 but the index is {index}"
        );
        assert_eq!(text, wanted);
        assert_eq!(interp::call(thread, reverse, &[1]), Ok(2));
    }
    let receiver = interp::call(thread, runtime, &[]).expect("a runtime");
    assert!(interp::call(thread, free, &[receiver]).is_err());
    assert_eq!(caught(thread), "java.lang.InternalError: panic in the VM: in a frame");
    std::mem::forget(vm);
}
