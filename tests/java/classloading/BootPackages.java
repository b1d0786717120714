import java.lang.reflect.Proxy;

/** Package.getPackages never holds null: packages that only generated classes are in have no location. */
public class BootPackages {
    interface Hidden {
        void run();
    }
    public static void main(String[] args) {
        Object proxy = Proxy.newProxyInstance(null, new Class<?>[] {Runnable.class}, (p, m, a) -> null);
        ((Runnable) proxy).run();
        Class<?>[] hidden = {Hidden.class};
        ((Hidden) Proxy.newProxyInstance(BootPackages.class.getClassLoader(), hidden, (p, m, a) -> null)).run();
        int unknown = 0;
        boolean lang = false;
        for (Package one : Package.getPackages()) {
            if (one == null) {
                unknown++;
            } else if (one.getName().equals("java.lang")) {
                lang = true;
            }
        }
        System.out.println(unknown);
        System.out.println(lang);
        System.out.println(proxy.getClass().getPackage() == null);
    }
}
