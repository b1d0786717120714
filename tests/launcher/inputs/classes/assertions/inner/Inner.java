package assertions.inner;

public class Inner {
    public static boolean enabled() {
        boolean on = false;
        assert on = true;
        return on;
    }
}
