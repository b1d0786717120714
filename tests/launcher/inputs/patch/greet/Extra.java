package greet;

public class Extra {
    public static void main(String[] args) {
        System.out.println("extra of " + Extra.class.getModule());
    }
}
