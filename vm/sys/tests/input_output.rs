//! Files, sockets, processes and events through this crate's calls.

use peaberry_sys::errno::Errno;
use peaberry_sys::process::{Command, Ended};
use peaberry_sys::socket::{Address, RawAddress};
use peaberry_sys::{directory, event, file, process, resolver, socket, system};
use std::ffi::CString;
use std::net::SocketAddr;

/// A path in a fresh directory of the system's temporary one.
fn scratch(name: &str) -> CString {
    let directory = std::env::temp_dir().join(format!("peaberry-sys-{}-{name}", std::process::id()));
    file::c_path(directory.to_string_lossy().as_bytes())
}

#[test]
fn files_are_written_read_and_removed() {
    let path = scratch("file");
    let descriptor = file::open(&path, libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC, 0o600).expect("opens");
    file::write_all(descriptor, b"hello").expect("writes");
    assert_eq!(file::seek(descriptor, 1, libc::SEEK_SET), Ok(1));
    assert_eq!(file::available(descriptor), Ok(4));
    let mut buffer = [0; 8];
    assert_eq!(file::read(descriptor, &mut buffer), Ok(4));
    assert_eq!(&buffer[..4], b"ello");
    assert_eq!(file::lock(descriptor, libc::F_WRLCK, 0, i64::MAX, false), Ok(0));
    file::truncate(descriptor, 2).expect("truncates");
    assert_eq!(file::status_of_open(descriptor).map(|status| status.st_size), Ok(2));
    file::close(descriptor).expect("closes");
    assert_eq!(file::read_whole(&path), Ok(b"he".to_vec()));
    file::remove(&path).expect("removes");
    let gone = file::open(&path, libc::O_RDONLY, 0);
    assert_eq!(gone, Err(Errno(libc::ENOENT)));
    assert_eq!(Errno(libc::ENOENT).text(), "No such file or directory");
}

#[test]
fn directories_list_their_names() {
    let path = scratch("directory");
    file::make_directory(&path, 0o700).expect("makes it");
    assert_eq!(directory::list(&path), Ok(Vec::new()));
    let inner = CString::new([path.to_bytes(), b"/inner"].concat()).expect("no zero inside");
    file::symbolic_link(c"nowhere", &inner).expect("links");
    assert_eq!(directory::list(&path), Ok(vec![b"inner".to_vec()]));
    assert_eq!(file::read_link(&inner), Ok(b"nowhere".to_vec()));
    assert_eq!(file::remove_directory(&path), Err(Errno(libc::ENOTEMPTY)));
    file::unlink(&inner).expect("unlinks");
    file::remove_directory(&path).expect("removes it");
    assert_eq!(directory::user_name(0), Ok(Some(b"root".to_vec())));
    assert_eq!(directory::user_id(c"no such user"), Ok(None));
}

#[test]
fn sockets_connect() {
    let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let listener = socket::socket(libc::AF_INET, libc::SOCK_STREAM, 0).expect("a socket");
    socket::bind(listener, &RawAddress::inet(any)).expect("binds");
    socket::listen(listener, 5).expect("listens");
    let address = socket::local_address(listener).expect("has an address");
    assert!(matches!(address.typed(), Address::Inet(bound) if bound.ip() == any.ip() && bound.port() != 0));
    let client = socket::socket(libc::AF_INET, libc::SOCK_STREAM, 0).expect("a socket");
    socket::connect(client, &address).expect("connects");
    let (server, _) = socket::accept(listener).expect("accepts");
    file::write_all(client, b"ping").expect("writes");
    assert_eq!(event::poll_one(server, libc::POLLIN, 5000), Ok(libc::POLLIN));
    assert_eq!(file::waiting_bytes(server), Ok(4));
    file::set_blocking(client, false).expect("has modes");
    assert!(file::read(client, &mut [0]).is_err_and(Errno::would_block));
    for descriptor in [server, client, listener] {
        file::close(descriptor).expect("closes");
    }
}

#[test]
fn unix_paths_survive_the_system_form() {
    let Some(raw) = RawAddress::unix(b"/run/some.socket") else {
        panic!("short enough")
    };
    assert_eq!(raw.typed(), Address::Unix(b"/run/some.socket".to_vec()));
    assert!(RawAddress::unix(&[b'x'; 200]).is_none());
    let v6: SocketAddr = "[fe80::1]:80".parse().expect("an address");
    assert_eq!(RawAddress::inet(v6).typed(), Address::Inet(v6));
}

#[test]
fn names_are_resolved() {
    assert!(resolver::look_up(c"127.0.0.1", libc::AF_UNSPEC).is_ok_and(|found| found.len() == 1));
    assert!(resolver::look_up(c"no.such.host.invalid", libc::AF_UNSPEC).is_err());
    let interfaces = resolver::interfaces(true).expect("can be listed");
    assert!(
        interfaces
            .iter()
            .any(|i| i.addresses.iter().any(|a| a.address.ip().is_loopback()))
    );
}

fn command<'a>(program: &'a CString, arguments: &'a [CString]) -> Command<'a> {
    Command {
        program,
        arguments,
        environment: None,
        directory: None,
        streams: [-1; 3],
        error_to_output: false,
    }
}

fn words(text: &[&str]) -> Vec<CString> {
    text.iter().map(|word| file::c_path(word.as_bytes())).collect()
}

#[test]
fn processes_run_with_pipes() {
    let shell = file::c_path(b"sh");
    let arguments = words(&["-c", "read line; echo got $line; echo oops >&2; exit 7"]);
    let child = process::start(&command(&shell, &arguments)).expect("starts");
    file::write_all(child.pipes[0], b"text\n").expect("writes");
    let mut buffer = [0; 64];
    let count = file::read(child.pipes[1], &mut buffer).expect("reads");
    assert_eq!(&buffer[..count], b"got text\n");
    let count = file::read(child.pipes[2], &mut buffer).expect("reads");
    assert_eq!(&buffer[..count], b"oops\n");
    assert!(process::status_of(child.pid).is_some_and(|status| status.parent == process::current()));
    assert_eq!(process::wait(child.pid, false), Ended::Exited(7));
    assert_eq!(process::wait(child.pid, true), Ended::Exited(7));
    assert_eq!(process::wait(child.pid, true), Ended::NotAChild);
    for pipe in child.pipes {
        file::close(pipe).expect("closes");
    }
}

#[test]
fn starts_that_fail_say_why() {
    let none = [];
    for (program, error) in [
        ("no-such-program-here", libc::ENOENT),
        ("/etc/passwd", libc::EACCES),
        ("", libc::ENOENT),
    ] {
        let program = file::c_path(program.as_bytes());
        assert_eq!(process::start(&command(&program, &none)), Err(Errno(error)));
    }
    let (shell, nowhere) = (file::c_path(b"sh"), file::c_path(b"/no/such/directory"));
    let lost = Command {
        directory: Some(&nowhere),
        ..command(&shell, &none)
    };
    assert_eq!(process::start(&lost), Err(Errno(libc::ENOENT)));
}

#[test]
fn a_signalled_child_tells_so() {
    let program = file::c_path(b"sleep");
    let arguments = words(&["100"]);
    let child = process::start(&command(&program, &arguments)).expect("starts");
    process::signal(child.pid, libc::SIGTERM).expect("is there");
    assert_eq!(process::wait(child.pid, true), Ended::Exited(0x80 + libc::SIGTERM));
    for pipe in child.pipes {
        file::close(pipe).expect("closes");
    }
}

#[test]
fn a_blocked_call_is_woken() {
    peaberry_sys::wakeup::install();
    let (read, write) = file::pipe().expect("a pipe");
    let (told, known) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        told.send(peaberry_sys::wakeup::current()).expect("somebody listens");
        let mut byte = 0u8;
        // SAFETY: one byte of this frame.
        unsafe { file::read_raw(read, &mut byte, 1) }
    });
    let thread = known.recv().expect("it says so");
    while !reader.is_finished() {
        // SAFETY: the thread is not joined yet, so its handle is good.
        unsafe { peaberry_sys::wakeup::wake(thread) };
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(reader.join().expect("it ended"), Err(Errno(libc::EINTR)));
    file::close(read).expect("closes");
    file::close(write).expect("closes");
}

#[test]
fn the_machine_has_memory_and_processors() {
    let memory = system::memory();
    assert!(memory.total > memory.free && memory.free > 0);
    assert!(system::processors().0 >= 1);
    assert!(system::open_descriptors().is_some_and(|count| count >= 3));
    assert!(system::virtual_memory().is_some_and(|bytes| bytes > 1 << 20));
}

#[test]
fn real_paths_are_the_c_librarys() {
    let top = std::env::temp_dir().canonicalize().expect("temporary directory");
    let top = top.join(format!("peaberry-sys-{}-real", std::process::id()));
    std::fs::create_dir_all(top.join("in/deep")).expect("make");
    std::fs::write(top.join("in/file"), "f").expect("write");
    for (target, link) in [
        ("in", "way"),
        ("in/file", "link"),
        ("none", "dangling"),
        ("loop", "loop"),
    ] {
        std::os::unix::fs::symlink(target, top.join(link)).expect("link");
    }
    let of_library = |path: &CString| {
        // SAFETY: with a null buffer the call allocates a terminated string, freed here.
        unsafe {
            let found = libc::realpath(path.as_ptr(), std::ptr::null_mut());
            if found.is_null() {
                return Err(Errno::last());
            }
            let bytes = std::ffi::CStr::from_ptr(found).to_bytes().to_vec();
            libc::free(found.cast());
            Ok(bytes)
        }
    };
    let top_text = top.display().to_string();
    let below = [
        "",
        "/",
        "//",
        "/.",
        "/in",
        "/in/",
        "/in/.",
        "/./in//deep",
        "/in/..",
        "/in/../in/file",
        "/in/file",
        "/in/file/",
        "/in/file/.",
        "/in/file/x",
        "/in/none",
        "/none/none",
        "/way",
        "/way/",
        "/way/file",
        "/way/deep/..",
        "/link",
        "/link/",
        "/dangling",
        "/loop",
    ];
    let paths = below.map(|path| format!("{top_text}{path}"));
    for path in
        paths
            .iter()
            .map(String::as_str)
            .chain(["/", "/.", "//", "relative/none", ".", "", "/tmp", "/proc/self"])
    {
        let path = file::c_path(path.as_bytes());
        assert_eq!(file::real_path(&path), of_library(&path), "{path:?}");
    }
    std::fs::remove_dir_all(&top).expect("remove");
}
