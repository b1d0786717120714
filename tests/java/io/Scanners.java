import java.util.*;
import java.util.regex.*;

/** Scanner: delimiters, radix, patterns, skipping, big numbers, exceptions. */
public class Scanners {
    public static void main(String[] args) {
        Scanner s = new Scanner("1,2;3 , x,-7,0xff,1e3,true,99999999999999999999,3.14")
                        .useDelimiter("\\s*[,;]\\s*")
                        .useLocale(Locale.ROOT);
        System.out.println(s.nextInt() + s.nextByte() + s.nextLong() + " " + s.hasNextInt() + " " + s.next() + " "
            + s.nextShort() + " " + s.hasNext("0x.*") + s.next() + " " + s.nextDouble() + " " + s.nextBoolean() + " "
            + s.nextBigInteger() + " " + s.nextBigDecimal() + " " + s.hasNext());
        Scanner l = new Scanner("first line\nsecond\n\nfourth");
        while (l.hasNextLine()) System.out.print("[" + l.nextLine() + "]");
        System.out.println();
        Scanner f = new Scanner("id=42 name=bob");
        System.out.println(f.findInLine("id=(\\d+)") + " " + f.match().group(1) + " " + f.skip(" name=").next() + " "
            + f.findInLine("zzz"));
        System.out.println(new Scanner("a1b22c").findAll("\\d+").map(MatchResult::group).toList() + " "
            + new Scanner("x y z").tokens().count() + " " + new Scanner("ff 10").nextInt(16)
            + new Scanner("777").useRadix(8).nextInt() + " " + new Scanner("1,234").useLocale(Locale.US).nextInt() + " "
            + new Scanner("a--b").useDelimiter("-").next()); for (Runnable r : new Runnable[] {() -> new Scanner("abc").nextInt(), () -> new Scanner("").next(), () -> new Scanner("").nextLine(), () -> { Scanner c = new Scanner("x"); c.close(); c.next();
    }
    ,
        ()
            -> new Scanner("300").nextByte(),
        () -> new Scanner("x").match(), () -> new Scanner("x").skip("y"), () -> new Scanner("1").nextInt(99)
}) try {
    r.run();
    System.out.println("none");
} catch (RuntimeException e) { System.out.println(e.getClass().getSimpleName() + " " + e.getMessage()); }
}
}
