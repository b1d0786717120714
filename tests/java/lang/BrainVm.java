import java.util.*;

/** A byte-code machine in a loop over a switch: the kind of inner loop interpreters and emulators have. */
public class BrainVm {
    enum Op { PUSH, ADD, SUB, MUL, DUP, SWAP, POP, JNZ, JMP, LOAD, STORE, PRINT, LT, HALT, CALL, RET }
    static String run(int[] code, int limit) {
        int[] stack = new int[64], mem = new int[16], ret = new int[32];
        int sp = 0, rp = 0, pc = 0, steps = 0;
        StringBuilder out = new StringBuilder();
        Op[] ops = Op.values();
        while (steps++ < limit) {
            switch (ops[code[pc++]]) {
                case PUSH: stack[sp++] = code[pc++]; break;
                case ADD:
                    sp--;
                    stack[sp - 1] += stack[sp];
                    break;
                case SUB:
                    sp--;
                    stack[sp - 1] -= stack[sp];
                    break;
                case MUL:
                    sp--;
                    stack[sp - 1] *= stack[sp];
                    break;
                case DUP:
                    stack[sp] = stack[sp - 1];
                    sp++;
                    break;
                case SWAP: {
                    int t = stack[sp - 1];
                    stack[sp - 1] = stack[sp - 2];
                    stack[sp - 2] = t;
                    break;
                }
                case POP: sp--; break;
                case JNZ:
                    if (stack[--sp] != 0)
                        pc = code[pc];
                    else
                        pc++;
                    break;
                case JMP: pc = code[pc]; break;
                case LOAD: stack[sp++] = mem[code[pc++]]; break;
                case STORE: mem[code[pc++]] = stack[--sp]; break;
                case PRINT: out.append(stack[--sp]).append(' '); break;
                case LT:
                    sp--;
                    stack[sp - 1] = stack[sp - 1] < stack[sp] ? 1 : 0;
                    break;
                case CALL:
                    ret[rp++] = pc + 1;
                    pc = code[pc];
                    break;
                case RET: pc = ret[--rp]; break;
                case HALT: return out + "steps " + steps;
            }
        }
        return out + "limit";
    }
    static int o(Op op) { return op.ordinal(); }
    public static void main(String[] args) {
        int[] sum = {o(Op.PUSH), 0, o(Op.STORE), 0, o(Op.PUSH), 2000, o(Op.STORE), 1, o(Op.LOAD), 0, o(Op.LOAD), 1,
            o(Op.ADD), o(Op.STORE), 0, o(Op.LOAD), 1, o(Op.PUSH), 1, o(Op.SUB), o(Op.DUP), o(Op.STORE), 1, o(Op.JNZ), 8,
            o(Op.LOAD), 0, o(Op.PRINT), o(Op.HALT)};
        System.out.println(run(sum, 100_000));
        int[] call = {o(Op.PUSH), 7, o(Op.CALL), 6, o(Op.PRINT), o(Op.HALT), o(Op.DUP), o(Op.MUL), o(Op.RET)};
        System.out.println(run(call, 100));
        System.out.println(run(new int[] {o(Op.JMP), 0}, 5000));
        try {
            run(new int[] {o(Op.POP), o(Op.POP), o(Op.ADD)}, 10);
        } catch (ArrayIndexOutOfBoundsException e) { System.out.println(e.getMessage()); }
        String prog = "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.-------"
                      + "-.>>+.>++.";
        byte[] tape = new byte[100];
        StringBuilder out = new StringBuilder();
        for (int i = 0, p = 0; i < prog.length(); i++) switch (prog.charAt(i)) {
                case '>' -> p++;
                case '<' -> p--;
                case '+' -> tape[p]++;
                case '-' -> tape[p]--;
                case '.' -> out.append((char) tape[p]);
                case '[' -> {
                    if (tape[p] == 0)
                        for (int d = 1; d > 0;) {
                            i++;
                            if (prog.charAt(i) == '[')
                                d++;
                            else if (prog.charAt(i) == ']')
                                d--;
                        }
                }
                case ']' -> {
                    if (tape[p] != 0)
                        for (int d = 1; d > 0;) {
                            i--;
                            if (prog.charAt(i) == ']')
                                d++;
                            else if (prog.charAt(i) == '[')
                                d--;
                        }
                }
                default -> {
                }
            }
        System.out.print(out);
    }
}
