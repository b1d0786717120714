package cafe.desk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import cafe.stock.Stock;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class DeskTest {
    @Test
    void orders() {
        Stock stock = new Stock();
        stock.add("cake", 3);
        String order = assertTimeout(Duration.ofMinutes(1), () -> new Desk(stock).order("cake"));
        assertEquals("desk of cafe 2.1: Shelf[item=cake, count=2]", order);
    }

    @TestFactory
    Stream<DynamicTest> runsOut() {
        Stock stock = new Stock();
        stock.add("cake", Integer.getInteger("cafe.cakes", 2));
        Desk desk = new Desk(stock);
        return IntStream.range(0, 2).mapToObj(i -> DynamicTest.dynamicTest("order " + i, () -> desk.order("cake")));
    }
}
