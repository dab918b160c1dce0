package io.voxelflight.sql.flightsql;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.tensor.TensorColumn;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a statement ended.
 *
 * @param datasetId the dataset whose voxels it selects; null: of none or several
 * @param dataset its name
 * @param rows that were sent
 * @param bytes of them
 * @param worked time that it ran, without the time that its client let it wait
 * @param took from its begin to its end
 * @param failure null: all rows were sent
 */
public record StatementReport(
        @Nullable UUID datasetId,
        @Nullable String dataset,
        long rows,
        long bytes,
        Duration worked,
        Duration took,
        @Nullable ErrorCode failure) {

    /**
     * A statement that has ended.
     *
     * @param tensors that it selects
     * @param waitedNanos how much of {@code tookNanos} it had to wait for its client
     * @param failure null: all rows were sent
     */
    public static StatementReport of(
            Collection<TensorColumn> tensors,
            long rows,
            long bytes,
            long waitedNanos,
            long tookNanos,
            @Nullable Throwable failure) {
        TensorColumn only =
                tensors.stream().map(TensorColumn::datasetId).distinct().count() == 1
                        ? tensors.iterator().next()
                        : null;
        return new StatementReport(
                only == null ? null : only.datasetId(),
                only == null ? null : only.dataset(),
                rows,
                bytes,
                Duration.ofNanos(tookNanos - waitedNanos),
                Duration.ofNanos(tookNanos),
                failure == null ? null : failure instanceof ServiceException known ? known.code() : ErrorCode.INTERNAL);
    }
}
