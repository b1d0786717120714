//! `jdk.internal.misc.VM`, `CDS` and `PreviewFeatures`.

use crate::support::{new_string_array, nothing};
use peaberry_runtime::{JResult, JavaThread, Obj, natives, stack};

natives! { pub NATIVES: "jdk/internal/misc/VM" {
    "initialize" "()V" => nothing;
    "latestUserDefinedLoader0" "()Ljava/lang/ClassLoader;" => latest_user_defined_loader;
    "getuid" "()J" => getuid;
    "geteuid" "()J" => geteuid;
    "getgid" "()J" => getgid;
    "getegid" "()J" => getegid;
    "getNanoTimeAdjustment" "(J)J" => nano_time_adjustment;
    "getRuntimeArguments" "()[Ljava/lang/String;" => runtime_arguments;
} }

natives! { pub CDS: "jdk/internal/misc/CDS" {
    "isDumpingClassList0" "()Z" [until 23] => no;
    "isDumpingArchive0" "()Z" [until 23] => no;
    "isSharingEnabled0" "()Z" [until 23] => no;
    "getCDSConfigStatus" "()I" [since 24] => config_status;
    "logLambdaFormInvoker" "(Ljava/lang/String;)V" => ignore_object;
    "initializeFromArchive" "(Ljava/lang/Class;)V" => ignore_object;
    "defineArchivedModules" "(Ljava/lang/ClassLoader;Ljava/lang/ClassLoader;)V" => ignore_two;
    "getRandomSeedForDumping" "()J" => random_seed;
    "dumpClassList" "(Ljava/lang/String;)V" => no_dump;
    "dumpDynamicArchive" "(Ljava/lang/String;)V" => no_dump;
    "needsClassInitBarrier0" "(Ljava/lang/Class;)Z" [since 18] => no_object;
} }

natives! { pub LAMBDA_PROXY_CLASS_ARCHIVE: "java/lang/invoke/LambdaProxyClassArchive" {
    "addToArchive" "(Ljava/lang/Class;Ljava/lang/String;Ljava/lang/invoke/MethodType;Ljava/lang/invoke/MethodType;Ljava/lang/invoke/MemberName;Ljava/lang/invoke/MethodType;Ljava/lang/Class;)V" => add_to_archive;
    "findFromArchive" "(Ljava/lang/Class;Ljava/lang/String;Ljava/lang/invoke/MethodType;Ljava/lang/invoke/MethodType;Ljava/lang/invoke/MemberName;Ljava/lang/invoke/MethodType;)Ljava/lang/Class;" => find_from_archive;
} }

natives! { pub PREVIEW_FEATURES: "jdk/internal/misc/PreviewFeatures" {
    "isPreviewEnabled" "()Z" [since 18] => no;
} }

fn no(_: &mut JavaThread) -> JResult<bool> {
    Ok(false)
}

fn no_object(_: &mut JavaThread, _: Obj) -> JResult<bool> {
    Ok(false)
}

fn config_status(_: &mut JavaThread) -> JResult<i32> {
    Ok(0)
}

fn ignore_object(_: &mut JavaThread, _: Obj) -> JResult<()> {
    Ok(())
}

fn ignore_two(_: &mut JavaThread, _: Obj, _: Obj) -> JResult<()> {
    Ok(())
}

/// 0: nothing is being dumped, so hash seeds need not be reproducible.
fn random_seed(_: &mut JavaThread) -> JResult<i64> {
    Ok(0)
}

fn no_dump(thread: &mut JavaThread, _: Obj) -> JResult<()> {
    Err(thread.throw_new("java/lang/UnsupportedOperationException", "class data sharing archives"))
}

/// The loader of the innermost caller whose class is neither the boot nor the platform loader's.
fn latest_user_defined_loader(thread: &mut JavaThread) -> JResult<Obj> {
    let frame = stack::caller::visible_frames(thread).find(|f| !f.method.holder.loader_data().is_boot_or_platform());
    Ok(frame.map_or(Obj::NULL, |frame| frame.method.holder.loader_data().object()))
}

fn getuid(_: &mut JavaThread) -> JResult<i64> {
    // SAFETY: always succeeds.
    Ok(i64::from(unsafe { libc::getuid() }))
}

fn geteuid(_: &mut JavaThread) -> JResult<i64> {
    // SAFETY: always succeeds.
    Ok(i64::from(unsafe { libc::geteuid() }))
}

fn getgid(_: &mut JavaThread) -> JResult<i64> {
    // SAFETY: always succeeds.
    Ok(i64::from(unsafe { libc::getgid() }))
}

fn getegid(_: &mut JavaThread) -> JResult<i64> {
    // SAFETY: always succeeds.
    Ok(i64::from(unsafe { libc::getegid() }))
}

/// Nanoseconds since `offset` (seconds since 1970), -1 when that is out of range.
fn nano_time_adjustment(_: &mut JavaThread, offset: i64) -> JResult<i64> {
    let (seconds, nanoseconds) = peaberry_sys::time::wall_clock();
    let difference = seconds.wrapping_sub(offset);
    if !(-0xffff_ffff..=0xffff_ffff).contains(&difference) {
        return Ok(-1);
    }
    Ok(difference * 1_000_000_000 + nanoseconds)
}

fn runtime_arguments(thread: &mut JavaThread) -> JResult<Obj> {
    let arguments: Vec<_> = thread.vm().options.input_arguments.iter().cloned().map(Some).collect();
    if arguments.is_empty() {
        Ok(Obj::NULL)
    } else {
        new_string_array(thread, &arguments)
    }
}

#[allow(clippy::too_many_arguments)]
fn add_to_archive(_: &mut JavaThread, _: Obj, _: Obj, _: Obj, _: Obj, _: Obj, _: Obj, _: Obj) -> JResult<()> {
    Ok(())
}

fn find_from_archive(_: &mut JavaThread, _: Obj, _: Obj, _: Obj, _: Obj, _: Obj, _: Obj) -> JResult<Obj> {
    Ok(Obj::NULL)
}
