//! Random object graphs, mutated beside a shadow model and compared with it.

mod support;

use peaberry_gc::layout::*;
use peaberry_gc::*;
use std::collections::HashMap;
use support::{Random, World};

/// The shadow of an object.
struct Node {
    references: Vec<Option<usize>>,
    /// Offset of the first reference slot.
    base: usize,
    /// Where the identity is stored as u32, if the object has room.
    identity: Option<usize>,
}

struct Model {
    world: World,
    random: Random,
    nodes: HashMap<usize, Node>,
    /// Node of each strong root.
    roots: Vec<usize>,
    next: usize,
    classes: Vec<(&'static ClassPrefix, usize)>,
    object_array: &'static ClassPrefix,
    byte_array: &'static ClassPrefix,
    long_array: &'static ClassPrefix,
    empty: &'static ClassPrefix,
    pins: Vec<(Obj, usize)>,
}

impl Model {
    fn new(config: HeapConfig, seed: u64) -> Model {
        Model::in_world(World::new(config), seed)
    }

    fn in_world(mut world: World, seed: u64) -> Model {
        // Identity at 8, then references.
        let classes = [0usize, 1, 2, 3, 5, 30, 100, 1500]
            .map(|count| {
                (
                    world.class(Shape::Instance, 12 + 4 * count, 0, &[(12, count as u32)]),
                    count,
                )
            })
            .to_vec();
        let object_array = world.class(Shape::ReferenceArray, 0, 2, &[]);
        let byte_array = world.class(Shape::PrimitiveArray, 0, 0, &[]);
        let long_array = world.class(Shape::PrimitiveArray, 0, 3, &[]);
        let empty = world.class(Shape::Instance, 8, 0, &[]);
        Model {
            world,
            random: Random(seed),
            nodes: HashMap::new(),
            roots: Vec::new(),
            next: 1,
            classes,
            object_array,
            byte_array,
            long_array,
            empty,
            pins: Vec::new(),
        }
    }

    fn allocate(&mut self, large: bool) -> Option<(Obj, usize)> {
        let random = &mut self.random;
        let (object, node) = match random.below(if large { 41 } else { 40 }) {
            0..=24 => {
                let small = random.below(5);
                let kind = if random.chance(12) { random.below(8) } else { small };
                let (class, count) = self.classes[kind];
                let node = Node {
                    references: vec![None; count],
                    base: 12,
                    identity: Some(8),
                };
                (self.world.instance(class)?, node)
            }
            25..=31 => {
                let limit = if random.chance(20) { 4000 } else { 20 };
                let length = random.below(limit);
                let node = Node {
                    references: vec![None; length],
                    base: 12,
                    identity: None,
                };
                (self.world.array(self.object_array, length)?, node)
            }
            32..=37 => {
                let limit = if random.chance(20) { 16000 } else { 60 };
                let length = 4 + random.below(limit);
                let node = Node {
                    references: Vec::new(),
                    base: 12,
                    identity: Some(12),
                };
                (self.world.array(self.byte_array, length)?, node)
            }
            38..=39 => {
                let node = Node {
                    references: Vec::new(),
                    base: 8,
                    identity: None,
                };
                (self.world.instance(self.empty)?, node)
            }
            _ => {
                if random.chance(2) {
                    let length = 2100 + random.below(30000);
                    let node = Node {
                        references: Vec::new(),
                        base: 16,
                        identity: Some(16 + 4 * length),
                    };
                    (self.world.array(self.long_array, length)?, node)
                } else {
                    let length = 4300 + random.below(20000);
                    let node = Node {
                        references: vec![None; length],
                        base: 12,
                        identity: None,
                    };
                    (self.world.array(self.object_array, length)?, node)
                }
            }
        };
        let id = self.next;
        self.next += 1;
        if let Some(offset) = node.identity {
            // SAFETY: the object has room for its identity there.
            unsafe { object.write(offset, id as u32) };
        }
        self.nodes.insert(id, node);
        Some((object, id))
    }

    /// A random reachable object.
    fn pick(&mut self) -> Option<(Obj, usize)> {
        if self.roots.is_empty() {
            return None;
        }
        let root = self.random.below(self.roots.len());
        let (mut object, mut id) = (self.world.roots.strong[root], self.roots[root]);
        for _ in 0..self.random.below(12) {
            let node = &self.nodes[&id];
            if node.references.is_empty() {
                break;
            }
            let slot = self.random.below(node.references.len());
            let Some(next) = node.references[slot] else { break };
            object = self.world.get(object, node.base + 4 * slot);
            id = next;
        }
        Some((object, id))
    }

    fn step(&mut self) {
        match self.random.below(20) {
            0..=11 => {
                let large = self.random.chance(40);
                let Some((object, id)) = self.allocate(large) else {
                    // Out of memory: drop half of the roots and go on.
                    let half = self.roots.len() / 2;
                    self.roots.truncate(half);
                    self.world.roots.strong.truncate(half);
                    return;
                };
                let parent = if self.random.chance(4) { None } else { self.pick() };
                match parent {
                    Some((parent, parent_id)) if !self.nodes[&parent_id].references.is_empty() => {
                        let slots = self.nodes[&parent_id].references.len();
                        let slot = self.random.below(slots);
                        self.link((parent, parent_id), slot, Some((object, id)));
                    }
                    _ if self.roots.len() < 300 => {
                        self.world.roots.strong.push(object);
                        self.roots.push(id);
                    }
                    _ => {
                        let slot = self.random.below(self.roots.len());
                        self.world.roots.strong[slot] = object;
                        self.roots[slot] = id;
                    }
                }
            }
            12..=16 => {
                let (Some(from), Some(to)) = (self.pick(), self.pick()) else {
                    return;
                };
                let slots = self.nodes[&from.1].references.len();
                if slots != 0 {
                    let slot = self.random.below(slots);
                    let value = if self.random.chance(3) { None } else { Some(to) };
                    self.link(from, slot, value);
                }
            }
            17 => {
                if !self.roots.is_empty() {
                    let index = self.random.below(self.roots.len());
                    self.roots.swap_remove(index);
                    self.world.roots.strong.swap_remove(index);
                }
            }
            _ => {
                if let Some((object, id)) = self.pick() {
                    if self.pins.len() >= 20 {
                        self.pins.remove(0);
                        self.world.roots.ambiguous.remove(0);
                    }
                    // SAFETY: the object is live.
                    let bytes = unsafe { object_bytes(object) };
                    let inside = if self.random.chance(2) {
                        0
                    } else {
                        self.random.below(bytes)
                    };
                    self.pins.push((object, id));
                    let word = object.0 + inside;
                    let narrow = inside == 0 && self.random.chance(3);
                    let word = if narrow {
                        (object.narrow().0 as usize) << 32 | 0xdead
                    } else {
                        word
                    };
                    self.world.roots.ambiguous.push(word);
                }
            }
        }
    }

    fn link(&mut self, from: (Obj, usize), slot: usize, to: Option<(Obj, usize)>) {
        let node = self.nodes.get_mut(&from.1).expect("node");
        node.references[slot] = to.map(|to| to.1);
        let offset = node.base + 4 * slot;
        self.world.set(from.0, offset, to.map_or(Obj::NULL, |to| to.0));
    }

    /// Compares all that is reachable with the shadow, and forgets unreachable shadows.
    fn compare(&mut self) {
        let mut places: HashMap<usize, Obj> = HashMap::new();
        let mut addresses: HashMap<Obj, usize> = HashMap::new();
        let mut work: Vec<(Obj, usize)> = Vec::new();
        work.extend(self.world.roots.strong.iter().copied().zip(self.roots.iter().copied()));
        work.extend(self.pins.iter().copied());
        while let Some((object, id)) = work.pop() {
            if let Some(known) = places.insert(id, object) {
                assert_eq!(known, object, "one object, two places");
                continue;
            }
            assert_eq!(addresses.insert(object, id), None, "two objects, one place");
            let node = &self.nodes[&id];
            if let Some(offset) = node.identity {
                // SAFETY: the object is live and has its identity there.
                assert_eq!(unsafe { object.read::<u32>(offset) } as usize, id);
            }
            for (index, &reference) in node.references.iter().enumerate() {
                let value = self.world.get(object, node.base + 4 * index);
                assert_eq!(value.is_null(), reference.is_none());
                if let Some(reference) = reference {
                    work.push((value, reference));
                }
            }
            // Ambiguous pointers find exactly this object.
            // SAFETY: the world is stopped, as there is only this thread.
            unsafe {
                let bytes = object_bytes(object);
                assert_eq!(self.world.heap.find_object(object.0), Some(object));
                assert_eq!(self.world.heap.find_object(object.0 + bytes - 1), Some(object));
                assert_ne!(self.world.heap.find_object(object.0 + bytes), Some(object));
                assert_ne!(self.world.heap.find_object(object.0 - 1), Some(object));
            }
        }
        self.nodes.retain(|id, _| places.contains_key(id));
    }
}

fn run(config: HeapConfig, seed: u64, steps: usize, compare_every: usize) -> Model {
    let mut model = Model::new(config, seed);
    for step in 0..steps {
        let before = model.world.collections;
        model.step();
        if model.world.collections != before && model.world.collections.is_multiple_of(compare_every) {
            model.compare();
        }
        if step % 50_000 == 49_999 {
            model.world.full();
            model.compare();
        }
    }
    model.compare();
    model
}

fn config(max: usize) -> HeapConfig {
    HeapConfig {
        max_bytes: max,
        initial_bytes: 1 << 20,
        stress_interval: 0,
        verify: true,
    }
}

#[test]
fn random_graphs_survive() {
    for seed in 1..=4 {
        let model = run(config(64 << 20), seed, 1_500_000, 1);
        assert!(model.world.collections > 8);
    }
}

#[test]
fn random_graphs_survive_in_a_small_heap() {
    for seed in 10..=13 {
        let model = run(config(6 << 20), seed, 600_000, 5);
        assert!(model.world.collections > 10);
    }
}

#[test]
fn random_graphs_survive_without_spare_range() {
    let small = config(4 << 20);
    for seed in 20..=23 {
        let mut model = Model::in_world(World::with_range(small, small.max_bytes), seed);
        for _ in 0..100_000 {
            model.step();
        }
        model.compare();
    }
}

#[test]
fn random_graphs_survive_stress() {
    for (seed, interval) in [(30, 1), (31, 7), (32, 50), (33, 333)] {
        let stress = HeapConfig {
            stress_interval: interval,
            ..config(32 << 20)
        };
        let model = run(stress, seed, if interval == 1 { 3_000 } else { 20_000 }, 20);
        assert!(model.world.collections > 20);
        assert!(model.world.last.expect("report").moved_objects > 0);
    }
}

#[test]
fn pinned_objects_stay() {
    let stress = HeapConfig {
        stress_interval: 20,
        ..config(32 << 20)
    };
    let mut model = Model::new(stress, 40);
    for _ in 0..20_000 {
        let pins: Vec<Obj> = model.pins.iter().map(|pin| pin.0).collect();
        model.step();
        for (index, &(object, _)) in model.pins.iter().enumerate() {
            if pins.len() == model.pins.len() && index < pins.len() - 1 && pins.contains(&object) {
                // SAFETY: the world is stopped.
                assert_eq!(unsafe { model.world.heap.find_object(object.0) }, Some(object));
            }
        }
    }
    // `compare` follows the pins at the addresses they had when they were made.
    model.compare();
}
