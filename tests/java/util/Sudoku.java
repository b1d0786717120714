import java.util.*;

/** A backtracking search with bit sets and recursion: integer code of the kind puzzles and solvers have. */
public class Sudoku {
    final int[] rows = new int[9], cols = new int[9], boxes = new int[9], cells = new int[81];
    int nodes;
    boolean put(int at, int v) {
        int r = at / 9, c = at % 9, b = r / 3 * 3 + c / 3, bit = 1 << v;
        if (((rows[r] | cols[c] | boxes[b]) & bit) != 0) return false;
        rows[r] |= bit;
        cols[c] |= bit;
        boxes[b] |= bit;
        cells[at] = v;
        return true;
    }
    void clear(int at) {
        int r = at / 9, c = at % 9, b = r / 3 * 3 + c / 3, mask = ~(1 << cells[at]);
        rows[r] &= mask;
        cols[c] &= mask;
        boxes[b] &= mask;
        cells[at] = 0;
    }
    boolean solve() {
        nodes++;
        int best = -1, fewest = 10;
        for (int at = 0; at < 81; at++)
            if (cells[at] == 0) {
                int r = at / 9, c = at % 9, used = rows[r] | cols[c] | boxes[r / 3 * 3 + c / 3],
                    n = 9 - Integer.bitCount(used);
                if (n < fewest) {
                    fewest = n;
                    best = at;
                }
            }
        if (best < 0) return true;
        for (int v = 1; v <= 9; v++)
            if (put(best, v)) {
                if (solve()) return true;
                clear(best);
            }
        return false;
    }
    public static void main(String[] args) {
        for (String p :
            new String[] {"53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79",
                "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..",
                "1....7.9..3..2...8..96..5....53..9...1..8...26....4...3......1..4......7..7...3.."}) {
            Sudoku s = new Sudoku();
            for (int i = 0; i < 81; i++)
                if (p.charAt(i) != '.') s.put(i, p.charAt(i) - '0');
            System.out.println(s.solve() + " " + s.nodes);
            StringBuilder b = new StringBuilder();
            for (int v : s.cells) b.append(v);
            System.out.println(b);
        }
    }
}
