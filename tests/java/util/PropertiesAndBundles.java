// grants: file
import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.util.*;

/** Properties load and store, XML, defaults; resource bundles by class and file with fallback; Locale. */
public class PropertiesAndBundles {
    public static class Texts extends ListResourceBundle {
        protected Object[][] getContents() {
            return new Object[][] {{"hello", "Hello"}, {"n", 5}, {"arr", new String[] {"a"}}};
        }
    }
    public static class Texts_de extends ListResourceBundle {
        protected Object[][] getContents() { return new Object[][] {{"hello", "Hallo"}}; }
    }
    public static class Texts_de_AT extends ListResourceBundle {
        protected Object[][] getContents() { return new Object[][] {{"hello", "Servus"}}; }
    }
    public static void main(String[] args) throws Exception {
        Locale.setDefault(Locale.US);
        Properties p = new Properties();
        p.load(new StringReader("# comment\n! other\nkey = value\nk2:v2\nk3 v3\n  sp\\ ace = x\\ty \nlong = a\\\n   "
                                + "b\\\n   c\nuni=\\u00e9\\u4e2d\nempty=\nnovalue\nesc\\=k=v\\=w\n"));
        System.out.println(new TreeMap<>(p));
        StringWriter w = new StringWriter();
        Properties q = new Properties(p);
        q.setProperty("k", " lead\u00e9:=#!\n");
        q.store(w, "com\nment");
        System.out.println(Arrays.toString(w.toString().lines().filter(l -> !l.startsWith("#")).toArray())
            + q.getProperty("key") + q.size() + q.stringPropertyNames().size());
        ByteArrayOutputStream xml = new ByteArrayOutputStream();
        q.storeToXML(xml, "c");
        Properties back = new Properties();
        back.loadFromXML(new ByteArrayInputStream(xml.toByteArray()));
        System.out.println(back.equals(Map.of("k", " lead\u00e9:=#!\n")));
        try {
            p.load(new StringReader("a=\\u00zz"));
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        for (Locale l : new Locale[] {Locale.ROOT, Locale.GERMANY, new Locale("de", "AT"), Locale.FRANCE}) {
            ResourceBundle b = ResourceBundle.getBundle("PropertiesAndBundles$Texts", l);
            System.out.println(l + " " + b.getString("hello") + " " + b.getObject("n") + " " + b.getLocale() + " "
                + new TreeSet<>(b.keySet()) + " " + b.getStringArray("arr").length);
        }
        try {
            ResourceBundle.getBundle("no.Bundle");
        } catch (MissingResourceException e) { System.out.println(e.getMessage()); }
        try {
            ResourceBundle.getBundle("PropertiesAndBundles$Texts").getString("zz");
        } catch (MissingResourceException e) { System.out.println(e.getMessage() + " " + e.getKey()); }
        Path d = Files.createTempDirectory("bundles");
        Files.writeString(d.resolve("msg.properties"), "a=base\nb=only base\n");
        Files.writeString(d.resolve("msg_fr.properties"), "a=fran\u00e7ais\n");
        ResourceBundle f =
            ResourceBundle.getBundle("msg", Locale.FRANCE, new URLClassLoader(new URL[] {d.toUri().toURL()}));
        System.out.println(f.getString("a") + " " + f.getString("b") + " " + f.getBaseBundleName());
        for (Locale l : new Locale[] {Locale.US, Locale.JAPAN, new Locale("sr", "RS", "x"),
                 Locale.forLanguageTag("zh-Hans-CN"), Locale.forLanguageTag("en-US-u-ca-buddhist"), Locale.ROOT})
            System.out.println(l + " " + l.toLanguageTag() + " " + l.getISO3Language() + " "
                + l.getDisplayLanguage(Locale.US) + " " + l.getDisplayName(Locale.US) + " " + l.getScript() + " "
                + l.hashCode());
        System.out.println(new Locale.Builder().setLanguage("fr").setRegion("CA").build() + " "
            + Locale.lookup(Locale.LanguageRange.parse("de-CH,en;q=0.5"), List.of(Locale.GERMAN, Locale.ENGLISH)) + " "
            + (Locale.getAvailableLocales().length > 100) + " " + Locale.getISOCountries().length / 100);
    }
}
