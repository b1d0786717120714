import com.sun.security.auth.module.UnixSystem;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who runs this process, as the class library's login module and the system itself tell. */
public class UnixIdentity {
    public static void main(String[] args) throws Exception {
        UnixSystem system = new UnixSystem();
        Path own = Path.of("/proc/self");
        System.out.println(system.getUsername().equals(Files.getOwner(own).getName()));
        System.out.println(system.getUid() == ((Integer) Files.getAttribute(own, "unix:uid")).longValue());
        System.out.println(system.getGid() == ((Integer) Files.getAttribute(own, "unix:gid")).longValue());
        String line = "";
        for (String status : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (status.startsWith("Groups:")) {
                line = status.substring(7).trim();
            }
        }
        StringBuilder groups = new StringBuilder();
        for (long group : system.getGroups()) {
            groups.append(groups.length() == 0 ? "" : " ").append(group);
        }
        System.out.println(groups.toString().equals(line));
    }
}
