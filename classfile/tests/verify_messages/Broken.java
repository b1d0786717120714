import jdk.internal.org.objectweb.asm.*;
import java.io.*;
import java.nio.file.*;
import java.util.*;
import java.util.function.*;
import static jdk.internal.org.objectweb.asm.Opcodes.*;

/** Writes broken classes and what this VM says of each. */
public class Broken {
    static final Map<String, byte[]> classes = new LinkedHashMap<>();

    static ClassWriter begin(String name, int version, String superName) {
        ClassWriter w = new ClassWriter(0);
        w.visit(version, ACC_PUBLIC | ACC_SUPER, name, null, superName, null);
        return w;
    }
    static void method(String name, int version, String desc, int stack, int locals, Consumer<MethodVisitor> body) {
        methodNamed(name, version, "java/lang/Object", ACC_PUBLIC | ACC_STATIC, "m", desc, stack, locals, body);
    }
    static void methodNamed(String name, int version, String superName, int access, String mname, String desc, int stack, int locals, Consumer<MethodVisitor> body) {
        ClassWriter w = begin(name, version, superName);
        MethodVisitor m = w.visitMethod(access, mname, desc, null, null);
        m.visitCode();
        body.accept(version >= V1_6 ? m : new MethodVisitor(ASM8, m) {
            @Override public void visitFrame(int type, int locals, Object[] local, int stack, Object[] item) { }
        });
        m.visitMaxs(stack, locals);
        m.visitEnd();
        w.visitEnd();
        classes.put(name, w.toByteArray());
    }
    /** The same body as version 48 and 52 class. */
    static void both(String name, String desc, int stack, int locals, Consumer<MethodVisitor> body) {
        method("N" + name, V1_8, desc, stack, locals, body);
        method("O" + name, V1_4, desc, stack, locals, body);
        method("F" + name, V1_6, desc, stack, locals, body);
    }
    static void bothInit(String name, String superName, String desc, int stack, int locals, Consumer<MethodVisitor> body) {
        methodNamed("N" + name, V1_8, superName, ACC_PUBLIC, "<init>", desc, stack, locals, body);
        methodNamed("O" + name, V1_4, superName, ACC_PUBLIC, "<init>", desc, stack, locals, body);
    }
    static void bothInst(String name, String superName, String desc, int stack, int locals, Consumer<MethodVisitor> body) {
        methodNamed("N" + name, V1_8, superName, ACC_PUBLIC, "m", desc, stack, locals, body);
        methodNamed("O" + name, V1_4, superName, ACC_PUBLIC, "m", desc, stack, locals, body);
    }
    static void raw(String name, int version, String desc, int stack, int locals, int... code) {
        method(name, version, desc, stack, locals, m -> { for (int i = 0; i < code.length; i++) m.visitInsn(NOP); });
        byte[] b = classes.get(name);
        byte[] nops = new byte[code.length];
        outer:
        for (int i = 0; i + nops.length <= b.length; i++) {
            if (i < 4 || ByteBufferInt(b, i - 4) != code.length) continue;
            for (int j = 0; j < nops.length; j++) if (b[i + j] != 0) continue outer;
            for (int j = 0; j < code.length; j++) b[i + j] = (byte) code[j];
            return;
        }
        throw new Error(name);
    }
    static int ByteBufferInt(byte[] b, int i) { return java.nio.ByteBuffer.wrap(b).getInt(i); }
    static void bothRaw(String name, String desc, int stack, int locals, int... code) {
        raw("N" + name, V1_8, desc, stack, locals, code);
        raw("O" + name, V1_4, desc, stack, locals, code);
    }

    static void make() {
        both("Iadd", "()V", 2, 0, m -> { m.visitInsn(ACONST_NULL); m.visitInsn(ICONST_0); m.visitInsn(IADD); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("IaddObj", "(Ljava/lang/Object;)V", 2, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ICONST_0); m.visitInsn(SWAP); m.visitInsn(IADD); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("Ladd", "()V", 4, 0, m -> { m.visitInsn(LCONST_0); m.visitInsn(DCONST_0); m.visitInsn(LADD); m.visitInsn(POP2); m.visitInsn(RETURN); });
        both("Fneg", "()V", 2, 0, m -> { m.visitInsn(ICONST_0); m.visitInsn(FNEG); m.visitInsn(RETURN); });
        both("Dneg", "()V", 2, 0, m -> { m.visitInsn(FCONST_0); m.visitInsn(ICONST_0); m.visitInsn(DNEG); m.visitInsn(RETURN); });
        both("Overflow", "()V", 1, 0, m -> { m.visitInsn(ICONST_0); m.visitInsn(ICONST_0); m.visitInsn(RETURN); });
        both("Overflow2", "()V", 1, 0, m -> { m.visitInsn(LCONST_0); m.visitInsn(RETURN); });
        both("Underflow", "()V", 1, 0, m -> { m.visitInsn(POP); m.visitInsn(RETURN); });
        both("Falls", "()V", 1, 0, m -> m.visitInsn(NOP));
        both("PopLong", "()V", 2, 0, m -> { m.visitInsn(LCONST_0); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("Pop2Split", "()V", 4, 0, m -> { m.visitInsn(LCONST_0); m.visitInsn(ICONST_0); m.visitInsn(POP2); m.visitInsn(RETURN); });
        both("DupX2", "()V", 8, 0, m -> { m.visitInsn(LCONST_0); m.visitInsn(ICONST_0); m.visitInsn(ICONST_0); m.visitInsn(DUP_X2); m.visitInsn(RETURN); });
        both("Dup2X2", "()V", 8, 0, m -> { m.visitInsn(ICONST_0); m.visitInsn(DUP2_X2); m.visitInsn(RETURN); });
        both("LoadUninit", "()V", 1, 1, m -> { m.visitVarInsn(ILOAD, 0); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("LoadWrong", "(F)V", 1, 1, m -> { m.visitVarInsn(ILOAD, 0); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("LoadPair", "(FF)V", 2, 2, m -> { m.visitVarInsn(LLOAD, 0); m.visitInsn(POP2); m.visitInsn(RETURN); });
        both("LoadPair2", "(F)V", 2, 3, m -> { m.visitVarInsn(LLOAD, 0); m.visitInsn(POP2); m.visitInsn(RETURN); });
        both("LocalIndex", "()V", 1, 1, m -> { m.visitVarInsn(ILOAD, 5); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("StoreIndex", "()V", 2, 1, m -> { m.visitInsn(LCONST_0); m.visitVarInsn(LSTORE, 0); m.visitInsn(RETURN); });
        both("Half", "(J)V", 2, 2, m -> { m.visitInsn(ICONST_0); m.visitVarInsn(ISTORE, 1); m.visitVarInsn(LLOAD, 0); m.visitInsn(POP2); m.visitInsn(RETURN); });
        both("Iinc", "(F)V", 1, 1, m -> { m.visitIincInsn(0, 1); m.visitInsn(RETURN); });
        both("RetInt", "()Ljava/lang/Object;", 1, 0, m -> { m.visitInsn(ICONST_0); m.visitInsn(IRETURN); });
        both("RetVoid", "()I", 1, 0, m -> m.visitInsn(RETURN));
        both("RetVal", "()V", 1, 0, m -> { m.visitInsn(ICONST_0); m.visitInsn(IRETURN); });
        both("RetObj", "()Ljava/lang/String;", 1, 0, m -> { m.visitTypeInsn(NEW, "java/lang/Object"); m.visitInsn(ARETURN); });
        both("RetCast", "(Ljava/lang/Integer;)Ljava/lang/String;", 1, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ARETURN); });
        both("RetShort", "(J)S", 2, 2, m -> { m.visitVarInsn(LLOAD, 0); m.visitInsn(LRETURN); });
        both("NoClass", "(LMissing;)Ljava/lang/String;", 1, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ARETURN); });
        both("Iface", "(Ljava/lang/Object;)Ljava/lang/Runnable;", 1, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ARETURN); });
        both("ArrIface", "([I)Ljava/lang/Runnable;", 1, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ARETURN); });
        both("ArrClone", "([I)Ljava/lang/Cloneable;", 1, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ARETURN); });
        both("ArrCov", "([[I)[Ljava/lang/Object;", 1, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ARETURN); });
        both("ArrNot", "([I)[Ljava/lang/Object;", 1, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ARETURN); });
        both("ArrElem", "([Ljava/lang/Integer;)[Ljava/lang/String;", 1, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ARETURN); });
        both("ArrDim", "([[Ljava/lang/Integer;)[[[Ljava/lang/Object;", 1, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ARETURN); });
        for (int op = IALOAD; op <= SALOAD; op++) { int o = op; both("Load" + op, "(Ljava/lang/String;)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ICONST_0); m.visitInsn(o); m.visitInsn(RETURN); }); }
        for (int op = IASTORE; op <= SASTORE; op++) { int o = op; both("Store" + op, "([Z[Ljava/lang/Object;)V", 6, 2, m -> { m.visitVarInsn(ALOAD, o == BASTORE ? 1 : 0); m.visitInsn(ICONST_0); m.visitInsn(o == LASTORE ? LCONST_0 : o == DASTORE ? DCONST_0 : o == FASTORE ? FCONST_0 : o == AASTORE ? ACONST_NULL : ICONST_0); m.visitInsn(o); m.visitInsn(RETURN); }); }
        both("AastoreVal", "([Ljava/lang/Object;)V", 6, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ICONST_0); m.visitInsn(ICONST_0); m.visitInsn(AASTORE); m.visitInsn(RETURN); });
        both("Length", "(Ljava/lang/String;)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ARRAYLENGTH); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("Throw", "(Ljava/lang/String;)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ATHROW); });
        both("ThrowArr", "([I)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ATHROW); });
        both("ThrowInt", "(I)V", 4, 1, m -> { m.visitVarInsn(ILOAD, 0); m.visitInsn(ATHROW); });
        both("Monitor", "(I)V", 4, 1, m -> { m.visitVarInsn(ILOAD, 0); m.visitInsn(MONITORENTER); m.visitInsn(RETURN); });
        both("MonitorUninit", "()V", 4, 1, m -> { m.visitTypeInsn(NEW, "java/lang/Object"); m.visitInsn(MONITORENTER); m.visitInsn(RETURN); });
        both("IfNullUninit", "()V", 4, 1, m -> { Label l = new Label(); m.visitTypeInsn(NEW, "java/lang/Object"); m.visitJumpInsn(IFNULL, l); m.visitLabel(l); m.visitFrame(F_SAME, 0, null, 0, null); m.visitInsn(RETURN); });
        both("AcmpUninit", "()V", 4, 1, m -> { Label l = new Label(); m.visitTypeInsn(NEW, "java/lang/Object"); m.visitInsn(ACONST_NULL); m.visitJumpInsn(IF_ACMPEQ, l); m.visitLabel(l); m.visitFrame(F_SAME, 0, null, 0, null); m.visitInsn(RETURN); });
        both("NewInit", "()V", 4, 1, m -> { m.visitTypeInsn(NEW, "java/lang/String"); m.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false); m.visitInsn(RETURN); });
        both("UseUninit", "()V", 4, 1, m -> { m.visitTypeInsn(NEW, "java/lang/String"); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/String", "length", "()I", false); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("InitInit", "(Ljava/lang/String;)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, "java/lang/String", "<init>", "()V", false); m.visitInsn(RETURN); });
        both("InitVirtual", "(Ljava/lang/String;)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/String", "<init>", "()V", false); m.visitInsn(RETURN); });
        both("Special", "(Ljava/lang/String;)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, "java/lang/String", "length", "()I", false); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("SpecialObj", "(Ljava/lang/String;)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "hashCode", "()I", false); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("Args", "(Ljava/lang/Object;)V", 4, 1, m -> { m.visitLdcInsn("x"); m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/String", "concat", "(Ljava/lang/String;)Ljava/lang/String;", false); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("ArgInt", "(Ljava/lang/Object;)V", 4, 1, m -> { m.visitLdcInsn("x"); m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/String", "charAt", "(I)C", false); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("Recv", "(Ljava/lang/Object;)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/String", "length", "()I", false); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("RecvInt", "(I)V", 4, 1, m -> { m.visitVarInsn(ILOAD, 0); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/String", "length", "()I", false); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("GetF", "(Ljava/lang/Object;)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitFieldInsn(GETFIELD, "java/lang/String", "x", "J"); m.visitInsn(POP2); m.visitInsn(RETURN); });
        both("PutF", "(Ljava/lang/Object;)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(LCONST_0); m.visitFieldInsn(PUTFIELD, "java/lang/String", "x", "J"); m.visitInsn(RETURN); });
        both("PutFVal", "(Ljava/lang/String;)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ICONST_0); m.visitFieldInsn(PUTFIELD, "java/lang/String", "x", "J"); m.visitInsn(RETURN); });
        both("PutS", "(Ljava/lang/Object;)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitFieldInsn(PUTSTATIC, "java/lang/String", "x", "Ljava/lang/String;"); m.visitInsn(RETURN); });
        both("ArrayField", "([I)V", 4, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitFieldInsn(GETFIELD, "[I", "x", "I"); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("NewArray", "()V", 4, 1, m -> { m.visitTypeInsn(NEW, "[I"); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("Multi", "()V", 4, 1, m -> { m.visitInsn(ICONST_0); m.visitInsn(ICONST_0); m.visitMultiANewArrayInsn("[I", 2); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("Multi0", "()V", 4, 1, m -> { m.visitMultiANewArrayInsn("[I", 0); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("MultiObj", "()V", 4, 1, m -> { m.visitInsn(ICONST_0); m.visitMultiANewArrayInsn("java/lang/Object", 1); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("NewArr", "()V", 4, 1, m -> { m.visitInsn(ICONST_0); m.visitIntInsn(NEWARRAY, 3); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("Anew255", "()V", 4, 1, m -> { m.visitInsn(ICONST_0); m.visitTypeInsn(ANEWARRAY, "[".repeat(255) + "I"); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("CheckInt", "()V", 4, 1, m -> { m.visitInsn(ICONST_0); m.visitTypeInsn(CHECKCAST, "java/lang/String"); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("InstUninit", "()V", 4, 1, m -> { m.visitTypeInsn(NEW, "java/lang/Object"); m.visitTypeInsn(INSTANCEOF, "java/lang/String"); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("Merge", "(ILjava/lang/Object;)V", 4, 2, m -> { Label a = new Label(), b = new Label(); m.visitVarInsn(ILOAD, 0); m.visitJumpInsn(IFEQ, a); m.visitInsn(ICONST_0); m.visitJumpInsn(GOTO, b); m.visitLabel(a); m.visitFrame(F_SAME, 0, null, 0, null); m.visitVarInsn(ALOAD, 1); m.visitLabel(b); m.visitFrame(F_SAME1, 0, null, 1, new Object[] { INTEGER }); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("Depth", "(I)V", 4, 2, m -> { Label a = new Label(), b = new Label(); m.visitVarInsn(ILOAD, 0); m.visitJumpInsn(IFEQ, a); m.visitInsn(ICONST_0); m.visitLabel(a); m.visitFrame(F_SAME, 0, null, 0, null); m.visitInsn(RETURN); });
        both("NoFrame", "(I)V", 4, 2, m -> { Label a = new Label(); m.visitVarInsn(ILOAD, 0); m.visitJumpInsn(IFEQ, a); m.visitInsn(NOP); m.visitLabel(a); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("NoFrame2", "(I)V", 4, 2, m -> { Label a = new Label(); m.visitInsn(RETURN); m.visitLabel(a); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("NoFrame3", "(I)V", 4, 2, m -> { Label a = new Label(); m.visitVarInsn(ILOAD, 0); m.visitJumpInsn(IFEQ, a); m.visitInsn(RETURN); m.visitInsn(NOP); m.visitLabel(a); m.visitFrame(F_SAME, 0, null, 0, null); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("LocalFrame", "(I)V", 4, 2, m -> { Label a = new Label(); m.visitVarInsn(ILOAD, 0); m.visitJumpInsn(IFEQ, a); m.visitInsn(NOP); m.visitLabel(a); m.visitFrame(F_APPEND, 1, new Object[] { "java/lang/String" }, 0, null); m.visitVarInsn(ALOAD, 1); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("FrameLong", "(IJ)V", 6, 6, m -> { Label a = new Label(); m.visitVarInsn(ILOAD, 0); m.visitJumpInsn(IFEQ, a); m.visitInsn(NOP); m.visitLabel(a); m.visitFrame(F_FULL, 4, new Object[] { INTEGER, LONG, TOP, NULL }, 2, new Object[] { LONG, FLOAT }); m.visitInsn(RETURN); });
        both("FrameChop", "(IJ)V", 6, 6, m -> { Label a = new Label(); m.visitVarInsn(ILOAD, 0); m.visitJumpInsn(IFEQ, a); m.visitInsn(NOP); m.visitLabel(a); m.visitFrame(F_CHOP, 1, null, 0, null); m.visitVarInsn(LLOAD, 1); m.visitInsn(POP2); m.visitInsn(RETURN); });
        both("FrameBig", "(IJ)V", 6, 3, m -> { Label a = new Label(); m.visitVarInsn(ILOAD, 0); m.visitJumpInsn(IFEQ, a); m.visitInsn(NOP); m.visitLabel(a); m.visitFrame(F_APPEND, 1, new Object[] { INTEGER }, 0, null); m.visitInsn(RETURN); });
        both("Handler", "()V", 2, 2, m -> { Label s = new Label(), e = new Label(), h = new Label(); m.visitTryCatchBlock(s, e, h, "java/lang/String"); m.visitLabel(s); m.visitInsn(NOP); m.visitLabel(e); m.visitInsn(RETURN); m.visitLabel(h); m.visitFrame(F_SAME1, 0, null, 1, new Object[] { "java/lang/String" }); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("HandlerMap", "(I)V", 2, 2, m -> { Label s = new Label(), e = new Label(), h = new Label(); m.visitTryCatchBlock(s, e, h, "java/lang/Exception"); m.visitInsn(FCONST_0); m.visitVarInsn(FSTORE, 1); m.visitLabel(s); m.visitInsn(ACONST_NULL); m.visitVarInsn(ASTORE, 1); m.visitInsn(NOP); m.visitLabel(e); m.visitInsn(RETURN); m.visitLabel(h); m.visitFrame(F_FULL, 2, new Object[] { INTEGER, FLOAT }, 1, new Object[] { "java/lang/Exception" }); m.visitInsn(POP); m.visitVarInsn(FLOAD, 1); m.visitInsn(POP); m.visitInsn(RETURN); });
        both("HandlerStack", "()V", 2, 2, m -> { Label s = new Label(), e = new Label(), h = new Label(); m.visitTryCatchBlock(s, e, h, "java/lang/Exception"); m.visitLabel(s); m.visitInsn(NOP); m.visitLabel(e); m.visitInsn(RETURN); m.visitLabel(h); m.visitFrame(F_SAME1, 0, null, 1, new Object[] { "java/lang/RuntimeException" }); m.visitInsn(IADD); m.visitInsn(RETURN); });
        both("HandlerNoStack", "()V", 0, 2, m -> { Label s = new Label(), e = new Label(), h = new Label(); m.visitTryCatchBlock(s, e, h, null); m.visitLabel(s); m.visitInsn(NOP); m.visitLabel(e); m.visitInsn(RETURN); m.visitLabel(h); m.visitInsn(RETURN); });
        both("HandlerNoFrame", "()V", 2, 2, m -> { Label s = new Label(), e = new Label(), h = new Label(); m.visitTryCatchBlock(s, e, h, "java/lang/Exception"); m.visitLabel(s); m.visitInsn(NOP); m.visitInsn(NOP); m.visitLabel(h); m.visitInsn(NOP); m.visitLabel(e); m.visitInsn(RETURN); });
        both("Jsr", "()V", 2, 2, m -> { Label s = new Label(); m.visitJumpInsn(JSR, s); m.visitInsn(RETURN); m.visitLabel(s); m.visitVarInsn(ASTORE, 0); m.visitVarInsn(RET, 0); });
        both("JsrRec", "()V", 2, 2, m -> { Label s = new Label(); m.visitJumpInsn(JSR, s); m.visitInsn(RETURN); m.visitLabel(s); m.visitVarInsn(ASTORE, 0); m.visitJumpInsn(JSR, s); m.visitVarInsn(RET, 0); });
        both("JsrLoad", "()V", 2, 2, m -> { Label s = new Label(); m.visitJumpInsn(JSR, s); m.visitInsn(RETURN); m.visitLabel(s); m.visitVarInsn(ASTORE, 0); m.visitVarInsn(ALOAD, 0); m.visitVarInsn(RET, 0); });
        both("JsrPoly", "()I", 2, 3, m -> { Label s = new Label(), t = new Label(); m.visitInsn(ICONST_0); m.visitVarInsn(ISTORE, 1); m.visitJumpInsn(JSR, s); m.visitVarInsn(ILOAD, 1); m.visitInsn(POP); m.visitInsn(ACONST_NULL); m.visitVarInsn(ASTORE, 1); m.visitJumpInsn(JSR, s); m.visitVarInsn(ALOAD, 1); m.visitInsn(IRETURN); m.visitLabel(s); m.visitVarInsn(ASTORE, 0); m.visitVarInsn(RET, 0); });
        both("RetBad", "()V", 2, 2, m -> { m.visitInsn(ICONST_0); m.visitVarInsn(ISTORE, 0); m.visitVarInsn(RET, 0); });
        both("RetTwice", "()V", 2, 2, m -> { Label s = new Label(), t = new Label(); m.visitJumpInsn(JSR, s); m.visitInsn(RETURN); m.visitLabel(s); m.visitVarInsn(ASTORE, 0); m.visitInsn(ICONST_0); m.visitJumpInsn(IFEQ, t); m.visitVarInsn(RET, 0); m.visitLabel(t); m.visitVarInsn(RET, 0); });
        both("IfaceRef", "(Ljava/lang/Object;)V", 2, 2, m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESTATIC, "java/util/List", "of", "(Ljava/lang/Object;)V", true); m.visitInsn(RETURN); });
        both("VirtualIface", "(Ljava/util/List;)V", 2, 2, m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKEVIRTUAL, "java/util/List", "size", "()I", true); m.visitInsn(RETURN); });
        both("LdcClass", "()V", 2, 2, m -> { m.visitLdcInsn(Type.getObjectType("java/lang/String")); m.visitInsn(IRETURN); });
        both("LdcString", "()I", 2, 2, m -> { m.visitLdcInsn("xx"); m.visitInsn(IRETURN); });
        both("Switch", "(F)V", 2, 2, m -> { Label a = new Label(); m.visitVarInsn(FLOAD, 0); m.visitTableSwitchInsn(0, 1, a, a, a); m.visitLabel(a); m.visitFrame(F_SAME, 0, null, 0, null); m.visitInsn(RETURN); });
        both("Lookup", "(I)V", 2, 2, m -> { Label a = new Label(); m.visitVarInsn(ILOAD, 0); m.visitLookupSwitchInsn(a, new int[] { 5, 5 }, new Label[] { a, a }); m.visitLabel(a); m.visitFrame(F_SAME, 0, null, 0, null); m.visitInsn(RETURN); });
        both("LookupNoFrame", "(I)V", 2, 2, m -> { Label a = new Label(); m.visitVarInsn(ILOAD, 0); m.visitLookupSwitchInsn(a, new int[] { 4, 5 }, new Label[] { a, a }); m.visitLabel(a); m.visitInsn(RETURN); });
        bothRaw("Illegal", "()V", 1, 1, 0xfd, 0xb1);
        raw("OIllegal203", V1_4, "()V", 1, 1, 0x00, 0xee, 0xb1);
        both("Lastore", "([J)V", 6, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ICONST_0); m.visitInsn(FCONST_0); m.visitInsn(LASTORE); m.visitInsn(RETURN); });
        both("Lstore1", "()V", 6, 2, m -> { m.visitInsn(FCONST_0); m.visitVarInsn(LSTORE, 0); m.visitInsn(RETURN); });
        both("Lreturn1", "()J", 6, 2, m -> { m.visitInsn(DCONST_0); m.visitInsn(LRETURN); });
        both("PutLong", "()V", 6, 2, m -> { m.visitInsn(DCONST_0); m.visitFieldInsn(PUTSTATIC, "java/lang/String", "x", "J"); m.visitInsn(RETURN); });
        both("CallLong", "()V", 6, 2, m -> { m.visitInsn(DCONST_0); m.visitMethodInsn(INVOKESTATIC, "java/lang/String", "x", "(JD)V", false); m.visitInsn(RETURN); });
        both("MergeClasses", "(ILjava/lang/Integer;Ljava/lang/Long;)V", 4, 3, m -> { Label a = new Label(), b = new Label(); m.visitVarInsn(ILOAD, 0); m.visitJumpInsn(IFEQ, a); m.visitVarInsn(ALOAD, 1); m.visitJumpInsn(GOTO, b); m.visitLabel(a); m.visitFrame(F_SAME, 0, null, 0, null); m.visitVarInsn(ALOAD, 2); m.visitLabel(b); m.visitFrame(F_SAME1, 0, null, 1, new Object[] { "java/lang/Number" }); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Integer", "intValue", "()I", false); m.visitInsn(RETURN); });
        both("MergeOk", "(ILjava/lang/Integer;Ljava/lang/Long;)I", 4, 3, m -> { Label a = new Label(), b = new Label(); m.visitVarInsn(ILOAD, 0); m.visitJumpInsn(IFEQ, a); m.visitVarInsn(ALOAD, 1); m.visitJumpInsn(GOTO, b); m.visitLabel(a); m.visitFrame(F_SAME, 0, null, 0, null); m.visitVarInsn(ALOAD, 2); m.visitLabel(b); m.visitFrame(F_SAME1, 0, null, 1, new Object[] { "java/lang/Number" }); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Number", "intValue", "()I", false); m.visitInsn(IRETURN); });
        both("MergeArrays", "(I[I[[Ljava/lang/Long;)V", 4, 3, m -> { Label a = new Label(), b = new Label(); m.visitVarInsn(ILOAD, 0); m.visitJumpInsn(IFEQ, a); m.visitVarInsn(ALOAD, 1); m.visitJumpInsn(GOTO, b); m.visitLabel(a); m.visitFrame(F_SAME, 0, null, 0, null); m.visitVarInsn(ALOAD, 2); m.visitLabel(b); m.visitFrame(F_SAME1, 0, null, 1, new Object[] { "java/lang/Object" }); m.visitInsn(ARRAYLENGTH); m.visitInsn(RETURN); });
        both("Loop", "(Ljava/lang/String;)V", 4, 1, m -> { Label a = new Label(); m.visitLabel(a); m.visitFrame(F_SAME, 0, null, 0, null); m.visitInsn(FCONST_0); m.visitVarInsn(FSTORE, 0); m.visitJumpInsn(GOTO, a); });
        both("LoopUse", "(Ljava/lang/String;)V", 4, 1, m -> { Label a = new Label(); m.visitLabel(a); m.visitFrame(F_FULL, 1, new Object[] { TOP }, 0, null); m.visitVarInsn(ALOAD, 0); m.visitInsn(POP); m.visitInsn(FCONST_0); m.visitVarInsn(FSTORE, 0); m.visitJumpInsn(GOTO, a); });
        both("NewLoop", "()V", 4, 1, m -> { Label a = new Label(), n = new Label(); m.visitLabel(a); m.visitFrame(F_SAME, 0, null, 0, null); m.visitLabel(n); m.visitTypeInsn(NEW, "java/lang/Object"); m.visitVarInsn(ASTORE, 0); m.visitJumpInsn(GOTO, a); });
        bothRaw("WideBad", "()V", 1, 1, 0x00, 0xc4, 0x60, 0, 0, 0xb1);
        bothRaw("Cut", "()V", 1, 1, 0x00, 0x11, 0x01);
        bothRaw("Middle", "()V", 1, 1, 0xa7, 0, 4, 0x11, 0, 0, 0x57, 0xb1);
        bothRaw("Outside", "()V", 1, 1, 0xa7, 0x70, 4, 0xb1);
        bothRaw("Low", "()V", 2, 1, 0x03, 0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xb1, 0xb1, 0xb1, 0xb1, 0xb1);
        bothRaw("Pad", "()V", 2, 1, 0x03, 0xab, 1, 1, 0, 0, 0, 15, 0, 0, 0, 0, 0xb1, 0xb1, 0xb1, 0xb1, 0xb1);
        bothRaw("CpIndex", "()V", 2, 1, 0x12, 0xf0, 0x57, 0xb1);
        bothRaw("CpKind", "()V", 2, 1, 0x12, 1, 0x57, 0xb1);
        bothRaw("CpKindNew", "()V", 2, 1, 0xbb, 0, 1, 0x57, 0xb1);
        bothRaw("CpKindCall", "()V", 2, 1, 0xb8, 0, 2, 0xb1);
        bothRaw("Sixteen", "()V", 2, 1, 0,0,0,0,0,0,0,0,0,0,0,0,0,0,0x57,0xb1);
        bothRaw("Goto", "()V", 2, 1, 0xa7, 0, 0);
        bothInit("NoSuper", "java/lang/Object", "()V", 2, 1, m -> m.visitInsn(RETURN));
        bothInit("WrongSuper", "java/lang/Number", "()V", 2, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false); m.visitInsn(RETURN); });
        bothInit("ThisEscapes", "java/lang/Object", "()V", 2, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Object", "hashCode", "()I", false); m.visitInsn(POP); m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false); m.visitInsn(RETURN); });
        bothInit("PutOther", "java/lang/Number", "()V", 2, 1, m -> { m.visitVarInsn(ALOAD, 0); m.visitInsn(ICONST_0); m.visitFieldInsn(PUTFIELD, "java/lang/Number", "x", "I"); m.visitInsn(RETURN); });
        bothInit("InTry", "java/lang/Object", "()V", 2, 1, m -> { Label s = new Label(), e = new Label(), h = new Label(); m.visitTryCatchBlock(s, e, h, null); m.visitLabel(s); m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false); m.visitLabel(e); m.visitInsn(RETURN); m.visitLabel(h); m.visitFrame(F_FULL, 1, new Object[] { TOP }, 1, new Object[] { "java/lang/Throwable" }); m.visitInsn(RETURN); });
        bothInit("InTryThrow", "java/lang/Object", "()V", 2, 1, m -> { Label s = new Label(), e = new Label(), h = new Label(); m.visitTryCatchBlock(s, e, h, null); m.visitLabel(s); m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false); m.visitLabel(e); m.visitInsn(RETURN); m.visitLabel(h); m.visitFrame(F_FULL, 1, new Object[] { UNINITIALIZED_THIS }, 1, new Object[] { "java/lang/Throwable" }); m.visitInsn(ATHROW); });
        bothInit("InTryThrow2", "java/lang/Object", "()V", 2, 1, m -> { Label s = new Label(), e = new Label(), h = new Label(); m.visitTryCatchBlock(s, e, h, null); m.visitLabel(s); m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false); m.visitLabel(e); m.visitInsn(RETURN); m.visitLabel(h); m.visitFrame(F_FULL, 1, new Object[] { TOP }, 1, new Object[] { "java/lang/Throwable" }); m.visitInsn(ATHROW); });
        bothInit("InTryThrow3", "java/lang/Object", "()V", 2, 1, m -> { Label s = new Label(), e = new Label(), h = new Label(); m.visitTryCatchBlock(s, e, h, null); m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false); m.visitLabel(s); m.visitInsn(NOP); m.visitLabel(e); m.visitInsn(RETURN); m.visitLabel(h); m.visitFrame(F_FULL, 1, new Object[] { UNINITIALIZED_THIS }, 1, new Object[] { "java/lang/Throwable" }); m.visitInsn(ATHROW); });
        bothInit("FlagBranch", "java/lang/Object", "(I)V", 2, 2, m -> { Label a = new Label(); m.visitVarInsn(ILOAD, 1); m.visitJumpInsn(IFEQ, a); m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false); m.visitLabel(a); m.visitFrame(F_FULL, 2, new Object[] { TOP, INTEGER }, 0, null); m.visitInsn(RETURN); });
        bothInst("Prot", "java/util/ArrayList", "(Ljava/util/AbstractList;)V", 4, 2, m -> { m.visitVarInsn(ALOAD, 1); m.visitFieldInsn(GETFIELD, "java/util/AbstractList", "modCount", "I"); m.visitInsn(POP); m.visitInsn(RETURN); });
        bothInst("ProtPut", "java/util/ArrayList", "(Ljava/util/AbstractList;)V", 4, 2, m -> { m.visitVarInsn(ALOAD, 1); m.visitInsn(ICONST_0); m.visitFieldInsn(PUTFIELD, "java/util/AbstractList", "modCount", "I"); m.visitInsn(RETURN); });
        bothInst("ProtCall", "java/util/ArrayList", "(Ljava/lang/Object;)V", 4, 2, m -> { m.visitVarInsn(ALOAD, 1); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Object", "clone", "()Ljava/lang/Object;", false); m.visitInsn(POP); m.visitInsn(RETURN); });
        bothInst("ProtArr", "java/util/ArrayList", "([I)V", 4, 2, m -> { m.visitVarInsn(ALOAD, 1); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Object", "clone", "()Ljava/lang/Object;", false); m.visitInsn(POP); m.visitInsn(RETURN); });
        bothInst("ProtNew", "java/io/Writer", "()V", 4, 2, m -> { m.visitTypeInsn(NEW, "java/io/Writer"); m.visitMethodInsn(INVOKESPECIAL, "java/io/Writer", "<init>", "()V", false); m.visitInsn(RETURN); });
        bothInst("ThisOk", "java/lang/Object", "()I", 4, 2, m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "hashCode", "()I", false); m.visitInsn(IRETURN); });
        bothInst("Interface", "java/lang/Object", "(Ljava/lang/Object;)I", 4, 2, m -> { m.visitVarInsn(ALOAD, 1); m.visitMethodInsn(INVOKEINTERFACE, "java/util/List", "size", "()I", true); m.visitInsn(IRETURN); });
        // Stack map attribute damage.
        byte[] base;
        method("SOk", V1_8, "(I)V", 4, 2, m -> { Label a = new Label(); m.visitVarInsn(ILOAD, 0); m.visitJumpInsn(IFEQ, a); m.visitInsn(NOP); m.visitLabel(a); m.visitFrame(F_APPEND, 1, new Object[] { TOP }, 0, null); m.visitInsn(RETURN); });
        base = classes.get("SOk");
        int at = -1;
        for (int i = 0; i + 6 < base.length; i++) if (base[i] == 0 && base[i+1] == 1 && base[i + 2] == (byte) 252 && base[i + 3] == 0 && base[i + 4] == 5 && base[i + 5] == 0) at = i;
        damage("STrunc", base, at + 1, 2);
        damage("SReserved", base, at + 2, 200);
        damage("STag", base, at + 5, 9);
        damage("SObj", base, at + 5, 7);
        damage("SOffset", base, at + 4, 2);
        damage("SOffset2", base, at + 4, 77);
        damage("SOffset3", base, at + 4, 4);
        damage("SLong", base, at + 5, 4);
        damage("SThis", base, at + 5, 6);
        damage("SZero", base, at + 1, 0);
        damage("SChop", base, at + 2, 249);
        damage("SInt", base, at + 5, 1);
    }
    static void damage(String name, byte[] base, int at, int value) {
        byte[] b = base.clone();
        b[at] = (byte) value;
        String s = new String(b, java.nio.charset.StandardCharsets.ISO_8859_1);
        s = s.replace("\0\3SOk", "\0" + (char) name.length() + name);
        classes.put(name, s.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    public static void main(String[] args) throws Exception {
        make();
        Path out = Path.of(args[0]);
        Files.createDirectories(out);
        ClassLoader loader = new ClassLoader() {
            @Override protected Class<?> findClass(String name) throws ClassNotFoundException {
                byte[] b = classes.get(name);
                if (b == null) throw new ClassNotFoundException(name);
                return defineClass(name, b, 0, b.length);
            }
        };
        StringBuilder all = new StringBuilder();
        for (var e : classes.entrySet()) {
            Files.write(out.resolve(e.getKey() + ".class"), e.getValue());
            String said;
            try {
                Class.forName(e.getKey(), true, loader);
                said = "ok";
            } catch (Throwable t) {
                said = t.getClass().getName() + ": " + t.getMessage();
            }
            all.append("=== ").append(e.getKey()).append('\n').append(said);
            if (!said.endsWith("\n")) all.append('\n');
        }
        Files.writeString(out.resolve("expected.txt"), all);
        System.out.println(classes.size());
    }
}
