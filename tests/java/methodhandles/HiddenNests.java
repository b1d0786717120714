import java.lang.invoke.MethodHandles;
import java.util.Arrays;

/** The nest of a hidden class: its host's, which does not list it. */
public class HiddenNests {
    static class Inner {
        Runnable lambda = this::run;

        void run() {}
    }

    static class Template {}

    static void show(String what, Class<?> c) {
        System.out.println(what + " " + c.getNestHost() + " " + Arrays.toString(c.getNestMembers()));
        System.out.println(c.isNestmateOf(Inner.class) + " " + c.isHidden());
    }

    public static void main(String[] args) throws Exception {
        show("inner", Inner.class);
        show("lambda", new Inner().lambda.getClass());
        byte[] code = HiddenNests.class.getResourceAsStream("HiddenNests$Template.class").readAllBytes();
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        show("nestmate", lookup.defineHiddenClass(code, false, MethodHandles.Lookup.ClassOption.NESTMATE).lookupClass());
        Class<?> alone = lookup.defineHiddenClass(code, false).lookupClass();
        System.out.println(alone.getNestHost() == alone);
        System.out.println(alone.getNestMembers().length);
    }
}
