package io.voxelflight.sql.translate;

import io.voxelflight.sql.catalogue.ColumnType;
import java.util.List;

/**
 * A checked statement in PostgreSQL's words.
 *
 * @param parameters types of the parameters, in the order written
 * @param columns names of the result's columns
 * @param scales for each column the scale to give a numeric for which PostgreSQL states none
 */
public record Translation(Template template, List<ColumnType> parameters, List<String> columns, List<Integer> scales) {
    public Translation {
        parameters = List.copyOf(parameters);
        columns = List.copyOf(columns);
        scales = List.copyOf(scales);
    }
}
