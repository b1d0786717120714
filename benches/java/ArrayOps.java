import java.util.Arrays;

/** Whole arrays: copies, fills, comparisons, hashes of the class library, and loops over two dimensions. */
public class ArrayOps {
    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]);
        int[] ints = new int[1000];
        byte[] bytes = new byte[500];
        Object[] objects = new Object[100];
        int[][] grid = new int[60][80];
        long sum = 0;
        for (int i = 0; i < n; i++) {
            Arrays.fill(ints, i);
            System.arraycopy(ints, 0, ints, 1, 500);
            ints[i % ints.length] = 5;
            int[] copy = Arrays.copyOf(ints, 800 + i % 200);
            sum += Arrays.hashCode(copy) + (Arrays.equals(copy, ints) ? 1 : 0);
            Arrays.fill(bytes, (byte) i);
            byte[] clone = bytes.clone();
            clone[i % bytes.length]++;
            sum += Arrays.mismatch(bytes, clone) + Arrays.compare(bytes, clone);
            System.arraycopy(objects, i % 40, objects, 10, 50);
            objects[i % objects.length] = copy;
            sum += Arrays.copyOfRange(objects, 5, 60).length;
            for (int row = 1; row < grid.length; row++) {
                for (int column = 1; column < grid[row].length; column++) {
                    grid[row][column] = grid[row - 1][column] + grid[row][column - 1] + 1;
                }
            }
            sum += grid[59][79];
        }
        System.out.println(sum);
    }
}
