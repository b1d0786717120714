//! A guest: prints its arguments and environment, reads its input, computes, panics and catches it, and exits with 7.

use std::io::Read;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    println!("hello {arguments:?} {:?}", std::env::var("NAME"));
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).expect("read");
    let sum: f64 = (1..=1000).map(|n| 1.0 / f64::from(n)).sum();
    println!("{} {sum:.6}", input.len());
    let caught = std::panic::catch_unwind(|| std::panic::resume_unwind(Box::new(5)));
    println!("{}", caught.is_err());
    let memory = vec![1u8; 20 << 20];
    println!("{}", memory.iter().map(|&byte| u64::from(byte)).sum::<u64>());
    std::process::exit(7);
}
