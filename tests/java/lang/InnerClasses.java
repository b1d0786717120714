/**
 * Inner, nested, local and anonymous classes; outer access, qualified this and super, private access across nest
 * mates.
 */
public class InnerClasses {
    private int x = 1;
    private static int s = 100;

    class Inner {
        int x = 2;
        class Deeper {
            int x = 3;
            String show() { return x + " " + Inner.this.x + " " + InnerClasses.this.x + " " + s; }
            void bump() {
                InnerClasses.this.x += 10;
                Inner.this.x *= 5;
                s++;
            }
        }
        private int secret() { return 7; }
    }

    static class Nested {
        private int hidden = 5;
        private Nested() {}
        private static int count() { return 9; }
    }

    interface Greeter {
        String greet(String name);
    }

    abstract class Base {
        final String made;
        Base() { made = make(); }
        abstract String make();
    }

    Greeter local(String prefix) {
        int[] calls = {0};
        class LocalGreeter implements Greeter {
            final String suffix;
            LocalGreeter(String suffix) { this.suffix = suffix; }
            public String greet(String name) { return prefix + name + suffix + ++calls[0] + x; }
            LocalGreeter again() { return new LocalGreeter(suffix + suffix); }
        }
        return new LocalGreeter("!").again();
    }

    class Sub extends Inner {
        String up() { return super.x + "/" + this.x; }
    }

    static class Outside extends InnerClasses.Inner {
        Outside(InnerClasses o) { o.super(); }
    }

    private String priv() { return "private " + x; }

    class CallsPrivate {
        String call() { return priv() + new Inner().secret(); }
    }

    public static void main(String[] args) {
        InnerClasses o = new InnerClasses();
        InnerClasses.Inner in = o.new Inner();
        InnerClasses.Inner.Deeper d = in.new Deeper();
        System.out.println(d.show());
        d.bump();
        System.out.println(d.show());
        System.out.println(new Nested().hidden++ + Nested.count() + in.secret());
        Greeter g = o.local("hi ");
        System.out.println(g.greet("bob") + g.greet("al"));
        Greeter anon = new Greeter() {
            int n = 3;
            { n *= 2; }
            public String greet(String name) { return name.repeat(n); }
        };
        System.out.println(anon.greet("ab"));
        String captured = "captured";
        Base b = o.new Base() {
            String f = "set";
            String make() { return captured + " " + f; }
        };
        System.out.println(b.made + " / " + b.make());
        System.out.println(o.new Sub().up() + " " + new Outside(o).x);
        System.out.println(o.new CallsPrivate().call());
        System.out.println(
            anon.getClass().getName() + " " + g.getClass().getName() + " " + d.getClass().getSimpleName());
        InnerClasses none = null;
        try {
            none.new Inner();
        } catch (NullPointerException e) { System.out.println("NPE for null outer"); }
        Runnable r = new Runnable() {
            int depth = 0;
            public void run() {
                Runnable self = this;
                if (depth++ < 3) {
                    System.out.print(depth + " ");
                    self.run();
                }
            }
        };
        r.run();
        System.out.println();
    }
}
