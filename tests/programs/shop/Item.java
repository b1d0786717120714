package shop;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Objects;

/** A thing for sale. */
public sealed interface Item extends Comparable<Item> permits Item.Book, Item.Tool, Item.Bundle {
    Comparator<Item> ORDER = Comparator.comparing(Item::price).thenComparing(Item::name);

    String name();

    BigDecimal price();

    @Override
    default int compareTo(Item other) {
        return ORDER.compare(this, other);
    }

    record Book(String name, String author, BigDecimal price) implements Item {
        public Book {
            Objects.requireNonNull(author, () -> "no author for " + name);
        }
    }

    record Tool(String name, BigDecimal price, int... sizes) implements Item {}

    record Bundle(String name, Item... items) implements Item {
        @Override
        public BigDecimal price() {
            BigDecimal sum = BigDecimal.ZERO;
            for (Item item : items) {
                sum = sum.add(item.price());
            }
            return sum.multiply(new BigDecimal("0.9"));
        }
    }
}
