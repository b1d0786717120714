package shop;

import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Generics, inner classes, enums with bodies, annotations, switches, try-with-resources. */
@Ledger.Audited(by = "first")
@Ledger.Audited(by = "second", level = 3)
public class Ledger<K extends Enum<K>, V extends Item> implements Iterable<V> {
    @Retention(RetentionPolicy.RUNTIME)
    @Repeatable(Audits.class)
    @interface Audited {
        String by();

        int level() default 1;
    }

    @Retention(RetentionPolicy.RUNTIME)
    @interface Audits {
        Audited[] value();
    }

    enum Rounding implements Function<Double, Long> {
        UP {
            @Override
            public Long apply(Double value) {
                return (long) Math.ceil(value);
            }
        },
        DOWN {
            @Override
            public Long apply(Double value) {
                return (long) Math.floor(value);
            }
        }
    }

    private final Map<K, List<V>> entries;
    private transient volatile int changes;

    public Ledger(Class<K> keys) {
        entries = new EnumMap<>(keys);
    }

    public synchronized void add(K key, V value) {
        entries.computeIfAbsent(key, unused -> new ArrayList<>()).add(value);
        changes += 1;
    }

    @Override
    public Iterator<V> iterator() {
        final int seen = changes;
        class All implements Iterator<V> {
            final Iterator<List<V>> lists = entries.values().iterator();
            Iterator<V> current = List.<V>of().iterator();

            @Override
            public boolean hasNext() {
                assert seen == changes : "changed: " + changes;
                while (!current.hasNext()) {
                    if (!lists.hasNext()) return false;
                    current = lists.next().iterator();
                }
                return true;
            }

            @Override
            public V next() {
                if (!hasNext()) throw new NoSuchElementException();
                return current.next();
            }
        }
        return new All();
    }

    public String describe(Object thing) {
        String kind = switch (thing.toString()) {
            case "a", "b" -> "letter";
            case "AaAa", "BBBB" -> "same hash";
            default -> {
                if (thing instanceof Item.Book book && book.author().length() > 3) {
                    yield book.author() + ": " + book.name();
                }
                yield thing.getClass().getSimpleName();
            }
        };
        return """
            kind: %s
              "quoted" \t tab
            """.formatted(kind);
    }

    public Map<Boolean, Long> split(double limit) {
        return entries.values().stream()
                .flatMap(List::stream)
                .collect(Collectors.partitioningBy(v -> v.price().doubleValue() > limit, Collectors.counting()));
    }

    static long checksum(int[][] grid) {
        long sum = 0;
        outer:
        for (int[] row : grid) {
            for (int cell : row) {
                if (cell < 0) continue outer;
                if (cell == Integer.MAX_VALUE) break outer;
                sum = sum * 31 + (cell >>> 3 ^ cell << 5) % 7;
            }
        }
        return sum;
    }

    static <T extends AutoCloseable> int close(T resource) throws Exception {
        try (T one = resource; AutoCloseable two = () -> System.out.println("closed")) {
            return one.hashCode() ^ two.hashCode();
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new Exception(e);
        } finally {
            System.out.println("done");
        }
    }
}
