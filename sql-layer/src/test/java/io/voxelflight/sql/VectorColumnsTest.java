package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.translate.Visibility;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Columns of pgvector's type, in a table of the test's own. */
class VectorColumnsTest {
    private static BufferAllocator memory;
    private static SqlEngine engine;

    @BeforeAll
    static void table() throws Exception {
        assumeTrue(
                text(SampleCatalog.database().owner(), "SELECT count(*) FROM pg_extension WHERE extname = 'vector'")
                        .equals("1"),
                "pgvector is not there: " + SampleCatalog.database().status().vectors());
        execute("DROP TABLE IF EXISTS main.sample_vectors");
        execute("CREATE TABLE main.sample_vectors (id integer, embedding public.vector(3), free public.vector)");
        execute("INSERT INTO main.sample_vectors VALUES (1, '[1,2.5,-3]', '[0.25]'), (2, NULL, NULL),"
                + " (3, '[0,1e-30,3e38]', '[1,2,3,4]')");
        execute("GRANT SELECT ON main.sample_vectors TO "
                + text(SampleCatalog.database().readOnly(), "SELECT current_user"));
        memory = new RootAllocator();
        engine = new SqlEngine(SampleCatalog.database().readOnly(), memory, SqlLimits.DEFAULT);
    }

    @AfterAll
    static void drop() throws Exception {
        if (engine != null) {
            engine.close();
            memory.close();
            execute("DROP TABLE main.sample_vectors");
        }
    }

    private static String text(DataSource database, String query) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void execute(String statement) throws SQLException {
        try (var connection = SampleCatalog.database().owner().getConnection();
                var run = connection.createStatement()) {
            run.execute(statement);
        }
    }

    @Test
    void aVectorIsAFixedSizeListWhereItsLengthIsKnown() {
        String text = "SELECT id, embedding, free FROM sample_vectors ORDER BY id";
        PreparedQuery query = engine.prepare(text, Visibility.ALL);
        List<Field> fields = query.schema().getFields();
        assertThat(fields.get(1).getType()).isEqualTo(new ArrowType.FixedSizeList(3));
        assertThat(fields.get(2).getType()).isEqualTo(new ArrowType.List());
        assertThat(fields.get(1).getChildren().get(0).getType()).hasToString("FloatingPoint(SINGLE)");
        assertThat(Answer.of(engine, text).rows().toString())
                .isEqualTo(
                        "[[1, [1.0,2.5,-3.0], [0.25]], [2, null, null], [3, [0.0,1.0E-30,3.0E38], [1.0,2.0,3.0,4.0]]]");
    }

    @Test
    void itsLengthIsKnownThroughSubQueriesAndJoins() {
        for (String text : List.of(
                "WITH v AS (SELECT embedding AS e FROM sample_vectors) SELECT e FROM v",
                "SELECT a.embedding FROM sample_vectors a LEFT JOIN sample_vectors b USING (id)",
                "SELECT embedding FROM sample_vectors UNION ALL SELECT embedding FROM sample_vectors",
                "FROM sample_vectors SELECT max_by(id, id), any_value(embedding)",
                "SELECT embedding FROM sample_vectors QUALIFY row_number() OVER (ORDER BY id) = 1")) {
            List<Field> fields = engine.prepare(text, Visibility.ALL).schema().getFields();
            assertThat(fields.get(fields.size() - 1).getType()).as(text).isEqualTo(new ArrowType.FixedSizeList(3));
        }
        List<String> described = new ArrayList<>();
        Answer.of(engine, "DESCRIBE sample_vectors")
                .rows()
                .forEach(row -> described.add(row.get(1).toString()));
        assertThat(described).containsExactly("INTEGER", "REAL[3]", "REAL[]");
    }

    @Test
    void aVectorIsCastAndNothingElse() {
        assertThat(Answer.of(engine, "SELECT embedding::VARCHAR AS v FROM sample_vectors WHERE id = 1")
                        .rows()
                        .toString())
                .isEqualTo("[[[1,2.5,-3]]]");
        for (String refused : List.of("embedding + 1", "embedding = embedding", "embedding <-> embedding")) {
            assertThatThrownBy(() -> Answer.of(engine, "SELECT " + refused + " AS v FROM sample_vectors"))
                    .as(refused)
                    .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                            .isIn(ErrorCode.UNSUPPORTED, ErrorCode.INVALID_ARGUMENT));
        }
    }
}
