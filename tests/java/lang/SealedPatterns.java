import java.util.*;

/** Sealed hierarchies and instanceof patterns with their scoping rules. */
public class SealedPatterns {
    sealed interface Expr permits Num, Add, Mul, Neg {}
    record Num(int value) implements Expr {}
    record Add(Expr left, Expr right) implements Expr {}
    record Mul(Expr left, Expr right) implements Expr {}
    static final class Neg implements Expr {
        final Expr inner;
        Neg(Expr inner) { this.inner = inner; }
    }

    static abstract sealed class Shape {}
    static final class Circle extends Shape {
        int r = 2;
    }
    static non-sealed class Rect extends Shape {
        int w = 3, h = 4;
    }
    static class Square extends Rect {
        { h = w; }
    }

    static int eval(Expr e) {
        if (e instanceof Num n) return n.value();
        if (e instanceof Add a) return eval(a.left()) + eval(a.right());
        if (e instanceof Mul m) return eval(m.left()) * eval(m.right());
        if (!(e instanceof Neg n)) throw new AssertionError();
        return -eval(n.inner);
    }

    static String area(Shape s) {
        return s instanceof Circle c ? "circle " + c.r
            : s instanceof Square q  ? "square " + q.w * q.h
            : s instanceof Rect r    ? "rect " + r.w * r.h
                                     : "none";
    }

    static String describe(Object o) {
        if (o instanceof String s && s.length() > 3) return "long string " + s.charAt(3);
        if (o instanceof String s) return "short string " + s;
        if (!(o instanceof Number n) || n.intValue() < 0) return "not a natural: " + o;
        if (n instanceof Integer i && i > 100) return "big int " + (i + 1);
        return "number " + n.intValue();
    }

    static boolean same(Object a, Object b) {
        return a instanceof int[] x && b instanceof int[] y && Arrays.equals(x, y);
    }

    public static void main(String[] args) {
        Expr e = new Add(new Num(2), new Mul(new Num(3), new Neg(new Num(4))));
        System.out.println(eval(e) + " " + new Add(new Num(1), new Num(2)));
        System.out.println(
            area(new Circle()) + ", " + area(new Rect()) + ", " + area(new Square()) + ", " + area(null));
        for (Object o : new Object[] {"abcdef", "ab", 5, 500, -5, 7L, null, 2.5}) System.out.println(describe(o));
        System.out.println(same(new int[] {1, 2}, new int[] {1, 2}) + " " + same(new int[0], "x"));
        System.out.println(Expr.class.isSealed() + " " + Num.class.isSealed() + " " + Shape.class.isSealed() + " "
            + Rect.class.isSealed());
        for (Class<?> c : Expr.class.getPermittedSubclasses()) System.out.println(c.getSimpleName());
        for (Class<?> c : Shape.class.getPermittedSubclasses()) System.out.println(c.getSimpleName());
        System.out.println(Rect.class.getPermittedSubclasses() == null);
        Object o = "loop";
        while (!(o instanceof Integer i)) { o = o instanceof String s ? Integer.valueOf(s.length()) : null; }
        System.out.println(i + 1);
    }
}
