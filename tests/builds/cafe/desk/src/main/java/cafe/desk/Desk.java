package cafe.desk;

import cafe.stock.Stock;
import java.util.ResourceBundle;

/** Takes orders. */
public final class Desk {
    private final Stock stock;

    public Desk(Stock stock) {
        this.stock = stock;
    }

    public String order(String item) {
        return ResourceBundle.getBundle("desk").getString("name") + ": " + stock.take(item, 1);
    }
}
