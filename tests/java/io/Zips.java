// grants: file
import java.io.*;
import java.nio.charset.*;
import java.nio.file.*;
import java.util.*;
import java.util.jar.*;
import java.util.zip.*;

/** Deflater/Inflater, GZIP, zip streams and files, jar manifests, checksums, the zip file system. */
public class Zips {
    static byte[] text(int n) {
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < n; i++) b.append("line ").append(i % 17).append(' ');
        return b.toString().getBytes();
    }
    public static void main(String[] args) throws Exception {
        byte[] data = text(2000);
        for (int level : new int[] {0, 1, 6, 9}) {
            Deflater d = new Deflater(level);
            d.setInput(data);
            d.finish();
            byte[] out = new byte[data.length + 100];
            int n = d.deflate(out);
            Inflater i = new Inflater();
            i.setInput(out, 0, n);
            byte[] back = new byte[data.length];
            int m = i.inflate(back);
            System.out.println(level + " " + (n < data.length / 5 || level == 0) + " " + m + " "
                + Arrays.equals(back, data) + " " + i.finished() + " " + d.getTotalIn() + " " + i.getTotalOut() + " "
                + (d.getAdler() == i.getAdler()) + " " + i.getRemaining());
            d.end();
            i.end();
        }
        Inflater bad = new Inflater();
        bad.setInput(new byte[] {1, 2, 3, 4});
        try {
            bad.inflate(new byte[10]);
        } catch (DataFormatException e) { System.out.println(e.getMessage()); }
        Deflater dict = new Deflater();
        dict.setDictionary("line ".getBytes());
        dict.setInput("line line".getBytes());
        dict.finish();
        byte[] db = new byte[50];
        int dn = dict.deflate(db);
        Inflater di = new Inflater();
        di.setInput(db, 0, dn);
        System.out.println(di.inflate(new byte[20]) + " " + di.needsDictionary());
        di.setDictionary("line ".getBytes());
        byte[] res = new byte[20];
        System.out.println(new String(res, 0, di.inflate(res)));
        Deflater raw = new Deflater(5, true);
        raw.setInput(data, 0, 100);
        raw.finish();
        byte[] rb = new byte[200];
        int rn = raw.deflate(rb, 0, 200, Deflater.SYNC_FLUSH);
        Inflater ri = new Inflater(true);
        ri.setInput(rb, 0, rn);
        System.out.println(ri.inflate(new byte[200]));
        CRC32 c = new CRC32();
        c.update(data);
        Adler32 a = new Adler32();
        a.update(data, 5, 100);
        CRC32C cc = new CRC32C();
        cc.update(data);
        System.out.println(Long.toHexString(c.getValue()) + " " + Long.toHexString(a.getValue()) + " "
            + Long.toHexString(cc.getValue()));
        c.reset();
        c.update(java.nio.ByteBuffer.allocateDirect(100));
        c.update('x');
        System.out.println(Long.toHexString(c.getValue()));
        ByteArrayOutputStream go = new ByteArrayOutputStream();
        try (GZIPOutputStream g = new GZIPOutputStream(go)) {
            g.write(data);
        }
        GZIPInputStream gi = new GZIPInputStream(new ByteArrayInputStream(go.toByteArray()));
        System.out.println(Arrays.equals(gi.readAllBytes(), data));
        byte[] broken = go.toByteArray();
        broken[broken.length - 6] ^= 1;
        try {
            new GZIPInputStream(new ByteArrayInputStream(broken)).readAllBytes();
        } catch (ZipException e) { System.out.println(e.getMessage()); }
        try {
            new GZIPInputStream(new ByteArrayInputStream(new byte[20]));
        } catch (ZipException e) { System.out.println(e.getMessage()); }
        try {
            new GZIPInputStream(new ByteArrayInputStream(Arrays.copyOf(go.toByteArray(), 60))).readAllBytes();
        } catch (EOFException e) { System.out.println(e.getMessage()); }
        System.out.println(new CheckedInputStream(new ByteArrayInputStream(data), new CRC32()).readAllBytes().length
            + " "
            + new String(
                new InflaterInputStream(new DeflaterInputStream(new ByteArrayInputStream("round".getBytes())))
                    .readAllBytes()));
        Path zip = Files.createTempFile("zips", ".zip");
        try (ZipOutputStream z = new ZipOutputStream(Files.newOutputStream(zip), StandardCharsets.UTF_8)) {
            z.setComment("the comment");
            ZipEntry e1 = new ZipEntry("dir/");
            e1.setTime(1600000000000L);
            z.putNextEntry(e1);
            ZipEntry e = new ZipEntry("dir/caf\u00e9.txt");
            e.setTime(1600000000000L);
            e.setComment("ec");
            e.setExtra(new byte[] {1, 2, 2, 0, 9, 9});
            z.putNextEntry(e);
            z.write(data);
            z.closeEntry();
            ZipEntry st = new ZipEntry("stored");
            st.setTime(1600000000000L);
            st.setMethod(ZipEntry.STORED);
            st.setSize(3);
            CRC32 k = new CRC32();
            k.update("abc".getBytes());
            st.setCrc(k.getValue());
            z.putNextEntry(st);
            z.write("abc".getBytes());
            try {
                z.putNextEntry(new ZipEntry("stored"));
            } catch (ZipException x) { System.out.println(x.getMessage()); }
        }
        try (ZipFile f = new ZipFile(zip.toFile())) {
            System.out.println(f.size() + " " + f.getComment());
            for (ZipEntry e : Collections.list(f.entries()))
                System.out.println(e.getName() + " " + e.isDirectory() + " " + e.getSize() + " "
                    + Long.toHexString(e.getCrc()) + " " + e.getMethod() + " " + e.getComment() + " "
                    + Arrays.toString(e.getExtra()) + " " + new java.util.Date(e.getTime()).getTime() / 100000);
            System.out.println(new String(f.getInputStream(f.getEntry("stored")).readAllBytes()) + " "
                + f.getEntry("none") + " " + f.getInputStream(f.getEntry("dir/caf\u00e9.txt")).readAllBytes().length
                + " " + f.stream().count());
        }
        try (ZipInputStream zi = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry e; (e = zi.getNextEntry()) != null;)
                System.out.print(e.getName().length() + ":" + zi.readAllBytes().length + " ");
            System.out.println();
        }
        try (FileSystem fs = FileSystems.newFileSystem(zip)) {
            System.out.println(Files.readString(fs.getPath("stored")) + " " + Files.isDirectory(fs.getPath("dir")) + " "
                + Files.size(fs.getPath("/dir/caf\u00e9.txt")));
            Files.writeString(fs.getPath("added"), "new");
        }
        try (ZipFile f = new ZipFile(zip.toFile())) {
            System.out.println(f.size() + new String(f.getInputStream(f.getEntry("added")).readAllBytes()));
        }
        Files.write(zip, new byte[50]);
        try {
            new ZipFile(zip.toFile());
        } catch (ZipException e) { System.out.println(e.getMessage()); }
        Files.write(zip, new byte[0]);
        try {
            new ZipFile(zip.toFile());
        } catch (ZipException e) { System.out.println(e.getMessage()); }
        Files.delete(zip);
        try {
            new ZipFile(zip.toFile());
        } catch (NoSuchFileException | FileNotFoundException e) { System.out.println("missing"); }
        Manifest mf = new Manifest(new ByteArrayInputStream(
            ("Manifest-Version: 1.0\nMain-Class: a.B\nLong: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n "
             + "yyyy\n\nName: sec/\nKey: v\n\n").getBytes()));
        System.out.println(mf.getMainAttributes().getValue("main-class") + " "
            + mf.getMainAttributes().getValue("Long").length() + " " + mf.getAttributes("sec/").getValue("Key"));
        ByteArrayOutputStream mo = new ByteArrayOutputStream();
        mf.getMainAttributes().putValue("Very-Long-Name", "z".repeat(100));
        mf.write(mo);
        System.out.println(mo.size() + " " + mo.toString().lines().mapToInt(String::length).max().getAsInt());
        try {
            new Manifest(new ByteArrayInputStream("no colon here\n".getBytes()));
        } catch (IOException e) { System.out.println(e.getMessage()); }
        ByteArrayOutputStream jo = new ByteArrayOutputStream();
        try (JarOutputStream j = new JarOutputStream(jo, mf)) {
            j.putNextEntry(new JarEntry("x"));
            j.write(1);
        }
        JarInputStream ji = new JarInputStream(new ByteArrayInputStream(jo.toByteArray()));
        System.out.println(ji.getManifest().getMainAttributes().size() + " " + ji.getNextJarEntry().getName());
    }
}
