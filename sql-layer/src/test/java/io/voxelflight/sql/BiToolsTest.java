package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What DBeaver, Power BI and Tableau send when they connect, browse and draw, in their own words. Superset's is in the
 * Python client's test of SQLAlchemy.
 */
class BiToolsTest {
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

    // DBeaver

    @Test
    void dbeaverConnects() throws SQLException {
        try (Connection tool = server.jdbc(new Properties())) {
            assertThat(tool.isValid(5)).isTrue();
            DatabaseMetaData metadata = tool.getMetaData();
            assertThat(metadata.getDatabaseProductName()).isEqualTo("Voxelflight");
            assertThat(metadata.getDatabaseProductVersion()).isNotEmpty();
            assertThat(metadata.getDriverName()).isNotEmpty();
            assertThat(metadata.getURL()).startsWith("jdbc:arrow-flight");
            assertThat(metadata.getIdentifierQuoteString()).isEqualTo("\"");
            assertThat(metadata.getSQLKeywords()).isNotNull();
            assertThat(metadata.getNumericFunctions()
                            + metadata.getStringFunctions()
                            + metadata.getSystemFunctions()
                            + metadata.getTimeDateFunctions())
                    .contains("ABS", "UPPER", "DATE_TRUNC");
            assertThat(metadata.getSearchStringEscape()).isNotNull();
            assertThat(metadata.getCatalogSeparator()).isEqualTo(".");
            assertThat(metadata.isCatalogAtStart()).isTrue();
            assertThat(metadata.supportsCatalogsInDataManipulation()).isTrue();
            assertThat(metadata.supportsSchemasInDataManipulation()).isTrue();
            assertThat(metadata.supportsTransactions()).isFalse();
            assertThat(metadata.supportsResultSetType(ResultSet.TYPE_FORWARD_ONLY))
                    .isTrue();
            tool.setReadOnly(true);
            tool.setAutoCommit(true);
            assertThat(tool.getAutoCommit()).isTrue();
            assertThat(tool.getTransactionIsolation()).isGreaterThanOrEqualTo(Connection.TRANSACTION_NONE);
            assertThat((Object) tool.getWarnings()).isNull();
            tool.clearWarnings();
            assertThat(rows(tool, "SELECT 1")).containsExactly(List.of("1"));
        }
    }

    @Test
    void dbeaverBrowses() throws SQLException {
        DatabaseMetaData metadata = connection.getMetaData();
        assertThat(names(metadata.getTypeInfo(), "TYPE_NAME")).isNotNull();
        assertThat(names(metadata.getCatalogs(), "TABLE_CAT")).containsExactly("voxelflight");
        assertThat(names(metadata.getSchemas("voxelflight", null), "TABLE_SCHEM"))
                .containsExactly("main");
        assertThat(names(metadata.getSchemas(null, "%"), "TABLE_SCHEM")).containsExactly("main");
        assertThat(names(metadata.getTableTypes(), "TABLE_TYPE")).containsExactly("TABLE");
        List<String> tables = names(
                metadata.getTables("voxelflight", "main", "%", new String[] {"TABLE", "VIEW", "SYSTEM TABLE"}),
                "TABLE_NAME");
        assertThat(tables).contains("acquisitions", "chunks", "datasets", "labels", "levels");
        for (String table : tables) {
            try (ResultSet columns = metadata.getColumns("voxelflight", "main", table, "%")) {
                int position = 0;
                while (columns.next()) {
                    position++;
                    assertThat(columns.getString("TABLE_CAT")).isEqualTo("voxelflight");
                    assertThat(columns.getString("TABLE_SCHEM")).isEqualTo("main");
                    assertThat(columns.getString("TABLE_NAME")).isEqualTo(table);
                    assertThat(columns.getInt("ORDINAL_POSITION")).isEqualTo(position);
                    assertThat(columns.getString("TYPE_NAME")).isNotEmpty();
                    assertThat(columns.getInt("DATA_TYPE")).isNotEqualTo(Types.NULL);
                    assertThat(columns.getString("IS_NULLABLE")).isEqualTo("YES");
                    columns.getString("REMARKS");
                    columns.getInt("COLUMN_SIZE");
                    columns.getInt("DECIMAL_DIGITS");
                    columns.getString("COLUMN_DEF");
                }
                assertThat(position).as(table).isPositive();
            }
            assertThat(names(metadata.getPrimaryKeys("voxelflight", "main", table), "PK_NAME"))
                    .isEmpty();
            assertThat(names(metadata.getImportedKeys("voxelflight", "main", table), "FK_NAME"))
                    .isEmpty();
            assertThat(names(metadata.getExportedKeys("voxelflight", "main", table), "FK_NAME"))
                    .isEmpty();
        }
    }

    /** What this driver does not ask the server for: DBeaver shows empty folders. */
    @Test
    void dbeaverIsNotStoppedByWhatTheDriverLacks() throws SQLException {
        DatabaseMetaData metadata = connection.getMetaData();
        for (Question question : List.<Question>of(
                () -> metadata.getIndexInfo("voxelflight", "main", "chunks", false, true),
                () -> metadata.getProcedures(null, null, "%"),
                () -> metadata.getProcedureColumns(null, null, "%", "%"),
                () -> metadata.getFunctions(null, null, "%"),
                () -> metadata.getFunctionColumns(null, null, "%", "%"),
                () -> metadata.getUDTs(null, null, "%", null),
                () -> metadata.getVersionColumns(null, "main", "chunks"),
                () -> metadata.getBestRowIdentifier(null, "main", "chunks", DatabaseMetaData.bestRowSession, true),
                () -> metadata.getTablePrivileges(null, "main", "chunks"),
                () -> metadata.getColumnPrivileges(null, "main", "chunks", "%"),
                () -> metadata.getCrossReference(null, "main", "chunks", null, "main", "datasets"))) {
            try (ResultSet nothing = question.ask()) {
                assertThat(nothing.next()).isFalse();
            }
        }
    }

    @Test
    void dbeaverReadsATable() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(200);
            statement.setMaxRows(200);
            assertThat(statement.execute("SELECT * FROM voxelflight.main.chunks c"))
                    .isTrue();
            try (ResultSet rows = statement.getResultSet()) {
                ResultSetMetaData columns = rows.getMetaData();
                int read = 0;
                while (rows.next()) {
                    for (int i = 1; i <= columns.getColumnCount(); i++) {
                        cell(rows, i);
                    }
                    read++;
                }
                assertThat(read).isEqualTo(81);
                assertThat(columns.getColumnLabel(1)).isEqualTo("id");
                assertThat(columns.getColumnTypeName(1)).isNotEmpty();
            }
            assertThat(statement.getMoreResults()).isFalse();
            assertThat(statement.getUpdateCount()).isEqualTo(-1);
        }
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT x.* FROM (SELECT * FROM main.chunks) x WHERE x.dataset = ?")) {
            statement.setString(1, "labels");
            assertThat(read(statement.executeQuery())).hasSize(8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM voxelflight.main.chunks LIMIT 200",
                "SELECT * FROM main.chunks c LIMIT 0, 200",
                "SELECT count(*) FROM voxelflight.main.chunks",
                "SELECT count(*) FROM (SELECT * FROM main.chunks WHERE level = 0) dbvrcnt",
                "SELECT x.* FROM (SELECT * FROM main.chunks) x ORDER BY x.z DESC, x.y",
                "SELECT * FROM main.chunks\nWHERE dataset='em' AND (level>0 OR mean IS NULL)\nORDER BY z DESC\nLIMIT 200",
                "SELECT dataset, count(*) FROM main.chunks GROUP BY dataset ORDER BY count(*) DESC LIMIT 200",
                "SELECT DISTINCT \"dataset\" FROM main.chunks WHERE \"dataset\" ILIKE '%e%' ORDER BY 1 LIMIT 200",
                "EXPLAIN SELECT * FROM main.chunks",
                "SELECT current_schema()",
                "SELECT current_schema, current_catalog",
                "SELECT current_catalog AS current_database FROM datasets WHERE current_schema = 'main'",
                "SELECT version()",
                "SELECT 1;",
            })
    void dbeaverAsks(String statement) throws SQLException {
        assertThat(rows(connection, statement)).isNotEmpty();
    }

    /** Driver 18.3.0 has no object for it, so tools have to ask for what they want. */
    @Test
    void timestampsWithZonesAreReadAsTimestamps() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT created_at, CAST(created_at AS timestamp) AS plain FROM datasets WHERE name = 'em'")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getMetaData().getColumnType(1)).isEqualTo(Types.TIMESTAMP_WITH_TIMEZONE);
            assertThat(row.getTimestamp(1).toInstant()).isEqualTo(Instant.parse("2024-03-10T12:34:58.789012Z"));
            assertThat(row.getString(1)).isEqualTo("2024-03-10 12:34:58.789012");
            assertThatThrownBy(() -> row.getObject(1)).hasMessage("not implemented");
            assertThat(row.getObject(2)).isEqualTo(row.getTimestamp(2));
        }
    }

    @Test
    void dbeaverCancelsAndGoesOn() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT a.x FROM generate_series(1, 100000) AS a (x), generate_series(1, 10000) AS b (y)")) {
            assertThat(rows.next()).isTrue();
            statement.cancel();
        }
        assertThat(rows(connection, "SELECT 1")).containsExactly(List.of("1"));
    }

    // Power BI: its ADBC connector reads tables with GetObjects (test_adbc.py), and sends what it folds

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select \"_\".\"z\", \"_\".\"mean\" from \"voxelflight\".\"main\".\"chunks\" \"_\" where \"_\".\"dataset\" = 'em' and"
                        + " \"_\".\"level\" = 0",
                "select \"_\".\"z\" as \"z\" from \"voxelflight\".\"main\".\"chunks\" as \"_\" where (\"_\".\"mean\" > 0.5 and"
                        + " \"_\".\"mean\" is not null) order by \"_\".\"z\" limit 1000 offset 0",
                "select \"rows\".\"dataset\" as \"dataset\", sum(\"rows\".\"byte_size\") as \"size\" from (select"
                        + " \"_\".\"dataset\" as \"dataset\", \"_\".\"byte_size\" as \"byte_size\" from"
                        + " \"voxelflight\".\"main\".\"chunks\" as \"_\") as \"rows\" group by \"dataset\" limit 1000001",
                "select count(1) as \"C1\" from \"voxelflight\".\"main\".\"chunks\"",
                "select cast(\"_\".\"level\" as double) as \"C1\", cast(\"_\".\"z\" as varchar(65535)) as \"C2\", cast(\"_\".\"mean\""
                        + " as integer) as \"C3\" from \"voxelflight\".\"main\".\"chunks\" as \"_\"",
                "select (case when \"_\".\"mean\" > 1 then 'a' else 'b' end) as \"c\", avg(cast(\"_\".\"mean\" as double)) as \"m\""
                        + " from \"main\".\"chunks\" \"_\" group by (case when \"_\".\"mean\" > 1 then 'a' else 'b' end)",
                "select cast(extract(year from \"_\".\"created_at\") as integer) as \"y\", count(1) as \"n\" from"
                        + " \"main\".\"datasets\" \"_\" group by cast(extract(year from \"_\".\"created_at\") as integer)",
                "select \"_\".\"name\" from \"main\".\"datasets\" \"_\" where \"_\".\"created_at\" >= timestamp '2020-01-01"
                        + " 00:00:00' and \"_\".\"created_at\" < {ts '2100-01-01 00:00:00'}",
                "select \"$Outer\".\"a\", \"$Inner\".\"b\" from (select \"dataset\" as \"a\" from \"main\".\"chunks\") as \"$Outer\""
                        + " left outer join (select \"name\" as \"b\" from \"main\".\"datasets\") as \"$Inner\" on"
                        + " (\"$Outer\".\"a\" = \"$Inner\".\"b\" or \"$Outer\".\"a\" is null and \"$Inner\".\"b\" is null)",
                "select {fn ucase(\"_\".\"name\")} as \"C1\", { fn concat(\"_\".\"name\", 'x') } as \"C2\" from"
                        + " \"main\".\"datasets\" \"_\"",
                "SELECT TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES"
                        + " WHERE TABLE_TYPE IN ('BASE TABLE', 'VIEW')",
                "SELECT * FROM information_schema.columns WHERE table_schema = 'main' ORDER BY table_name, ordinal_position",
            })
    void powerBiAsks(String statement) throws SQLException {
        assertThat(rows(connection, statement)).isNotEmpty();
    }

    // Tableau, through JDBC or ODBC

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1 FROM (SELECT * FROM chunks) \"Custom SQL Query\" LIMIT 0",
                "SELECT * FROM (SELECT * FROM chunks) \"TableauSQL\" LIMIT 0",
                "SELECT * FROM (SELECT * FROM chunks) T WHERE 0 = 1",
            })
    void tableauAsksForColumns(String statement) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet rows = query.executeQuery(statement)) {
            assertThat(rows.getMetaData().getColumnCount()).isPositive();
            assertThat(rows.next()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT \"COL\" FROM (SELECT 1 AS \"COL\") AS \"SUBQUERY\"",
                "SELECT \"COL\" FROM (SELECT 1 AS \"COL\") AS \"CHECKTOP\" LIMIT 1",
                "SELECT \"chunks\".\"dataset\" AS \"dataset\", SUM(\"chunks\".\"byte_size\") AS \"sum:byte_size:ok\" FROM"
                        + " \"main\".\"chunks\" \"chunks\" GROUP BY 1",
                "SELECT \"chunks\".\"dataset\" AS \"dataset\" FROM \"voxelflight\".\"main\".\"chunks\" \"chunks\" GROUP BY 1"
                        + " HAVING COUNT(1) > 0 ORDER BY 1 ASC",
                "SELECT SUM(1) AS \"sum:Number of Records:ok\" FROM \"main\".\"chunks\" \"chunks\" HAVING (COUNT(1) > 0)",
                "SELECT DATE_TRUNC('MONTH', CAST(\"chunks\".\"created_at\" AS TIMESTAMP)) AS \"tmn:created_at:ok\" FROM"
                        + " \"main\".\"chunks\" \"chunks\" GROUP BY 1",
                "SELECT {fn YEAR(\"d\".\"created_at\")} AS \"yr:created_at:ok\", {fn DAYOFMONTH(\"d\".\"created_at\")} AS \"dy\","
                        + " {fn SECOND(\"d\".\"created_at\")} AS \"sc\" FROM \"main\".\"datasets\" \"d\"",
                "SELECT \"d\".\"name\" FROM {oj \"main\".\"datasets\" \"d\" LEFT OUTER JOIN \"main\".\"levels\" \"l\" ON"
                        + " (\"d\".\"id\" = \"l\".\"dataset_id\")}",
                "SELECT \"d\".\"name\" FROM \"main\".\"datasets\" \"d\" WHERE \"d\".\"created_at\" > {d '2020-01-01'}",
            })
    void tableauAsks(String statement) throws SQLException {
        assertThat(rows(connection, statement)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CREATE LOCAL TEMPORARY TABLE \"#Tableau_1_Connect\" ( \"COL\" INTEGER ) ON COMMIT PRESERVE ROWS | CREATE is not"
                        + " supported: this server is read-only",
                "CREATE TEMPORARY TABLE \"#Tableau_1\" AS SELECT 1 | CREATE is not supported: this server is read-only",
                "DROP TABLE \"#Tableau_1_Connect\" | DROP is not supported: this server is read-only",
                "SELECT TOP 1 * FROM chunks | not understood at line 1, column 12",
                "SET TIME ZONE 'UTC' | SET is not supported: there are no settings",
                "BEGIN | BEGIN is not supported: every statement is a read-only transaction of its own",
                "SELECT {fn SOUNDEX(name)} FROM datasets | there is no function 'SOUNDEX'",
                "SELECT {d '2024-02-29' AS d | the escape that begins at line 1, column 8 has no end",
                "SELECT {'a': 1} | the sign { at line 1, column 8 is not supported",
                "SELECT {fn: 1} | the sign { at line 1, column 8 is not supported",
            })
    void probesAreRefusedClearly(String statement, String words) {
        assertThatThrownBy(() -> rows(connection, statement)).hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT {d '2024-02-29'} | 2024-02-29",
                "SELECT {t '01:02:03'} | 01:02:03",
                "SELECT CAST({ts '2024-02-29 01:02:03.5'} AS varchar) | 2024-02-29 01:02:03.5",
                "SELECT {fn LCASE({fn CONCAT('A', {fn UCASE('b')})})} | ab",
                "SELECT count(*) FROM datasets WHERE name LIKE 'e!m' {escape '!'} | 1",
                "SELECT '{fn UCASE(x)}' | {fn UCASE(x)}",
                "SELECT concat('a', NULL, 1, true) | a1true",
                "SELECT dayofweek(DATE '2024-03-03') | 0",
                "SELECT isodow(DATE '2024-03-03') | 7",
                "SELECT dayofyear(DATE '2024-03-03') | 63",
                "SELECT weekofyear(DATE '2024-03-03') | 9",
                "SELECT dayofmonth(DATE '2024-03-03') | 3",
                "SELECT second(TIMESTAMP '2024-03-03 01:02:03.5') | 3",
            })
    void escapesMeanWhatJdbcSays(String statement, String value) throws SQLException {
        assertThat(rows(connection, statement)).containsExactly(List.of(value));
    }

    private interface Question {
        ResultSet ask() throws SQLException;
    }

    private static List<List<String>> rows(Connection asked, String query) throws SQLException {
        try (Statement statement = asked.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return read(rows);
        }
    }

    private static List<List<String>> read(ResultSet rows) throws SQLException {
        List<List<String>> read = new ArrayList<>();
        try (rows) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    row.add(String.valueOf(cell(rows, i)));
                }
                read.add(row);
            }
        }
        return read;
    }

    /** As DBeaver reads it. */
    private static @Nullable Object cell(ResultSet rows, int column) throws SQLException {
        return rows.getMetaData().getColumnType(column) == Types.TIMESTAMP_WITH_TIMEZONE
                ? rows.getTimestamp(column)
                : rows.getObject(column);
    }

    private static List<String> names(ResultSet rows, String column) throws SQLException {
        List<String> names = new ArrayList<>();
        try (rows) {
            while (rows.next()) {
                names.add(rows.getString(column));
            }
        }
        return names;
    }
}
