package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VoxelSize;
import io.voxelflight.sql.execute.Execution;
import io.voxelflight.sql.execute.ResultSink;
import io.voxelflight.sql.tensor.BlockTensors;
import io.voxelflight.sql.tensor.TensorColumn;
import io.voxelflight.sql.tensor.TensorReader;
import io.voxelflight.sql.translate.Visibility;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Voxels in results: the right ones beside each row, whatever the statement does with the rows. */
@Timeout(120)
class TensorsTest {
    private static final Voxels VOXELS = new Voxels();

    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture(SqlLimits.DEFAULT, VOXELS);

    @AfterEach
    void allReadersAreClosed() {
        assertThat(VOXELS.open).hasValue(0);
        VOXELS.failAt = null;
    }

    @Test
    void everyRowHasTheVoxelsOfItsPlace() {
        Answer answer = Answer.of(SQL.engine(), "SELECT z, y, x, tensor FROM blocks('em', 0)");
        assertThat(answer.rows()).hasSize(64);
        checkPlaces(answer, "em", 0);
        Field tensor = answer.schema().findField("tensor");
        assertThat(tensor.getMetadata()).containsEntry("ARROW:extension:name", "arrow.fixed_shape_tensor");
        assertThat(tensor.getType()).isEqualTo(new ArrowType.FixedSizeList(512));
        assertThat(tensor.isNullable()).isTrue();
    }

    @Test
    void rowsMayBeFilteredOrderedAndCut() {
        checkPlaces(
                Answer.of(
                        SQL.engine(),
                        "SELECT z, y, x, tensor FROM blocks('em') WHERE stddev > 3 ORDER BY mean DESC, z LIMIT 7 OFFSET 2"),
                "em",
                0);
        checkPlaces(
                Answer.of(SQL.engine(), "SELECT z, y, x, tensor FROM blocks('em') ORDER BY random() LIMIT 20"),
                "em",
                0);
        checkPlaces(Answer.of(SQL.engine(), "SELECT b.z, b.y, b.x, b.tensor AS v FROM blocks('em', 1) AS b"), "em", 1);
        checkPlaces(
                Answer.of(
                        SQL.engine(),
                        "WITH best AS (SELECT z, y, x, tensor FROM blocks('em') WHERE mean > 110) SELECT * FROM best"),
                "em",
                0);
        checkPlaces(
                Answer.of(
                        SQL.engine(),
                        "SELECT z, y, x, tensor FROM (SELECT *, row_number() OVER (PARTITION BY z ORDER BY mean) AS n"
                                + " FROM blocks('em')) AS r WHERE n <= 2"),
                "em",
                0);
        assertThat(Answer.of(SQL.engine(), "SELECT count(tensor), count(*) FROM blocks('em') WHERE tensor IS NOT NULL")
                        .rows())
                .containsExactly(List.of(64L, 64L));
    }

    @Test
    void severalTensorsOfARowAndRowsWithoutOne() {
        Answer answer = Answer.of(
                SQL.engine(),
                "SELECT a.z, a.y, a.x, a.tensor, b.tensor FROM blocks('em', 0) AS a LEFT JOIN blocks('labels') AS b"
                        + " ON a.z = b.z AND a.y = b.y AND a.x = b.x ORDER BY a.z, a.y, a.x");
        assertThat(answer.rows()).hasSize(64);
        checkPlaces(answer, "em", 0);
        int without = 0;
        for (List<@Nullable Object> row : answer.rows()) {
            if (row.get(4) == null) {
                without++;
            } else {
                assertThat(row.get(4)).isEqualTo(Voxels.at("labels", 0, row));
            }
        }
        assertThat(without).isEqualTo(56);
    }

    @Test
    void aDatasetThatNobodyScannedHasARowForEachPlace() {
        Answer answer = Answer.of(
                SQL.engine(),
                "SELECT z, y, x, tensor, size_z, size_x, mean, dataset, z_nm, size_z_nm FROM blocks('placed')");
        assertThat(answer.rows()).hasSize(3 * 2 * 2);
        checkPlaces(answer, "placed", 0);
        assertThat(answer.rows()).allMatch(row -> row.get(6) == null && "placed".equals(row.get(7)));
        assertThat(answer.rows()).extracting(row -> row.get(8)).containsOnly(0.0, 68.0, 136.0);
        assertThat(answer.rows()).extracting(row -> row.get(9)).containsOnly(68.0, 34.0);
        assertThat(answer.rows()).extracting(row -> row.get(4)).containsOnly(8, 4);
        assertThat(answer.rows()).extracting(row -> row.get(5)).containsOnly(8, 3);
    }

    @Test
    void anEmptyResultHasTheSameSchema() {
        Answer answer = Answer.of(SQL.engine(), "SELECT tensor FROM blocks('em') WHERE mean < -1");
        assertThat(answer.rows()).isEmpty();
        assertThat(answer.batches()).isEqualTo(1);
        assertThat(answer.schema().findField("tensor").getChildren()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT DISTINCT tensor FROM blocks('em') | DISTINCT of tensors",
                "SELECT tensor FROM blocks('em') ORDER BY tensor | ORDER BY a tensor",
                "SELECT z, tensor AS v FROM blocks('em') ORDER BY v DESC | ORDER BY a tensor",
                "SELECT z, tensor FROM blocks('em') ORDER BY 2 | ORDER BY a tensor",
                "SELECT tensor, count(*) FROM blocks('em') GROUP BY tensor | tensor",
                "SELECT tensor, count(*) FROM blocks('em') GROUP BY 1 | tensor",
                "SELECT max(tensor) FROM blocks('em') | MAX",
                "SELECT tensor + 1 FROM blocks('em') | TENSOR",
                "SELECT CAST(tensor AS BIGINT) FROM blocks('em') | Cast function cannot convert",
                "SELECT coalesce(tensor, tensor) FROM blocks('em') | tensor",
                "SELECT CASE WHEN z > 0 THEN tensor END FROM blocks('em') | CASE",
                "SELECT lag(tensor) OVER (ORDER BY z) FROM blocks('em') | LAG",
                "SELECT z FROM blocks('em') WHERE tensor = 3 | TENSOR",
                "SELECT z FROM blocks('em') WHERE tensor IN (1, 2) | IN operator",
                "SELECT tensor FROM blocks('em') UNION ALL SELECT tensor FROM blocks('labels') | not supported",
                "SELECT tensor FROM blocks('em') UNION SELECT tensor FROM blocks('em') | UNION of tensors",
                "SELECT a.z FROM blocks('em') AS a JOIN blocks('em') AS b USING (tensor) | tensor",
                "SELECT a.z FROM blocks('em') AS a JOIN blocks('em') AS b ON a.tensor = b.tensor | TENSOR",
                "SELECT array_agg(tensor) FROM blocks('em') | tensor",
                "SELECT (SELECT max(z) FROM blocks('em') WHERE tensor > 0) FROM datasets | TENSOR",
                "SELECT * FROM blocks('nothing') | there is no dataset 'nothing'",
                "SELECT * FROM blocks('em', 9) | has no level 9",
                "SELECT * FROM blocks('em', 0.5) | there is no level 0.5",
                "SELECT * FROM blocks(name) | write blocks('dataset')",
                "SELECT * FROM blocks() | the dataset is missing",
                "SELECT * FROM blocks('em', 'x') | write blocks('dataset')"
            },
            quoteCharacter = '`')
    void whatATensorCannotDoIsRefused(String statement, String reason) {
        assertThatThrownBy(() -> SQL.engine().prepare(statement, Visibility.ALL))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void whatDuckDbAddsToSqlWorksWithVoxels() {
        checkPlaces(Answer.of(SQL.engine(), "SELECT z, y, x, tensor FROM blocks('em', level := 1)"), "em", 1);
        checkPlaces(Answer.of(SQL.engine(), "FROM blocks('em', 1) SELECT z, y, x, tensor WHERE mean > 100"), "em", 1);
        checkPlaces(
                Answer.of(
                        SQL.engine(),
                        "SELECT z, y, x, tensor FROM blocks('em') QUALIFY row_number() OVER (PARTITION BY z ORDER BY mean) = 1"),
                "em",
                0);
        checkPlaces(
                Answer.of(
                        SQL.engine(), "SELECT z, y, x, tensor FROM blocks('em') SEMI JOIN datasets ON dataset = name"),
                "em",
                0);
        assertThat(Answer.of(SQL.engine(), "SELECT * EXCLUDE (tensor) FROM blocks('em')")
                        .schema()
                        .findField("mean"))
                .isNotNull();
        assertThat(Answer.of(SQL.engine(), "DESCRIBE SELECT z, tensor FROM blocks('em')")
                        .rows())
                .anyMatch(row -> "tensor".equals(row.get(0)) && "TENSOR(uint8, 8x8x8)".equals(row.get(1)));
        assertThat(Answer.of(SQL.engine(), "EXPLAIN SELECT z, tensor FROM blocks('em') WHERE mean > 3")
                        .rows())
                .isNotEmpty();
        assertThat(Answer.of(SQL.engine(), "EXPLAIN ANALYZE SELECT z, tensor FROM blocks('em') LIMIT 3")
                        .rows())
                .isNotEmpty();
        assertThatThrownBy(() -> SQL.engine().prepare("SUMMARIZE SELECT tensor FROM blocks('em')", Visibility.ALL))
                .hasMessageContaining("SUMMARIZE of tensors is not supported");
    }

    @Test
    void whoMayNotSeeADatasetHasNoBlocksOfIt() {
        Visibility some = new Visibility(Set.of(SampleCatalog.LABELS));
        assertThatThrownBy(() -> SQL.engine().prepare("SELECT * FROM blocks('em')", some))
                .hasMessage("there is no dataset 'em'");
        assertThat(Answer.of(SQL.engine(), "SELECT z, y, x, tensor FROM blocks('labels')", some)
                        .rows())
                .hasSize(8);
    }

    @Test
    void aDatasetMadeAnewIsPlannedAnew() {
        String statement = "SELECT z, y, x, tensor FROM blocks('placed')";
        TensorColumn before =
                SQL.engine().prepare(statement, Visibility.ALL).tensors().get(3);
        assertThat(SQL.engine().prepare(statement, Visibility.ALL).tensors().get(3))
                .isEqualTo(before);
        VOXELS.placed = UUID.randomUUID();
        TensorColumn after =
                SQL.engine().prepare(statement, Visibility.ALL).tensors().get(3);
        assertThat(after).isNotNull().isNotEqualTo(before);
    }

    @Test
    void aBlockThatCannotBeReadEndsTheResultWithItsReason() {
        VOXELS.failAt = new Point(0, 0, 256, 128, 0);
        assertThatThrownBy(() -> Answer.of(SQL.engine(), "SELECT z, tensor FROM blocks('em') ORDER BY z, y, x"))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_DATA))
                .hasMessageContaining("damaged");
    }

    @Test
    void aCancelledResultGivesAllMemoryBack() {
        Execution execution = SQL.engine()
                .execution(
                        SQL.engine().prepare("SELECT tensor FROM blocks('em', 1)", Visibility.ALL), List.of(List.of()));
        assertThatThrownBy(() -> execution.run(new ResultSink() {
                    @Override
                    public void begin(VectorSchemaRoot root) {}

                    @Override
                    public void batch() {
                        execution.cancel();
                    }
                }))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    }

    private static void checkPlaces(Answer answer, String dataset, int level) {
        assertThat(answer.rows()).isNotEmpty();
        for (List<@Nullable Object> row : answer.rows()) {
            assertThat(row.get(3)).as("tensor of %s", row.subList(0, 3)).isEqualTo(Voxels.at(dataset, level, row));
        }
    }

    /** Blocks of 8x8x8 chunks' corners whose voxels say where they are from. */
    private static final class Voxels implements BlockTensors {
        private static final BlockShape LARGE = new BlockShape(128, 128, 128);
        private static final BlockShape SMALL = new BlockShape(8, 8, 8);

        final AtomicInteger open = new AtomicInteger();
        volatile @Nullable Point failAt;
        volatile UUID placed = UUID.randomUUID();

        @Override
        public TensorColumn column(String dataset, int level, Predicate<UUID> visible) {
            boolean inPlace = dataset.equals("placed");
            UUID id =
                    switch (dataset) {
                        case "em" -> SampleCatalog.EM;
                        case "labels" -> SampleCatalog.LABELS;
                        case "placed" -> placed;
                        default ->
                            throw new ServiceException(ErrorCode.NOT_FOUND, "there is no dataset '" + dataset + "'");
                    };
            if (!visible.test(id)) {
                throw new ServiceException(ErrorCode.NOT_FOUND, "there is no dataset '" + dataset + "'");
            }
            if (level > 1) {
                throw new ServiceException(ErrorCode.NOT_FOUND, "dataset '" + dataset + "' has no level " + level);
            }
            BlockShape block = block(level);
            Extent extent =
                    inPlace ? new Extent(1, 1, 20, 16, 11) : new Extent(1, 1, 512 >> level, 512 >> level, 512 >> level);
            Field item = new Field("item", FieldType.notNullable(new ArrowType.Int(8, false)), null);
            FieldType list = new FieldType(
                    false,
                    new ArrowType.FixedSizeList(block.voxels()),
                    null,
                    Map.of("ARROW:extension:name", "arrow.fixed_shape_tensor"));
            Field field = new Field("tensor", list, List.of(item));
            return new TensorColumn(
                    id, dataset, level, extent, block, new VoxelSize(8.5, 4, 4), ElementType.UINT8, field, !inPlace);
        }

        @Override
        public TensorReader open(TensorColumn column) {
            open.incrementAndGet();
            return new TensorReader() {
                @Override
                public ArrowBuf read(Point origin, BufferAllocator allocator, Cancellation cancellation) {
                    if (origin.equals(failAt)) {
                        throw new ServiceException(ErrorCode.CORRUPT_DATA, "a chunk is damaged");
                    }
                    ArrowBuf block = allocator.buffer(column.bytes());
                    for (long i = 0; i < column.bytes(); i++) {
                        block.setByte(i, value(column.dataset(), column.level(), origin));
                    }
                    return block;
                }

                @Override
                public void close() {
                    open.decrementAndGet();
                }
            };
        }

        /** Small ones come many in a batch, large ones one. */
        private static BlockShape block(int level) {
            return level == 0 ? SMALL : LARGE;
        }

        private static int value(String dataset, int level, Point origin) {
            int place = (int) (origin.z() / 8 * 31 + origin.y() / 8 * 7 + origin.x() / 8);
            return (place + dataset.length() * 5 + level) & 0xff;
        }

        /** What the tensor of a row that begins with z, y, x must be. */
        static List<Object> at(String dataset, int level, List<@Nullable Object> row) {
            Point origin = new Point(0, 0, number(row, 0), number(row, 1), number(row, 2));
            int voxels = block(level).voxels();
            return new ArrayList<>(Collections.nCopies(voxels, (Object) (byte) value(dataset, level, origin)));
        }

        private static long number(List<@Nullable Object> row, int index) {
            return row.get(index) instanceof Number number ? number.longValue() : -1;
        }
    }
}
