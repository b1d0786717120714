package assertions;

/** Says where assertions are enabled. */
public class Asserts {
    public static void main(String[] args) {
        boolean on = false;
        assert on = true;
        System.out.println("outer " + on + ", inner " + assertions.inner.Inner.enabled() + ", system "
            + Class.class.desiredAssertionStatus() + " " + java.util.ArrayList.class.desiredAssertionStatus());
    }
}
