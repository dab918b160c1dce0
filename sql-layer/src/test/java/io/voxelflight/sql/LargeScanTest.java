package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.voxelflight.sql.execute.Execution;
import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.execute.ResultSink;
import io.voxelflight.sql.translate.Visibility;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scans of very many chunks are read over two connections: every row once, as of one moment. */
class LargeScanTest {
    private static final int ROWS = 300_000;
    private static final UUID BIG = UUID.fromString("00000000-0000-4000-8000-0000000000b1");

    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture(twoConnections());

    private static SqlLimits twoConnections() {
        SqlLimits usual = SqlLimits.DEFAULT;
        return new SqlLimits(
                usual.maxStatementBytes(),
                usual.maxDepth(),
                usual.maxRows(),
                usual.batchRows(),
                usual.batchBytes(),
                usual.memoryBytes(),
                usual.statementTimeout(),
                usual.stallTimeout(),
                usual.statements(),
                usual.waitingStatements(),
                usual.cachedPlans(),
                2);
    }

    @BeforeAll
    static void rows() throws SQLException {
        SampleCatalog.database();
        execute("INSERT INTO dataset (id, name, kind, dtype, axes, tags, location, attrs, created_at) VALUES ('" + BIG
                + "', 'big', 'image', 'uint8', 'zyx', '{}', 'nowhere', '{}', now())");
        execute("CREATE TABLE chunk_big (LIKE chunk)");
        execute(
                "INSERT INTO chunk_big SELECT (d.no::bigint << 40) + i, d.no, 0, 0, 0, i, 0, 0, 128, 128, 128, 0, 9, i % 7, 1,"
                        + " 1, 1, 100, i, NULL, '{}' FROM dataset d, generate_series(0, " + (ROWS - 1)
                        + ") AS s(i) WHERE d.name = 'big'");
        execute("DO $$ BEGIN EXECUTE 'ALTER TABLE chunk ATTACH PARTITION chunk_big FOR VALUES IN (' ||"
                + " (SELECT no FROM dataset WHERE name = 'big') || ')'; END $$");
        execute("ANALYZE chunk_big");
    }

    @AfterAll
    static void drop() throws SQLException {
        execute("DROP TABLE chunk_big");
        execute("DELETE FROM dataset WHERE name = 'big'");
    }

    private static void execute(String statement) throws SQLException {
        try (var connection = SampleCatalog.database().owner().getConnection();
                var run = connection.createStatement()) {
            run.execute(statement);
        }
    }

    /** Looks at each batch. */
    private interface Batches {
        void take(VectorSchemaRoot root);
    }

    private static long run(PreparedQuery query, Batches batches) {
        return execution(query, batches).run();
    }

    private record Started(Execution execution, ResultSink sink) {
        long run() {
            return execution.run(sink);
        }
    }

    private static Started execution(PreparedQuery query, Batches batches) {
        VectorSchemaRoot[] roots = new VectorSchemaRoot[1];
        return new Started(SQL.engine().execution(query, List.of(List.of())), new ResultSink() {
            @Override
            public void begin(VectorSchemaRoot root) {
                roots[0] = root;
            }

            @Override
            public void batch() {
                batches.take(roots[0]);
            }
        });
    }

    private static PreparedQuery prepare(String statement, Visibility visibility) {
        return SQL.engine().prepare(statement, visibility);
    }

    private static void everyRowOnce(PreparedQuery query) {
        BitSet seen = new BitSet();
        long rows = run(query, root -> {
            BigIntVector z = (BigIntVector) root.getVector("z");
            for (int i = 0; i < root.getRowCount(); i++) {
                assertThat(seen.get((int) z.get(i))).as("row " + z.get(i)).isFalse();
                seen.set((int) z.get(i));
            }
        });
        assertThat(rows).isEqualTo(ROWS);
        assertThat(seen.cardinality()).isEqualTo(ROWS);
    }

    @Test
    void everyRowComesOnce() {
        PreparedQuery query = prepare("SELECT id, z, mean, attrs FROM chunks WHERE dataset = 'big'", Visibility.ALL);
        assertThat(query.large()).isTrue();
        everyRowOnce(query);
        PreparedQuery restricted = prepare("FROM chunks AS k SELECT k.z, 1 + mean AS m", new Visibility(Set.of(BIG)));
        assertThat(restricted.large()).isTrue();
        everyRowOnce(restricted);
    }

    @Test
    void onlyScansWhoseRowsStandAloneAreHalved() {
        for (String statement : List.of(
                "SELECT z FROM chunks ORDER BY z",
                "SELECT z FROM chunks LIMIT 250000",
                "SELECT z FROM chunks OFFSET 1",
                "SELECT DISTINCT z FROM chunks",
                "SELECT count(*) FROM chunks",
                "SELECT z, count(*) FROM chunks GROUP BY z",
                "SELECT row_number() OVER () FROM chunks",
                "SELECT z FROM chunks QUALIFY row_number() OVER (PARTITION BY z) = 1",
                "SELECT z FROM chunks UNION ALL SELECT z FROM chunks",
                "SELECT c.z FROM chunks c JOIN datasets d ON d.id = c.dataset_id",
                "SELECT z, (SELECT count(*) FROM chunks) FROM chunks",
                "SELECT z FROM chunks WHERE id IN (SELECT max(id) FROM chunks)",
                "WITH c AS (SELECT z FROM chunks) SELECT z FROM c",
                "SELECT z FROM chunks USING SAMPLE 50%",
                "SELECT z FROM chunks WHERE dataset = 'labels'",
                "SELECT name FROM datasets")) {
            assertThat(prepare(statement, Visibility.ALL).large()).as(statement).isFalse();
        }
    }

    @Test
    void itEndsAtOnceWhenItIsCancelledOrItsReaderFails() throws SQLException {
        HikariDataSource pool = SampleCatalog.database().readOnly().unwrap(HikariDataSource.class);
        PreparedQuery query = prepare("SELECT * FROM chunks WHERE dataset = 'big'", Visibility.ALL);
        for (int after : List.of(0, 1, 40)) {
            int[] batches = new int[1];
            assertThatThrownBy(() -> run(query, root -> {
                        if (batches[0]++ == after) {
                            throw new IllegalStateException("enough");
                        }
                    }))
                    .hasMessage("enough");
            int[] taken = new int[1];
            Started[] started = new Started[1];
            started[0] = execution(query, root -> {
                if (taken[0]++ == after) {
                    started[0].execution().cancel();
                }
            });
            assertThatThrownBy(() -> started[0].run()).hasMessageContaining("cancelled");
            Awaitility.await().until(() -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
        }
        everyRowOnce(query);
    }
}
