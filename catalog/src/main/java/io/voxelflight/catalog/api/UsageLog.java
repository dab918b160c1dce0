package io.voxelflight.catalog.api;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;

/** Keeps what was used, and which blocks went out. Errors: UNAVAILABLE if the database does not answer. */
public interface UsageLog {
    /** What usage is summed up by. */
    enum By {
        KEY,
        DATASET,
        DOOR,
        DAY
    }

    /**
     * Adds a batch to what was counted before. A batch that was added already is not added again: so one whose outcome is
     * not known can be sent once more.
     *
     * @param writer who counts
     * @param batch its number, which goes up
     */
    void add(UUID writer, long batch, List<UsageRow> rows);

    /** Adds accesses to the log. */
    void append(List<BlockAccess> accesses);

    /**
     * Makes room for the accesses of today and tomorrow, and drops those of days that are kept no more.
     *
     * @param today in UTC
     * @param keepDays how many days are kept, today too
     */
    void prepareDays(LocalDate today, int keepDays);

    /** What was used since, the most requests first; days in their order. */
    List<UsageSum> sums(By by, Instant since);
}
