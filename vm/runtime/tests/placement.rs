//! Where a VM lies.

mod support;

use peaberry_gc::layout::ADDRESS_LIMIT;
use peaberry_gc::placement::look_alikes;
use peaberry_sys::address_map::mapped;

/// The class library among them, which is the largest.
#[test]
fn addresses_of_what_is_mapped_do_not_look_like_references() {
    let Some(vm) = support::vm(|_| ()) else { return };
    let library = vm.boot_path.home().join("lib/modules");
    let maps = std::fs::read_to_string("/proc/self/maps").expect("maps");
    assert!(maps.contains(library.to_str().expect("a name")), "{maps}");
    let others: Vec<_> = mapped()
        .into_iter()
        .filter(|range| range.start >= ADDRESS_LIMIT)
        .collect();
    assert_eq!(
        look_alikes(&vm.heap.range(), &others),
        0,
        "{:x?} {others:x?}",
        vm.heap.range()
    );
}
