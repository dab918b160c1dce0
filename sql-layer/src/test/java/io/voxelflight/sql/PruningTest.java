package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.sql.translate.Visibility;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A statement that names a dataset is planned for the partition of that dataset alone, as EXPLAIN shows. */
class PruningTest {
    private static final Pattern PARTITION = Pattern.compile("on (chunk_\\d+) ");

    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture();

    private static Set<String> partitions(String statement, Visibility visibility) {
        Answer answer = Answer.of(SQL.engine(), "EXPLAIN " + statement, visibility);
        Matcher named = PARTITION.matcher(String.valueOf(answer.rows().get(2).get(1)) + " ");
        Set<String> partitions = new TreeSet<>();
        while (named.find()) {
            partitions.add(named.group(1));
        }
        return partitions;
    }

    @Test
    void withoutADatasetAllAreRead() {
        assertThat(partitions("SELECT * FROM chunks", Visibility.ALL)).hasSizeGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM chunks WHERE dataset = 'em'",
                "FROM chunks AS k SELECT k.z WHERE k.z = 128 AND 'em' = k.dataset AND level = 0",
                "SELECT count(*) FROM chunks WHERE dataset IN ('em')",
                "SELECT * FROM chunks WHERE dataset_id = '00000000-0000-4000-8000-000000000001'",
                "SELECT * FROM chunks_in('em', 0, 256, 0, 256, 0, 256)",
                "SELECT * FROM (SELECT * FROM chunks WHERE dataset = 'em') t WHERE z = 0",
                "WITH c AS (SELECT * FROM chunks WHERE dataset = 'em') SELECT count(*) FROM c a JOIN c b USING (id)",
                "SELECT c.z FROM datasets d JOIN chunks c ON c.dataset_id = d.id WHERE c.dataset = 'em'",
                "SELECT z FROM chunks WHERE dataset = 'em' AND id IN (SELECT max(id) FROM chunks WHERE dataset = 'em')",
                "SELECT z FROM chunks WHERE id = 1099511627777",
                "SELECT * FROM chunks WHERE id >= 1099511627776 AND id < 1099511627800",
                "SELECT * FROM neighbors(1099511627777)"
            })
    void oneDatasetIsOnePartition(String statement) {
        assertThat(partitions(statement, Visibility.ALL)).as(statement).hasSize(1);
    }

    @Test
    void labelsToo() {
        assertThat(partitions(
                        "SELECT label, sum(voxels) FROM labels WHERE dataset = 'labels' GROUP BY label",
                        Visibility.ALL))
                .hasSize(1);
    }

    @Test
    void whoSeesOneDatasetReadsOnePartition() {
        assertThat(partitions("SELECT * FROM chunks", new Visibility(Set.of(SampleCatalog.LABELS))))
                .hasSize(1);
    }

    @Test
    void aDatasetThatIsNotThereIsNoPartition() {
        assertThat(partitions("SELECT * FROM chunks WHERE dataset = 'none'", Visibility.ALL))
                .isEmpty();
    }
}
