import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.PriorityQueue;

/** Lists, queues and iterators through their interfaces, with boxed elements. */
public class Collections {
    static long sum(Iterable<Integer> values) {
        long sum = 0;
        for (int value : values) {
            sum += value;
        }
        return sum;
    }

    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]);
        long sum = 0;
        for (int round = 0; round < n; round++) {
            List<Integer> array = new ArrayList<>(), linked = new LinkedList<>();
            ArrayDeque<Integer> deque = new ArrayDeque<>();
            PriorityQueue<Integer> heap = new PriorityQueue<>();
            for (int i = 0; i < 300; i++) {
                int value = i * 7919 % 1009 + round % 5;
                array.add(value);
                linked.add(0, value);
                deque.addLast(value);
                heap.offer(value);
                if (i % 3 == 0) {
                    deque.pollFirst();
                }
            }
            sum += sum(array) + sum(linked) + sum(deque);
            for (Iterator<Integer> each = linked.iterator(); each.hasNext();) {
                if (each.next() % 2 == 0) {
                    each.remove();
                }
            }
            array.removeIf(value -> value % 3 == 0);
            while (heap.size() > 250) {
                sum += heap.poll();
            }
            sum += array.indexOf(500) + linked.size() + (array.contains(17) ? 1 : 0);
        }
        System.out.println(sum);
    }
}
