package io.voxelflight.sql.catalogue;

/**
 * A column of a table.
 *
 * @param comment one sentence for people; empty if there is none
 */
public record Column(String name, ColumnType type, String comment) {}
