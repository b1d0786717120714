import static jdk.internal.org.objectweb.asm.Opcodes.*;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import jdk.internal.org.objectweb.asm.AnnotationVisitor;
import jdk.internal.org.objectweb.asm.ClassWriter;
import jdk.internal.org.objectweb.asm.Label;
import jdk.internal.org.objectweb.asm.MethodVisitor;

/** Writes the corrupt classes and jars: one directory or file a case, below the directory given. */
public class Generate {
    static Path out;

    static void write(String name, byte[] bytes) throws IOException {
        Path file = out.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    /** A class whose main is the given code, in its own directory. */
    static void hostile(String name, int version, int stack, int locals, Consumer<MethodVisitor> body) throws IOException {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(version, ACC_PUBLIC | ACC_SUPER, name, null, "java/lang/Object", null);
        MethodVisitor code = writer.visitMethod(ACC_PUBLIC | ACC_STATIC, "main", "([Ljava/lang/String;)V", null, null);
        code.visitCode();
        body.accept(code);
        code.visitMaxs(stack, locals);
        code.visitEnd();
        writer.visitEnd();
        write("hostile/" + name + ".class", writer.toByteArray());
    }

    static ClassWriter plain(String name, String parent, int access, String... interfaces) {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(V17, access, name, null, parent, interfaces);
        return writer;
    }

    static void addMain(ClassWriter writer) {
        MethodVisitor code = writer.visitMethod(ACC_PUBLIC | ACC_STATIC, "main", "([Ljava/lang/String;)V", null, null);
        code.visitCode();
        code.visitInsn(RETURN);
        code.visitMaxs(0, 1);
        code.visitEnd();
    }

    static byte[] patched(byte[] bytes, int at, int... values) {
        byte[] copy = bytes.clone();
        for (int i = 0; i < values.length; i++) copy[at + i] = (byte) values[i];
        return copy;
    }

    static int indexOf(byte[] bytes, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i + wanted.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) return i;
        }
        throw new IllegalStateException(text);
    }

    static void classes(byte[] hello) throws IOException {
        write("zero/Hello.class", new byte[0]);
        write("magic/Hello.class", patched(hello, 0, 0xca, 0xfe, 0xd0, 0x0d));
        write("version99/Hello.class", patched(hello, 4, 0, 0, 0, 99));
        write("version0/Hello.class", patched(hello, 4, 0, 0, 0, 0));
        write("preview/Hello.class", patched(hello, 4, 0xff, 0xff, 0, 61));
        write("minor/Hello.class", patched(hello, 4, 0, 1, 0, 61));
        for (int keep : new int[] {3, 9, 40, 200, hello.length - 1}) {
            write("truncated" + (keep == hello.length - 1 ? "end" : "" + keep) + "/Hello.class", Arrays.copyOf(hello, keep));
        }
        write("trailing/Hello.class", Arrays.copyOf(hello, hello.length + 1));
        write("wrongname/Other.class", hello);
        write("tag/Hello.class", patched(hello, 10, 99));
        write("index/Hello.class", patched(hello, 11, 0xff, 0xfe));
        write("poolsize/Hello.class", patched(hello, 8, 0xff, 0xff));
        write("poolzero/Hello.class", patched(hello, 8, 0, 0));
        write("utf8/Hello.class", patched(hello, indexOf(hello, "println"), 0xff));
        write("nul/Hello.class", patched(hello, indexOf(hello, "println"), 0));
        write("descriptor/Hello.class", patched(hello, indexOf(hello, "([Ljava/lang/String;)V"), '[', '['));
        write("name/Hello.class", patched(hello, indexOf(hello, "main"), ';'));
        write("text/Hello.class", "public class Hello {}\n".getBytes(StandardCharsets.UTF_8));
        byte[] zeros = new byte[4096];
        write("zeros/Hello.class", zeros);
        write("header/Hello.class", patched(zeros, 0, 0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61));
    }

    static void code() throws IOException {
        hostile("Underflow", V17, 2, 1, c -> {
            c.visitInsn(POP);
            c.visitInsn(RETURN);
        });
        hostile("Overflow", V17, 1, 1, c -> {
            c.visitInsn(ICONST_0);
            c.visitInsn(ICONST_0);
            c.visitInsn(POP2);
            c.visitInsn(RETURN);
        });
        hostile("FallsOff", V17, 1, 1, c -> c.visitInsn(NOP));
        hostile("Types", V17, 2, 1, c -> {
            c.visitInsn(ICONST_1);
            c.visitVarInsn(ALOAD, 0);
            c.visitInsn(IADD);
            c.visitInsn(POP);
            c.visitInsn(RETURN);
        });
        hostile("Uninitialized", V17, 1, 3, c -> {
            c.visitVarInsn(ILOAD, 2);
            c.visitInsn(POP);
            c.visitInsn(RETURN);
        });
        hostile("LocalRange", V17, 1, 1, c -> {
            c.visitVarInsn(ALOAD, 5);
            c.visitInsn(POP);
            c.visitInsn(RETURN);
        });
        hostile("NoFrame", V17, 1, 1, c -> {
            Label loop = new Label();
            c.visitLabel(loop);
            c.visitInsn(ICONST_0);
            c.visitJumpInsn(IFEQ, loop);
            c.visitInsn(RETURN);
        });
        hostile("WrongReturn", V17, 1, 1, c -> {
            c.visitInsn(ICONST_0);
            c.visitInsn(IRETURN);
        });
        hostile("HalfLong", V17, 4, 1, c -> {
            c.visitInsn(LCONST_0);
            c.visitInsn(POP);
            c.visitInsn(RETURN);
        });
        hostile("Forged", V17, 2, 1, c -> {
            c.visitLdcInsn(0x41414141);
            c.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Object", "hashCode", "()I", false);
            c.visitInsn(POP);
            c.visitInsn(RETURN);
        });
        hostile("NewNotInit", V17, 2, 1, c -> {
            c.visitTypeInsn(NEW, "java/lang/Object");
            c.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Object", "hashCode", "()I", false);
            c.visitInsn(POP);
            c.visitInsn(RETURN);
        });
        hostile("Jsr", V17, 2, 2, c -> {
            Label sub = new Label();
            c.visitJumpInsn(JSR, sub);
            c.visitInsn(RETURN);
            c.visitLabel(sub);
            c.visitVarInsn(ASTORE, 1);
            c.visitVarInsn(RET, 1);
        });
        hostile("OldUnderflow", V1_4, 2, 1, c -> {
            c.visitInsn(IADD);
            c.visitInsn(POP);
            c.visitInsn(RETURN);
        });
        hostile("OldMerge", V1_4, 3, 2, c -> {
            Label other = new Label(), join = new Label();
            c.visitVarInsn(ALOAD, 0);
            c.visitJumpInsn(IFNULL, other);
            c.visitInsn(ICONST_0);
            c.visitJumpInsn(GOTO, join);
            c.visitLabel(other);
            c.visitInsn(ICONST_0);
            c.visitInsn(ICONST_0);
            c.visitLabel(join);
            c.visitInsn(POP);
            c.visitInsn(RETURN);
        });
        hostile("OldRetTwice", V1_4, 3, 3, c -> {
            Label sub = new Label();
            c.visitJumpInsn(JSR, sub);
            c.visitInsn(RETURN);
            c.visitLabel(sub);
            c.visitVarInsn(ASTORE, 1);
            c.visitVarInsn(RET, 2);
        });
        hostile("BadSpecial", V17, 2, 1, c -> {
            c.visitVarInsn(ALOAD, 0);
            c.visitMethodInsn(INVOKESPECIAL, "java/lang/String", "length", "()I", false);
            c.visitInsn(POP);
            c.visitInsn(RETURN);
        });
        hostile("NoMethod", V17, 2, 1, c -> {
            c.visitMethodInsn(INVOKESTATIC, "java/lang/Math", "maximum", "(II)I", false);
            c.visitInsn(RETURN);
        });
        hostile("NoMethodReached", V17, 2, 1, c -> {
            c.visitMethodInsn(INVOKESTATIC, "java/lang/Math", "nothing", "()V", false);
            c.visitInsn(RETURN);
        });
        hostile("NoField", V17, 2, 1, c -> {
            c.visitFieldInsn(GETSTATIC, "java/lang/Math", "TAU2", "D");
            c.visitInsn(POP2);
            c.visitInsn(RETURN);
        });
        hostile("PrivateField", V17, 2, 1, c -> {
            c.visitFieldInsn(GETSTATIC, "java/lang/Math", "negativeZeroFloatBits", "J");
            c.visitInsn(POP2);
            c.visitInsn(RETURN);
        });
        hostile("StaticAsVirtual", V17, 3, 1, c -> {
            c.visitLdcInsn("x");
            c.visitMethodInsn(INVOKEVIRTUAL, "java/lang/String", "valueOf", "()V", false);
            c.visitInsn(RETURN);
        });
        hostile("AbstractNew", V17, 3, 1, c -> {
            c.visitTypeInsn(NEW, "java/lang/Number");
            c.visitInsn(POP);
            c.visitInsn(RETURN);
        });
        hostile("Dimensions", V17, 3, 1, c -> {
            c.visitInsn(ICONST_M1);
            c.visitTypeInsn(ANEWARRAY, "[".repeat(254) + "I");
            c.visitInsn(POP);
            c.visitInsn(RETURN);
        });
        hostile("TooManyDimensions", V17, 3, 1, c -> {
            c.visitInsn(ICONST_0);
            c.visitTypeInsn(ANEWARRAY, "[".repeat(255) + "I");
            c.visitInsn(POP);
            c.visitInsn(RETURN);
        });
        hostile("WrongMonitor", V17, 3, 1, c -> {
            c.visitVarInsn(ALOAD, 0);
            c.visitInsn(MONITOREXIT);
            c.visitInsn(RETURN);
        });
        // Branches into nowhere: the offset is patched behind ASM's back.
        ClassWriter writer = plain("BadBranch", "java/lang/Object", ACC_PUBLIC | ACC_SUPER);
        MethodVisitor main = writer.visitMethod(ACC_PUBLIC | ACC_STATIC, "main", "([Ljava/lang/String;)V", null, null);
        main.visitCode();
        Label end = new Label();
        main.visitJumpInsn(GOTO, end);
        for (int i = 0; i < 5; i++) main.visitInsn(NOP);
        main.visitLabel(end);
        main.visitFrame(F_SAME, 0, null, 0, null);
        main.visitInsn(RETURN);
        main.visitMaxs(0, 1);
        main.visitEnd();
        byte[] branch = writer.toByteArray();
        int at = -1;
        for (int i = 0; i + 8 < branch.length && at < 0; i++) {
            if (branch[i] == (byte) GOTO && branch[i + 1] == 0 && branch[i + 2] == 8 && branch[i + 3] == 0 && branch[i + 4] == 0) at = i;
        }
        write("hostile/BadBranch.class", patched(branch, at + 1, 0x70, 0));
        write("hostile/MidBranch/BadBranch.class", patched(branch, at + 1, 0, 1));
        write("hostile/BackBranch/BadBranch.class", patched(branch, at + 1, 0xff, 0xf0));
        write("hostile/BadOpcode/BadBranch.class", patched(branch, at, 0xfd, 0, 0));
        write("hostile/CutOff/BadBranch.class", patched(branch, at + 8, 0xc8));
    }

    static void shapes() throws IOException {
        ClassWriter circle = plain("CircleA", "CircleB", ACC_PUBLIC | ACC_SUPER);
        addMain(circle);
        write("circle/CircleA.class", circle.toByteArray());
        write("circle/CircleB.class", plain("CircleB", "CircleA", ACC_PUBLIC | ACC_SUPER).toByteArray());
        ClassWriter own = plain("Ouroboros", "Ouroboros", ACC_PUBLIC | ACC_SUPER);
        addMain(own);
        write("circle/Ouroboros.class", own.toByteArray());
        ClassWriter end = plain("FinalChild", "java/lang/String", ACC_PUBLIC | ACC_SUPER);
        addMain(end);
        write("shapes/FinalChild.class", end.toByteArray());
        ClassWriter face = plain("InterfaceChild", "java/lang/Runnable", ACC_PUBLIC | ACC_SUPER);
        addMain(face);
        write("shapes/InterfaceChild.class", face.toByteArray());
        ClassWriter implementsClass = plain("ImplementsClass", "java/lang/Object", ACC_PUBLIC | ACC_SUPER, "java/lang/Thread");
        addMain(implementsClass);
        write("shapes/ImplementsClass.class", implementsClass.toByteArray());
        ClassWriter both = plain("FinalAbstract", "java/lang/Object", ACC_PUBLIC | ACC_SUPER | ACC_FINAL | ACC_ABSTRACT);
        addMain(both);
        write("shapes/FinalAbstract.class", both.toByteArray());
        ClassWriter twice = plain("TwoMains", "java/lang/Object", ACC_PUBLIC | ACC_SUPER);
        addMain(twice);
        addMain(twice);
        write("shapes/TwoMains.class", twice.toByteArray());
        ClassWriter fields = plain("TwoFields", "java/lang/Object", ACC_PUBLIC | ACC_SUPER);
        fields.visitField(ACC_STATIC, "x", "I", null, null);
        fields.visitField(ACC_STATIC, "x", "I", null, null);
        addMain(fields);
        write("shapes/TwoFields.class", fields.toByteArray());
        ClassWriter noCode = plain("NoCode", "java/lang/Object", ACC_PUBLIC | ACC_SUPER);
        noCode.visitMethod(ACC_PUBLIC | ACC_STATIC, "main", "([Ljava/lang/String;)V", null, null).visitEnd();
        write("shapes/NoCode.class", noCode.toByteArray());
        ClassWriter fieldType = plain("FieldType", "java/lang/Object", ACC_PUBLIC | ACC_SUPER);
        fieldType.visitField(ACC_STATIC, "x", "V", null, null);
        addMain(fieldType);
        write("shapes/FieldType.class", fieldType.toByteArray());
        ClassWriter prohibited = plain("java/lang/Evil", "java/lang/Object", ACC_PUBLIC | ACC_SUPER);
        addMain(prohibited);
        write("shapes/java/lang/Evil.class", prohibited.toByteArray());
        ClassWriter many = plain("ManyArguments", "java/lang/Object", ACC_PUBLIC | ACC_SUPER | ACC_ABSTRACT);
        many.visitMethod(ACC_PUBLIC | ACC_ABSTRACT, "f", "(" + "J".repeat(128) + ")V", null, null).visitEnd();
        addMain(many);
        write("shapes/ManyArguments.class", many.toByteArray());
        ClassWriter deep = plain("DeepAnnotation", "java/lang/Object", ACC_PUBLIC | ACC_SUPER);
        AnnotationVisitor annotation = deep.visitAnnotation("LAnno;", true);
        for (int i = 0; i < 9000; i++) annotation = annotation.visitAnnotation("value", "LAnno;");
        addMain(deep);
        write("shapes/DeepAnnotation.class", deep.toByteArray());
        ClassWriter sealed = plain("NotPermitted", "SealedParent", ACC_PUBLIC | ACC_SUPER);
        addMain(sealed);
        write("shapes/NotPermitted.class", sealed.toByteArray());
        write("shapes/SealedParent.class", Files.readAllBytes(out.resolve("good/SealedParent.class")));
        // A chain of 3000 superclasses.
        for (int i = 0; i < 3000; i++) {
            ClassWriter link = plain("Chain" + i, i == 2999 ? "java/lang/Object" : "Chain" + (i + 1), ACC_PUBLIC | ACC_SUPER);
            if (i == 0) addMain(link);
            write("chain/Chain" + i + ".class", link.toByteArray());
        }
    }

    static byte[] jar(String mainClass, String name, byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (mainClass != null) manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass);
        try (JarOutputStream jar = new JarOutputStream(out, manifest)) {
            JarEntry entry = new JarEntry(name);
            entry.setTime(0);
            jar.putNextEntry(entry);
            jar.write(bytes);
        }
        return out.toByteArray();
    }

    static void jars(byte[] hello) throws IOException {
        byte[] good = jar("Hello", "Hello.class", hello);
        write("good.jar", good);
        write("zero.jar", new byte[0]);
        write("text.jar", "not a jar\n".repeat(50).getBytes(StandardCharsets.UTF_8));
        write("cut.jar", Arrays.copyOf(good, good.length / 2));
        write("cutend.jar", Arrays.copyOf(good, good.length - 10));
        write("nomain.jar", jar(null, "Hello.class", hello));
        write("wrongmain.jar", jar("Nobody", "Hello.class", hello));
        write("emptymain.jar", jar(" ", "Hello.class", hello));
        ByteArrayOutputStream none = new ByteArrayOutputStream();
        try (java.util.zip.ZipOutputStream zip = new java.util.zip.ZipOutputStream(none)) {
            zip.putNextEntry(new java.util.zip.ZipEntry("Hello.class"));
            zip.write(hello);
        }
        write("nomanifest.jar", none.toByteArray());
        int end = good.length - 22;
        write("directory.jar", patched(good, end + 16, 0xff, 0xff, 0xff, 0x7f));
        write("count.jar", patched(good, end + 8, 0xff, 0xff, 0xff, 0xff));
        int central = 0;
        for (int i = 0; i < 4; i++) central |= (good[end + 16 + i] & 0xff) << 8 * i;
        write("local.jar", patched(good, central + 42, 0xff, 0xff, 0xff, 0x7f));
        int data = indexOf(good, "Hello.class") + "Hello.class".length();
        write("deflate.jar", patched(good, data + 4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff));
        write("classinjar.jar", jar("Hello", "Hello.class", Arrays.copyOf(hello, 50)));
    }

    public static void main(String[] args) throws IOException {
        out = Path.of(args[0]);
        byte[] hello = Files.readAllBytes(out.resolve("good/Hello.class"));
        classes(hello);
        code();
        shapes();
        jars(hello);
        for (String name : new String[] {"NeedsMissing", "CallsMissing"}) {
            write("gone/" + name + ".class", Files.readAllBytes(out.resolve("good/" + name + ".class")));
        }
    }
}
