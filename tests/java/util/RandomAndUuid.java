import java.util.*;
import java.util.random.*;
import java.util.stream.*;

/** Seeded Random, SplittableRandom, RandomGenerator algorithms, UUID, Objects. */
public class RandomAndUuid {
    public static void main(String[] args) {
        Random r = new Random(12345);
        System.out.println(r.nextInt() + " " + r.nextInt(100) + " " + r.nextInt(1 << 20) + " " + r.nextLong() + " "
            + r.nextBoolean() + " " + r.nextFloat() + " " + r.nextDouble() + " " + r.nextGaussian() + " "
            + r.nextInt(5, 10));
        byte[] b = new byte[7];
        r.nextBytes(b);
        System.out.println(Arrays.toString(b) + " " + r.ints(5, 0, 10).boxed().toList() + " "
            + r.doubles(2).boxed().toList() + " " + r.longs(1, 0, 1000).sum());
        SplittableRandom s = new SplittableRandom(7), t = s.split();
        System.out.println(s.nextInt() + " " + t.nextLong() + " " + s.nextDouble() + " " + t.nextInt(3, 9));
        for (String a : new String[] {"L64X128MixRandom", "Xoshiro256PlusPlus", "L32X64MixRandom", "Random"})
            System.out.print(a + " " + RandomGeneratorFactory.of(a).create(42).nextLong() + "; ");
        System.out.println();
        int[] hist = new int[5];
        Random q = new Random(1);
        for (int i = 0; i < 5000; i++) hist[q.nextInt(5)]++;
        System.out.println(Arrays.toString(hist));
        try {
            r.nextInt(0);
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        UUID u = UUID.fromString("123e4567-e89b-12d3-a456-426614174000");
        System.out.println(u + " " + u.version() + " " + u.variant() + " " + u.getMostSignificantBits() + " "
            + u.hashCode() + " " + UUID.nameUUIDFromBytes("x".getBytes()) + " " + u.compareTo(new UUID(0, 0)) + " "
            + UUID.randomUUID().version() + " " + u.timestamp());
        try {
            UUID.fromString("zz");
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        List<Integer> l = IntStream.range(0, 10).boxed().collect(Collectors.toList());
        Collections.shuffle(l, new Random(9));
        System.out.println(l);
        System.out.println(new Random(5).equals(new Random(5)) + " " + (Math.random() < 1) + " "
            + (java.util.concurrent.ThreadLocalRandom.current().nextInt(10) < 10));
    }
}
