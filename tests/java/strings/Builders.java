/** StringBuilder and StringBuffer: growth, insert, delete, replace, reverse, Latin-1 to UTF-16 switches. */
public class Builders {
    public static void main(String[] args) {
        StringBuilder b = new StringBuilder();
        b.append(1)
            .append('c')
            .append(2L)
            .append(3f)
            .append(4d)
            .append(true)
            .append("str")
            .append((String) null)
            .append(new char[] {'x', 'y'})
            .append("abcdef", 2, 4)
            .append((Object) null)
            .append(new char[] {'1', '2', '3'}, 1, 2)
            .appendCodePoint(0x1F600)
            .append(new StringBuffer("sb"));
        System.out.println(b + " " + b.length() + " " + b.indexOf("str") + " " + b.lastIndexOf("c") + " " + b.charAt(3)
            + " " + b.codePointCount(0, b.length()));
        b.insert(0, "start")
            .insert(3, 99)
            .insert(b.length(), 'e')
            .insert(1, new char[] {'q'})
            .insert(2, false)
            .insert(0, 1.5);
        System.out.println(b);
        b.delete(0, 5).deleteCharAt(2).replace(1, 4, "REPLACED").setCharAt(0, '\u20ac');
        System.out.println(b);
        System.out.println(b.reverse());
        System.out.println(new StringBuilder("a\ud83d\ude00b").reverse() + " "
            + new StringBuilder("\ude00\ud83d").reverse().codePointAt(0));
        b.setLength(4);
        System.out.println(b + "|" + b.length());
        b.setLength(7);
        System.out.println(b.toString().replace('\0', '0'));
        b.setLength(0);
        System.out.println(b.isEmpty());
        StringBuilder g = new StringBuilder(1);
        for (int i = 0; i < 1000; i++) g.append((char) (i % 500));
        System.out.println(g.length() + " " + g.toString().hashCode() + " " + g.charAt(499));
        g.trimToSize();
        System.out.println(g.capacity());
        StringBuilder l1 = new StringBuilder("latin");
        l1.append('\u0100');
        l1.deleteCharAt(5);
        System.out.println(l1.toString().equals("latin") + " " + l1.compareTo(new StringBuilder("latin")) + " "
            + l1.equals(new StringBuilder("latin")));
        StringBuffer sb = new StringBuffer("buffer");
        sb.append(1).insert(0, 'x').reverse().setLength(3);
        System.out.println(sb + " " + sb.capacity());
        try {
            new StringBuilder("abc").insert(4, "x");
        } catch (StringIndexOutOfBoundsException e) { System.out.println("SIOOBE"); }
        try {
            new StringBuilder("abc").delete(2, 1);
        } catch (StringIndexOutOfBoundsException e) { System.out.println("SIOOBE"); }
        try {
            new StringBuilder(-1);
        } catch (NegativeArraySizeException e) { System.out.println(e.getMessage()); }
        StringBuilder self = new StringBuilder("ab");
        self.append(self).append(self, 1, 3).insert(1, self);
        System.out.println(self);
        System.out.println(self.subSequence(1, 3) + self.substring(4) + self.chars().sum());
        char[] dst = new char[6];
        self.getChars(0, 3, dst, 2);
        System.out.println(new String(dst).replace('\0', '.'));
        StringBuilder num = new StringBuilder();
        num.append(Integer.MIN_VALUE)
            .append(Long.MIN_VALUE)
            .append(Float.MIN_VALUE)
            .append(Double.NaN)
            .append(-0.0)
            .append((short) 5)
            .append((byte) -1);
        System.out.println(num);
        java.util.StringJoiner j = new java.util.StringJoiner(", ", "{", "}");
        j.setEmptyValue("none");
        System.out.println(j);
        j.add("a").add("b");
        System.out.println(j + " " + j.length());
        System.out.println(String.join("-", "a", "b", null) + String.join("+", java.util.List.of("x", "y")));
    }
}
