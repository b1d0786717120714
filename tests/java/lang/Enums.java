import java.util.*;

/** Enums with bodies, fields, abstract methods, interfaces, and what the class library does with them. */
public class Enums {
    interface Priced {
        int price();
    }

    enum Coin implements Priced {
        PENNY(1),
        NICKEL(5),
        DIME(10) {
            @Override
            public String toString() {
                return "ten cents";
            }
        },
        QUARTER(25);
        private final int cents;
        private static int made;
        static { made = values().length; }
        Coin(int cents) { this.cents = cents; }
        public int price() { return cents; }
        static int made() { return made; }
    }

    enum Op {
        ADD("+") {
            int apply(int a, int b) { return a + b; }
        },
        SUB("-") {
            int apply(int a, int b) { return a - b; }
        },
        MUL("*") {
            int apply(int a, int b) { return a * b; }
        };
        final String symbol;
        Op(String symbol) { this.symbol = symbol; }
        abstract int apply(int a, int b);
    }

    enum Empty {}

    enum Planet {
        MERCURY,
        VENUS,
        EARTH;
        Planet next() { return values()[(ordinal() + 1) % values().length]; }
    }

    public static void main(String[] args) {
        for (Coin c : Coin.values())
            System.out.println(c.ordinal() + " " + c.name() + " " + c + " " + c.price() + " "
                + c.getClass().isAnonymousClass() + " " + c.getDeclaringClass().getSimpleName());
        System.out.println(Coin.made());
        for (Op op : Op.values())
            System.out.println("7 " + op.symbol + " 3 = " + op.apply(7, 3) + " " + op.getClass().getName());
        System.out.println(Empty.values().length);
        System.out.println(
            Planet.EARTH.next() + " " + Planet.MERCURY.compareTo(Planet.EARTH) + " " + Planet.valueOf("VENUS"));
        try {
            Planet.valueOf("PLUTO");
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        try {
            Planet.valueOf(null);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        EnumMap<Planet, String> map = new EnumMap<>(Planet.class);
        map.put(Planet.EARTH, "home");
        map.put(Planet.MERCURY, "hot");
        System.out.println(map + " " + map.containsKey(Planet.VENUS));
        EnumSet<Op> set = EnumSet.complementOf(EnumSet.of(Op.SUB));
        System.out.println(set + " " + EnumSet.range(Planet.MERCURY, Planet.VENUS) + " " + EnumSet.noneOf(Coin.class));
        System.out.println(
            Coin.DIME.equals(Coin.valueOf("DIME")) + " " + (Coin.DIME == Enum.valueOf(Coin.class, "DIME")));
        System.out.println(Arrays.toString(Coin.class.getEnumConstants()));
        System.out.println(Coin.DIME.getClass() == Coin.class);
        System.out.println(Coin.PENNY.getClass() == Coin.class);
        System.out.println(Coin.DIME.getClass().isEnum() + " " + Coin.class.isEnum());
        Coin[] copy = Coin.values();
        copy[0] = null;
        System.out.println(Coin.values()[0]);
        System.out.println(Planet.EARTH.describeConstable().get());
    }
}
