import java.io.StringReader;
import java.sql.Connection;
import java.sql.Date;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.util.Hashtable;
import java.util.Properties;
import java.util.logging.Logger;
import javax.naming.CompositeName;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NoInitialContextException;
import javax.naming.RefAddr;
import javax.naming.Reference;
import javax.naming.StringRefAddr;
import javax.naming.directory.Attribute;
import javax.naming.directory.BasicAttribute;
import javax.naming.directory.BasicAttributes;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.naming.spi.InitialContextFactory;
import javax.sql.rowset.serial.SerialClob;

/** java.sql and java.naming: drivers, times, names, contexts of a factory. */
public class SqlAndNaming {
    public static class NoDriver implements Driver {
        @Override
        public Connection connect(String url, Properties info) throws SQLException {
            if (!acceptsURL(url)) {
                return null;
            }
            throw new SQLException("no database " + info.getProperty("user"), "08001", 42);
        }

        @Override
        public boolean acceptsURL(String url) {
            return url.startsWith("jdbc:none:");
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
            return new DriverPropertyInfo[0];
        }

        @Override
        public int getMajorVersion() {
            return 1;
        }

        @Override
        public int getMinorVersion() {
            return 2;
        }

        @Override
        public boolean jdbcCompliant() {
            return false;
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException("none");
        }
    }

    public static class Factory implements InitialContextFactory {
        @Override
        public Context getInitialContext(Hashtable<?, ?> environment) {
            return (Context) java.lang.reflect.Proxy.newProxyInstance(Factory.class.getClassLoader(),
                    new Class<?>[] {Context.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("lookup")) {
                            if (arguments[0].toString().equals("tea")) {
                                return environment.get("tea");
                            }
                            throw new NameNotFoundException(arguments[0] + " is not bound");
                        }
                        return null;
                    });
        }
    }

    public static void main(String[] args) throws Exception {
        try {
            DriverManager.getConnection("jdbc:none:x");
        } catch (SQLException e) {
            System.out.println(e.getMessage() + " " + e.getSQLState());
        }
        DriverManager.registerDriver(new NoDriver());
        try {
            DriverManager.getConnection("jdbc:none:x", "ann", "tea");
        } catch (SQLException e) {
            System.out.println(e.getMessage() + " " + e.getSQLState() + " " + e.getErrorCode());
        }
        System.out.println(DriverManager.getDriver("jdbc:none:y").getMinorVersion());
        System.out.println(Timestamp.valueOf("2024-02-29 12:34:56.789").getNanos() + " "
                + Timestamp.valueOf(LocalDateTime.of(2024, 2, 29, 1, 2, 3)) + " " + Date.valueOf("2024-02-29") + " "
                + Time.valueOf("23:59:58"));
        SQLException first = new SQLException("first");
        first.setNextException(new SQLException("second"));
        for (Throwable one : first) {
            System.out.println(one.getMessage());
        }
        SerialClob clob = new SerialClob("some text".toCharArray());
        System.out.println(clob.getSubString(6, 4) + " " + clob.position("text", 1) + " " + clob.length());

        try {
            new InitialContext().lookup("tea");
        } catch (NoInitialContextException e) {
            System.out.println(e.getMessage());
        }
        Hashtable<String, Object> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, Factory.class.getName());
        environment.put("tea", "green");
        InitialContext context = new InitialContext(environment);
        System.out.println((Object) context.lookup("tea"));
        try {
            context.lookup("milk");
        } catch (NameNotFoundException e) {
            System.out.println(e.getMessage());
        }
        CompositeName composite = new CompositeName("a/b\\/c/d");
        System.out.println(composite.size() + " " + composite.get(1) + " " + composite.getPrefix(2));
        LdapName name = new LdapName("CN=Steve Kille,O=Isode\\, Limited,C=GB");
        System.out.println(name.size() + " " + name.getRdn(1).getValue() + " " + Rdn.escapeValue("a,b") + " "
                + name.equals(new LdapName("cn=steve kille, o=Isode\\, limited, c=gb")));
        BasicAttributes attributes = new BasicAttributes(true);
        Attribute mail = new BasicAttribute("mail", "a@b");
        mail.add("c@d");
        attributes.put(mail);
        System.out.println(attributes.get("MAIL").size() + " " + mail.getID() + " " + mail.get(1));
        Reference reference = new Reference("java.lang.String", new StringRefAddr("kind", "leaf"));
        RefAddr address = reference.get("kind");
        System.out.println(reference.getClassName() + " " + address.getContent());
        System.out.println(new StringReader("x").read());
    }
}
