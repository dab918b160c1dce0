package io.voxelflight.sql.catalogue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table that describes the catalog itself, with all its rows.
 *
 * @param rows each with a value for each column, as text that PostgreSQL casts to the column's type
 */
public record SystemTable(String schema, Table table, List<List<@Nullable String>> rows) {}
