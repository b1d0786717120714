/** Switch statements and expressions: dense, sparse, extreme keys, fall through, enums, yields. */
public class Switches {
    enum Color { RED, GREEN, BLUE, BLACK }

    static int dense(int x) {
        switch (x) {
            case 0: return 10;
            case 1: return 11;
            case 2: return 12;
            case 3: return 13;
            case 5: return 15;
            default: return -1;
        }
    }

    static int sparse(int x) {
        switch (x) {
            case Integer.MIN_VALUE: return 1;
            case -1000000: return 2;
            case -1: return 3;
            case 0: return 4;
            case 77: return 5;
            case 1 << 30: return 6;
            case Integer.MAX_VALUE: return 7;
        }
        return 0;
    }

    static int edgeOfRange(int x) {
        switch (x) {
            case Integer.MAX_VALUE: return 3;
            case Integer.MAX_VALUE - 1: return 2;
            case Integer.MAX_VALUE - 2: return 1;
            default: return 0;
        }
    }

    static int lowEdge(int x) {
        switch (x) {
            case Integer.MIN_VALUE: return 1;
            case Integer.MIN_VALUE + 1: return 2;
            case Integer.MIN_VALUE + 2: return 3;
            default: return 0;
        }
    }

    static String fallThrough(int x) {
        StringBuilder b = new StringBuilder();
        switch (x) {
            case 1: b.append("one ");
            case 2: b.append("two ");
            default: b.append("default ");
            case 3: b.append("three "); break;
            case 4: b.append("four ");
        }
        return b.toString();
    }

    static int expression(Color c) {
        return switch (c) {
            case RED -> 1;
            case GREEN -> {
                int t = 0;
                for (int i = 0; i < 5; i++) t += i;
                yield t;
            }
            case BLUE, BLACK -> c.name().length();
        };
    }

    static String oldStyleYield(char c) {
        return switch (c) {
            case 'a':
            case 'e':
            case 'i':
            case 'o':
            case 'u': yield "vowel";
            case 'y': yield "sometimes";
            default:
                if (Character.isLetter(c)) yield "consonant";
                yield "other";
        };
    }

    static int nested(int a, int b) {
        switch (a) {
            case 0:
                switch (b) {
                    case 0: return 0;
                    case 1: break;
                    default: return 2;
                }
                return 1;
            case 1:
                int r = switch (b) {
                    case 0 -> 10;
                    case 1 -> 11;
                    default -> 12;
                };
                return r;
            default: return 99;
        }
    }

    static int bytes(byte b) {
        switch (b) {
            case -128: return 1;
            case 127: return 2;
            case 0: return 3;
            default: return 4;
        }
    }

    static int boxed(Integer i) {
        switch (i) {
            case 1: return 1;
            case 200: return 200;
            default: return -1;
        }
    }

    public static void main(String[] args) {
        for (int i = -1; i <= 6; i++) System.out.print(dense(i) + " ");
        System.out.println();
        for (int i : new int[] {
                 Integer.MIN_VALUE, Integer.MIN_VALUE + 1, -1000000, -1, 0, 1, 77, 78, 1 << 30, Integer.MAX_VALUE})
            System.out.print(sparse(i) + " ");
        System.out.println();
        for (int i = Integer.MAX_VALUE - 4; i > 0; i++) System.out.print(edgeOfRange(i) + " ");
        System.out.println(edgeOfRange(Integer.MIN_VALUE) + " " + edgeOfRange(0));
        for (int i = Integer.MIN_VALUE; i < Integer.MIN_VALUE + 5; i++) System.out.print(lowEdge(i) + " ");
        System.out.println(lowEdge(Integer.MAX_VALUE) + " " + lowEdge(0));
        for (int i = 0; i <= 5; i++) System.out.println(fallThrough(i));
        for (Color c : Color.values()) System.out.println(c + " " + expression(c));
        for (char c : "aybz!".toCharArray()) System.out.println(oldStyleYield(c));
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++) System.out.print(nested(a, b) + " ");
        System.out.println();
        System.out.println(
            bytes((byte) 128) + " " + bytes((byte) 127) + " " + bytes((byte) 256) + " " + bytes((byte) 5));
        System.out.println(boxed(1) + " " + boxed(200) + " " + boxed(300));
        try {
            boxed(null);
        } catch (NullPointerException e) { System.out.println("NPE"); }
        try {
            expression(null);
        } catch (NullPointerException e) { System.out.println("NPE"); }
    }
}
