package io.voxelflight.catalog.postgres;

import io.voxelflight.catalog.api.Acquisition;
import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetPublisher;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.catalog.api.OutcomeUnknownException;
import io.voxelflight.model.Box;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VoxelSize;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/** Publishes datasets into PostgreSQL, each in one transaction with a partition of the chunk table of its own. */
public final class PostgresPublisher implements DatasetPublisher {
    /** Chunk ids: the dataset's number above, the running number of the chunk below. */
    private static final int ORDINAL_BITS = 40;

    private static final int CHUNK_COLUMNS = 21;
    private static final int COPY_BUFFER_BYTES = 1 << 16;
    private static final String LOCK_PATIENCE = "SET LOCAL lock_timeout = '20s'";

    private final DataSource database;
    private final PostgresCatalog catalog;

    public PostgresPublisher(DataSource database) {
        this.database = database;
        this.catalog = new PostgresCatalog(database);
    }

    @Override
    public void publish(Dataset dataset, List<Acquisition> acquisitions, Iterator<ChunkRow> chunks) {
        boolean committing = false;
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                int number = insertDataset(connection, dataset);
                insertAcquisitions(connection, number, acquisitions);
                long[] counts = loadChunks(connection, number, dataset.levels().size(), chunks);
                insertLevels(connection, number, dataset.levels(), counts);
                committing = true;
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            if (Failures.UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw new ServiceException(
                        ErrorCode.ALREADY_EXISTS,
                        "dataset '" + dataset.name()
                                + "' exists already: choose another --name, or 'voxelflight remove " + dataset.name()
                                + "' first",
                        e);
            }
            ServiceException failure = Failures.of("publishing dataset '" + dataset.name() + "'", e);
            throw committing ? new OutcomeUnknownException(failure) : failure;
        }
    }

    @Override
    public Dataset remove(DatasetName name) {
        Dataset dataset = catalog.find(name)
                .orElseThrow(() -> new ServiceException(ErrorCode.NOT_FOUND, "there is no dataset '" + name + "'"));
        try (Connection connection = database.getConnection();
                PreparedStatement delete = connection.prepareStatement("DELETE FROM dataset WHERE id = ?")) {
            delete.setObject(1, dataset.id());
            if (delete.executeUpdate() == 0) {
                throw new ServiceException(ErrorCode.NOT_FOUND, "dataset '" + name + "' was removed just now");
            }
            Leftovers.sweep(connection);
            return dataset;
        } catch (SQLException e) {
            throw Failures.of("removing dataset '" + name + "'", e);
        }
    }

    private static int insertDataset(Connection connection, Dataset dataset) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO dataset (id, name, kind, dtype, axes, voxel_size, modality, tags, location, attrs, created_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?) RETURNING no")) {
            insert.setObject(1, dataset.id());
            insert.setString(2, dataset.name().value());
            insert.setString(3, dataset.kind().name().toLowerCase(Locale.ROOT));
            insert.setString(4, dataset.elementType().numpyName());
            insert.setString(5, dataset.axes());
            insert.setObject(6, doubles(dataset.voxelSize()));
            insert.setString(7, dataset.modality());
            insert.setObject(8, dataset.tags().toArray(new String[0]));
            insert.setString(9, dataset.location());
            insert.setString(10, dataset.attrs().toString());
            insert.setObject(11, dataset.createdAt().atOffset(ZoneOffset.UTC));
            try (ResultSet result = insert.executeQuery()) {
                result.next();
                return result.getInt(1);
            }
        }
    }

    private static void insertAcquisitions(Connection connection, int dataset, List<Acquisition> acquisitions)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO acquisition (id, dataset_no, instrument, started_at, duration, attrs)"
                        + " VALUES (?, ?, ?, ?, make_interval(secs => ?), ?::jsonb)")) {
            for (Acquisition acquisition : acquisitions) {
                UUID id = acquisition.id();
                insert.setObject(1, id);
                insert.setInt(2, dataset);
                insert.setString(3, acquisition.instrument());
                insert.setObject(
                        4,
                        acquisition.startedAt() == null
                                ? null
                                : acquisition.startedAt().atOffset(ZoneOffset.UTC),
                        Types.TIMESTAMP_WITH_TIMEZONE);
                insert.setObject(
                        5,
                        acquisition.duration() == null
                                ? null
                                : acquisition.duration().toNanos() / 1e9,
                        Types.DOUBLE);
                insert.setString(6, acquisition.attrs().toString());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static void insertLevels(Connection connection, int dataset, List<Level> levels, long[] chunks)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO level"
                + " (dataset_no, level, extent, chunk_shape, shard_shape, voxel_size, path, byte_size, chunks)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (Level level : levels) {
                insert.setInt(1, dataset);
                insert.setInt(2, level.level());
                insert.setObject(3, new long[] {
                    level.extent().t(),
                    level.extent().c(),
                    level.extent().z(),
                    level.extent().y(),
                    level.extent().x()
                });
                insert.setObject(4, sides(level.chunk().extent()));
                insert.setObject(5, sides(level.shard()));
                insert.setObject(6, doubles(level.voxelSize()));
                insert.setString(7, level.path());
                insert.setLong(8, level.storedBytes());
                insert.setLong(9, chunks[level.level()]);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Loads the rows into a table of their own, and makes that a partition when it is indexed. */
    private static long[] loadChunks(Connection connection, int dataset, int levels, Iterator<ChunkRow> chunks)
            throws SQLException {
        String partition = partition(dataset);
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOCK_PATIENCE);
            statement.execute("CREATE TABLE " + partition + " (LIKE chunk, CHECK (dataset_no = " + dataset
                    + "), CHECK (id >= " + firstId(dataset) + " AND id < " + firstId(dataset + 1) + "))");
            long[] counts = copyChunks(connection, dataset, levels, chunks);
            statement.execute("CREATE UNIQUE INDEX ON " + partition + " (id)");
            statement.execute("CREATE UNIQUE INDEX ON " + partition + " (dataset_no, level, t, c, z, y, x)");
            statement.execute("ANALYZE " + partition);
            // last, as others who publish wait for its lock until we commit; who reads does not wait
            statement.execute("ALTER TABLE chunk ATTACH PARTITION " + partition + " FOR VALUES IN (" + dataset + ")");
            return counts;
        }
    }

    /** Sends the rows by COPY. Whatever goes wrong, the COPY is over afterwards and none of its rows count. */
    private static long[] copyChunks(Connection connection, int dataset, int levels, Iterator<ChunkRow> chunks)
            throws SQLException {
        long[] counts = new long[levels];
        // not closed on failure: closing would end the COPY as if all rows had been sent
        PGCopyOutputStream copy = new PGCopyOutputStream(
                connection.unwrap(PGConnection.class),
                "COPY " + partition(dataset) + " FROM STDIN (FORMAT binary)",
                COPY_BUFFER_BYTES);
        try {
            BinaryCopy rows = new BinaryCopy(new BufferedOutputStream(copy, COPY_BUFFER_BYTES));
            long id = firstId(dataset);
            while (chunks.hasNext()) {
                ChunkRow row = chunks.next();
                counts[row.level()]++;
                write(rows, id++, dataset, row);
            }
            rows.finish();
            copy.close();
            return counts;
        } catch (IOException e) {
            SQLException failure = e.getCause() instanceof SQLException cause
                    ? cause
                    : new SQLException("the chunk rows could not be sent: " + e.getMessage(), "08006", e);
            cancel(copy, connection, failure);
            throw failure;
        } catch (RuntimeException e) {
            cancel(copy, connection, e);
            throw e;
        }
    }

    /** A COPY that is not ended holds the driver's lock, for which a rollback would wait for ever. */
    private static void cancel(PGCopyOutputStream copy, Connection connection, Exception cause) {
        try {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        } catch (SQLException gone) {
            cause.addSuppressed(gone);
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                cause.addSuppressed(e);
            }
        }
    }

    private static void write(BinaryCopy rows, long id, int dataset, ChunkRow row) throws IOException {
        rows.row(CHUNK_COLUMNS);
        rows.int8(id);
        rows.int4(dataset);
        rows.int4(row.level());
        rows.int8(row.origin().t());
        rows.int8(row.origin().c());
        rows.int8(row.origin().z());
        rows.int8(row.origin().y());
        rows.int8(row.origin().x());
        rows.int4(row.sizeZ());
        rows.int4(row.sizeY());
        rows.int4(row.sizeX());
        rows.float8(row.min());
        rows.float8(row.max());
        rows.float8(row.mean());
        rows.float8(row.stddev());
        rows.float8(row.nonzeroFraction());
        rows.float8(row.entropy());
        rows.int8(row.storedBytes());
        rows.int8(Integer.toUnsignedLong(row.checksum()));
        rows.int4Array(corners(row.nonzeroBox()));
        rows.jsonb(row.attrsJson());
    }

    private static int @Nullable [] corners(@Nullable Box box) {
        if (box == null) {
            return null;
        }
        return new int[] {
            Math.toIntExact(box.start().z()),
            Math.toIntExact(box.start().y()),
            Math.toIntExact(box.start().x()),
            Math.toIntExact(box.stop().z()),
            Math.toIntExact(box.stop().y()),
            Math.toIntExact(box.stop().x())
        };
    }

    private static int[] sides(Extent shape) {
        return new int[] {Math.toIntExact(shape.z()), Math.toIntExact(shape.y()), Math.toIntExact(shape.x())};
    }

    private static double @Nullable [] doubles(@Nullable VoxelSize size) {
        return size == null ? null : new double[] {size.z(), size.y(), size.x()};
    }

    private static long firstId(int dataset) {
        return (long) dataset << ORDINAL_BITS;
    }

    private static String partition(int dataset) {
        return Leftovers.PARTITION_PREFIX + dataset;
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
