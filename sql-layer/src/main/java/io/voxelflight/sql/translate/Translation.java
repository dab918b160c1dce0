package io.voxelflight.sql.translate;

import io.voxelflight.sql.catalogue.ColumnType;
import io.voxelflight.sql.tensor.TensorColumn;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A checked statement in PostgreSQL's words.
 *
 * @param parameters types of the parameters, in the order written
 * @param columns names of the result's columns
 * @param details for each column what PostgreSQL may not state of its type: the scale of a numeric, the length of a
 *     vector (0: they differ)
 * @param tensors which columns (from 0) are tensors; in PostgreSQL's rows they are numbers of blocks
 * @param halves the same rows as two statements, where each is a row of one table; else none
 * @param explained what to say of the statement in place of its rows; null: it is answered
 */
public record Translation(
        Template template,
        List<ColumnType> parameters,
        List<String> columns,
        List<Integer> details,
        Map<Integer, TensorColumn> tensors,
        List<Template> halves,
        @Nullable Explained explained) {
    /** Columns of an explanation. */
    public static final List<String> EXPLANATION = List.of("explain_key", "explain_value");

    /**
     * An explanation asked for.
     *
     * @param analyze whether the statement runs
     * @param restricted whether rows exist that the caller may not see: what counts them is not told
     * @param plan of Calcite
     */
    public record Explained(boolean analyze, boolean restricted, String plan) {}

    public Translation {
        parameters = List.copyOf(parameters);
        columns = List.copyOf(columns);
        details = List.copyOf(details);
        tensors = Map.copyOf(tensors);
        halves = List.copyOf(halves);
    }

    public Translation(Template template, List<ColumnType> parameters, List<String> columns, List<Integer> details) {
        this(template, parameters, columns, details, Map.of(), List.of(), null);
    }

    /** The same statement, to be explained. */
    public Translation explained(Explained how) {
        return new Translation(template, parameters, EXPLANATION, List.of(0, 0), Map.of(), List.of(), how);
    }
}
