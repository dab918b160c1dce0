package io.voxelflight.sql.translate;

import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VoxelSize;
import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.catalogue.Column;
import io.voxelflight.sql.catalogue.Table;
import io.voxelflight.sql.tensor.TensorColumn;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The rows of a level's blocks in PostgreSQL's words: those of {@code chunks} with the number of each block; or, of a
 * volume that nobody has scanned, a row for each place in its grid, with NULL for what is not known.
 */
final class BlockRows {
    private final Table chunks;
    private final TensorColumn column;
    private final Visibility visibility;

    BlockRows(Table chunks, TensorColumn column, Visibility visibility) {
        this.chunks = chunks;
        this.column = column;
        this.visibility = visibility;
    }

    String select() {
        return column.indexed() ? indexed() : grid();
    }

    private String indexed() {
        BlockShape block = column.block();
        String visible = visibility.source("chunks");
        String from = visible == null ? "\"" + Catalogue.SCHEMA + "\".\"chunks\"" : visible + " AS v";
        return "SELECT *, CAST(" + number("t", "c", "z / " + block.z(), "y / " + block.y(), "x / " + block.x())
                + " AS bigint) AS \"tensor\" FROM " + from + " WHERE \"dataset_id\" = '"
                + column.datasetId() + "' AND " + DatasetNumbers.is("'" + column.datasetId() + "'")
                + " AND \"level\" = "
                + column.level();
    }

    private String grid() {
        BlockShape block = column.block();
        Extent size = column.extent();
        Map<String, String> known = new HashMap<>();
        known.put("dataset_id", "'" + column.datasetId() + "'");
        known.put("dataset", "'" + column.dataset().replace("'", "''") + "'");
        known.put("level", String.valueOf(column.level()));
        known.put("t", "g.t");
        known.put("c", "g.c");
        along("z", block.z(), size.z(), Axis.Z, known);
        along("y", block.y(), size.y(), Axis.Y, known);
        along("x", block.x(), size.x(), Axis.X, known);
        String columns = chunks.columns().stream()
                .map(one -> "CAST(" + known.getOrDefault(one.name(), "NULL") + " AS " + typeName(one) + ") AS \""
                        + one.name() + "\"")
                .collect(Collectors.joining(", "));
        Extent counts = column.grid().counts();
        return "SELECT " + columns + ", " + number("g.t", "g.c", "g.z", "g.y", "g.x")
                + " AS \"tensor\" FROM (SELECT * FROM "
                + series("t", counts.t()) + ", " + series("c", counts.c()) + ", " + series("z", counts.z()) + ", "
                + series("y", counts.y()) + ", " + series("x", counts.x()) + ") AS g";
    }

    /** Where a block begins and how long it is: in voxels, and in nanometres where that is known. */
    private void along(String name, int side, long length, Axis axis, Map<String, String> known) {
        String start = "g." + name + " * " + side;
        String valid = "least(" + side + ", " + length + " - " + start + ")";
        known.put(name, start);
        known.put("size_" + name, valid);
        VoxelSize voxel = column.voxelSize();
        if (voxel != null) {
            String nanometres = " * CAST(" + voxel.along(axis) + " AS double precision)";
            known.put(name + "_nm", start + nanometres);
            known.put("size_" + name + "_nm", valid + nanometres);
        }
    }

    private static String typeName(Column column) {
        String name = column.type().kind().postgresName();
        return column.type().list() ? name + "[]" : name;
    }

    private static String series(String axis, long count) {
        return "generate_series(0::bigint, " + (count - 1) + "::bigint) AS s" + axis + " (" + axis + ")";
    }

    /** The number of a block from its place in the grid, as {@code BlockGrid.ordinal}. */
    private String number(String t, String c, String z, String y, String x) {
        Extent counts = column.grid().counts();
        return "((((" + t + ") * " + counts.c() + "::bigint + (" + c + ")) * " + counts.z() + " + (" + z + ")) * "
                + counts.y() + " + (" + y + ")) * " + counts.x() + " + (" + x + ")";
    }
}
