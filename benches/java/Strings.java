/** Building, splitting, comparing and hashing strings with the class library. */
public class Strings {
    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]), total = 0;
        for (int round = 0; round < n; round++) {
            StringBuilder b = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                b.append("item").append(i * round).append(i % 2 == 0 ? ',' : ';');
            }
            String text = b.toString();
            for (String part : text.split(",")) {
                total += part.hashCode() + part.length() + part.indexOf(';');
            }
            total += text.replace("item", "x").length() + (text + round).substring(5).compareTo(text);
        }
        System.out.println(total);
    }
}
