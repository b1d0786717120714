/** Switch on strings, colliding hashes included. */
public class StringSwitch {
    static int f(String s) {
        switch (s) {
            case "": return 0;
            case "Aa": return 1;
            case "BB": return 2;
            case "AaAa": return 3;
            case "BBBB": return 4;
            case "AaBB": return 5;
            case "BBAa": return 6;
            case "\u00e9t\u00e9": return 7;
            case "\ud83d\ude00": return 8;
            case "polygenelubricants": return 9;
            default: return -1;
        }
    }

    static String g(String s) {
        return switch (s) {
            case "mon", "tue" -> "early";
            case "wed" -> "mid";
            case "thu", "fri" -> {
                String t = s.toUpperCase();
                yield t + " late";
            }
            default -> throw new IllegalArgumentException(s);
        };
    }

    static int fall(String s) {
        int n = 0;
        switch (s) {
            case "c": n += 100;
            case "b": n += 10;
            case "a": n += 1; break;
            default: n = -1;
        }
        return n;
    }

    public static void main(String[] args) {
        for (String s : new String[] {"", "Aa", "BB", "AaAa", "BBBB", "AaBB", "BBAa", "C#", "\u00e9t\u00e9",
                 "\ud83d\ude00", "polygenelubricants", "x"})
            System.out.print(f(s) + " ");
        System.out.println();
        System.out.println(f(new String("Aa")) + " " + f(new StringBuilder("B").append("B").toString()));
        for (String s : "mon tue wed thu fri sat".split(" ")) {
            try {
                System.out.println(g(s));
            } catch (IllegalArgumentException e) { System.out.println("IAE " + e.getMessage()); }
        }
        System.out.println(fall("a") + " " + fall("b") + " " + fall("c") + " " + fall("d"));
        try {
            f(null);
        } catch (NullPointerException e) { System.out.println("NPE"); }
    }
}
