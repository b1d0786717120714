import java.lang.module.*;
import java.lang.reflect.*;
import java.util.*;

/** Module graph, exports and opens, access checks of reflection, InaccessibleObjectException texts. */
public class AccessAndModules {
    interface R {
        Object run() throws Throwable;
    }
    static void t(R r) {
        try {
            System.out.println(r.run());
        } catch (Throwable e) {
            System.out.println(e.getClass().getName() + ": "
                + String.valueOf(e.getMessage()).replaceAll("unnamed module @[0-9a-f]+", "unnamed module"));
        }
    }
    static class Priv {
        private int f = 1;
        private Priv() {}
        private static String m() { return "m"; }
    }
    public static void main(String[] args) throws Exception {
        Module base = Object.class.getModule(), own = AccessAndModules.class.getModule();
        System.out.println(base.getName() + " " + base.isNamed() + " " + own.isNamed() + " "
            + base.isExported("java.lang") + base.isExported("jdk.internal.misc")
            + base.isExported("jdk.internal.misc", own) + base.isOpen("java.lang") + base.isOpen("java.lang", own)
            + own.isOpen("x") + own.canRead(base) + base.canRead(own) + " " + base.getDescriptor().name() + " "
            + base.getLayer().equals(ModuleLayer.boot()) + " " + own.getLayer() + " "
            + base.getPackages().contains("java.util") + " " + base.getDescriptor().isOpen()
            + base.getDescriptor().isAutomatic());
        System.out.println(ModuleLayer.boot().findModule("java.base").get() + " "
            + ModuleLayer.boot().findModule("no.such").isPresent() + " "
            + ModuleLayer.boot()
                .findModule("java.logging")
                .map(m -> m.getDescriptor().requires().toString().contains("java.base"))
                .orElse(false)
            + " "
            + ModuleFinder.ofSystem()
                .find("java.base")
                .get()
                .descriptor()
                .exports()
                .stream()
                .anyMatch(e -> e.source().equals("java.util") && !e.isQualified())
            + " " + ModuleLayer.boot().configuration().findModule("java.base").isPresent());
        t(() -> {
            Field f = String.class.getDeclaredField("value");
            f.setAccessible(true);
            return f;
        });
        t(() -> {
            Method m = Class.class.getDeclaredMethod("getName");
            return m.invoke(String.class);
        });
        t(() -> {
            Method m = ClassLoader.class.getDeclaredMethod("defineClass", byte[].class, int.class, int.class);
            m.setAccessible(true);
            return m;
        });
        t(() -> Class.forName("jdk.internal.misc.Unsafe").getMethod("getUnsafe").invoke(null));
        t(() -> Class.forName("jdk.internal.misc.VM").getMethod("initLevel").invoke(null));
        t(() -> {
            Constructor<?> c = Integer.class.getDeclaredConstructor(int.class);
            return c.newInstance(5);
        });
        t(() -> List.of(1).getClass().getMethod("size").invoke(List.of(1)));
        t(() -> {
            Method m = List.of(1).getClass().getMethod("size");
            m.setAccessible(true);
            return m.invoke(List.of(1));
        });
        t(() -> Thread.class.getDeclaredField("name").get(Thread.currentThread()));
        t(() -> Object.class.getDeclaredMethod("clone").invoke("x"));
        t(() -> Priv.class.getDeclaredConstructor().newInstance().f);
        t(() -> Priv.class.getDeclaredMethod("m").invoke(null));
        t(() -> sun.misc.Unsafe.class.getModule());
        t(() -> {
            Field f = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
            System.out.println(f.trySetAccessible());
            return f.get(null) != null;
        });
        t(() -> ResourceBundle.class.getModule() == base);
        t(() -> String.class.getDeclaredField("hash").trySetAccessible());
        t(() -> {
            own.addReads(base);
            return own.addExports("p", base) == own;
        });
        t(() -> AccessAndModules.class.getClassLoader().getUnnamedModule() == own);
        t(() -> Class.forName(base, "java.lang.String"));
        t(() -> Class.forName(base, "no.Such"));
        t(() -> base.getResourceAsStream("java/lang/Object.class") != null);
        t(() -> java.util.logging.Level.class.getModule());
        t(() -> base.getAnnotations().length);
        t(() -> Modifier.toString(0xfff) + " " + Modifier.classModifiers() + " " + Modifier.isVolatile(64));
        t(() -> own.getPackages().size() >= 0);
        t(() -> base.toString() + own.getName());
    }
}
