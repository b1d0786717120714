//! The monitor's own memory: what only its start needed is given back.

use crate::memory::PAGE;
use std::ffi::c_void;

/// Takes the pages of programs and libraries that are never written out of this process's memory: its start has touched many that a
/// monitor at rest does not need. Whatever is used again is mapped again from the page cache, where it stays.
pub fn give_back_text() {
    // SAFETY: the callback gets a structure that lives as long as it runs, and takes no data.
    unsafe { libc::dl_iterate_phdr(Some(give_back), std::ptr::null_mut()) };
}

unsafe extern "C" fn give_back(object: *mut libc::dl_phdr_info, _: usize, _: *mut c_void) -> libc::c_int {
    // SAFETY: a structure of the C library's, whose headers are as many as it says.
    let (base, headers) = unsafe {
        let object = &*object;
        if object.dlpi_phdr.is_null() {
            return 0;
        }
        let headers = std::slice::from_raw_parts(object.dlpi_phdr, object.dlpi_phnum.into());
        (object.dlpi_addr, headers)
    };
    for header in headers {
        // What relocations are written to lies in segments that may be written.
        if header.p_type != libc::PT_LOAD || header.p_flags & libc::PF_W != 0 {
            continue;
        }
        let begin = base.wrapping_add(header.p_vaddr);
        let (start, end) = (
            begin / PAGE * PAGE,
            begin.wrapping_add(header.p_memsz).next_multiple_of(PAGE),
        );
        // SAFETY: a private mapping of a file, none of whose pages was ever written: they are as they are in the file, and come from there
        // when they are touched.
        unsafe {
            libc::madvise(
                start as *mut c_void,
                end.saturating_sub(start) as usize,
                libc::MADV_DONTNEED,
            )
        };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resident_files() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").expect("status");
        let line = status.lines().find_map(|line| line.strip_prefix("RssFile:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kib.expect("RssFile")
    }

    #[test]
    fn what_was_given_back_is_there_when_it_is_used() {
        let texts = ["one", "two", "three"].map(str::to_owned);
        let before = resident_files();
        give_back_text();
        assert!(resident_files() < before);
        assert_eq!(texts.concat(), "onetwothree");
        assert!(
            std::thread::spawn(|| format!("{:?}", 1.5f64))
                .join()
                .is_ok_and(|text| text == "1.5")
        );
    }
}
