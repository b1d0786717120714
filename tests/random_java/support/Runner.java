package support;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Runs generated programs, phase after phase, all of them in each: what was hot in one is compiled when the next begins. */
public final class Runner {
    private static final int[] REPETITIONS = {30, 30, 15, 20, 15, 10};

    /** {@code -Dsupport.trace=true}: each call is told. */
    private static final boolean TRACE = Boolean.getBoolean("support.trace");

    private Runner() {
    }

    public static void main(String[] names) throws Exception {
        run(names, Runner.class.getClassLoader(), new java.io.FileOutputStream(java.io.FileDescriptor.out));
    }

    /** One line a program and phase: a number for each of its methods, and one for its state. */
    static void run(String[] names, ClassLoader loader, OutputStream out) throws Exception {
        RandomProgram[] programs = new RandomProgram[names.length];
        for (int phase = 0; phase < REPETITIONS.length; phase++) {
            for (int index = 0; index < names.length; index++) {
                out.write((names[index] + " " + phase).getBytes(StandardCharsets.UTF_8));
                StringBuilder line = new StringBuilder();
                try {
                    if (phase == 0) {
                        programs[index] = (RandomProgram) Class.forName(names[index], true, loader)
                            .getDeclaredConstructor().newInstance();
                    }
                    if (programs[index] != null) {
                        one(programs[index], names[index], phase, line);
                    }
                } catch (Throwable thrown) {
                    line.append(' ').append(thrown.getClass().getName());
                }
                out.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void one(RandomProgram program, String name, int phase, StringBuilder line) {
        // Smaller variants of a program, with `_` and a number behind its name, get its inputs.
        long seed = name.split("_")[0].hashCode();
        Inputs in = new Inputs();
        in.begin(seed, phase, -1);
        program.begin(in);
        int count = program.count();
        for (int number = 0; number < count; number++) {
            Checksum sum = new Checksum();
            for (int repetition = 0; repetition < REPETITIONS[phase]; repetition++) {
                in.begin(seed + number, phase, repetition);
                try {
                    program.call(number, in, sum);
                } catch (Throwable thrown) {
                    sum.addThrown(thrown);
                    if (TRACE) {
                        thrown.printStackTrace();
                    }
                }
                if (TRACE) {
                    System.err.println(phase + " " + number + " " + repetition + " " + Long.toHexString(sum.value()));
                }
            }
            line.append(' ').append(Long.toHexString(sum.value()));
        }
        Checksum sum = new Checksum();
        program.state(sum);
        line.append(' ').append(Long.toHexString(sum.value()));
    }
}
