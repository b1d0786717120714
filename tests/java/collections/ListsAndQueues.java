import java.util.*;

/** ArrayList, LinkedList, ArrayDeque, PriorityQueue, Vector, Stack, BitSet, sublists, list iterators. */
public class ListsAndQueues {
    public static void main(String[] args) {
        for (List<Integer> l : List.of(new ArrayList<Integer>(), new LinkedList<Integer>(), new Vector<Integer>())) {
            for (int i = 0; i < 50; i++) l.add(i * 3 % 17);
            l.add(0, 99);
            l.add(25, 98);
            l.remove(3);
            l.remove(Integer.valueOf(16));
            l.set(4, -1);
            l.addAll(10, List.of(7, 7, 7));
            l.removeIf(x -> x % 5 == 0);
            l.replaceAll(x -> x * 2);
            System.out.println(l.getClass().getSimpleName() + l + l.indexOf(14) + " " + l.lastIndexOf(14) + " "
                + l.contains(198) + " " + l.subList(2, 6) + " " + l.hashCode());
            List<Integer> sub = l.subList(3, 10);
            sub.clear();
            sub.add(1000);
            Collections.sort(l);
            System.out.println(l.size() + " " + l.get(l.size() - 1));
            ListIterator<Integer> it = l.listIterator(l.size());
            int n = 0;
            while (it.hasPrevious()) {
                int v = it.previous();
                if (n++ % 3 == 0)
                    it.set(v + 1);
                else if (n % 5 == 0)
                    it.remove();
                else if (n == 9)
                    it.add(55);
            }
            System.out.println(l);
            l.add(1);
            try {
                sub.size();
                System.out.println("?");
            } catch (ConcurrentModificationException e) { System.out.println("CME"); }
        }
        ArrayDeque<Integer> d = new ArrayDeque<>(2);
        for (int i = 0; i < 40; i++) {
            if (i % 3 == 0)
                d.addFirst(i);
            else
                d.addLast(i);
            if (i % 4 == 0) d.pollFirst();
        }
        System.out.println(d + " " + d.peekFirst() + d.peekLast() + d.pop() + d.pollLast() + d.removeFirstOccurrence(20)
            + d.contains(31) + d.size());
        try {
            d.add(null);
        } catch (NullPointerException e) { System.out.println("NPE"); }
        Iterator<Integer> di = d.descendingIterator();
        System.out.println(di.next() + " " + di.next());
        PriorityQueue<String> q =
            new PriorityQueue<>(Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()));
        for (String s : "the quick brown fox jumps over the lazy dog again".split(" ")) q.add(s);
        q.remove("over");
        StringBuilder b = new StringBuilder(q.toString()).append(' ');
        while (!q.isEmpty()) b.append(q.poll()).append(' ');
        System.out.println(b);
        PriorityQueue<Integer> pq = new PriorityQueue<>(List.of(5, 3, 8, 1, 9, 2, 7));
        System.out.println(pq + " " + pq.peek());
        Stack<Integer> st = new Stack<>();
        st.push(1);
        st.push(2);
        System.out.println(st + " " + st.search(1) + st.pop() + st.peek() + st.empty());
        BitSet bs = new BitSet();
        for (int i = 0; i < 200; i += 3) bs.set(i);
        BitSet b2 = new BitSet();
        b2.set(50, 100);
        bs.and(b2);
        System.out.println(bs + " " + bs.cardinality() + " " + bs.nextClearBit(51) + " " + bs.nextSetBit(80) + " "
            + bs.previousSetBit(60) + " " + bs.length() + " " + Arrays.toString(bs.toLongArray()));
        bs.flip(45, 60);
        bs.xor(b2);
        bs.andNot(BitSet.valueOf(new long[] {-1L}));
        System.out.println(bs + " " + bs.hashCode() + " " + bs.intersects(b2) + " " + bs.stream().sum());
        List<Integer> nums = new ArrayList<>();
        for (int i = 0; i < 20; i++) nums.add(i);
        Collections.shuffle(nums, new Random(3));
        System.out.println(nums);
        Collections.reverse(nums);
        Collections.swap(nums, 0, 5);
        Collections.rotate(nums, 3);
        System.out.println(nums + " " + Collections.max(nums) + Collections.min(nums, Comparator.reverseOrder())
            + Collections.frequency(nums, 3));
        Collections.sort(nums, Collections.reverseOrder());
        System.out.println(Collections.binarySearch(nums, 7, Collections.reverseOrder()) + " "
            + Collections.nCopies(3, "x") + Collections.disjoint(nums, List.of(99))
            + Collections.unmodifiableList(nums).get(0) + Collections.emptyList() + Collections.singletonList(1)
            + Collections.indexOfSubList(nums, List.of(5, 4)));
        try {
            Collections.unmodifiableList(nums).add(1);
        } catch (UnsupportedOperationException e) { System.out.println("UOE"); }
        try {
            Collections.checkedList((List) new ArrayList<>(), String.class).add(1);
        } catch (ClassCastException e) { System.out.println(e.getMessage()); }
        try {
            List.of(1, null);
        } catch (NullPointerException e) { System.out.println("NPE"); }
        try {
            new ArrayList<>(-1);
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        List<Integer> syn = Collections.synchronizedList(new LinkedList<>(nums));
        synchronized (syn) {
            int s = 0;
            for (int x : syn) s += x;
            System.out.println(s);
        }
        System.out.println(Arrays.asList(3, 1, 2).toString() + List.copyOf(nums).equals(nums)
            + new ArrayList<>(nums).equals(new LinkedList<>(nums)) + nums.toArray(new Integer[0]).length
            + nums.toArray().getClass().getSimpleName());
        ArrayList<Integer> fe = new ArrayList<>(nums);
        try {
            fe.forEach(x -> fe.add(x));
        } catch (ConcurrentModificationException e) { System.out.println("CME " + fe.size()); }
    }
}
