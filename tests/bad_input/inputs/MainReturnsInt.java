public class MainReturnsInt {
    public static int main(String[] args) {
        return 3;
    }
}
