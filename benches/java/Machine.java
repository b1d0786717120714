/** An interpreter of a small instruction set: a switch in a loop over arrays. */
public class Machine {
    private static final int PUSH = 0, ADD = 1, SUB = 2, MUL = 3, LOAD = 4, STORE = 5, JUMP_IF = 6, HALT = 7, XOR = 8, SHR = 9;

    private final int[] stack = new int[32];
    private final int[] variables = new int[8];
    private int executed;

    int run(int[] code) {
        int pc = 0, sp = 0;
        while (true) {
            executed++;
            switch (code[pc++]) {
                case PUSH -> stack[sp++] = code[pc++];
                case ADD -> {
                    sp--;
                    stack[sp - 1] += stack[sp];
                }
                case SUB -> {
                    sp--;
                    stack[sp - 1] -= stack[sp];
                }
                case MUL -> {
                    sp--;
                    stack[sp - 1] *= stack[sp];
                }
                case XOR -> {
                    sp--;
                    stack[sp - 1] ^= stack[sp];
                }
                case SHR -> {
                    sp--;
                    stack[sp - 1] >>>= stack[sp];
                }
                case LOAD -> stack[sp++] = variables[code[pc++]];
                case STORE -> variables[code[pc++]] = stack[--sp];
                case JUMP_IF -> {
                    int target = code[pc++];
                    if (stack[--sp] != 0) {
                        pc = target;
                    }
                }
                case HALT -> {
                    return stack[--sp];
                }
                default -> throw new IllegalStateException("opcode " + code[pc - 1]);
            }
        }
    }

    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]);
        int[] code = {
            PUSH, n, STORE, 0, PUSH, 12345, STORE, 1,
            LOAD, 1, PUSH, 1103515245, MUL, PUSH, 12345, ADD, STORE, 1,
            LOAD, 2, LOAD, 1, PUSH, 7, SHR, XOR, STORE, 2,
            LOAD, 0, PUSH, 1, SUB, STORE, 0,
            LOAD, 0, JUMP_IF, 8,
            LOAD, 2, HALT,
        };
        Machine machine = new Machine();
        System.out.println(machine.run(code) + " after " + machine.executed);
    }
}
