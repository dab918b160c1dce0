package io.voxelflight.sql.translate;

import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which datasets exist for a caller: rows of others are in no table. It is applied where a table is named, below every
 * join, aggregate and sub-query.
 *
 * @param datasets ids of the datasets that the caller may see; null: all
 */
public record Visibility(@Nullable Set<UUID> datasets) {
    public static final Visibility ALL = new Visibility(null);

    public Visibility {
        datasets = datasets == null ? null : Set.copyOf(datasets);
    }

    /** Whether there may be rows that the caller may not see. */
    public boolean restricted() {
        return datasets != null;
    }

    /** Whether a dataset exists for the caller. */
    boolean shows(UUID dataset) {
        return datasets == null || datasets.contains(dataset);
    }

    /** A condition in PostgreSQL's words on the rows of a table; null if all rows are visible. */
    @Nullable
    String condition(String table) {
        if (datasets == null) {
            return null;
        }
        String ids = "'{" + new TreeSet<>(datasets).stream().map(UUID::toString).collect(Collectors.joining(","))
                + "}'::uuid[]";
        String column = table.equals("datasets") ? "\"id\"" : "\"dataset_id\"";
        String condition = column + " = ANY (" + ids + ")";
        return DatasetNumbers.areIn(table) ? condition + " AND " + DatasetNumbers.among(ids) : condition;
    }
}
