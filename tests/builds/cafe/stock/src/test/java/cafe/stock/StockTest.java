package cafe.stock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StockTest {
    private Stock stock;

    @BeforeEach
    void fill() {
        stock = new Stock();
        stock.add("tea", 5);
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "5, 0"})
    void takes(int count, int rest) {
        assertEquals(rest, stock.take("tea", count).count());
    }

    @Disabled("no scales yet")
    @Test
    void weighs() {}

    @Nested
    class Empty {
        @Test
        void refuses() {
            Exception e = assertThrows(IllegalArgumentException.class, () -> stock.take("tea", 6));
            assertEquals("tea sold out", e.getMessage());
            assertEquals("[Shelf[item=tea, count=5]]", stock.toString());
        }
    }
}
