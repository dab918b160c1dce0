package io.voxelflight.sql.catalogue;

import java.util.List;

/**
 * A table as SQL users see it.
 *
 * @param columns in order
 * @param comment one sentence for people; empty if there is none
 */
public record Table(String name, List<Column> columns, String comment) {
    public Table {
        columns = List.copyOf(columns);
    }
}
