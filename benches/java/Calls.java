/** Virtual and interface calls: monomorphic, bimorphic, megamorphic. */
public class Calls {
    interface Shape {
        int area(int scale);
    }

    abstract static class Base implements Shape {
        int side = 3;

        abstract int factor();

        @Override
        public int area(int scale) {
            return side * factor() + scale;
        }
    }

    static class A extends Base {
        int factor() {
            return 1;
        }
    }

    static class B extends Base {
        int factor() {
            return 2;
        }
    }

    static class C extends A {
        @Override
        public int area(int scale) {
            return super.area(scale) ^ 5;
        }
    }

    static class D implements Shape {
        public int area(int scale) {
            return scale - 1;
        }
    }

    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]), sum = 0;
        Shape[] shapes = {new A(), new B(), new C(), new D()};
        Base base = new B();
        Shape one = shapes[2];
        for (int i = 0; i < n; i++) {
            sum += shapes[i & 3].area(i) + base.factor() + one.area(sum & 7) + shapes[i & 1].area(1);
        }
        System.out.println(sum);
    }
}
