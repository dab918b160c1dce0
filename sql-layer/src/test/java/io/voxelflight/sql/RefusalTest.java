package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.translate.Visibility;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What must not be answered is refused before PostgreSQL sees it, in one line. */
class RefusalTest {
    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture();

    static List<String> hostile() {
        return List.of(
                // writes and definitions, plain, hidden and disguised
                "DELETE FROM chunks",
                "INSERT INTO datasets (name) VALUES ('x')",
                "UPDATE datasets SET name = 'x'",
                "MERGE INTO datasets d USING levels l ON false WHEN MATCHED THEN DELETE",
                "TRUNCATE chunks",
                "DROP VIEW main.chunks",
                "CREATE TABLE t (a int)",
                "ALTER ROLE voxelflight_reader SUPERUSER",
                "GRANT ALL ON chunks TO PUBLIC",
                "WITH gone AS (DELETE FROM voxelflight.dataset RETURNING *) SELECT * FROM gone",
                "WITH gone AS (INSERT INTO datasets (name) VALUES ('x') RETURNING id) SELECT * FROM gone",
                "SELECT * INTO stolen FROM chunks",
                "SELECT * FROM chunks FOR UPDATE",
                "/* SELECT */ DELETE FROM chunks",
                "SELECT 1; DELETE FROM chunks",
                "SELECT 1; ; SELECT 2",
                "-- nothing\nDROP TABLE chunk",
                // sessions and procedures
                "SET statement_timeout = 0",
                "SET ROLE postgres",
                "RESET ALL",
                "BEGIN",
                "COMMIT",
                "ROLLBACK",
                "DO $$ BEGIN PERFORM pg_sleep(10); END $$",
                "CALL something()",
                "PREPARE q AS SELECT 1",
                "EXECUTE q",
                "LISTEN x",
                "VACUUM",
                "EXPLAIN PLAN FOR SELECT 1",
                "COPY chunks TO '/tmp/x'",
                "COPY (SELECT 1) TO PROGRAM 'sh'",
                "ATTACH 'x' AS y",
                // functions that must not be there
                "SELECT pg_sleep(10)",
                "SELECT pg_read_file('/etc/passwd')",
                "SELECT pg_ls_dir('/')",
                "SELECT pg_terminate_backend(1)",
                "SELECT set_config('statement_timeout', '0', false)",
                "SELECT current_setting('data_directory')",
                "SELECT lo_import('/etc/passwd')",
                "SELECT query_to_xml('select 1', true, true, '')",
                "SELECT dblink('host=x', 'select 1')",
                "SELECT pg_catalog.pg_sleep(10)",
                "SELECT \"pg_sleep\"(10)",
                "SELECT txid_current()",
                "SELECT nextval('x')",
                "SELECT NEXT VALUE FOR x",
                "SELECT USER",
                "SELECT SESSION_USER",
                "SELECT pg_catalog.version()",
                "SELECT * FROM blocks('em' 'em', level => 1)",
                "SELECT * FROM TABLE(pg_ls_dir('/'))",
                "SELECT count(*) FROM chunks WHERE pg_sleep(1) IS NULL",
                "SELECT id FROM chunks ORDER BY pg_sleep(1)",
                "SELECT sum(1) FILTER (WHERE pg_sleep(1) IS NULL) FROM chunks",
                "SELECT rank() OVER (ORDER BY pg_sleep(1)) FROM chunks",
                "SELECT id FROM chunks LIMIT pg_sleep(1)",
                "SELECT * FROM (VALUES (pg_sleep(1))) t (a)",
                // tables that are none of the user's
                "SELECT * FROM pg_class",
                "SELECT * FROM pg_catalog.pg_authid",
                "SELECT * FROM voxelflight.dataset",
                "SELECT * FROM chunk",
                "TABLE chunks",
                "SELECT (SELECT rolpassword FROM pg_authid LIMIT 1)",
                // functions abused through other syntax
                "SELECT name.pg_sleep() FROM datasets",
                "SELECT 'x'.pg_read_file()",
                "SELECT (1).pg_sleep()",
                "SELECT '/etc/passwd'.lo_import()",
                "SELECT [pg_sleep(x) FOR x IN [1, 2]]",
                "SELECT list_transform([1], x -> pg_sleep(x))",
                "SELECT unnest(string_to_array(pg_read_file('/etc/passwd'), 'x'))",
                "FROM pg_read_file('/etc/passwd')",
                "FROM pg_stat_activity",
                "FROM pg_catalog.pg_shadow SELECT passwd",
                "FROM dblink('host=x', 'select 1') AS t(a)",
                "FROM read_csv('/etc/passwd')",
                "FROM '/etc/passwd'",
                "FROM chunks_in(pg_read_file('/etc/passwd'), 0, 1, 0, 1, 0, 1)",
                "FROM chunks_in((SELECT rolpassword FROM pg_authid), 0, 1, 0, 1, 0, 1)",
                "FROM \"$duckdb\".pg_class",
                "FROM information_schema.role_table_grants",
                "FROM information_schema.user_mappings",
                "SELECT * FROM duckdb_secrets()",
                "SELECT * FROM duckdb_tables(pg_sleep(1))",
                "SELECT * REPLACE (pg_sleep(1) AS id) FROM chunks",
                "SELECT DISTINCT ON (pg_sleep(1)) id FROM chunks",
                "SELECT id FROM chunks QUALIFY pg_sleep(1) IS NULL",
                "SELECT id FROM chunks LIMIT (SELECT pg_sleep(1))",
                "SELECT d.id FROM datasets d ASOF JOIN levels l ON d.id = l.dataset_id AND pg_sleep(1) > l.level",
                "SELECT d.id FROM datasets d SEMI JOIN levels l ON pg_sleep(1) IS NULL",
                "PIVOT chunks ON pg_sleep(1) USING count(*)",
                "PIVOT chunks ON level IN (0) USING pg_sleep(1)",
                "DESCRIBE DELETE FROM chunks",
                "DESCRIBE SELECT pg_sleep(1)",
                "SUMMARIZE SELECT pg_sleep(1)",
                "SUMMARIZE pg_authid",
                "EXPLAIN DELETE FROM chunks",
                "EXPLAIN ANALYZE DELETE FROM chunks",
                "EXPLAIN ANALYZE SELECT pg_sleep(10)",
                "EXPLAIN (ANALYZE, FORMAT JSON) SELECT 1",
                "EXPLAIN EXECUTE q",
                "SHOW data_directory",
                "SHOW ALL",
                "PRAGMA table_info('x'); DROP TABLE chunk",
                "PRAGMA enable_external_access",
                "WITH t AS MATERIALIZED (UPDATE datasets SET name = 'x' RETURNING id) FROM t",
                "FROM datasets SELECT name INTO OUTFILE '/tmp/x'",
                "SELECT * FROM chunks FOR SHARE",
                "SELECT xmlparse(document '<a/>')",
                "SELECT database_to_xml(true, true, '')",
                "SELECT table_to_xml('chunks', true, true, '')",
                "SELECT pg_advisory_lock(1)",
                "SELECT pg_notify('a', 'b')",
                "SELECT lo_export(1, '/tmp/x')",
                "SELECT inet_server_addr()",
                "SELECT has_table_privilege('chunk', 'select')",
                "SELECT to_regclass('chunk')",
                "SELECT 'chunk'::regclass",
                "SELECT CAST('pg_sleep' AS regproc)",
                // texts made to mislead
                "SELECT E'\\x00'",
                "SELECT $a$;DROP TABLE chunk;$a$",
                "SELECT $$open",
                "SELECT \"a\u200bb\" FROM chunks",
                "SELECT nam\u0435 FROM datasets",
                "SELECT name FROM datasets WHERE name = \u2018em\u2019",
                "SELECT 1\uFEFF",
                "SELECT 1 /* a /* b */ DELETE */",
                "SELECT 1 /*+ hint */",
                "SELECT 1 \u200b FROM chunks",
                "SELECT name\u00a0FROM datasets",
                "SELECT id FROM \u202echunks",
                "SELECT 'open",
                "SELECT \"open",
                "SELECT 1 /* open",
                "SELECT U&'\\0061'",
                "SELECT $tag$x$tag$",
                "SELECT 1 \0",
                "SELECT '\0'",
                "",
                "   -- nothing",
                ";");
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void aHostileStatementIsRefusedInOneLine(String statement) {
        assertThatThrownBy(() -> SQL.engine().prepare(statement, Visibility.ALL))
                .isInstanceOfSatisfying(ServiceException.class, e -> {
                    assertThat(e.code())
                            .isIn(
                                    ErrorCode.INVALID_ARGUMENT,
                                    ErrorCode.UNSUPPORTED,
                                    ErrorCode.NOT_FOUND,
                                    ErrorCode.RESOURCE_EXHAUSTED);
                    assertThat(e.line()).doesNotContain("\n").hasSizeLessThan(700);
                    assertThat(e.line())
                            .as("refused by us, not by PostgreSQL")
                            .doesNotContain("PostgreSQL does not take");
                });
    }

    /** What stock parsers or PostgreSQL read as something else than the user means. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            SELECT * FROM datasets d LEFT ANTI JOIN levels l ON d.id = l.dataset_id   ; write ANTI JOIN
            SELECT * FROM datasets d LEFT SEMI JOIN levels l ON d.id = l.dataset_id   ; write SEMI JOIN
            SELECT * FROM datasets d SEMI JOIN levels l   ; requires a condition
            SELECT * FROM datasets d ASOF JOIN levels l USING (name)   ; write ON
            SELECT * FROM datasets d ASOF JOIN levels l ON d.id = l.dataset_id   ; exactly one inequality
            SELECT * FROM datasets JOIN levels ON true USING SAMPLE 10   ; sample a sub-query
            SELECT count(*) FROM chunks TABLESAMPLE BERNOULLI (1)   ; TABLESAMPLE 1%
            SELECT * EXCEPT (id) FROM chunks   ; EXCLUDE
            SELECT * EXCLUDE (nope) FROM chunks   ; there is no column 'nope'
            SELECT d.* RENAME (id + 1 AS k) FROM datasets d   ; RENAME (column AS name)
            SELECT COLUMNS('q.*') FROM chunks   ; no column matches
            SELECT COLUMNS('(') FROM chunks   ; not understood
            SELECT max(COLUMNS('v.*')) FROM chunks   ; an item of its own
            SELECT DISTINCT ON (level) id FROM chunks QUALIFY true   ; sub-query
            SELECT 1__0   ; not a number
            SELECT name FROM datasets WHERE name ~* 'e'   ; ILIKE
            SELECT * FROM datasets WHERE attrs @> '{}'   ; ->>
            SELECT attrs -> '$.a' FROM datasets   ; JSON path
            SELECT id FROM chunks WHERE id = $2   ; $1, $2
            SELECT id FROM chunks WHERE id = $1 OR id = $1   ; each once
            SELECT id FROM chunks WHERE id = :id   ; write ? or $1
            SELECT id FROM chunks WHERE id IN [1, NULL]   ; NULL
            SELECT tags[level:2] FROM datasets, levels   ; plain numbers
            SELECT {'a': 1}   ; structs
            SELECT map {'a': 1}   ; structs
            SELECT histogram(level) FROM chunks   ; GROUP BY
            SELECT 'a' || 1 + 2   ; parentheses
            SELECT strftime(created_at, '%U') FROM chunks   ; the codes are
            SELECT strftime(created_at, name) FROM datasets   ; literal
            SELECT name GLOB name FROM datasets   ; LIKE
            SELECT name GLOB '[a' FROM datasets   ; close its [
            SELECT TRY_CAST(mean AS INTEGER) FROM chunks   ; TRY_CAST
            SELECT * FROM (SELECT 1 AS a) PIVOT (sum(a) AS x, max(a) FOR a IN (1))   ; several aggregates
            DESCRIBE PIVOT datasets ON name USING count(*)   ; docs/sql.md
            PIVOT chunks ON mean USING count(*)   ; write ON column IN
            SELECT level, mean FROM chunks GROUP BY level   ; not being grouped
            SELECT CAST(1 AS TINYINT)   ; SMALLINT
            SELECT CAST(1 AS ubigint)   ; types
            SELECT INTERVAL '1 parsec'   ; INTERVAL '90 minutes'
            SELECT E'\\x41'   ; escape
            SELECT level FROM chunks GROUP BY   ; near
            SELECT nme FROM datasets   ; there is no column 'nme'
            SELECT d.nme FROM datasets d   ; there is no column 'nme'
            SELECT name AS a, b AS c, level AS b FROM levels   ; there is no column
            SELECT * FROM nowhere   ; chunks, datasets
            SELECT ?   ; CAST(? AS type)
            BEGIN   ; transaction of its own
            SET timezone = 'UTC'   ; the time zone is UTC
            SHOW nothing   ; SHOW TABLES
            PRAGMA database_size   ; table_info
            EXPLAIN PLAN FOR SELECT 1   ; write EXPLAIN
            """)
    void aFeatureThatIsNotThereIsNamedWithTheWayToWriteIt(String statement, String hint) {
        assertThatThrownBy(() -> SQL.engine().prepare(statement, Visibility.ALL))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining(hint);
    }

    @Test
    void aPlaceInAMessageIsThatOfTheTextAsWritten() {
        assertThatThrownBy(() -> SQL.engine().prepare("SELECT id::text,\n  nope::int FROM chunks", Visibility.ALL))
                .hasMessageContaining("line 2, column 3");
    }

    @Test
    void longAndDeepStatementsAreRefusedQuickly() {
        List<String> texts = List.of(
                "SELECT '" + "x".repeat(10_000_000) + "'",
                "SELECT " + "(".repeat(100_000) + "1" + ")".repeat(100_000),
                "SELECT " + "(".repeat(300) + "1" + ")".repeat(300),
                "SELECT " + "CASE WHEN true THEN ".repeat(300) + "1" + " END".repeat(300));
        for (String text : texts) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> SQL.engine().prepare(text, Visibility.ALL))
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void longChainsAreAnsweredOrRefused() {
        for (String text : List.of(
                "SELECT " + "1+".repeat(50_000) + "1",
                "SELECT " + "NOT ".repeat(50_000) + "true",
                "SELECT " + "- ".repeat(50_000) + "1",
                "SELECT 1" + " UNION ALL SELECT 1".repeat(10_000))) {
            try {
                SQL.engine().prepare(text, Visibility.ALL);
            } catch (ServiceException e) {
                assertThat(e.code())
                        .isIn(ErrorCode.RESOURCE_EXHAUSTED, ErrorCode.INVALID_ARGUMENT, ErrorCode.UNSUPPORTED);
            }
        }
    }

    @Test
    void textInLiteralsAndNamesStaysText() {
        assertThat(Answer.of(SQL.engine(), "SELECT 'a''b; DROP TABLE x; --', '/* no comment */ // none'")
                        .rows())
                .containsExactly(List.of("a'b; DROP TABLE x; --", "/* no comment */ // none"));
        assertThat(Answer.of(SQL.engine(), "SELECT 1 AS \"x\"\"; DROP TABLE y\"")
                        .schema()
                        .getFields())
                .extracting(field -> field.getName())
                .containsExactly("x\"; DROP TABLE y");
        assertThat(Answer.of(SQL.engine(), "SELECT 'back\\slash', '\u00e9\u6f22\ud83d\ude00'")
                        .rows())
                .containsExactly(List.of("back\\slash", "\u00e9\u6f22\ud83d\ude00"));
    }
}
