package till;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Adds up what is sold; prices are in a resource that the build filters. */
public final class Till {
    private final Properties prices = new Properties();
    private final List<String> sold = new ArrayList<>();

    public Till() {
        try (InputStream in = Till.class.getResourceAsStream("prices.properties")) {
            prices.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Till sell(String what) {
        if (!prices.containsKey(what)) {
            throw new IllegalArgumentException("no price of " + what);
        }
        sold.add(what);
        return this;
    }

    public int total() {
        return sold.stream().map(prices::getProperty).mapToInt(Integer::parseInt).sum();
    }

    public String receipt() {
        return String.join(", ", sold) + " = " + total();
    }

    public static void main(String[] args) {
        Till till = new Till();
        for (String arg : args) {
            till.sell(arg);
        }
        System.out.println(till.receipt());
    }
}
