//! A guest: reads where nothing is, or uses more memory than there is, as its argument says.

fn main() {
    println!("before");
    // SAFETY: in none of the blocks below: each does what must end the guest, which is what is tested.
    match std::env::args().nth(1).as_deref() {
        Some("null") => println!("{}", unsafe { std::hint::black_box(std::ptr::without_provenance::<u8>(8)).read_volatile() }),
        Some("abort") => std::process::abort(),
        Some("divide") => unsafe { std::arch::asm!("xor ecx, ecx", "div ecx", out("rax") _, out("rdx") _, out("rcx") _) },
        Some("invalid") => unsafe { std::arch::asm!("ud2") },
        Some("privileged") => unsafe { std::arch::asm!("hlt") },
        Some("memory") => {
            let all: Vec<Vec<u8>> = (0..1000).map(|byte| vec![byte as u8; 4 << 20]).collect();
            println!("{}", all.len());
        }
        _ => println!("nothing"),
    }
    println!("after");
}
