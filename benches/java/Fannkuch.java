/** Integer array permutations. */
public class Fannkuch {
    static int fannkuch(int n) {
        int[] perm = new int[n], perm1 = new int[n], count = new int[n];
        int flipsMax = 0, r = n, checksum = 0, index = 0;
        for (int i = 0; i < n; i++) {
            perm1[i] = i;
        }
        while (true) {
            while (r != 1) {
                count[r - 1] = r;
                r--;
            }
            for (int i = 0; i < n; i++) {
                perm[i] = perm1[i];
            }
            int flips = 0;
            for (int k = perm[0]; k != 0; k = perm[0]) {
                for (int lo = 0, hi = k; lo < hi; lo++, hi--) {
                    int t = perm[lo];
                    perm[lo] = perm[hi];
                    perm[hi] = t;
                }
                flips++;
            }
            flipsMax = Math.max(flipsMax, flips);
            checksum += (index & 1) == 0 ? flips : -flips;
            while (true) {
                if (r == n) {
                    return checksum * 100 + flipsMax;
                }
                int first = perm1[0];
                for (int i = 0; i < r; i++) {
                    perm1[i] = perm1[i + 1];
                }
                perm1[r] = first;
                if (--count[r] > 0) {
                    break;
                }
                r++;
            }
            index++;
        }
    }

    public static void main(String[] args) {
        System.out.println(fannkuch(Integer.parseInt(args[0])));
    }
}
