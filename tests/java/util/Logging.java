import java.util.*;
import java.util.logging.*;

/** java.util.logging: levels, handlers, formatters, parents, filters. */
public class Logging {
    static class Mem extends Handler {
        final List<String> out = new ArrayList<>();
        public void publish(LogRecord r) {
            if (isLoggable(r))
                out.add(r.getLevel() + ":" + r.getLoggerName() + ":" + new SimpleFormatter().formatMessage(r)
                    + (r.getThrown() == null ? "" : ":" + r.getThrown().getMessage()) + ":" + r.getSourceMethodName());
        }
        public void flush() {}
        public void close() {}
    }
    static void work(Logger l) {
        l.info("from work");
        l.log(Level.WARNING, "params {0} {1}", new Object[] {1, "two"});
        l.log(Level.SEVERE, "thrown", new RuntimeException("rt"));
        l.fine(() -> "lazy fine");
        l.entering("C", "m");
    }
    public static void main(String[] args) {
        Logger a = Logger.getLogger("a"), ab = Logger.getLogger("a.b");
        Mem m = new Mem();
        a.addHandler(m);
        a.setUseParentHandlers(false);
        work(ab);
        System.out.println(m.out);
        m.out.clear();
        a.setLevel(Level.ALL);
        m.setLevel(Level.FINE);
        work(ab);
        System.out.println(m.out);
        m.out.clear();
        ab.setLevel(Level.OFF);
        work(ab);
        ab.setLevel(null);
        ab.setFilter(r -> r.getMessage().startsWith("p"));
        work(ab);
        System.out.println(m.out + " " + ab.getParent().getName() + " " + (Logger.getLogger("a") == a) + " "
            + ab.isLoggable(Level.FINE) + " " + Level.parse("800") + " " + Level.parse("WARNING").intValue() + " "
            + a.getHandlers().length + " " + Logger.getLogger("").getHandlers().length);
        try {
            Level.parse("NOPE");
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        System.Logger sl = System.getLogger("a.sys");
        m.out.clear();
        sl.log(System.Logger.Level.INFO, "system {0}", 5);
        System.out.println(m.out.size() + " " + sl.getName());
        LogRecord r = new LogRecord(Level.INFO, "x");
        r.setInstant(java.time.Instant.EPOCH);
        r.setLoggerName("n");
        System.out.println(new XMLFormatter().format(r).contains("<message>x</message>"));
    }
}
