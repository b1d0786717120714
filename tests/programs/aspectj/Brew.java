/** What is woven at load time. */
public class Brew {
    public static void main(String[] args) {
        Brew brew = new Brew();
        System.out.println(brew.pour("tea", 2));
        System.out.println(brew.pour("milk", 1));
        try {
            brew.spill();
        } catch (IllegalStateException e) {
            System.out.println("caught " + e.getMessage());
        }
    }

    String pour(String what, int cups) {
        return cups + " of " + what;
    }

    void spill() {
        throw new IllegalStateException("spilt");
    }
}
