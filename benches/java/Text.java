import java.util.ArrayList;
import java.util.List;

/** Characters: scanning a source into tokens, numbers to and from text, comparisons without regard to case. */
public class Text {
    static List<String> tokens(String source) {
        List<String> tokens = new ArrayList<>();
        int at = 0;
        while (at < source.length()) {
            char c = source.charAt(at);
            int start = at;
            if (Character.isLetter(c)) {
                while (at < source.length() && Character.isLetterOrDigit(source.charAt(at))) {
                    at++;
                }
            } else if (c >= '0' && c <= '9') {
                while (at < source.length() && source.charAt(at) >= '0' && source.charAt(at) <= '9') {
                    at++;
                }
            } else {
                at++;
                if (c == ' ') {
                    continue;
                }
            }
            tokens.add(source.substring(start, at));
        }
        return tokens;
    }

    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]);
        long sum = 0;
        for (int i = 0; i < n; i++) {
            String source = "while (count" + i + " < 1000) { total = total * 31 + count" + (i % 10) + "; Print(\u00fcber, " + i * 7 + "); }";
            for (String token : tokens(source)) {
                char c = token.charAt(0);
                if (c >= '0' && c <= '9') {
                    sum += Integer.parseInt(token) % 1000;
                } else if (token.equalsIgnoreCase("PRINT") || token.startsWith("count")) {
                    sum += token.toUpperCase().hashCode();
                } else {
                    sum += token.length();
                }
            }
            sum += String.valueOf(sum).length() + Double.toString(i * 0.25).length() + source.trim().indexOf("total");
        }
        System.out.println(sum);
    }
}
