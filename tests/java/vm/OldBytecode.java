import java.io.*;
import java.util.*;

/** Class files of version 46 with jsr/ret subroutines and wide instructions, assembled here and loaded. */
public class OldBytecode {
    static class L extends ClassLoader {
        Class<?> def(byte[] b) { return defineClass(null, b, 0, b.length); }
    }
    /** One class of version 46 with one static method m(I)I. */
    static byte[] cls(String name, int stack, int locals, int[] code, int[][] handlers) throws IOException {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        DataOutputStream d = new DataOutputStream(o);
        d.writeInt(0xcafebabe);
        d.writeInt(46);
        d.writeShort(11);
        d.writeByte(1);
        d.writeUTF(name);
        d.writeByte(7);
        d.writeShort(1);
        d.writeByte(1);
        d.writeUTF("java/lang/Object");
        d.writeByte(7);
        d.writeShort(3);
        d.writeByte(1);
        d.writeUTF("m");
        d.writeByte(1);
        d.writeUTF("(I)I");
        d.writeByte(1);
        d.writeUTF("Code");
        d.writeByte(1);
        d.writeUTF("java/lang/ArithmeticException");
        d.writeByte(7);
        d.writeShort(8);
        d.writeByte(3);
        d.writeInt(1_000_000);
        d.writeShort(0x21);
        d.writeShort(2);
        d.writeShort(4);
        d.writeShort(0);
        d.writeShort(0);
        d.writeShort(1);
        d.writeShort(9);
        d.writeShort(5);
        d.writeShort(6);
        d.writeShort(1);
        d.writeShort(7);
        d.writeInt(12 + code.length + 8 * handlers.length);
        d.writeShort(stack);
        d.writeShort(locals);
        d.writeInt(code.length);
        for (int c : code) d.writeByte(c);
        d.writeShort(handlers.length);
        for (int[] h : handlers)
            for (int v : h) d.writeShort(v);
        d.writeShort(0);
        d.writeShort(0);
        return o.toByteArray();
    }
    static void run(String what, int[] code, int stack, int locals, int[][] handlers, int... inputs) throws Exception {
        try {
            Class<?> c = new L().def(cls("Old", stack, locals, code, handlers));
            StringBuilder b = new StringBuilder(what + ":");
            for (int i : inputs) b.append(' ').append(c.getMethod("m", int.class).invoke(null, i));
            System.out.println(b);
        } catch (VerifyError e) { System.out.println(what + ": " + e.getMessage().split("\n")[0]); }
    }
    public static void main(String[] args) throws Exception {
        int[][] none = {};
        // iload_0; istore_1; jsr sub; jsr sub; iload_1; ireturn; sub: astore_2; iinc 1 5; ret 2
        run("two calls", new int[] {0x1a, 0x3c, 0xa8, 0, 8, 0xa8, 0, 5, 0x1b, 0xac, 0x4d, 0x84, 1, 5, 0xa9, 2}, 2, 3,
            none, 0, 10, -3);
        // nested subroutines: main jsr a; a: astore_2; jsr b; ret 2; b: astore_3; iinc 0 7; ret 3
        run("nested", new int[] {0xa8, 0, 5, 0x1a, 0xac, 0x4d, 0xa8, 0, 5, 0xa9, 2, 0x4e, 0x84, 0, 7, 0xa9, 3}, 2, 4,
            none, 1, 2);
        // try { 100 / x } finally { jsr }: as old javac compiled it
        run("finally",
            new int[] {0x10, 100, 0x1a, 0x6c, 0x3c, 0xa8, 0, 20, 0x1b, 0xac, 0x4d, 0xa8, 0, 14, 0x02, 0xac, 0x00, 0x00,
                0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x4e, 0x84, 0, 1, 0xa9, 3},
            2, 4, new int[][] {{0, 5, 10, 9}}, 5, 0, -20);
        // wide: istore 300, iinc 300 by 1000, iload 300
        run("wide", new int[] {0x1a, 0xc4, 0x36, 1, 44, 0xc4, 0x84, 1, 44, 3, 0xe8, 0xc4, 0x15, 1, 44, 0xac}, 2, 301,
            none, 1, -1001);
        // wide ret: jsr; iload_0; ireturn; astore wide 260; iinc; ret wide 260
        run("wide ret", new int[] {0xa8, 0, 5, 0x1a, 0xac, 0xc4, 0x3a, 1, 4, 0x84, 0, 3, 0xc4, 0xa9, 1, 4}, 2, 261,
            none, 4);
        // goto_w and jsr_w
        run("wide jumps", new int[] {0xc8, 0, 0, 0, 6, 0x00, 0xc9, 0, 0, 0, 7, 0x1a, 0xac, 0x4c, 0x84, 0, 9, 0xa9, 1},
            2, 2, none, 1);
        // a loop with dup_x1, dup2_x1, swap, dup_x2, dup2_x2, pop2
        run("stack words",
            new int[] {0x1a, 0x04, 0x5a, 0x60, 0x60, 0x06, 0x5f, 0x64, 0x1a, 0x05, 0x5b, 0x60, 0x60, 0x60, 0x1a, 0x5c,
                0x58, 0x60, 0x04, 0x05, 0x5d, 0x60, 0x60, 0x60, 0x60, 0xac},
            8, 1, none, 1, 2, 100);
        // tableswitch and lookupswitch at unaligned places
        run("tableswitch",
            new int[] {0x1a, 0xaa, 0, 0, 0, 0, 0, 29, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 23, 0, 0, 0, 26, 0x10, 1, 0xac,
                0x10, 2, 0xac, 0x10, 3, 0xac},
            2, 1, none, 0, 1, 2, 3, -5);
        // ret with an integer: refused by the verifier
        run("bad ret", new int[] {0x1a, 0x3c, 0xa9, 1}, 2, 2, none, 1);
        run("recursive jsr", new int[] {0xa8, 0, 3, 0x4c, 0xa8, 0xff, 0xff, 0xac}, 2, 2, none, 1);
        run("ldc and nop", new int[] {0x12, 10, 0x00, 0x1a, 0x60, 0xac}, 2, 1, none, 1);
        // multi-level: multianewarray is not needed; arithmetic on shorts via i2b, i2c, i2s
        run("narrow", new int[] {0x1a, 0x91, 0x1a, 0x92, 0x60, 0x1a, 0x93, 0x60, 0xac}, 3, 1, none, 200, 70000, -1);
    }
}
