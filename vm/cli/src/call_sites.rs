//! Room in the guest program for the table of its system calls, which the build fills in when the program has been linked.

use peaberry_package::call_sites::{KIND, OWNER, OWNER_BYTES, TABLE};

#[repr(C, align(4))]
struct Note {
    name_bytes: u32,
    table_bytes: u32,
    kind: u32,
    name: [u8; OWNER.len()],
    table: [u8; TABLE],
}

#[used]
#[unsafe(link_section = ".note.peaberry.calls")]
static CALL_SITES: Note = Note {
    name_bytes: OWNER_BYTES,
    table_bytes: TABLE as u32,
    kind: KIND,
    name: OWNER,
    table: [0xff; TABLE],
};
