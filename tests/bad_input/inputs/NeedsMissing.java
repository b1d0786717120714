public class NeedsMissing extends Gone {
    public static void main(String[] args) {}
}

class Gone {}
