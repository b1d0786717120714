//! From the monitor's entry, in 32 bits without paging, to the kernel's own addresses.
//!
//! The first page tables show the kernel to itself, and all of the first 4 GiB of physical memory without execution, as device
//! registers from 3 GiB on.

use super::{DIRECT_MAP, KERNEL_OFFSET, memory, run};

core::arch::global_asm!(
    r#"
    // The monitor looks for this note to find the entry.
    .pushsection .note.pvh, "a", @note
    .balign 4
    .long 4, 8, 18
    .asciz "Xen"
    .quad peaberry_start - {offset}
    .popsection

    .pushsection .boot, "ax", @progbits
    .code32
    .global peaberry_start
peaberry_start:
    cli
    cld
    // ebx is where the monitor left what it tells.
    movl $(peaberry_zeros - {offset}), %edi
    movl $(kernel_end - {offset}), %ecx
    subl %edi, %ecx
    shrl $2, %ecx
    xorl %eax, %eax
    rep stosl

    // Large pages: 512 of the kernel's and 2048 of the physical memory's.
    movl $(peaberry_kernel_directory - {offset}), %edi
    movl $0x83, %eax
    movl $512, %ecx
1:  movl %eax, (%edi)
    addl $0x200000, %eax
    addl $8, %edi
    loop 1b
    movl $(peaberry_directories - {offset}), %edi
    movl $0x83, %eax
    movl $2048, %ecx
2:  movl %eax, (%edi)
    movl $0x80000000, 4(%edi)
    cmpl $512, %ecx
    ja 3f
    orl $0x18, (%edi)
3:  addl $0x200000, %eax
    addl $8, %edi
    loop 2b

    movl $(peaberry_root - {offset}), %edi
    movl $(peaberry_identity - {offset} + 3), (%edi)
    movl $(peaberry_direct - {offset} + 3), 256*8(%edi)
    movl $(peaberry_upper - {offset} + 3), 511*8(%edi)
    movl $(peaberry_identity - {offset}), %edi
    movl $(peaberry_kernel_directory - {offset} + 3), (%edi)
    movl $(peaberry_upper - {offset}), %edi
    movl $(peaberry_kernel_directory - {offset} + 3), 510*8(%edi)
    movl $(peaberry_direct - {offset}), %edi
    movl $(peaberry_directories - {offset} + 3), %eax
    movl $4, %ecx
4:  movl %eax, (%edi)
    addl $4096, %eax
    addl $8, %edi
    loop 4b

    // PAE; SCE, LME and NXE; PG, WP, NE, ET, MP and PE.
    movl $0x20, %eax
    movl %eax, %cr4
    movl $(peaberry_root - {offset}), %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx
    rdmsr
    orl $0x901, %eax
    wrmsr
    movl $0x80010033, %eax
    movl %eax, %cr0
    lgdt (peaberry_first_descriptors - {offset})
    ljmp $8, $(5f - {offset})

    .code64
5:  movabsq $6f, %rax
    jmp *%rax
6:  xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    movl %eax, %ss
    leaq peaberry_stack_top(%rip), %rsp
    xorl %ebp, %ebp
    movl %ebx, %edi
    call {start}
    ud2

    .balign 8
7:  .quad 0
    .quad 0x00af9b000000ffff
peaberry_first_descriptors:
    .word 15
    .long 7b - {offset}
    .popsection

    .pushsection .bss.boot, "aw", @nobits
    .balign 4096
peaberry_zeros:
    .global peaberry_root
peaberry_root: .skip 4096
peaberry_identity: .skip 4096
peaberry_upper: .skip 4096
    .global peaberry_direct
peaberry_direct: .skip 4096
    .global peaberry_kernel_directory
peaberry_kernel_directory: .skip 4096
peaberry_directories: .skip 4 * 4096
    // A page that is taken away, and the stack above it.
    .global peaberry_stack_guard
peaberry_stack_guard: .skip 4096
    .skip 16 * 4096
    .global peaberry_stack_top
peaberry_stack_top:
    .popsection
    "#,
    offset = const KERNEL_OFFSET,
    start = sym start,
    options(att_syntax)
);

/// The kernel begins: what the monitor tells is at this physical address.
extern "C" fn start(information: u32) -> ! {
    super::console::prepare();
    super::processor::prepare();
    super::descriptor_tables::load();
    let memory = memory::prepare(DIRECT_MAP + u64::from(information));
    run::begin(memory)
}
