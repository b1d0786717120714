// stdin: 3 4.5 word\nsecond line here\n1F true\n99999999999 é\nlast
import java.io.*;
import java.util.*;

/** Standard input through readers and Scanner, to its end. */
public class Stdin {
    public static void main(String[] args) throws IOException {
        BufferedReader r = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        Scanner s = new Scanner(r.readLine());
        s.useLocale(Locale.ROOT);
        System.out.println(s.nextInt() + " " + s.nextDouble() + " " + s.next() + " " + s.hasNext());
        System.out.println(r.readLine().length());
        Scanner rest = new Scanner(r);
        System.out.println(rest.nextInt(16) + " " + rest.nextBoolean() + " " + rest.hasNextInt() + " " + rest.nextLong()
            + " " + rest.next().length());
        rest.nextLine();
        System.out.println(
            rest.hasNextLine() + " " + rest.nextLine() + " " + rest.hasNextLine() + " " + System.in.read());
        try {
            rest.next();
        } catch (NoSuchElementException e) { System.out.println("NSEE"); }
    }
}
