import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Base64;

/** What no Java compiler makes: subroutines, wide instructions, all dups, unbalanced monitors, dirty narrow results. */
public class OddBytecode {
    // A class of version 48 with static methods: jsr, wide, dup0-5, dupl, retz/b/c/s, unb1, unb2, putz, putb, noloc,
    // noloc2, sw, ts.
    static final String CODE = "yv66vgAAADAAMAEAA09kZAcAAQEAEGphdmEvbGFuZy9PYmplY3QHAAMBAANqc3IBAAQoSSlJAQAEd2lkZQEABSh"
                               + "JSilKAQAEZHVwMAEAByhJSUlJKUkBAARkdXAxAQAEZHVwMgEABGR1"
        + "cDMBAARkdXA0AQAEZHVwNQEABGR1cGwBAAUoSkkpSgEABHJldHoBAAQoSSlaAQAEcmV0YgEABChJKUIBAARyZXRjAQAEKEkpQwEABHJldHMB"
          + "AAQoSSlTAQAEdW5iMQEAFShMamF2YS9s"
        + "YW5nL09iamVjdDspVgEABHVuYjIBAAF6AQABWgEAAWIBAAFCAQAEcHV0egwAHQAeCQACACIBAARwdXRiDAAfACAJAAIAJQEABW5vbG9jAQAD"
          + "KClJAQAGbm9sb2MyAQADKClKBQEjRWeJ"
        + "q83vAQACc3cBAAJ0cwEABENvZGUAAQACAAQAAAACAAkAHQAeAAAACQAfACAAAAAVAAkABQAGAAEALwAAACcAAQADAAAAGwM8qAAPhAD/Gp3/"
          + "+agABRusTYQBB7sABFepAgAAAAAACQAH"
        + "AAgAAQAvAAAAJwAEAZIAAAAbGsQ2ASzEhAEsA+"
          + "gfxDcBkMQVASyFxBYBkGGtAAAAAAAJAAkACgABAC8AAAAiAAYABAAAABYaGxwdWhAfaGAQH2hgEB9oYBAfaGCsAAAAAAAJAAsACgAB"
        + "AC8AAAAiAAYABAAAABYaGxwdWxAfaGAQH2hgEB9oYBAfaGCsAAAAAAAJAAwACgABAC8AAAAmAAcABAAAABoaGxwdXBAfaGAQH2hgEB9oYBAf"
          + "aGAQH2hgrAAAAAAACQANAAoAAQAvAAAA"
        + "JgAHAAQAAAAaGhscHV0QH2hgEB9oYBAfaGAQH2hgEB9oYKwAAAAAAAkADgAKAAEALwAAACYABwAEAAAAGhobHB1eEB9oYBAfaGAQH2hgEB9o"
          + "YBAfaGCsAAAAAAAJAA8ACgABAC8AAAAe"
        + "AAUABAAAABIaGxwdXxAfaGAQH2hgEB9oYKwAAAAAAAkAEAARAAEALwAAABcABgADAAAACxweXViFZR5eYWmtAAAAAAAJABIAEwABAC8AAAAO"
          + "AAEAAQAAAAIarAAAAAAACQAUABUAAQAv"
        + "AAAADgABAAEAAAACGqwAAAAAAAkAFgAXAAEALwAAAA4AAQABAAAAAhqsAAAAAAAJABgAGQABAC8AAAAOAAEAAQAAAAIarAAAAAAACQAaABsA"
          + "AQAvAAAADwABAAEAAAADKsKxAAAAAAAJ"
        + "ABwAGwABAC8AAAAPAAEAAQAAAAMqw7EAAAAAAAkAIQAGAAEALwAAABQAAQABAAAACBqzACOyACOsAAAAAAAJACQABgABAC8AAAAUAAEAAQAA"
          + "AAgaswAmsgAmrAAAAAAACQAnACgAAQAv"
        + "AAAAEAABAAAAAAAEEc/"
          + "HrAAAAAAACQApACoAAQAvAAAAEAACAAAAAAAEFAArrQAAAAAACQAtAAYAAQAvAAAARgABAAEAAAA6GqsAAAAAADcAAAAFgAAAAAAAADP//"
          + "///AAAANQAAAAAA"
        + "AAAzAAAABQAAADV/////AAAAMwSsBawGrAAAAAAACQAuAAYAAQAvAAAAKgABAAEAAAAeGqoAAAAAABt////+f////"
          + "wAAABcAAAAZBKwFrAasAAAAAAAA";

    static class Loader extends ClassLoader {
        Class<?> define(byte[] code) { return defineClass("Odd", code, 0, code.length); }
    }

    static Class<?> odd;

    static void t(String name, Object... arguments) throws Exception {
        for (Method method : odd.getMethods()) {
            if (!method.getName().equals(name)) continue;
            try {
                System.out.println(name + " " + method.invoke(null, arguments));
            } catch (InvocationTargetException e) { System.out.println(name + " " + e.getCause()); }
        }
    }

    public static void main(String[] args) throws Exception {
        odd = new Loader().define(Base64.getDecoder().decode(CODE));
        t("jsr", 5);
        t("jsr", 10000);
        t("wide", 5, 77L);
        for (int k = 0; k < 6; k++) t("dup" + k, 3, 5, 7, 11);
        t("dupl", 100L, 3);
        for (int v : new int[] {0x12345, -1, 0x8000, 0x80, 2, 3}) {
            for (String name : new String[] {"retz", "retb", "retc", "rets", "putz", "putb"}) t(name, v);
        }
        Object o = new Object();
        t("unb1", o);
        System.out.println(Thread.holdsLock(o));
        t("unb2", o);
        synchronized (o) {
            t("unb2", o);
            System.out.println(Thread.holdsLock(o));
        }
        t("unb1", new Object[] {null});
        t("noloc");
        t("noloc2");
        for (int v : new int[] {Integer.MIN_VALUE, -2, -1, 0, 4, 5, Integer.MAX_VALUE, Integer.MAX_VALUE - 1}) {
            t("sw", v);
            t("ts", v);
        }
    }
}
