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

/**
 * Reads a query's rows from PostgreSQL by JDBC, as tools do: each value as an object. Arguments: URL, user, password, query.
 * For each line of standard input it reads them once, and prints the number of rows
 * and of values that are not NULL.
 */
public final class JdbcScan {
    private static final int FETCH_ROWS = 10_000;

    private JdbcScan() {}

    public static void main(String[] arguments) throws SQLException, IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Connection connection = DriverManager.getConnection(arguments[0], arguments[1], arguments[2])) {
            connection.setAutoCommit(false); // else the driver reads all rows before the first
            while (input.readLine() != null) {
                System.out.println(scan(connection, arguments[3]));
            }
        }
    }

    private static String scan(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(FETCH_ROWS);
            try (ResultSet row = statement.executeQuery(query)) {
                int columns = row.getMetaData().getColumnCount();
                long rows = 0;
                long values = 0;
                while (row.next()) {
                    for (int i = 1; i <= columns; i++) {
                        values += row.getObject(i) == null ? 0 : 1;
                    }
                    rows++;
                }
                return rows + " " + values;
            }
        }
    }
}
