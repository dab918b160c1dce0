package io.voxelflight.catalog.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.Acquisition;
import io.voxelflight.catalog.api.DatasetDetails;
import io.voxelflight.catalog.api.LevelStatistics;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Looks up a dataset's details in PostgreSQL, each kind by one statement. */
public final class PostgresDetails implements DatasetDetails {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String ACQUISITIONS = """
            SELECT a.id, a.instrument, a.started_at, a.attrs,
                   (extract(epoch FROM a.duration) * 1000000)::bigint AS micros
            FROM acquisition a JOIN dataset d ON d.no = a.dataset_no
            WHERE d.id = ?
            ORDER BY a.started_at, a.id
            """;

    /**
     * The number of the dataset first, as a constant, so that one partition is planned for. The deviation is put together around
     * the common mean, in a second step: sums of squares would cancel.
     */
    private static final String STATISTICS = """
            WITH part AS (
                SELECT k.level, k.vmin, k.vmax, k.mean, k.stddev, k.nonzero_fraction,
                       k.size_z::bigint * k.size_y * k.size_x AS voxels,
                       (k.size_z::bigint * k.size_y * k.size_x
                            - coalesce((k.attrs ->> 'nan')::bigint, 0))::double precision AS counted
                FROM chunk k JOIN level l ON l.dataset_no = k.dataset_no AND l.level = k.level
                WHERE k.dataset_no = %d AND l.chunks <= ?
            ), whole AS (
                SELECT level, count(*) AS chunks, sum(voxels)::bigint AS voxels, min(vmin) AS vmin, max(vmax) AS vmax,
                       sum(mean * counted) / nullif(sum(counted), 0) AS mean,
                       sum(nonzero_fraction * voxels) / sum(voxels) AS nonzero_fraction
                FROM part GROUP BY level
            )
            SELECT w.*, (SELECT sqrt(sum(p.counted * (p.stddev ^ 2 + (p.mean - w.mean) ^ 2)) / nullif(sum(p.counted), 0))
                         FROM part p WHERE p.level = w.level AND p.mean IS NOT NULL) AS stddev
            FROM whole w ORDER BY w.level
            """;

    private final DataSource database;

    public PostgresDetails(DataSource database) {
        this.database = database;
    }

    @Override
    public List<Acquisition> acquisitions(UUID dataset) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(ACQUISITIONS)) {
            statement.setObject(1, dataset);
            try (ResultSet rows = statement.executeQuery()) {
                List<Acquisition> acquisitions = new ArrayList<>();
                while (rows.next()) {
                    OffsetDateTime started = rows.getObject("started_at", OffsetDateTime.class);
                    Long micros = rows.getObject("micros", Long.class);
                    acquisitions.add(new Acquisition(
                            rows.getObject("id", UUID.class),
                            rows.getString("instrument"),
                            started == null ? null : started.toInstant(),
                            micros == null ? null : Duration.ofNanos(Math.multiplyExact(micros, 1000L)),
                            json(rows.getString("attrs"), dataset)));
                }
                return acquisitions;
            }
        } catch (SQLException e) {
            throw Failures.of("looking up acquisitions", e);
        }
    }

    @Override
    public List<LevelStatistics> statistics(UUID dataset, long mostChunks) {
        try (Connection connection = database.getConnection()) {
            Integer number = number(connection, dataset);
            if (number == null) {
                return List.of();
            }
            try (PreparedStatement statement = connection.prepareStatement(STATISTICS.formatted(number))) {
                statement.setLong(1, mostChunks);
                try (ResultSet rows = statement.executeQuery()) {
                    List<LevelStatistics> levels = new ArrayList<>();
                    while (rows.next()) {
                        levels.add(new LevelStatistics(
                                rows.getInt("level"),
                                rows.getLong("chunks"),
                                rows.getLong("voxels"),
                                rows.getObject("vmin", Double.class),
                                rows.getObject("vmax", Double.class),
                                rows.getObject("mean", Double.class),
                                rows.getObject("stddev", Double.class),
                                rows.getDouble("nonzero_fraction")));
                    }
                    return levels;
                }
            }
        } catch (SQLException e) {
            throw Failures.of("putting statistics together", e);
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

    private static ObjectNode json(String text, UUID dataset) {
        try {
            return JSON.readTree(text) instanceof ObjectNode object ? object : JSON.createObjectNode();
        } catch (JsonProcessingException e) {
            throw new ServiceException(
                    ErrorCode.INTERNAL,
                    "the attributes of an acquisition of dataset " + dataset + " are no JSON: "
                            + e.getOriginalMessage(),
                    e);
        }
    }
}
