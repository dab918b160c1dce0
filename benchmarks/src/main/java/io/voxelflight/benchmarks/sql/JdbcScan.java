package io.voxelflight.benchmarks.sql;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Reads a query's rows from PostgreSQL by JDBC, as tools do: each value as an object. Arguments: URL, user, password, query.
 * For each line of standard input it reads them once, and prints the number of rows and the seconds that it took.
 */
public final class JdbcScan {
    private static final int FETCH_ROWS = 10_000;

    private JdbcScan() {}

    public static void main(String[] arguments) throws SQLException, IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Connection connection = DriverManager.getConnection(arguments[0], arguments[1], arguments[2])) {
            connection.setAutoCommit(false); // else the driver reads all rows before the first
            while (input.readLine() != null) {
                long start = System.nanoTime();
                long rows = scan(connection, arguments[3]);
                System.out.println(rows + " " + (System.nanoTime() - start) / 1e9);
            }
        }
    }

    private static long scan(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(FETCH_ROWS);
            long rows = 0;
            try (ResultSet row = statement.executeQuery(query)) {
                int columns = row.getMetaData().getColumnCount();
                @Nullable Object value = null;
                while (row.next()) {
                    for (int i = 1; i <= columns; i++) {
                        value = row.getObject(i);
                    }
                    rows++;
                }
                if (value != null && value.hashCode() == Integer.MIN_VALUE) {
                    rows = -rows; // so that no compiler leaves the reading out
                }
            }
            return Math.abs(rows);
        }
    }
}
