// versions: 17
// jvm: -Djava.security.manager=allow
import java.io.FilePermission;
import java.security.AccessControlContext;
import java.security.AccessControlException;
import java.security.AccessController;
import java.security.CodeSource;
import java.security.DomainCombiner;
import java.security.Permission;
import java.security.Permissions;
import java.security.PrivilegedAction;
import java.security.ProtectionDomain;
import java.util.PropertyPermission;

/** Access control contexts: the domains on the stack, privileged actions, combiners, inheritance by threads. */
public class AccessContexts {
    static final Permission READ = new PropertyPermission("java.version", "read");

    static String check() {
        try {
            AccessController.checkPermission(READ);
            return "granted";
        } catch (AccessControlException e) {
            return e.getMessage();
        }
    }

    static ProtectionDomain domain(Permission... granted) {
        Permissions permissions = new Permissions();
        for (Permission permission : granted) permissions.add(permission);
        return new ProtectionDomain(new CodeSource(null, (java.security.cert.Certificate[]) null), permissions);
    }

    static AccessControlContext context(ProtectionDomain... domains) {
        return new AccessControlContext(domains);
    }

    static String run(PrivilegedAction<String> action, AccessControlContext context) {
        return AccessController.doPrivileged(action, context);
    }

    public static void main(String[] args) throws Exception {
        System.out.println(check());
        ProtectionDomain with = domain(READ);
        ProtectionDomain without = domain(new FilePermission("/x", "read"));
        System.out.println(run(AccessContexts::check, context(with)));
        System.out.println(run(AccessContexts::check, context(without)));
        System.out.println(run(AccessContexts::check, context(with, without)));
        System.out.println(run(() -> AccessController.doPrivileged((PrivilegedAction<String>) AccessContexts::check),
            context(without)));
        DomainCombiner combiner = (current, assigned) -> assigned;
        AccessControlContext combined = new AccessControlContext(context(without), combiner);
        System.out.println(run(() -> "" + (AccessController.getContext().getDomainCombiner() == combiner), combined));
        PrivilegedAction<String> hasCombiner = () -> "" + (AccessController.getContext().getDomainCombiner() != null);
        System.out.println(run(() -> AccessController.doPrivileged(hasCombiner), combined));
        System.out.println(run(() -> AccessController.doPrivilegedWithCombiner(hasCombiner), combined));
        String[] inherited = new String[1];
        run(() -> {
            Thread thread = new Thread(() -> inherited[0] = check());
            thread.start();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return "";
        }, context(without));
        System.out.println(inherited[0]);
        System.out.println(AccessController.getContext().equals(AccessController.getContext()));
        System.setSecurityManager(new SecurityManager());
        try {
            System.out.println(System.getProperty("user.home") != null);
        } catch (AccessControlException e) {
            System.out.println(e.getMessage());
        }
        System.out.println(System.getProperty("java.version").isEmpty());
        System.out.println(AccessController.doPrivileged((PrivilegedAction<String>) AccessContexts::check));
    }
}
