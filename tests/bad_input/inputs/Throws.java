public class Throws {
    static class Own extends RuntimeException {
        Own(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static void inner(Object[] array) {
        array[3] = "x";
    }

    public static void main(String[] args) {
        try {
            inner(new Integer[4]);
        } catch (ArrayStoreException e) {
            throw new Own("wrapped", e);
        }
    }
}
