//! The native methods of OpenJDK's modules, in Rust, and what differs between class-library versions.
//!
//! The path of a native's file is its Java class. It knows how the class library is spelled ([`wellknown`]) and calls
//! the runtime; it must never know who embeds the VM, nor reach the operating system but through `vm/sys`.

pub mod io_support;
pub mod java;
pub mod jdk;
pub mod sun;
pub mod support;
pub mod wellknown;

use java::{io, lang, security, util};
use jdk::internal;
use peaberry_runtime::native::NativeRow;
use peaberry_runtime::vm::Library;

/// The natives, class by class.
const NATIVES: &[&[NativeRow]] = &[
    io::console::NATIVES,
    io::file_cleanable::NATIVES,
    io::file_descriptor::NATIVES,
    io::file_input_stream::NATIVES,
    io::file_output_stream::NATIVES,
    io::object_stream_class::NATIVES,
    io::random_access_file::NATIVES,
    io::unix_file_system::NATIVES,
    lang::class::NATIVES,
    lang::class_loader::NATIVES,
    lang::invoke::method_handle::NATIVES,
    lang::invoke::method_handle_natives::NATIVES,
    lang::invoke::var_handle::NATIVES,
    lang::module::NATIVES,
    lang::object::NATIVES,
    lang::process_environment::NATIVES,
    lang::reference::FINALIZER,
    lang::reference::PHANTOM_REFERENCE,
    lang::reference::REFERENCE,
    lang::reflect::array::NATIVES,
    lang::reflect::executable::FIELD,
    lang::reflect::executable::NATIVES,
    lang::runtime::NATIVES,
    lang::runtime::SHUTDOWN,
    lang::stack_stream_factory::NATIVES,
    lang::stack_stream_factory::STACK_FRAME_INFO,
    lang::stack_stream_factory::WALKER,
    lang::strict_math::NATIVES,
    lang::string::DOUBLE,
    lang::string::FLOAT,
    lang::string::NATIVES,
    lang::string::STRING_UTF16,
    lang::system::NATIVES,
    lang::thread::NATIVES,
    lang::throwable::NATIVES,
    lang::throwable::NULL_POINTER_EXCEPTION,
    lang::throwable::STACK_TRACE_ELEMENT,
    security::access_controller::NATIVES,
    security::access_controller::SECURITY_MANAGER,
    util::time_zone::ATOMIC_LONG,
    util::time_zone::NATIVES,
    util::zip::adler32::NATIVES,
    util::zip::crc32::NATIVES,
    util::zip::deflater::NATIVES,
    util::zip::inflater::NATIVES,
    internal::jimage::NATIVES,
    internal::loader::boot_loader::NATIVES,
    internal::loader::native_libraries::NATIVE_LIBRARY,
    internal::loader::native_libraries::NATIVES,
    internal::loader::native_libraries::RAW_NATIVE_LIBRARIES,
    internal::misc::scoped_memory_access::NATIVES,
    internal::misc::signal::NATIVES,
    internal::misc::unsafe_access::NATIVES,
    internal::misc::unsafe_memory::NATIVES,
    internal::misc::vm::CDS,
    internal::misc::vm::LAMBDA_PROXY_CLASS_ARCHIVE,
    internal::misc::vm::NATIVES,
    internal::misc::vm::PREVIEW_FEATURES,
    internal::perf::NATIVES,
    internal::reflect::accessors::CONSTRUCTOR_ACCESSOR,
    internal::reflect::accessors::DIRECT_CONSTRUCTOR_ACCESSOR,
    internal::reflect::accessors::DIRECT_METHOD_ACCESSOR,
    internal::reflect::accessors::METHOD_ACCESSOR,
    internal::reflect::constant_pool::NATIVES,
    internal::reflect::reflection::NATIVES,
    internal::util::system_props::NATIVES,
    internal::vm::vm_support::CGROUP_METRICS,
    internal::vm::vm_support::CONTINUATION,
    internal::vm::vm_support::CONTINUATION_SUPPORT,
    internal::vm::vm_support::FOREIGN_LINKER_SUPPORT,
    internal::vm::vm_support::NATIVES,
    internal::vm::vm_support::NATIVE_ENTRY_POINT,
    internal::vm::vm_support::NATIVE_ENTRY_POINT_17,
    internal::vm::vm_support::UPCALL_LINKER,
    internal::vm::vm_support::UPCALL_STUBS,
    internal::vm::vm_support::VECTOR_SUPPORT,
    internal::vm::vm_support::VIRTUAL_THREAD,
    sun::nio::fs::copy::COPY_FILE,
    sun::nio::fs::copy::FILE_SYSTEM,
    sun::nio::fs::linux_native_dispatcher::NATIVES,
    sun::nio::fs::linux_watch_service::NATIVES,
    sun::nio::fs::unix_native_dispatcher::NATIVES,
];

/// What this crate supplies to the runtime.
pub static LIBRARY: Library = Library {
    known: &wellknown::TABLE,
    natives: NATIVES,
};
