// grants: net,file
import java.net.*;
import java.nio.charset.*;
import java.util.*;

/** URI and URL parsing and resolution, encoding, InetAddress and InetSocketAddress literals, IDN, cookies. */
public class Urls {
    interface R {
        Object run() throws Exception;
    }
    static void t(R r) {
        try {
            System.out.println(r.run());
        } catch (Exception e) { System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage()); }
    }
    public static void main(String[] args) throws Exception {
        for (String s : new String[] {"http://user:pw@host.example:8080/a/b%20c?q=1&r=%C3%A9#frag", "mailto:a@b.c",
                 "../x/./y?z", "file:///tmp/a", "//host/p", "urn:isbn:123", "http://[::1]:80/", "a:b:c", ""})
            t(() -> {
                URI u = new URI(s);
                return u.getScheme() + "|" + u.getSchemeSpecificPart() + "|" + u.getAuthority() + "|" + u.getUserInfo()
                    + "|" + u.getHost() + "|" + u.getPort() + "|" + u.getPath() + "|" + u.getRawQuery() + "|"
                    + u.getQuery() + "|" + u.getFragment() + "|" + u.isAbsolute() + u.isOpaque() + "|" + u.normalize()
                    + "|" + u.hashCode();
            });
        for (String s : new String[] {"http://a b", "http://[bad", "%zz", "1:x", "http://h:port/"})
            t(() -> new URI(s).getHost());
        URI base = URI.create("http://a/b/c/d;p?q");
        for (String s : "g:h g ./g g/ /g //g ?y g?y #s ;x .. ../g ../../../g g/../h".split(" "))
            System.out.print(base.resolve(s) + " ");
        System.out.println();
        t(()
                -> base.relativize(URI.create("http://a/b/c/d;p/e")) + " "
                + new URI("http", "h\u00e9", "/p q", "x=\u00e9", "f") + " "
                + new URI("http", null, "host", 1, "/a b", "q r", null).toASCIIString() + " "
                + base.compareTo(URI.create("http://b")) + base.equals(URI.create("HTTP://A/b/c/d;p?q")));
        t(() -> {
            URL u = new URL("https://h:99/p/f.txt?q#r");
            return u.getProtocol() + u.getHost() + u.getPort() + u.getDefaultPort() + u.getFile() + u.getPath()
                + u.getQuery() + u.getRef() + " " + new URL(u, "../g") + " " + u.toExternalForm() + " "
                + u.sameFile(new URL("https://h:99/p/f.txt?q")) + " " + new URL("jar:file:/x.jar!/a").getPath()
                + u.toURI();
        });
        t(() -> new URL("nope://x"));
        t(() -> new URL("no protocol"));
        System.out.println(URLEncoder.encode("a b&c=\u00e9/~*", StandardCharsets.UTF_8) + " "
            + URLDecoder.decode("a+b%26%C3%A9", StandardCharsets.UTF_8));
        t(() -> URLDecoder.decode("%zz", StandardCharsets.UTF_8));
        for (String s : new String[] {"127.0.0.1", "1.2.3.4", "::1", "2001:db8::ff00:42:8329", "0.0.0.0", "224.0.0.1",
                 "169.254.1.1", "10.1.2.3", "fe80::1", "255.255.255.255", "::ffff:1.2.3.4"}) {
            InetAddress a = InetAddress.getByName(s);
            System.out.println(a.getHostAddress() + " " + Arrays.toString(a.getAddress()) + " " + a.isLoopbackAddress()
                + a.isAnyLocalAddress() + a.isMulticastAddress() + a.isLinkLocalAddress() + a.isSiteLocalAddress() + " "
                + a.getClass().getSimpleName() + " " + a.hashCode());
        }
        t(() -> InetAddress.getByAddress("name", new byte[] {1, 2, 3, 4}));
        t(() -> InetAddress.getByAddress(new byte[3]));
        t(() -> InetAddress.getByName("localhost").isLoopbackAddress());
        t(()
                -> InetSocketAddress.createUnresolved("h", 5) + " " + new InetSocketAddress("127.0.0.1", 80) + " "
                + new InetSocketAddress(0).getPort());
        t(() -> new InetSocketAddress("x", 70000));
        t(() -> NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()).isLoopback());
        System.out.println(IDN.toASCII("b\u00fccher.example") + " " + IDN.toUnicode("xn--bcher-kva") + " "
            + HttpCookie.parse("Set-Cookie: a=b; Path=/; Max-Age=5").get(0).getMaxAge() + " "
            + new URI("http://h/%E2%82%AC").getPath() + " " + Inet6Address.getLoopbackAddress().isLoopbackAddress());
    }
}
