/** Calls a method that gets compiled and does not return for long. Prints its process id once that has begun. */
public class Spins {
    static int spin(int rounds) {
        int sum = 0;
        for (int i = 0; i < rounds; i++) sum = sum * 31 + (i ^ sum >>> 3);
        return sum;
    }

    static int call(int rounds) {
        return spin(rounds) + 1;
    }

    public static void main(String[] args) throws Exception {
        int sum = 0;
        for (int i = 0; i < 30_000; i++) sum += call(3);
        // What was queued is compiled meanwhile.
        Thread.sleep(args.length > 0 ? Long.parseLong(args[0]) : 500);
        for (int i = 0; i < 10; i++) sum += call(10);
        System.out.println(ProcessHandle.current().pid());
        if (args.length > 1) while (true) sum += call(1 << 30);
        System.out.println(sum);
    }
}
