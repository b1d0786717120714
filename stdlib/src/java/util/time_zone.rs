//! `java.util.TimeZone` and `java.util.concurrent.atomic.AtomicLong`.

use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use std::path::Path;

natives! { pub NATIVES: "java/util/TimeZone" {
    "getSystemTimeZoneID" "(Ljava/lang/String;)Ljava/lang/String;" => system_time_zone;
    "getSystemGMTOffsetID" "()Ljava/lang/String;" => system_offset;
} }

natives! { pub ATOMIC_LONG: "java/util/concurrent/atomic/AtomicLong" {
    "VMSupportsCS8" "()Z" [until 24] => supports_cas_8;
} }

/// Where zone files are.
const ZONE_DIRECTORY: &str = "/usr/share/zoneinfo";

/// The zone's name from `TZ`, `/etc/timezone` or what `/etc/localtime` is.
fn system_time_zone(thread: &mut JavaThread, _java_home: Obj) -> JResult<Obj> {
    let name = match std::env::var("TZ").ok().filter(|zone| !zone.is_empty()) {
        Some(zone) => {
            let zone = zone.strip_prefix(':').unwrap_or(&zone).to_owned();
            Some(zone.strip_prefix("posix/").map_or(zone.clone(), str::to_owned)).filter(|zone| zone != "localtime")
        }
        None => None,
    };
    match name.or_else(platform_zone) {
        Some(name) => thread.new_string(&name),
        None => Ok(Obj::NULL),
    }
}

fn platform_zone() -> Option<String> {
    if let Ok(text) = std::fs::read_to_string("/etc/timezone")
        && let Some(line) = text.lines().map(str::trim).find(|line| !line.is_empty())
    {
        return Some(line.to_owned());
    }
    let local = Path::new("/etc/localtime");
    if let Ok(target) = std::fs::read_link(local) {
        let text = target.to_string_lossy().into_owned();
        return text
            .rfind("zoneinfo/")
            .map(|at| text[at + "zoneinfo/".len()..].to_owned());
    }
    let content = std::fs::read(local).ok()?;
    find_zone(Path::new(ZONE_DIRECTORY), &content, 0).and_then(|path| {
        path.strip_prefix(ZONE_DIRECTORY)
            .ok()
            .map(|name| name.to_string_lossy().into_owned())
    })
}

/// The zone file with this content.
fn find_zone(directory: &Path, content: &[u8], depth: usize) -> Option<std::path::PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(directory)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name()?.to_string_lossy().into_owned();
        if matches!(name.as_str(), "ROC" | "posixrules" | "localtime" | "posix" | "right") {
            continue;
        }
        if path.is_dir() {
            if depth < 3
                && let Some(found) = find_zone(&path, content, depth + 1)
            {
                return Some(found);
            }
        } else if path.metadata().is_ok_and(|m| m.len() == content.len() as u64)
            && std::fs::read(&path).is_ok_and(|bytes| bytes == content)
        {
            return Some(path);
        }
    }
    None
}

/// `GMT+01:00`, from the C library's idea of local time.
fn system_offset(thread: &mut JavaThread) -> JResult<Obj> {
    let (seconds, _) = peaberry_sys::time::wall_clock();
    // SAFETY: the structure is plain data that the call fills.
    let offset = unsafe {
        let mut broken: libc::tm = std::mem::zeroed();
        if libc::localtime_r(&seconds, &mut broken).is_null() {
            0
        } else {
            broken.tm_gmtoff
        }
    };
    if offset == 0 {
        return thread.new_string("GMT");
    }
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
    thread.new_string(&format!("GMT{sign}{:02}:{:02}", minutes / 60, minutes % 60))
}

fn supports_cas_8(_: &mut JavaThread) -> JResult<bool> {
    Ok(true)
}
