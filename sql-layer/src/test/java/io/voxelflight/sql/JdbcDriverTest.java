package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Arrow Flight SQL JDBC driver as DBeaver and other tools use it. */
class JdbcDriverTest {
    private static SqlServer server;
    private static Connection connection;

    @BeforeAll
    static void start() throws Exception {
        server = new SqlServer(SqlLimits.DEFAULT);
        connection = server.jdbc(new Properties());
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        server.close();
    }

    @Test
    void connectsWithAndWithoutUserAndCatalog() throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", "anyone");
        login.setProperty("password", "anything");
        try (Connection user = server.jdbc(login)) {
            assertThat(strings(user, "SELECT name FROM datasets ORDER BY name", 1))
                    .containsExactly("bare", "em", "labels");
        }
        Properties catalog = new Properties();
        catalog.setProperty("catalog", "voxelflight");
        Connection chosen = server.jdbc(catalog);
        assertThat(strings(chosen, "SELECT name FROM main.datasets ORDER BY name", 1))
                .hasSize(3);
        // driver 18.3.0 closes such a session a second time, after its channel
        assertThatThrownBy(chosen::close).isInstanceOf(SQLException.class).hasMessage("Channel shutdown invoked");
    }

    @Test
    void allTypesComeThrough() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, shape, voxel_size, tags, levels, chunks, created_at,"
                        + " attrs, CAST(1.5 AS decimal(5,2)) AS money, true AS yes, date '2024-02-29' AS day, modality"
                        + " FROM datasets WHERE name = 'em'")) {
            ResultSetMetaData columns = row.getMetaData();
            assertThat(columns.getColumnLabel(2)).isEqualTo("shape");
            assertThat(row.next()).isTrue();
            assertThat(row.getString("id")).isEqualTo(SampleCatalog.EM.toString());
            assertThat((Object[]) row.getArray("shape").getArray()).containsExactly(500L, 400L, 300L);
            assertThat((Object[]) row.getArray("voxel_size").getArray()).containsExactly(8.5, 4.0, 4.0);
            assertThat(row.getArray("tags").getArray().toString()).isNotEmpty();
            assertThat(row.getInt("levels")).isEqualTo(2);
            assertThat(row.getLong("chunks")).isEqualTo(72);
            assertThat(row.getTimestamp("created_at"))
                    .isEqualTo(Timestamp.from(Instant.parse("2024-03-10T12:34:58.789012Z")));
            assertThat(row.getString("attrs")).contains("melanogaster");
            assertThat(row.getBigDecimal("money")).isEqualByComparingTo("1.50");
            assertThat(row.getBoolean("yes")).isTrue();
            assertThat(row.getDate("day").toString()).isEqualTo("2024-02-29");
            assertThat(row.getString("modality")).isEqualTo("FIB-SEM");
            assertThat(row.next()).isFalse();
        }
    }

    @Test
    void durationsAndNullsComeThrough() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT started_at, duration FROM acquisitions ORDER BY id")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getObject("duration")).isNotNull();
            assertThat(row.next()).isTrue();
            assertThat(row.getTimestamp("started_at")).isNull();
            assertThat(row.getObject("duration")).isNull();
            assertThat(row.wasNull()).isTrue();
        }
    }

    @Test
    void parametersAreBound() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT id, dataset FROM chunks WHERE dataset = ? AND level = ? AND mean > ? AND created_at > ?"
                        + " ORDER BY id LIMIT ? OFFSET ?")) {
            assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(6);
            for (int offset : new int[] {0, 2}) {
                statement.setString(1, "em");
                statement.setInt(2, 0);
                statement.setDouble(3, 100.5);
                statement.setTimestamp(4, Timestamp.from(Instant.parse("2024-01-01T00:00:00Z")));
                statement.setInt(5, 3);
                statement.setInt(6, offset);
                List<Long> ids = new ArrayList<>();
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        ids.add(rows.getLong(1));
                    }
                }
                assertThat(ids)
                        .isEqualTo(longs("SELECT id FROM chunks WHERE dataset = 'em' AND level = 0 AND mean > 100.5"
                                + " ORDER BY id LIMIT 3 OFFSET " + offset))
                        .hasSize(3);
            }
        }
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT count(*) FROM datasets WHERE name = ?")) {
            statement.setString(1, "' OR 1=1 --");
            try (ResultSet rows = statement.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getLong(1)).isZero();
            }
        }
    }

    @Test
    void theCatalogIsBrowsed() throws SQLException {
        DatabaseMetaData metadata = connection.getMetaData();
        assertThat(column(metadata.getCatalogs(), "TABLE_CAT")).containsExactly("voxelflight");
        assertThat(column(metadata.getSchemas(), "TABLE_SCHEM")).containsExactly("main");
        assertThat(column(metadata.getTables(null, null, "%", null), "TABLE_NAME"))
                .contains("acquisitions", "chunks", "datasets", "levels");
        assertThat(column(metadata.getTables("voxelflight", "main", "chunk_", new String[] {"TABLE"}), "TABLE_NAME"))
                .containsExactly("chunks");
        assertThat(column(metadata.getTableTypes(), "TABLE_TYPE")).containsExactly("TABLE");
        assertThat(column(metadata.getColumns(null, null, "datasets", "%"), "COLUMN_NAME"))
                .startsWith("id", "name", "kind");
        assertThat(column(metadata.getColumns(null, null, "datasets", "shape"), "TYPE_NAME"))
                .hasSize(1);
        assertThat(column(metadata.getPrimaryKeys(null, null, "chunks"), "COLUMN_NAME"))
                .isEmpty();
        assertThat(metadata.getDatabaseProductName()).isEqualTo("Voxelflight");
        assertThat(metadata.isReadOnly()).isTrue();
        assertThat(metadata.getIdentifierQuoteString()).isEqualTo("\"");
        assertThat(metadata.nullsAreSortedAtEnd()).isTrue();
    }

    /** All of DatabaseMetaData that takes no argument: a tool may ask any of it when it connects. */
    @Test
    void noQuestionOfMetadataFails() throws Exception {
        DatabaseMetaData metadata = connection.getMetaData();
        List<String> failures = new ArrayList<>();
        for (Method method : DatabaseMetaData.class.getMethods()) {
            if (method.getParameterCount() > 0) {
                continue;
            }
            try {
                Object answer = method.invoke(metadata);
                if (answer instanceof ResultSet rows) {
                    while (rows.next()) {
                        assertThat(rows.getMetaData().getColumnCount()).isPositive();
                    }
                    rows.close();
                }
            } catch (InvocationTargetException e) {
                failures.add(method.getName() + ": " + e.getCause());
            }
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void refusalsReachTheUser() {
        assertThatThrownBy(() -> strings(connection, "DELETE FROM chunks", 1)).hasMessageContaining("read-only");
        assertThatThrownBy(() -> strings(connection, "SELECT pg_sleep(1)", 1)).hasMessageContaining("no function");
        assertThatThrownBy(() -> strings(connection, "SELECT nme FROM datasets", 1))
                .hasMessageContaining("nme");
    }

    @Test
    void aLongResultIsRead() throws SQLException {
        long rows = 0;
        try (Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT a.* FROM chunks a, chunks b, chunks c LIMIT 100000")) {
            while (result.next()) {
                rows++;
            }
        }
        assertThat(rows).isEqualTo(100_000);
    }

    private static List<String> strings(Connection asked, String query, int column) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (Statement statement = asked.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                strings.add(rows.getString(column));
            }
        }
        return strings;
    }

    private static List<Long> longs(String query) throws SQLException {
        return strings(connection, query, 1).stream().map(Long::valueOf).toList();
    }

    private static List<String> column(ResultSet rows, String name) throws SQLException {
        List<String> values = new ArrayList<>();
        try (rows) {
            while (rows.next()) {
                values.add(rows.getString(name));
            }
        }
        return values;
    }
}
