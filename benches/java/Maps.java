import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** HashMap and TreeMap with boxed keys. */
public class Maps {
    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]);
        Map<Integer, Integer> hash = new HashMap<>();
        Map<Integer, Integer> tree = new TreeMap<>();
        long seed = 1;
        for (int i = 0; i < n; i++) {
            seed = seed * 6364136223846793005L + 1442695040888963407L;
            int key = (int) (seed >>> 44);
            hash.merge(key & 0xffff, 1, Integer::sum);
            if ((i & 3) == 0) {
                tree.put(key & 0x3fff, i);
            }
        }
        long sum = 0;
        for (Map.Entry<Integer, Integer> e : hash.entrySet()) {
            sum += (long) e.getKey() * e.getValue();
        }
        for (int key : tree.keySet()) {
            sum = sum * 31 + key;
        }
        System.out.println(sum);
    }
}
