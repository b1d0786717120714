import java.net.http.HttpClient;
import java.sql.Timestamp;
import java.util.Locale;
import java.util.logging.Logger;
import javax.xml.parsers.DocumentBuilderFactory;

/** Modules beside java.base, found by what is referred to. */
public class Modules {
    public static void main(String[] arguments) throws Exception {
        System.out.println(Timestamp.valueOf("2020-01-02 03:04:05"));
        System.out.println(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build().version());
        System.out.println(Logger.getLogger("some").getParent().getLevel());
        System.out.println(String.format(Locale.GERMANY, "%,.2f", 1234.5));
        System.out.println(DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument().getNodeName());
        System.out.println(ModuleLayer.boot().findModule("java.desktop").isPresent());
    }
}
