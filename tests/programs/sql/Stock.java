import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;

public class Stock {
    static void show(Connection db, String query) throws SQLException {
        try (Statement statement = db.createStatement(); ResultSet rows = statement.executeQuery(query)) {
            ResultSetMetaData columns = rows.getMetaData();
            while (rows.next()) {
                StringBuilder line = new StringBuilder();
                for (int i = 1; i <= columns.getColumnCount(); i++) line.append(rows.getString(i)).append(' ');
                System.out.println(line.toString().trim());
            }
        }
    }

    public static void main(String[] args) throws Exception {
        String url = args[0];
        try (Connection db = DriverManager.getConnection(url, "sa", "")) {
            try (Statement s = db.createStatement()) {
                s.execute("create table bean(id int primary key, name varchar(40) not null, origin int, price decimal(10,2))");
                s.execute("create table origin(id int primary key, land varchar(40))");
                s.execute("create index by_origin on bean(origin)");
                for (int i = 0; i < 6; i++) s.execute("insert into origin values(" + i + ", 'land" + i + "')");
            }
            Thread[] writers = new Thread[4];
            for (int w = 0; w < writers.length; w++) {
                int writer = w;
                writers[w] = new Thread(() -> write(url, writer));
                writers[w].start();
            }
            for (Thread writer : writers) writer.join();
            show(db, "select count(*), sum(price), min(name), max(name) from bean");
            show(db, "select o.land, count(*) n, avg(b.price) from bean b join origin o on o.id = b.origin group by o.land having count(*) > 10 order by o.land");
            show(db, "select name, price from bean where price > (select avg(price) from bean) and name like '%7' order by price desc, name");
            show(db, "select land from origin o where not exists (select 1 from bean b where b.origin = o.id and b.price > 700) order by 1 desc");
            db.setAutoCommit(false);
            try (PreparedStatement update = db.prepareStatement("update bean set price = price * ? where origin = ?")) {
                update.setBigDecimal(1, new BigDecimal("1.1"));
                update.setInt(2, 3);
                System.out.println(update.executeUpdate() + " updated");
            }
            db.rollback();
            show(db, "select sum(price) from bean where origin = 3");
            try (Statement s = db.createStatement()) {
                s.execute("insert into bean values(1, 'again', 1, 1)");
            } catch (SQLIntegrityConstraintViolationException e) {
                System.out.println("refused " + e.getSQLState());
            }
            db.rollback();
            try (Statement s = db.createStatement()) {
                s.executeQuery("select nothing from nowhere");
            } catch (SQLException e) {
                System.out.println("refused " + e.getSQLState());
            }
        }
    }

    static void write(String url, int writer) {
        try (Connection db = DriverManager.getConnection(url, "sa", "");
                PreparedStatement insert = db.prepareStatement("insert into bean values(?, ?, ?, ?)")) {
            for (int i = 0; i < 60; i++) {
                int id = writer * 60 + i;
                insert.setInt(1, id);
                insert.setString(2, "bean" + id);
                insert.setInt(3, id % 7);
                insert.setBigDecimal(4, BigDecimal.valueOf(id * 7919L % 100000, 2));
                insert.addBatch();
                if (i % 10 == 9) insert.executeBatch();
            }
        } catch (SQLException e) {
            System.out.println("writer " + writer + ": " + e);
        }
    }
}
