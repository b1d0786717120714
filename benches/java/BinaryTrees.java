/** Allocation of many small objects that live a short and a long time. */
public class BinaryTrees {
    static final class Node {
        final Node left, right;

        Node(int depth) {
            left = depth == 0 ? null : new Node(depth - 1);
            right = depth == 0 ? null : new Node(depth - 1);
        }

        int check() {
            return left == null ? 1 : 1 + left.check() + right.check();
        }
    }

    public static void main(String[] args) {
        int max = Integer.parseInt(args[0]);
        Node longLived = new Node(max);
        for (int depth = 4; depth <= max; depth += 4) {
            int rounds = 1 << (max - depth + 4), check = 0;
            for (int i = 0; i < rounds; i++) {
                check += new Node(depth).check();
            }
            System.out.println(rounds + " trees of depth " + depth + " " + check);
        }
        System.out.println(longLived.check());
    }
}
