package io.voxelflight.catalog.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Looks up datasets in PostgreSQL, each time by one statement: one snapshot, one round trip. */
public final class PostgresCatalog implements DatasetReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DataSource database;

    public PostgresCatalog(DataSource database) {
        this.database = database;
    }

    @Override
    public List<Dataset> datasets() {
        return query("", null);
    }

    @Override
    public Optional<Dataset> find(DatasetName name) {
        return query(" WHERE d.name = ?", name.value()).stream().findFirst();
    }

    @Override
    public Optional<Dataset> find(UUID id) {
        return query(" WHERE d.id = ?", id).stream().findFirst();
    }

    @Override
    public Map<UUID, DatasetName> names() {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement("SELECT id, name FROM dataset");
                ResultSet rows = statement.executeQuery()) {
            Map<UUID, DatasetName> names = new HashMap<>();
            while (rows.next()) {
                names.put(rows.getObject(1, UUID.class), new DatasetName(rows.getString(2)));
            }
            return names;
        } catch (SQLException e) {
            throw Failures.of("looking up datasets", e);
        }
    }

    private List<Dataset> query(String where, @Nullable Object value) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT d.*, l.level, l.extent, l.chunk_shape, l.shard_shape, l.voxel_size AS level_voxel_size,"
                                + " l.path, l.byte_size"
                                + " FROM dataset d JOIN level l ON l.dataset_no = d.no"
                                + where
                                + " ORDER BY d.name COLLATE \"C\", l.level")) {
            if (value != null) {
                statement.setObject(1, value);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<Dataset> datasets = new ArrayList<>();
                boolean more = rows.next();
                while (more) {
                    int number = rows.getInt("no");
                    List<Level> levels = new ArrayList<>(); // filled below, while the dataset's rows go by
                    datasets.add(dataset(rows, Collections.unmodifiableList(levels)));
                    do {
                        levels.add(level(rows));
                        more = rows.next();
                    } while (more && rows.getInt("no") == number);
                }
                return datasets;
            }
        } catch (SQLException e) {
            throw Failures.of("looking up datasets", e);
        }
    }

    private static Dataset dataset(ResultSet row, List<Level> levels) throws SQLException {
        String name = row.getString("name");
        return new Dataset(
                row.getObject("id", UUID.class),
                new DatasetName(name),
                VolumeKind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                ElementType.parse(row.getString("dtype")),
                row.getString("axes"),
                voxelSize(row.getArray("voxel_size")),
                row.getString("modality"),
                List.of((String[]) row.getArray("tags").getArray()),
                row.getString("location"),
                levels,
                json(row.getString("attrs"), name),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private static Level level(ResultSet row) throws SQLException {
        Long[] extent = (Long[]) row.getArray("extent").getArray();
        return new Level(
                row.getInt("level"),
                new Extent(extent[0], extent[1], extent[2], extent[3], extent[4]),
                chunk(shape(row.getArray("chunk_shape"))),
                shape(row.getArray("shard_shape")),
                voxelSize(row.getArray("level_voxel_size")),
                row.getString("path"),
                row.getLong("byte_size"));
    }

    private static Extent shape(Array array) throws SQLException {
        Integer[] sides = (Integer[]) array.getArray();
        return Extent.zyx(sides[0], sides[1], sides[2]);
    }

    private static BlockShape chunk(Extent shape) {
        return new BlockShape((int) shape.z(), (int) shape.y(), (int) shape.x());
    }

    private static @Nullable VoxelSize voxelSize(@Nullable Array array) throws SQLException {
        if (array == null) {
            return null;
        }
        Double[] sides = (Double[]) array.getArray();
        return new VoxelSize(sides[0], sides[1], sides[2]);
    }

    private static ObjectNode json(String text, String dataset) {
        try {
            JsonNode node = JSON.readTree(text);
            return node instanceof ObjectNode object ? object : JSON.createObjectNode();
        } catch (JsonProcessingException e) {
            throw new ServiceException(
                    ErrorCode.INTERNAL,
                    "the attributes of dataset '" + dataset + "' are no JSON: " + e.getOriginalMessage(),
                    e);
        }
    }
}
