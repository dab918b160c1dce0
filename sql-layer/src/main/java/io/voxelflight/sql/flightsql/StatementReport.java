package io.voxelflight.sql.flightsql;

import io.voxelflight.model.ErrorCode;
import java.time.Duration;
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
        @Nullable ErrorCode failure) {}
