package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.translate.Visibility;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Plans are kept by what a statement says, for callers who see the same, until the schema changes. */
class PlanCacheTest {
    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture();

    @AfterEach
    void drop() throws SQLException {
        execute("DROP TABLE IF EXISTS main.planned");
    }

    private static PreparedQuery prepare(String statement) {
        return SQL.engine().prepare(statement, Visibility.ALL);
    }

    private static void execute(String statement) throws SQLException {
        try (var connection = SampleCatalog.database().owner().getConnection();
                var run = connection.createStatement()) {
            run.execute(statement);
        }
    }

    @Test
    void spacesCommentsAndLastSemicolonsMakeNoDifference() {
        PreparedQuery first = prepare("SELECT name, 'a  b' AS t FROM datasets WHERE name = ?");
        assertThat(prepare("  SELECT name,\n\t'a  b' AS t -- why\nFROM /* which */ datasets WHERE name = ? ;\n"))
                .isSameAs(first);
        assertThat(prepare("SELECT name, 'a  b' AS t FROM datasets WHERE name = ?;; -- end\n;"))
                .isSameAs(first);
        assertThat(prepare("SELECT name, 'a b' AS t FROM datasets WHERE name = ?"))
                .as("spaces in a string")
                .isNotSameAs(first);
        assertThat(SQL.engine()
                        .prepare(
                                "SELECT name, 'a  b' AS t FROM datasets WHERE name = ?",
                                new Visibility(Set.of(SampleCatalog.EM))))
                .as("another caller")
                .isNotSameAs(first);
        assertThat(Answer.of(SQL.engine(), "SELECT 1 + /* one */  1")
                        .schema()
                        .getFields()
                        .get(0)
                        .getName())
                .isEqualTo("1 + 1");
    }

    @Test
    void errorsNamePlacesAsTheUserWroteThem() {
        assertThatThrownBy(() -> prepare("-- a comment\n\nSELECT   nope FROM datasets"))
                .hasMessageContaining("line 3, column 10");
    }

    @Test
    void theLeastRecentlyUsedAreForgotten() {
        PreparedQuery kept = prepare("SELECT 'kept' AS x");
        PreparedQuery forgotten = prepare("SELECT 'forgotten' AS x");
        int most = 0;
        for (int i = 0; i < 2 * SqlLimits.DEFAULT.cachedPlans() + 10; i++) {
            prepare("SELECT " + i + " AS x");
            assertThat(prepare("SELECT 'kept' AS x")).isSameAs(kept);
            most = Math.max(most, SQL.engine().cachedPlans());
        }
        assertThat(most).isBetween(SqlLimits.DEFAULT.cachedPlans(), 2 * SqlLimits.DEFAULT.cachedPlans());
        assertThat(prepare("SELECT 'forgotten' AS x")).isNotSameAs(forgotten);
    }

    @Test
    void aNewSchemaIsNoticedAndItsOldPlansAreDropped() throws SQLException {
        PreparedQuery before = prepare("SELECT name FROM datasets");
        execute("CREATE TABLE main.planned (n integer)");
        execute("INSERT INTO main.planned VALUES (1)");
        execute("GRANT SELECT ON main.planned TO PUBLIC");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> prepare("FROM planned") != null);
        assertThat(prepare("SELECT name FROM datasets")).isNotSameAs(before);
        assertThat(Answer.of(SQL.engine(), "FROM planned").rows()).containsExactly(List.of(1));

        PreparedQuery old = prepare("FROM planned");
        execute("ALTER TABLE main.planned ALTER n TYPE bigint");
        assertThatThrownBy(() -> Answer.of(SQL.engine(), old))
                .as("bytes of another type are never read as the old one")
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("the schema has changed");
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !prepare("FROM planned")
                .equals(old));
        assertThat(Answer.of(SQL.engine(), "FROM planned").rows()).containsExactly(List.of(1L));
    }
}
