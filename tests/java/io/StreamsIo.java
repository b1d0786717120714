import java.io.*;
import java.nio.charset.*;
import java.util.*;

/** Byte and character streams: buffered, data, pushback, sequence, piped, line numbers, print, tokenizer. */
public class StreamsIo {
    public static void main(String[] args) throws Exception {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        DataOutputStream d = new DataOutputStream(b);
        d.writeByte(-1);
        d.writeShort(-2);
        d.writeInt(3);
        d.writeLong(4L << 40);
        d.writeFloat(1.5f);
        d.writeDouble(-0.0);
        d.writeUTF("\0\u00e9\u4e2d\ud83d\ude00");
        d.writeChars("ab");
        d.writeBoolean(true);
        System.out.println(d.size() + " " + Arrays.hashCode(b.toByteArray()));
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(b.toByteArray()));
        System.out.println(in.readByte() + " " + in.readShort() + " " + in.readInt() + " " + in.readLong() + " "
            + in.readFloat() + " " + in.readDouble() + " " + in.readUTF().length() + in.readChar() + in.readChar()
            + in.readBoolean());
        try {
            in.readInt();
        } catch (EOFException e) { System.out.println("EOF"); }
        try {
            new DataInputStream(new ByteArrayInputStream(new byte[] {0, 1, (byte) 0xff})).readUTF();
        } catch (UTFDataFormatException e) { System.out.println(e.getMessage()); }
        BufferedReader r = new BufferedReader(new StringReader("one\ntwo\r\nthree\rfour"), 2);
        System.out.println(r.readLine() + r.readLine() + r.readLine() + r.readLine() + r.readLine());
        BufferedReader mk = new BufferedReader(new StringReader("abcdef"));
        mk.read();
        mk.mark(10);
        System.out.print((char) mk.read());
        mk.reset();
        System.out.print((char) mk.read());
        System.out.println(mk.skip(2) + "" + (char) mk.read() + mk.ready() + " "
            + new BufferedReader(new StringReader("x\ny")).lines().toList());
        BufferedInputStream bi = new BufferedInputStream(new ByteArrayInputStream("hello world".getBytes()), 4);
        bi.read();
        bi.mark(3);
        bi.read(new byte[3]);
        bi.reset();
        System.out.println((char) bi.read() + " " + bi.available() + " " + new String(bi.readNBytes(3)) + " "
            + bi.skip(2) + new String(bi.readAllBytes()));
        PushbackInputStream pb = new PushbackInputStream(new ByteArrayInputStream("xy".getBytes()), 2);
        int x = pb.read();
        pb.unread(x);
        pb.unread('z');
        System.out.println("" + (char) pb.read() + (char) pb.read() + (char) pb.read() + pb.read());
        try {
            pb.unread(new byte[5]);
        } catch (IOException e) { System.out.println(e.getMessage()); }
        SequenceInputStream sq = new SequenceInputStream(Collections.enumeration(
            List.of(new ByteArrayInputStream("a".getBytes()), new ByteArrayInputStream("b".getBytes()))));
        System.out.println(new String(sq.readAllBytes()));
        PipedInputStream pi = new PipedInputStream(16);
        PipedOutputStream po = new PipedOutputStream(pi);
        Thread t = new Thread(() -> {
            try (po) {
                for (int i = 0; i < 200; i++) po.write(i);
            } catch (IOException e) { System.out.println(e); }
        });
        t.start();
        int sum = 0, v;
        while ((v = pi.read()) >= 0) sum += v;
        t.join();
        System.out.println(sum);
        PipedReader pr = new PipedReader();
        PipedWriter pw = new PipedWriter(pr);
        pw.write("piped");
        pw.close();
        System.out.println(new BufferedReader(pr).readLine());
        try {
            new PipedInputStream().read();
        } catch (IOException e) { System.out.println(e.getMessage()); }
        LineNumberReader ln = new LineNumberReader(new StringReader("a\nb\nc"));
        ln.readLine();
        ln.readLine();
        System.out.println(ln.getLineNumber());
        StreamTokenizer st = new StreamTokenizer(new StringReader("x = 3.5 + 'q' // c\n\"str\" y_1"));
        st.slashSlashComments(true);
        st.wordChars('_', '_');
        StringBuilder tk = new StringBuilder();
        while (st.nextToken() != StreamTokenizer.TT_EOF)
            tk.append(st.ttype == StreamTokenizer.TT_NUMBER ? "N" + st.nval
                      : st.ttype == StreamTokenizer.TT_WORD ? "W" + st.sval
                                                            : "'" + (char) st.ttype + (st.sval == null ? "" : st.sval))
                .append(' ');
        System.out.println(tk);
        InputStreamReader ir = new InputStreamReader(
            new ByteArrayInputStream("caf\u00e9 \u4e2d\ud83d\ude00".getBytes("UTF-8")), "UTF-8");
        char[] cb = new char[20];
        int n = ir.read(cb);
        System.out.println(n + " " + (int) cb[3] + " " + ir.getEncoding() + " " + ir.read());
        ByteArrayOutputStream wo = new ByteArrayOutputStream();
        try (Writer w = new OutputStreamWriter(wo, StandardCharsets.UTF_16BE)) {
            w.write("a\u4e2d");
            w.append('b').append("xyz", 1, 2);
        }
        System.out.println(Arrays.toString(wo.toByteArray()));
        PrintStream ps = new PrintStream(wo, true, "UTF-8");
        wo.reset();
        ps.print(1);
        ps.print('c');
        ps.print(2L);
        ps.print(1.5f);
        ps.print(true);
        ps.print((Object) null);
        ps.print(new char[] {'x'});
        ps.println();
        ps.printf("%d", 5).append("q").write(65);
        System.out.println(wo.toString("UTF-8").replace("\n", "|") + ps.checkError());
        PrintWriter pwr = new PrintWriter(new Writer() {
            public void write(char[] c, int o, int l) throws IOException { throw new IOException(); }
            public void flush() {}
            public void close() {}
        });
        pwr.print("x");
        System.out.println(pwr.checkError());
        StringWriter sw = new StringWriter();
        sw.write("abc", 1, 2);
        sw.append("d");
        System.out.println(sw + " " + sw.getBuffer().length());
        CharArrayWriter cw = new CharArrayWriter();
        cw.write("chars");
        System.out.println(cw.toCharArray().length + " " + new CharArrayReader(cw.toCharArray(), 1, 3).read());
        System.out.println(InputStream.nullInputStream().read() + " "
            + new ByteArrayInputStream(new byte[5]).transferTo(OutputStream.nullOutputStream()) + " "
            + Reader.nullReader().read());
        try {
            new BufferedReader(new StringReader("")).mark(-1);
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        BufferedReader cl = new BufferedReader(new StringReader("x"));
        cl.close();
        try {
            cl.read();
        } catch (IOException e) { System.out.println(e.getMessage()); }
        PrintStream old = System.out;
        ByteArrayOutputStream cap = new ByteArrayOutputStream();
        System.setOut(new PrintStream(cap));
        System.out.print("captured");
        System.setOut(old);
        System.out.println(cap);
        System.setIn(new ByteArrayInputStream("line in\n".getBytes()));
        System.out.println(new Scanner(System.in).nextLine());
    }
}
