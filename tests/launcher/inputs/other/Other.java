public class Other {
    public static void main(String[] args) {
        System.out.println("other " + Other.class.getClassLoader().getName());
    }
}
