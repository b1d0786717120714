package cafe.stock;

import java.util.Map;
import java.util.TreeMap;

/** What is on the shelves. */
public final class Stock {
    /** A shelf's content. */
    public record Shelf(String item, int count) {
        public Shelf {
            if (count < 0) {
                throw new IllegalArgumentException(item + " sold out");
            }
        }
    }

    private final Map<String, Shelf> shelves = new TreeMap<>();

    public void add(String item, int count) {
        shelves.merge(item, new Shelf(item, count), (a, b) -> new Shelf(item, a.count() + b.count()));
    }

    public Shelf take(String item, int count) {
        return shelves.compute(item, (name, shelf) -> new Shelf(name, (shelf == null ? 0 : shelf.count()) - count));
    }

    @Override
    public String toString() {
        return shelves.values().toString();
    }
}
