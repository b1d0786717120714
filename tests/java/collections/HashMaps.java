import java.util.*;

/**
 * HashMap and LinkedHashMap: growth, collisions and treeification, null keys, compute family, access order, iteration.
 */
public class HashMaps {
    static class Bad implements Comparable<Bad> {
        final int v;
        Bad(int v) { this.v = v; }
        public int hashCode() { return 7; }
        public boolean equals(Object o) { return o instanceof Bad b && b.v == v; }
        public int compareTo(Bad o) { return Integer.compare(v, o.v); }
    }
    static class Worse {
        final int v;
        Worse(int v) { this.v = v; }
        public int hashCode() { return v & 3; }
        public boolean equals(Object o) { return o instanceof Worse b && b.v == v; }
    }
    public static void main(String[] args) {
        Map<Integer, String> m = new HashMap<>();
        for (int i = 0; i < 2000; i++) m.put(i * 37 % 5003, "v" + i);
        long h = 0;
        for (Map.Entry<Integer, String> e : m.entrySet()) h = h * 31 + e.getKey() + e.getValue().hashCode();
        System.out.println(m.size() + " " + h);
        for (int i = 0; i < 1000; i++) m.remove(i * 37 % 5003);
        System.out.println(m.size() + " " + m.get(37 * 1500 % 5003) + " " + m.get(37) + " " + m.containsValue("v1999"));
        Map<Bad, Integer> bad = new HashMap<>();
        for (int i = 0; i < 300; i++) bad.put(new Bad(i), i);
        int s = 0;
        for (int i = 0; i < 300; i++) s += bad.get(new Bad(i));
        for (int i = 0; i < 290; i++) bad.remove(new Bad(i));
        System.out.println(s + " " + bad.size() + " " + bad.get(new Bad(295)));
        Map<Worse, Integer> worse = new HashMap<>();
        for (int i = 0; i < 200; i++) worse.merge(new Worse(i % 100), 1, Integer::sum);
        System.out.println(worse.size() + " " + worse.get(new Worse(50)));
        Map<String, Integer> n = new HashMap<>();
        n.put(null, 1);
        n.put("x", null);
        System.out.println(n + " " + n.get(null) + " " + n.containsKey("x") + " " + n.getOrDefault("x", 9) + " "
            + n.getOrDefault("y", 9) + " " + n.putIfAbsent("x", 5) + n.get("x"));
        System.out.println(n.compute("x", (k, v) -> v + 1) + " " + n.computeIfAbsent("z", String::length) + " "
            + n.computeIfPresent("z", (k, v) -> null) + " " + n.merge("w", 3, Integer::sum)
            + n.merge("w", 3, Integer::sum) + " " + n.replace("w", 100) + " " + n.replace("w", 100, 7) + " "
            + n.remove("w", 8) + " " + n.size());
        n.replaceAll((k, v) -> v == null ? 0 : v * 2);
        System.out.println(new TreeMap<>(Comparator.nullsFirst(Comparator.<String>naturalOrder())) {
            { putAll(n); }
        });
        LinkedHashMap<Integer, Integer> lru = new LinkedHashMap<>(16, 0.75f, true) {
            protected boolean removeEldestEntry(Map.Entry<Integer, Integer> e) { return size() > 5; }
        };
        for (int i = 0; i < 10; i++) {
            lru.put(i, i * i);
            lru.get(6);
        }
        System.out.println(lru);
        LinkedHashMap<String, Integer> order = new LinkedHashMap<>();
        for (String w : "the cat the dog a cat".split(" ")) order.merge(w, 1, Integer::sum);
        System.out.println(order);
        try {
            for (Integer k : m.keySet()) m.remove(k);
        } catch (ConcurrentModificationException e) { System.out.println("CME"); }
        Iterator<Integer> it = m.keySet().iterator();
        int removed = 0;
        while (it.hasNext())
            if (it.next() % 2 == 0) {
                it.remove();
                removed++;
            }
        System.out.println(removed > 100);
        try {
            it.remove();
            it.remove();
        } catch (IllegalStateException e) { System.out.println("ISE"); }
        System.out.println(Map.of("a", 1).equals(new HashMap<>(Map.of("a", 1))) + " "
            + new HashMap<>(Map.of("a", 1)).hashCode() + " " + Map.entry("k", "v") + " "
            + new AbstractMap.SimpleEntry<>("k", 1));
        try {
            Map.of("a", 1, "a", 2);
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        try {
            Map.of("a", null);
        } catch (NullPointerException e) { System.out.println("NPE"); }
        Map<Object, Integer> mixed = new HashMap<>();
        mixed.put(1, 1);
        mixed.put(1L, 2);
        mixed.put('1', 3);
        mixed.put("1", 4);
        mixed.put(1.0, 5);
        mixed.put(List.of(1), 6);
        mixed.put(Set.of(1), 7);
        System.out.println(mixed.size() + " " + mixed.get(1L) + mixed.get(Arrays.asList(1)));
        HashSet<String> hs = new HashSet<>();
        System.out.println(hs.add("a") + " " + hs.add("a") + " " + hs.remove("b") + " " + hs.addAll(List.of("b", "c"))
            + " " + hs.retainAll(List.of("b")) + hs + " " + hs.clone().equals(hs));
        IdentityHashMap<String, Integer> id = new IdentityHashMap<>();
        id.put("a", 1);
        id.put(new String("a"), 2);
        System.out.println(id.size() + " " + new Hashtable<>(Map.of("k", 1)) + " " + new WeakHashMap<>(Map.of("k", 1)));
        Map<Integer, Integer> big = new HashMap<>(10000);
        for (int i = 0; i < 10000; i++) big.merge(i * i % 977, 1, Integer::sum);
        System.out.println(big.size() + " " + big.values().stream().mapToInt(Integer::intValue).max().getAsInt());
    }
}
