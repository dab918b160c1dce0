package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.sql.translate.Visibility;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of datasets that a caller may not see are nowhere: not in tables, counts, joins, sub-queries or explanations. */
@Timeout(120)
class VisibilityTest {
    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture();

    private static final Visibility LABELS = new Visibility(Set.of(SampleCatalog.LABELS));
    private static final Visibility NOTHING = new Visibility(Set.of());

    /** Each statement beside what it means when only labels exist, asked by somebody who sees all. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT name FROM datasets | SELECT 'labels'",
                "SELECT count(*), min(dataset), max(mean) FROM chunks"
                        + " | SELECT count(*), min(dataset), max(mean) FROM chunks WHERE dataset = 'labels'",
                "SELECT count(*) FROM levels | SELECT count(*) FROM levels WHERE dataset = 'labels'",
                "SELECT count(*) FROM acquisitions | SELECT count(*) FROM acquisitions WHERE dataset = 'labels'",
                "SELECT count(*) FROM chunks c JOIN datasets d ON d.id = c.dataset_id | SELECT 8",
                "SELECT count(*), count(c.id) FROM datasets d LEFT JOIN chunks c ON c.dataset = 'em' | SELECT 1, 0",
                "SELECT (SELECT count(*) FROM chunks) | SELECT 8",
                "SELECT count(*) FROM datasets WHERE EXISTS (SELECT 1 FROM chunks WHERE dataset = 'em') | SELECT 0",
                "SELECT count(*) FROM datasets WHERE id NOT IN (SELECT dataset_id FROM chunks) | SELECT 0",
                "WITH c AS (SELECT * FROM chunks) SELECT count(*) FROM c | SELECT 8",
                "SELECT count(*) FROM chunks UNION ALL SELECT count(*) FROM datasets | SELECT 8 UNION ALL SELECT 1",
                "SELECT count(*) OVER () FROM chunks LIMIT 1 | SELECT 8",
                "SELECT count(*) FROM chunks SEMI JOIN datasets ON dataset = name | SELECT 8",
                "SELECT count(*) FROM chunks_in('em', 0, 999, 0, 999, 0, 999) | SELECT 0",
                "SELECT count(*) FROM chunks_in('labels', 0, 999, 0, 999, 0, 999) | SELECT 8",
                "SELECT count(*) FROM datasets, LATERAL (SELECT * FROM chunks) AS c | SELECT 8"
            })
    void onlyWhatIsVisibleCounts(String statement, String meaning) {
        assertThat(numbers(Answer.of(SQL.engine(), statement, LABELS)))
                .isEqualTo(numbers(Answer.of(SQL.engine(), meaning)));
    }

    private static List<List<String>> numbers(Answer answer) {
        return answer.rows().stream()
                .map(row -> row.stream().map(VisibilityTest::text).toList())
                .toList();
    }

    private static String text(@Nullable Object value) {
        return String.valueOf(value);
    }

    @Test
    void whoSeesNothingGetsEmptyTables() {
        for (String table : List.of("datasets", "acquisitions", "levels", "chunks", "labels")) {
            assertThat(Answer.of(SQL.engine(), "SELECT count(*) FROM " + table, NOTHING)
                            .single())
                    .isEqualTo(0L);
        }
    }

    @Test
    void theNeighborsOfAHiddenChunkAreHidden() {
        Object id = Answer.of(SQL.engine(), "SELECT min(id) FROM chunks WHERE dataset = 'em'")
                .single();
        String statement = "SELECT count(*) FROM neighbors(" + id + ")";
        assertThat(Answer.of(SQL.engine(), statement).single()).isNotEqualTo(0L);
        assertThat(Answer.of(SQL.engine(), statement, LABELS).single()).isEqualTo(0L);
    }

    @Test
    void explanationsAndErrorsDoNotTellOfHiddenRows() {
        String hidden = "EXPLAIN ANALYZE SELECT * FROM chunks WHERE dataset = 'em'";
        String absent = "EXPLAIN ANALYZE SELECT * FROM chunks WHERE dataset = 'xx'";
        assertThat(Answer.of(SQL.engine(), hidden, LABELS).rows().toString())
                .doesNotContain(" rows=")
                .doesNotContain("cost=");
        assertThat(Answer.of(SQL.engine(), absent, LABELS).rows().toString()).doesNotContain(" rows=");
        // a cast fails on visible rows only
        String cast = "SELECT CAST(name AS INTEGER) FROM datasets WHERE name <> 'labels'";
        assertThatThrownBy(() -> Answer.of(SQL.engine(), cast)).hasMessageContaining("invalid input");
        assertThat(Answer.of(SQL.engine(), cast, LABELS).rows()).isEmpty();
    }

    /** Who may see half of the datasets gets the answers of a catalog that has no others. */
    @Test
    void aHalfIsAWholeForItsCaller() {
        HalfCatalog catalogs = HalfCatalog.make();
        Visibility visibility = new Visibility(HalfCatalog.visible());
        RandomStatements statements = new RandomStatements(new Random(20_261_130));
        int differ = 0;
        try (BufferAllocator memory = new RootAllocator();
                SqlEngine whole = new SqlEngine(catalogs.whole().readOnly(), memory, SqlLimits.DEFAULT);
                SqlEngine half = new SqlEngine(catalogs.half().readOnly(), memory, SqlLimits.DEFAULT)) {
            for (int i = 0; i < 300; i++) {
                String statement = statements.next();
                Map<String, Long> wanted = counted(Answer.of(half, statement));
                assertThat(counted(Answer.of(whole, statement, visibility)))
                        .as(statement)
                        .isEqualTo(wanted);
                if (!counted(Answer.of(whole, statement)).equals(wanted)) {
                    differ++;
                }
            }
        }
        assertThat(differ).as("statements that hidden rows would change").isGreaterThan(150);
    }

    /** Its rows in any order. */
    private static Map<String, Long> counted(Answer answer) {
        return numbers(answer).stream()
                .collect(Collectors.groupingBy(Object::toString, TreeMap::new, Collectors.counting()));
    }

    /** A condition that fails on hidden rows would tell their values: it is never asked about them, however cheap it is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT count(*) FROM datasets WHERE CAST(CASE WHEN name = 'labels' THEN '1' ELSE name END AS INTEGER) = 1",
                "SELECT count(*) FROM datasets WHERE 1 / (CASE WHEN name = 'labels' THEN 1 ELSE 0 END) = 1",
                "SELECT count(*) FROM acquisitions WHERE CAST(CASE WHEN dataset = 'labels' THEN '1' ELSE dataset END AS INTEGER) = 1",
                "SELECT count(*) FROM acquisitions WHERE CAST(CASE WHEN id = '00000000-0000-4000-8000-0000000000a3'::uuid THEN '1' ELSE id::text END AS INTEGER) = 1",
                "SELECT count(*) FROM levels WHERE CAST(CASE WHEN dataset = 'labels' THEN '1' ELSE dataset END AS INTEGER) = 1",
                "SELECT count(*) FROM levels WHERE 1 / (CASE WHEN chunks = 8 THEN 1 ELSE 0 END) = 1",
                "SELECT count(*) FROM chunks WHERE CAST(CASE WHEN dataset = 'labels' THEN '1' ELSE dataset END AS INTEGER) = 1",
                "SELECT count(*) FROM chunks WHERE CAST(CASE WHEN byte_size < 2000 THEN '1' ELSE attrs::text END AS INTEGER) = 1",
                "SELECT count(*) FROM chunks WHERE CAST(CASE WHEN z_nm >= 0 AND byte_size < 2000 THEN '1' ELSE z_nm::text || 'nm' END AS INTEGER) = 1",
                "SELECT count(*) FROM labels WHERE CAST(CASE WHEN dataset = 'labels' THEN '1' ELSE dataset END AS INTEGER) = 1"
            })
    void noConditionIsAskedAboutAHiddenRow(String statement) {
        assertThat(Answer.of(SQL.engine(), statement, LABELS).single()).isNotEqualTo(0L);
    }

    /** Without the visibility some of them do fail: the test above can. */
    @Test
    void conditionsDoFailOnRowsThatTheyAreAskedAbout() {
        assertThatThrownBy(() -> Answer.of(
                        SQL.engine(),
                        "SELECT count(*) FROM levels WHERE CAST(CASE WHEN dataset = 'labels' THEN '1' ELSE dataset END"
                                + " AS INTEGER) = 1"))
                .hasMessageContaining("em");
    }

    @Test
    void aPlanOfOneCallerIsNotAnotherOnes() {
        String statement = "SELECT count(*) FROM chunks WHERE level = 0";
        Object all = Answer.of(SQL.engine(), statement).single();
        assertThat(Answer.of(SQL.engine(), statement, LABELS).single()).isEqualTo(8L);
        assertThat(Answer.of(SQL.engine(), statement).single()).isEqualTo(all).isNotEqualTo(8L);
    }
}
