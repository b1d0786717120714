import java.util.*;

/** TreeMap, TreeSet and their views. */
public class TreeMaps {
    public static void main(String[] args) {
        TreeMap<Integer, String> t = new TreeMap<>();
        for (int i = 0; i < 1000; i++) t.put(i * 7919 % 1009, "n" + i);
        System.out.println(t.size() + " " + t.firstKey() + " " + t.lastEntry() + " " + t.floorKey(500) + " "
            + t.ceilingKey(501) + " " + t.higherKey(1007) + " " + t.lowerEntry(1) + " " + t.headMap(5) + " "
            + t.tailMap(1005, false) + " " + t.subMap(10, true, 13, true).descendingMap());
        for (int i = 0; i < 1009; i += 2) t.remove(i);
        System.out.println(t.size() + " " + t.headMap(20).keySet() + " " + t.descendingKeySet().first() + " "
            + t.pollFirstEntry() + " " + t.pollLastEntry().getKey());
        long h = 0;
        for (var e : t.entrySet()) h = h * 31 + e.getKey();
        System.out.println(h);
        SortedMap<Integer, String> sub = t.subMap(100, 200);
        sub.put(150, "new");
        int before = t.size();
        sub.clear();
        System.out.println(before - t.size());
        try {
            sub.put(300, "x");
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        try {
            new TreeMap<String, Integer>().put(null, 1);
        } catch (NullPointerException e) { System.out.println("NPE"); }
        try {
            new TreeMap<Object, Integer>().put(new Object(), 1);
        } catch (ClassCastException e) { System.out.println("CCE"); }
        try {
            new TreeMap<>().firstKey();
        } catch (NoSuchElementException e) { System.out.println("NSEE"); }
        TreeMap<String, Integer> ci = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        ci.put("b", 1);
        ci.put("B", 2);
        ci.put("a", 3);
        System.out.println(ci + " " + ci.comparator().compare("x", "X"));
        TreeSet<String> s =
            new TreeSet<>(Comparator.comparing(String::length).thenComparing(Comparator.reverseOrder()));
        s.addAll(List.of("pear", "fig", "apple", "kiwi", "date", "nut"));
        System.out.println(s + " " + s.first() + s.last() + s.ceiling("zzzz") + s.headSet("kiwi") + s.descendingSet()
            + s.pollFirst() + s.subSet("kiwi", true, "apple", false));
        Iterator<String> it = s.descendingIterator();
        while (it.hasNext())
            if (it.next().contains("a")) it.remove();
        System.out.println(s);
        TreeMap<Integer, Integer> c = new TreeMap<>(Map.of(3, 1, 1, 1, 2, 1));
        c.merge(3, 5, Integer::sum);
        c.computeIfAbsent(9, k -> k * k);
        c.compute(1, (k, v) -> null);
        c.replaceAll((k, v) -> v + k);
        System.out.println(
            c + " " + c.clone() + c.equals(new HashMap<>(c)) + c.navigableKeySet().lower(9) + c.containsValue(8));
        Random r = new Random(1);
        TreeMap<Integer, Integer> rnd = new TreeMap<>();
        HashMap<Integer, Integer> ref = new HashMap<>();
        for (int i = 0; i < 3000; i++) {
            int k = r.nextInt(400);
            if (r.nextBoolean()) {
                rnd.put(k, i);
                ref.put(k, i);
            } else if (!Objects.equals(rnd.remove(k), ref.remove(k)))
                System.out.println("differ");
        }
        System.out.println(rnd.equals(ref) + " " + rnd.size() + " " + rnd.hashCode());
    }
}
