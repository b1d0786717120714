/** Boolean array stores in tight loops. */
public class Sieve {
    static int count(int n) {
        boolean[] composite = new boolean[n + 1];
        int primes = 0;
        for (int i = 2; i <= n; i++) {
            if (composite[i]) {
                continue;
            }
            primes++;
            for (long j = (long) i * i; j <= n; j += i) {
                composite[(int) j] = true;
            }
        }
        return primes;
    }

    public static void main(String[] args) {
        int rounds = Integer.parseInt(args[1]), primes = 0;
        for (int i = 0; i < rounds; i++) {
            primes = count(Integer.parseInt(args[0]));
        }
        System.out.println(primes);
    }
}
