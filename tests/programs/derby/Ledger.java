import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

public class Ledger {
    public static void main(String[] args) throws Exception {
        String url = "jdbc:derby:memory:ledger;create=true";
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            statement.execute(
                "create table sale (id int primary key generated always as identity, bean varchar(20), price double)");
            connection.setAutoCommit(false);
            PreparedStatement insert = connection.prepareStatement("insert into sale (bean, price) values (?, ?)");
            for (int i = 0; i < 200; i++) {
                insert.setString(1, "bean" + i % 10);
                insert.setDouble(2, i * 1.5);
                insert.executeUpdate();
            }
            connection.commit();
            String query = "select bean, count(*), sum(price) from sale where id > 5 group by bean order by 3 desc";
            try (ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    System.out.println(rows.getString(1) + " " + rows.getInt(2) + " " + rows.getDouble(3));
                }
            }
            try {
                statement.execute("insert into nowhere values (1)");
            } catch (SQLException e) {
                System.out.println(e.getSQLState() + " " + e.getMessage());
            }
            connection.rollback();
        }
        try {
            DriverManager.getConnection("jdbc:derby:;shutdown=true");
        } catch (SQLException e) {
            System.out.println(e.getSQLState());
        }
    }
}
