package io.voxelflight.catalog.postgres;

import io.voxelflight.catalog.api.ChunkIndex;
import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.model.Box;
import io.voxelflight.model.Point;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads the chunk index in PostgreSQL through a cursor. */
public final class PostgresChunkIndex implements ChunkIndex {
    private static final int ROWS_AT_ONCE = 1000;

    /** Begins with what the partition's index begins with: the rest is looked at in the index's order. */
    private static final String SELECT =
            "SELECT level, t, c, z, y, x, size_z, size_y, size_x, vmin, vmax, mean, stddev, nonzero_fraction, entropy,"
                    + " byte_size, checksum, bbox, attrs FROM chunk WHERE dataset_no = ? AND level = ?"
                    + " AND t >= ? AND t < ? AND c >= ? AND c < ?"
                    + " AND z < ? AND z + size_z > ? AND y < ? AND y + size_y > ? AND x < ? AND x + size_x > ?";

    private final DataSource database;

    public PostgresChunkIndex(DataSource database) {
        this.database = database;
    }

    @Override
    public void chunks(UUID dataset, int level, Box box, Consumer<ChunkRow> each) {
        try (Connection connection = database.getConnection()) {
            boolean before = connection.getAutoCommit();
            connection.setAutoCommit(false); // else the driver fetches all rows at once
            try {
                Integer number = number(connection, dataset); // a value of its own: planned for one partition only
                if (number != null) {
                    read(connection, number, level, box, each);
                }
            } finally {
                connection.rollback();
                connection.setAutoCommit(before);
            }
        } catch (SQLException e) {
            throw Failures.of("reading the chunk index", e);
        }
    }

    private static @Nullable Integer number(Connection connection, UUID dataset) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT no FROM dataset WHERE id = ?")) {
            statement.setObject(1, dataset);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getInt(1) : null;
            }
        }
    }

    private static void read(Connection connection, int number, int level, Box box, Consumer<ChunkRow> each)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SELECT)) {
            statement.setFetchSize(ROWS_AT_ONCE);
            Point start = box.start();
            Point stop = box.stop();
            statement.setInt(1, number);
            statement.setInt(2, level);
            long[] bounds = {
                start.t(), stop.t(), start.c(), stop.c(), stop.z(), start.z(), stop.y(), start.y(), stop.x(), start.x()
            };
            for (int i = 0; i < bounds.length; i++) {
                statement.setLong(3 + i, bounds[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    each.accept(row(rows));
                }
            }
        }
    }

    private static ChunkRow row(ResultSet row) throws SQLException {
        Point origin =
                new Point(row.getLong("t"), row.getLong("c"), row.getLong("z"), row.getLong("y"), row.getLong("x"));
        return new ChunkRow(
                row.getInt("level"),
                origin,
                row.getInt("size_z"),
                row.getInt("size_y"),
                row.getInt("size_x"),
                number(row, "vmin"),
                number(row, "vmax"),
                number(row, "mean"),
                number(row, "stddev"),
                row.getDouble("nonzero_fraction"),
                number(row, "entropy"),
                row.getLong("byte_size"),
                (int) row.getLong("checksum"),
                box(origin, row.getArray("bbox")),
                row.getString("attrs"));
    }

    private static @Nullable Double number(ResultSet row, String column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? null : value;
    }

    private static @Nullable Box box(Point at, @Nullable Array corners) throws SQLException {
        if (corners == null) {
            return null;
        }
        Integer[] c = (Integer[]) corners.getArray();
        return new Box(
                new Point(at.t(), at.c(), c[0], c[1], c[2]), new Point(at.t() + 1, at.c() + 1, c[3], c[4], c[5]));
    }
}
