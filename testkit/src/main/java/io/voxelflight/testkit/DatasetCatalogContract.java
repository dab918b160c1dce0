package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.catalog.api.Acquisition;
import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetDetails;
import io.voxelflight.catalog.api.DatasetPublisher;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.catalog.api.LevelStatistics;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every pair of {@link DatasetPublisher} and {@link DatasetReader} over one catalog does. */
@Timeout(60)
public abstract class DatasetCatalogContract {
    private static final ObjectMapper JSON = new ObjectMapper();

    protected abstract DatasetPublisher publisher();

    protected abstract DatasetReader reader();

    protected abstract DatasetDetails details();

    @Test
    void whatIsPublishedIsFoundAsItWas() {
        Dataset dataset = dataset("found");
        Acquisition acquisition = new Acquisition(
                UUID.randomUUID(), "Crossbeam", Instant.EPOCH, Duration.ofHours(3), JSON.createObjectNode());
        publisher().publish(dataset, List.of(acquisition), rows(5));

        assertThat(reader().find(dataset.name())).contains(dataset);
        assertThat(reader().find(dataset.id())).contains(dataset);
        assertThat(reader().datasets()).contains(dataset);
        assertThat(details().acquisitions(dataset.id())).containsExactly(acquisition);
    }

    @Test
    void statisticsOfALevelArePutTogetherFromItsChunks() {
        Dataset dataset = dataset("summed");
        List<ChunkRow> rows = List.of(
                // 0 and 2, half each; and 6, 6, 6, NaN
                measured(0, 0, 1, 1, 2, 0.0, 2.0, 1.0, 1.0, 0.5, "{}"),
                measured(0, 128, 1, 2, 2, 6.0, 6.0, 6.0, 0.0, 1, "{\"nan\": 1}"),
                measured(1, 0, 1, 1, 1, null, null, null, null, 1, "{\"nan\": 1}"));
        publisher().publish(dataset, List.of(), rows.iterator());

        // 0, 2, 6, 6, 6: mean 4, variance (16 + 4 + 3 * 4) / 5
        assertThat(details().statistics(dataset.id(), 2))
                .containsExactly(
                        new LevelStatistics(0, 2, 6, 0.0, 6.0, 4.0, Math.sqrt(32 / 5.0), 5 / 6.0),
                        new LevelStatistics(1, 1, 1, null, null, null, null, 1));
        assertThat(details().statistics(dataset.id(), 1).stream().map(LevelStatistics::level))
                .containsExactly(1);
    }

    @Test
    void nothingIsKnownOfWhatIsNotThere() {
        assertThat(reader().find(UUID.randomUUID())).isEmpty();
        assertThat(details().acquisitions(UUID.randomUUID())).isEmpty();
        assertThat(details().statistics(UUID.randomUUID(), 10)).isEmpty();
    }

    @Test
    void whatNobodyPublishedIsAbsent() {
        assertThat(reader().find(new DatasetName("nobody-" + UUID.randomUUID())))
                .isEmpty();
    }

    @Test
    void datasetsComeByName() {
        for (String name : List.of("b", "B", "a.1", "a-1")) {
            publisher().publish(dataset("order-" + name), List.of(), rows(1));
        }
        assertThat(reader().datasets().stream().map(dataset -> dataset.name().value()))
                .isSorted()
                .contains("contract-order-B", "contract-order-a-1", "contract-order-a.1", "contract-order-b");
    }

    @Test
    void aNameIsTakenOnce() {
        Dataset first = dataset("taken");
        publisher().publish(first, List.of(), rows(1));

        assertThatThrownBy(() -> publisher().publish(dataset("taken"), List.of(), rows(1)))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS))
                .hasMessageContaining("taken");
        assertThat(reader().find(first.name())).contains(first);
    }

    @Test
    void rowsThatFailPublishNothingAndTheNextAttemptGoesThrough() {
        Iterator<ChunkRow> failing = new Iterator<>() {
            private int left = 100;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public ChunkRow next() {
                if (left-- == 0) {
                    throw new ServiceException(ErrorCode.CORRUPT_DATA, "the spool is torn");
                }
                return row(left);
            }
        };
        Dataset dataset = dataset("torn");
        assertThatThrownBy(() -> publisher().publish(dataset, List.of(), failing))
                .hasMessageContaining("the spool is torn");
        assertThat(reader().find(dataset.name())).isEmpty();

        publisher().publish(dataset, List.of(), rows(3));
        assertThat(reader().find(dataset.name())).contains(dataset);
    }

    @Test
    void removingGivesBackWhatWasThereAndFreesTheName() {
        Dataset dataset = dataset("removed");
        publisher().publish(dataset, List.of(), rows(3));

        assertThat(publisher().remove(dataset.name())).isEqualTo(dataset);
        assertThat(reader().find(dataset.name())).isEmpty();
        assertThatThrownBy(() -> publisher().remove(dataset.name()))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
                .hasMessageContaining("removed");
        publisher().publish(dataset("removed"), List.of(), rows(1));
    }

    private static Dataset dataset(String name) {
        VoxelSize voxel = new VoxelSize(8, 4, 4.5);
        return new Dataset(
                UUID.randomUUID(),
                new DatasetName("contract-" + name),
                VolumeKind.LABELS,
                ElementType.UINT64,
                "zyx",
                voxel,
                "FIB-SEM",
                List.of("x", "y z"),
                "file:///volumes/" + name,
                List.of(
                        new Level(
                                0,
                                Extent.zyx(200, 300, 400),
                                BlockShape.DEFAULT,
                                BlockShape.DEFAULT.extent(),
                                voxel,
                                "0",
                                7),
                        new Level(
                                1,
                                Extent.zyx(100, 150, 200),
                                BlockShape.DEFAULT,
                                BlockShape.DEFAULT.extent(),
                                null,
                                "1",
                                3)),
                JSON.createObjectNode().put("source", "\u00fc"),
                Instant.parse("2026-11-24T12:00:00.123456Z"));
    }

    private static Iterator<ChunkRow> rows(int count) {
        return IntStream.range(0, count).mapToObj(DatasetCatalogContract::row).iterator();
    }

    private static ChunkRow measured(
            int level,
            long z,
            int sizeZ,
            int sizeY,
            int sizeX,
            @Nullable Double min,
            @Nullable Double max,
            @Nullable Double mean,
            @Nullable Double stddev,
            double nonzero,
            String attrs) {
        return new ChunkRow(
                level,
                Point.zyx(z, 0, 0),
                sizeZ,
                sizeY,
                sizeX,
                min,
                max,
                mean,
                stddev,
                nonzero,
                null,
                1,
                0,
                null,
                attrs);
    }

    private static ChunkRow row(int n) {
        return new ChunkRow(
                0, Point.zyx(128L * n, 0, 0), 128, 128, 128, 0.0, 9.0, 4.5, 1.0, 0.5, 3.0, 100, n, null, "{}");
    }
}
