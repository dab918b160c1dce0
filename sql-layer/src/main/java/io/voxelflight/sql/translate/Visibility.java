package io.voxelflight.sql.translate;

import io.voxelflight.sql.catalogue.Catalogue;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which rows exist for a caller: those of datasets that the caller may not see are in no table, and those about other callers
 * are not in the tables about callers. It is applied where a table is named, below every join, aggregate and sub-query.
 *
 * @param datasets ids of the datasets that the caller may see; null: all
 * @param caller the id of the caller whose rows are seen in the tables about callers; null: everybody's
 */
public record Visibility(
        @Nullable Set<UUID> datasets, @Nullable String caller) {
    public static final Visibility ALL = new Visibility(null, null);

    /** What callers did: their rows may be about no dataset. */
    private static final Set<String> ABOUT_CALLERS = Set.of("usage", "block_access");

    public Visibility {
        datasets = datasets == null ? null : Set.copyOf(datasets);
    }

    /** All callers' rows about some datasets. */
    public Visibility(@Nullable Set<UUID> datasets) {
        this(datasets, null);
    }

    /** Whether a statement reads tables with rows that the caller may not see. */
    boolean hidesRows(Template statement) {
        return datasets != null
                || (caller != null
                        && ABOUT_CALLERS.stream().anyMatch(table -> statement.parts().stream()
                                .anyMatch(part -> part.contains("\"" + table + "\""))));
    }

    /** Whether a dataset exists for the caller. */
    boolean shows(UUID dataset) {
        return datasets == null || datasets.contains(dataset);
    }

    /**
     * What stands for a table in a FROM clause, in PostgreSQL's words: a sub-query that has no rows but the visible ones, and
     * in which nothing of the caller's is looked at before that; null if all rows are visible.
     */
    @Nullable
    String source(String table) {
        String ids = datasets == null
                ? "CAST(NULL AS uuid[])"
                : "'{" + new TreeSet<>(datasets).stream().map(UUID::toString).collect(Collectors.joining(","))
                        + "}'::uuid[]";
        if (ABOUT_CALLERS.contains(table)) {
            return datasets == null && caller == null
                    ? null
                    : "(SELECT * FROM visible.\"" + table + "\"(" + ids + ", "
                            + (caller == null ? "CAST(NULL AS text)" : literal(caller)) + "))";
        }
        if (datasets == null) {
            return null;
        }
        if (DatasetNumbers.areIn(table)) {
            return "(SELECT * FROM visible.\"" + table + "\" JOIN visible.datasets_of_" + table + "(" + ids
                    + ") USING (\"" + Catalogue.DATASET_NUMBER + "\") WHERE " + DatasetNumbers.among(ids) + ")";
        }
        return "(SELECT * FROM visible.\"" + table + "\"(" + ids + "))";
    }

    /** A text with all but the plainest characters by their numbers: the subject of a token may be anything. */
    private static String literal(String text) {
        StringBuilder literal = new StringBuilder("U&'");
        text.codePoints().forEach(point -> {
            if (point < 128 && Character.isLetterOrDigit(point)) {
                literal.append((char) point);
            } else {
                // stored callers have no character 0 either: PostgreSQL has none
                literal.append(String.format(Locale.ROOT, "\\+%06X", point == 0 ? '?' : point));
            }
        });
        return literal.append('\'').toString();
    }
}
