// grants: process
import java.io.*;
import java.util.*;
import java.util.concurrent.*;

/** ProcessBuilder: output, input, error streams, environment, exit codes, redirects, destroy, pipelines. */
public class Processes {
    static String out(Process p) throws IOException { return new String(p.getInputStream().readAllBytes()); }
    public static void main(String[] args) throws Exception {
        Process e = new ProcessBuilder("echo", "hello", "a b").start();
        System.out.print(out(e));
        System.out.println(e.waitFor() + " " + e.isAlive() + " " + e.exitValue());
        Process c = new ProcessBuilder("cat").start();
        try (OutputStream o = c.getOutputStream()) {
            o.write("through cat\n".getBytes());
        }
        System.out.print(out(c));
        System.out.println(c.waitFor(5, TimeUnit.SECONDS));
        Process s = new ProcessBuilder("sh", "-c", "echo err >&2; exit 3").start();
        System.out.println(new String(s.getErrorStream().readAllBytes()).trim() + " " + s.waitFor());
        ProcessBuilder b = new ProcessBuilder("sh", "-c", "echo $MY; pwd; echo e >&2")
                               .redirectErrorStream(true)
                               .directory(new File("/"));
        b.environment().put("MY", "var");
        System.out.println(out(b.start()).replace("\n", "|"));
        try {
            new ProcessBuilder("no-such-program-x").start();
        } catch (IOException x) { System.out.println(x.getMessage()); }
        try {
            new ProcessBuilder(List.of()).start();
        } catch (IndexOutOfBoundsException x) { System.out.println("IOOBE"); }
        Process sl = new ProcessBuilder("sleep", "100").start();
        System.out.println(sl.isAlive() + " " + sl.waitFor(5, TimeUnit.MILLISECONDS) + " " + (sl.pid() > 0));
        try {
            sl.exitValue();
        } catch (IllegalThreadStateException x) { System.out.println(x.getMessage()); }
        sl.destroy();
        System.out.println(sl.waitFor() + " " + sl.onExit().get().isAlive());
        File f = File.createTempFile("proc", ".txt");
        new ProcessBuilder("echo", "to file").redirectOutput(f).start().waitFor();
        new ProcessBuilder("echo", "more").redirectOutput(ProcessBuilder.Redirect.appendTo(f)).start().waitFor();
        System.out.println(java.nio.file.Files.readAllLines(f.toPath()) + " "
            + out(new ProcessBuilder("cat").redirectInput(f).start()).length());
        f.delete();
        List<Process> pl =
            ProcessBuilder.startPipeline(List.of(new ProcessBuilder("printf", "b\na\n"), new ProcessBuilder("sort")));
        System.out.println(out(pl.get(1)).replace("\n", "|"));
        Process k = Runtime.getRuntime().exec(new String[] {"sleep", "100"});
        k.destroyForcibly();
        System.out.println(k.waitFor());
        System.out.println(new ProcessBuilder("true").inheritIO().start().waitFor() + " "
            + ProcessHandle.of(sl.pid()).map(ProcessHandle::isAlive).orElse(false));
    }
}
