/** Labelled break and continue through loops, blocks, switches and finally. */
public class LabelledLoops {
    static int primes(int max) {
        int count = 0;
    outer:
        for (int i = 2; i <= max; i++) {
            for (int j = 2; j * j <= i; j++)
                if (i % j == 0) continue outer;
            count++;
        }
        return count;
    }

    static String search(int[][] grid, int wanted) {
        String found = "none";
    rows:
        for (int r = 0; r < grid.length; r++) {
            for (int c = 0; c < grid[r].length; c++) {
                if (grid[r][c] == wanted) {
                    found = r + "," + c;
                    break rows;
                }
            }
        }
        return found;
    }

    static int block(int n) {
        int r = 0;
    a:
        {
            r = 1;
        b:
            {
                r = 2;
                if (n == 0) break a;
                if (n == 1) break b;
                r = 3;
            }
            r += 10;
        }
        return r;
    }

    static String throughFinally() {
        StringBuilder sb = new StringBuilder();
    outer:
        for (int i = 0;; i++) {
            for (int j = 0; j < 3; j++) {
                try {
                    if (i == 1 && j == 1) continue outer;
                    if (i == 3) break outer;
                    sb.append(i).append(j).append(' ');
                } finally { sb.append("f "); }
            }
        }
        return sb.toString();
    }

    static int switchInLoop() {
        int n = 0;
    loop:
        while (true) {
            switch (n) {
                case 0: n = 5; continue;
                case 5: n = 7; break;
                case 8: break loop;
                default: n = 8; continue loop;
            }
            n++;
        }
        return n;
    }

    static int doContinue() {
        int i = 0, seen = 0;
        do {
            i++;
            if (i % 2 == 0) continue;
            seen += i;
        } while (i < 10);
        return seen;
    }

    public static void main(String[] args) {
        System.out.println(primes(1000));
        int[][] grid = {{1, 2}, {3, 4, 5}, {}, {6}};
        System.out.println(search(grid, 5) + " " + search(grid, 6) + " " + search(grid, 7));
        System.out.println(block(0) + " " + block(1) + " " + block(2));
        System.out.println(throughFinally());
        System.out.println(switchInLoop() + " " + doContinue());
    lab:
        if (args.length == 0) {
            if (grid.length > 2) break lab;
            System.out.println("not reached");
        }
        int total = 0;
    x:
        for (int i : new int[] {1, 2, 3, 4}) {
            for (int j : new int[] {10, 20}) {
                if (i == 3) continue x;
                total += i * j;
            }
        }
        System.out.println(total);
    }
}
