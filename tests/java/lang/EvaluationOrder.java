/** Operands, arguments, array accesses and exceptions happen left to right. */
public class EvaluationOrder {
    static StringBuilder log = new StringBuilder();
    static int v(int x) {
        log.append(x).append(' ');
        return x;
    }
    static int[] arr(int[] a) {
        log.append("arr ");
        return a;
    }
    static EvaluationOrder obj(EvaluationOrder o) {
        log.append("obj ");
        return o;
    }
    int field;
    void take(int a, int b) { log.append("take "); }
    static int boom(String s) {
        log.append("boom ");
        throw new RuntimeException(s);
    }
    static void flush() {
        System.out.println(log.toString().trim());
        log.setLength(0);
    }
    static int f(int a, int b, int c) { return a * 100 + b * 10 + c; }

    public static void main(String[] args) {
        System.out.println(v(1) + v(2) * v(3) - v(4) / v(5));
        flush();
        System.out.println(f(v(1), v(2), v(3)));
        flush();
        int[] a = new int[3];
        arr(a)[v(1)] = v(7);
        flush();
        try {
            arr(null)[v(0)] = v(8);
        } catch (NullPointerException e) { flush(); }
        try {
            arr(a)[v(9)] = v(8);
        } catch (ArrayIndexOutOfBoundsException e) { flush(); }
        try {
            arr(a)[v(9)] = boom("x");
        } catch (RuntimeException e) {
            System.out.println(e.getMessage());
            flush();
        }
        try {
            arr(a)[v(9)] += v(8);
        } catch (ArrayIndexOutOfBoundsException e) { flush(); }
        try {
            obj(null).take(v(1), v(2));
        } catch (NullPointerException e) { flush(); }
        try {
            obj(null).field = v(1);
        } catch (NullPointerException e) { flush(); }
        try {
            obj(null).field += v(1);
        } catch (NullPointerException e) { flush(); }
        try {
            System.out.println(v(1) / v(0) + v(5));
        } catch (ArithmeticException e) { flush(); }
        try {
            int[][] m = new int[v(2)][v(-1)];
        } catch (NegativeArraySizeException e) {
            System.out.println(e.getMessage());
            flush();
        }
        try {
            Object o = new int[v(-2)][boom("first")];
        } catch (RuntimeException e) {
            System.out.println(e.getMessage());
            flush();
        }
        int i = 2;
        i = i++ + i++ * --i;
        System.out.println(i);
        int j = 1;
        int r = (j = 3) * j + (j += 2) - j--;
        System.out.println(r + " " + j);
        boolean z = v(1) == 1 || v(2) == 2;
        flush();
        z = v(1) == 2 && v(2) == 2;
        flush();
        z = v(1) == 2 & v(2) == 2;
        flush();
        String s = "" + v(1) + v(2) + (v(3) > 2 ? v(4) : v(5));
        System.out.println(s);
        flush();
        long l = v(1) + (long) v(2) << v(3);
        System.out.println(l);
        flush();
        new EvaluationOrder().take(v(3), v(4));
        flush();
        int[] b = {v(1), v(2), v(3)};
        flush();
        int[] c = {0, 1, 2};
        int k = 0;
        c[k++] = c[k] + k++;
        System.out.println(c[0] + " " + k);
        int x = 5;
        x += x++ * 2 + x;
        System.out.println(x);
    }
}
