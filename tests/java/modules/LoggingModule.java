// grants: file
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.MemoryHandler;
import java.util.logging.SimpleFormatter;
import java.util.logging.XMLFormatter;

/** java.logging: levels, handlers, formatters, configuration, files, System.Logger. */
public class LoggingModule {
    static class Collecting extends Handler {
        final List<String> lines = new ArrayList<>();

        @Override
        public void publish(LogRecord record) {
            if (isLoggable(record)) {
                lines.add(record.getLevel() + " " + record.getLoggerName() + " " + record.getSourceMethodName() + " "
                        + new SimpleFormatter().formatMessage(record));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    public static void main(String[] args) throws Exception {
        Logger parent = Logger.getLogger("shop");
        Logger logger = Logger.getLogger("shop.till");
        parent.setUseParentHandlers(false);
        Collecting all = new Collecting();
        all.setLevel(Level.FINE);
        parent.addHandler(all);
        parent.setLevel(Level.FINE);
        logger.fine("fine");
        logger.finer("finer");
        logger.log(Level.INFO, "{0} sold {1}", new Object[] {"Ann", 3});
        logger.warning(() -> "supplied");
        logger.entering("Till", "open");
        logger.setFilter(record -> !record.getMessage().contains("secret"));
        logger.severe("a secret");
        logger.severe("no such thing");
        System.out.println(String.join("\n", all.lines));
        System.out.println(logger.getLevel() + " " + logger.getParent().getName() + " " + logger.isLoggable(Level.FINER));

        Collecting target = new Collecting();
        MemoryHandler memory = new MemoryHandler(target, 2, Level.SEVERE);
        parent.removeHandler(all);
        parent.addHandler(memory);
        logger.info("one");
        logger.info("two");
        logger.info("three");
        System.out.println(target.lines.size());
        logger.severe("now");
        System.out.println(target.lines);
        parent.removeHandler(memory);

        LogRecord record = new LogRecord(Level.INFO, "message & more");
        record.setInstant(java.time.Instant.ofEpochSecond(1_700_000_000L, 123_456_789));
        record.setLoggerName("shop");
        record.setSequenceNumber(7);
        record.setLongThreadID(1);
        record.setThrown(new IOException("broken"));
        String xml = new XMLFormatter().format(record);
        System.out.println(xml.substring(0, xml.indexOf("<exception>")));
        System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s: %5$s [%3$s]%n");
        record.setThrown(null);
        System.out.print(new SimpleFormatter().format(record));

        Path directory = Files.createTempDirectory("logs");
        FileHandler files = new FileHandler(directory + "/shop.%g.log", 60, 3);
        files.setFormatter(new Formatter() {
            @Override
            public String format(LogRecord one) {
                return one.getMessage() + "\n";
            }
        });
        parent.addHandler(files);
        for (int i = 0; i < 9; i++) {
            logger.info("a line of twenty " + i);
        }
        files.close();
        parent.removeHandler(files);
        for (int i = 0; i < 3; i++) {
            System.out.println(Files.readAllLines(directory.resolve("shop." + i + ".log")));
        }

        String configuration = "handlers=java.util.logging.ConsoleHandler\n.level=WARNING\nshop.bar.level=FINEST\n";
        LogManager.getLogManager().readConfiguration(new ByteArrayInputStream(configuration.getBytes()));
        System.out.println(Logger.getLogger("shop.bar").getLevel() + " " + Logger.getLogger("").getLevel() + " "
                + (Logger.getLogger("").getHandlers()[0] instanceof ConsoleHandler));
        System.Logger plain = System.getLogger("plain");
        System.out.println(plain.isLoggable(System.Logger.Level.INFO) + " "
                + plain.isLoggable(System.Logger.Level.ERROR) + " " + plain.getName());
        System.out.println(Level.parse("800") + " " + Level.parse("CONFIG").intValue());
    }
}
