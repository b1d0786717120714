import org.codehaus.commons.compiler.CompileException;
import org.codehaus.janino.ExpressionEvaluator;
import org.codehaus.janino.ScriptEvaluator;
import org.codehaus.janino.SimpleCompiler;

public class Blend {
    private static final String SOURCE =
        "public class Cup {"
            + "  int washed;"
            + "  public long fill(int cups) {"
            + "    long a = 0, b = 1;"
            + "    for (int i = 0; i < cups; i++) { long next = a + b; a = b; b = next; }"
            + "    return a;"
            + "  }"
            + "  public String wash(String name) {"
            + "    switch (name.length()) {"
            + "      case 1: return \"one\";"
            + "      default:"
            + "        try { return name.substring(-1); }"
            + "        catch (RuntimeException e) { return e.getMessage(); }"
            + "        finally { washed++; }"
            + "    }"
            + "  }"
            + "  public int washed() { return washed; }"
            + "}";

    public static void main(String[] args) throws Exception {
        ExpressionEvaluator price = new ExpressionEvaluator();
        price.setParameters(new String[] {"grams", "cents"}, new Class<?>[] {int.class, int.class});
        price.setExpressionType(int.class);
        price.cook("grams * cents + (grams > 3 ? 10 : 20)");
        System.out.println(price.evaluate(new Object[] {4, 5}));
        SimpleCompiler compiler = new SimpleCompiler();
        compiler.cook(SOURCE);
        Class<?> type = compiler.getClassLoader().loadClass("Cup");
        Object cup = type.getConstructor().newInstance();
        System.out.println(type.getMethod("fill", int.class).invoke(cup, 50));
        System.out.println(type.getMethod("wash", String.class).invoke(cup, "mug"));
        System.out.println(type.getMethod("wash", String.class).invoke(cup, "m"));
        System.out.println(type.getMethod("washed").invoke(cup));
        ScriptEvaluator script = new ScriptEvaluator();
        script.cook("for (int i = 0; i < 3; i++) System.out.println(\"cup \" + i);");
        script.evaluate(null);
        try {
            new ExpressionEvaluator().cook("1 +");
        } catch (CompileException e) {
            System.out.println(e.getMessage());
        }
    }
}
