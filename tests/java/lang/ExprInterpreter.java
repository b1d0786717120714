import java.util.*;
import java.util.function.*;

/** A small interpreter and parser written with inner classes, switch expressions, records and recursion. */
public class ExprInterpreter {
    sealed interface Tok {
        record N(double v) implements Tok {}
        record Op(char c) implements Tok {}
        record Id(String s) implements Tok {}
    }
    static List<Tok> lex(String s) {
        List<Tok> out = new ArrayList<>();
        for (int i = 0; i < s.length();) {
            char c = s.charAt(i);
            if (Character.isWhitespace(c))
                i++;
            else if (Character.isDigit(c)) {
                int j = i;
                while (j < s.length() && (Character.isDigit(s.charAt(j)) || s.charAt(j) == '.')) j++;
                out.add(new Tok.N(Double.parseDouble(s.substring(i, j))));
                i = j;
            } else if (Character.isLetter(c)) {
                int j = i;
                while (j < s.length() && Character.isLetter(s.charAt(j))) j++;
                out.add(new Tok.Id(s.substring(i, j)));
                i = j;
            } else {
                out.add(new Tok.Op(c));
                i++;
            }
        }
        return out;
    }
    class Parser {
        final List<Tok> t;
        int p;
        Parser(List<Tok> t) { this.t = t; }
        boolean op(char c) {
            if (p < t.size() && t.get(p) instanceof Tok.Op o && o.c() == c) {
                p++;
                return true;
            }
            return false;
        }
        DoubleSupplier expr() {
            DoubleSupplier l = term();
            while (true) {
                DoubleSupplier a = l;
                if (op('+')) {
                    DoubleSupplier b = term();
                    l = () -> a.getAsDouble() + b.getAsDouble();
                } else if (op('-')) {
                    DoubleSupplier b = term();
                    l = () -> a.getAsDouble() - b.getAsDouble();
                } else
                    return l;
            }
        }
        DoubleSupplier term() {
            DoubleSupplier l = unary();
            while (true) {
                DoubleSupplier a = l;
                if (op('*')) {
                    DoubleSupplier b = unary();
                    l = () -> a.getAsDouble() * b.getAsDouble();
                } else if (op('/')) {
                    DoubleSupplier b = unary();
                    l = () -> a.getAsDouble() / b.getAsDouble();
                } else
                    return l;
            }
        }
        DoubleSupplier unary() {
            if (op('-')) {
                DoubleSupplier x = unary();
                return () -> - x.getAsDouble();
            }
            DoubleSupplier b = atom();
            if (op('^')) {
                DoubleSupplier e = unary();
                return () -> Math.rint(StrictMath.pow(b.getAsDouble(), e.getAsDouble()));
            }
            return b;
        }
        DoubleSupplier atom() {
            if (op('(')) {
                DoubleSupplier e = expr();
                if (!op(')')) throw new IllegalStateException("expected ) at " + p);
                return e;
            }
            if (p >= t.size()) throw new IllegalStateException("end");
            Tok x = t.get(p++);
            if (x instanceof Tok.N n) return n::v;
            if (x instanceof Tok.Id id) {
                if (op('=')) {
                    DoubleSupplier v = expr();
                    return () -> {
                        double d = v.getAsDouble();
                        vars.put(id.s(), d);
                        return d;
                    };
                }
                return () -> {
                    Double d = vars.get(id.s());
                    if (d == null) throw new NoSuchElementException(id.s());
                    return d;
                };
            }
            throw new IllegalStateException("bad token " + x);
        }
    }
    final Map<String, Double> vars = new TreeMap<>();
    String eval(String s) {
        try {
            Parser p = new Parser(lex(s));
            double d = p.expr().getAsDouble();
            return p.p == p.t.size() ? "" + d : "junk at " + p.p;
        } catch (RuntimeException e) { return e.getClass().getSimpleName() + ": " + e.getMessage(); }
    }
    public static void main(String[] args) {
        ExprInterpreter it = new ExprInterpreter();
        for (String s : new String[] {"1 + 2 * 3", "(1+2)*3", "-2^2", "2^3^2", "x = 4", "x * x - 1", "y", "10 / 4 / 5",
                 "1/0", "(1", "1 2", "", "a=b=3", "a+b", "((((7))))", "1 - - 1", "$"})
            System.out.println(s + " -> " + it.eval(s));
        System.out.println(it.vars);
        double t = 0;
        for (int i = 0; i < 300; i++) {
            it.vars.put("i", (double) i);
            t += Double.parseDouble(it.eval("i * (i + 1) / 2 - i"));
        }
        System.out.println(t);
    }
}
