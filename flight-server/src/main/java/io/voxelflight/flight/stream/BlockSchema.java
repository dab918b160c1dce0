package io.voxelflight.flight.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VoxelSize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** The schema of block streams: origin, valid extent, tensor; with the dataset's description as metadata. */
public final class BlockSchema {
    /** Key of the schema metadata that describes the dataset, a JSON object. */
    public static final String DATASET_KEY = "voxelflight:dataset";

    /** Key of the schema metadata that says which scale level the coordinates belong to. */
    public static final String LEVEL_KEY = "voxelflight:level";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] ORIGIN = {"t", "c", "z", "y", "x"};
    private static final String[] VALID = {"valid_z", "valid_y", "valid_x"};

    private BlockSchema() {}

    public static Schema of(Dataset dataset, int level, BlockShape block) {
        List<Field> fields = new ArrayList<>();
        for (String name : ORIGIN) {
            fields.add(new Field(name, FieldType.notNullable(new ArrowType.Int(64, true)), null));
        }
        for (String name : VALID) {
            fields.add(new Field(name, FieldType.notNullable(new ArrowType.Int(32, true)), null));
        }
        fields.add(tensor(dataset.elementType(), block));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(DATASET_KEY, describe(dataset).toString());
        metadata.put(LEVEL_KEY, String.valueOf(level));
        return new Schema(fields, metadata);
    }

    /** {@code arrow.fixed_shape_tensor} over a list of fixed size. */
    public static Field tensor(ElementType type, BlockShape block) {
        ObjectNode shape = JSON.createObjectNode();
        shape.putArray("shape").add(block.z()).add(block.y()).add(block.x());
        shape.putArray("dim_names").add("z").add("y").add("x");
        Map<String, String> extension = new LinkedHashMap<>();
        extension.put("ARROW:extension:name", "arrow.fixed_shape_tensor");
        extension.put("ARROW:extension:metadata", shape.toString());
        Field item = new Field("item", FieldType.notNullable(arrowType(type)), null);
        FieldType list = new FieldType(false, new ArrowType.FixedSizeList(block.voxels()), null, extension);
        return new Field("tensor", list, List.of(item));
    }

    static ArrowType arrowType(ElementType type) {
        if (!type.isFloat()) {
            return new ArrowType.Int(type.bytes() * 8, !type.isUnsigned());
        }
        return new ArrowType.FloatingPoint(
                switch (type.bytes()) {
                    case 2 -> FloatingPointPrecision.HALF;
                    case 4 -> FloatingPointPrecision.SINGLE;
                    default -> FloatingPointPrecision.DOUBLE;
                });
    }

    /** The dataset as docs/protocol.md describes it. */
    static ObjectNode describe(Dataset dataset) {
        ObjectNode json = JSON.createObjectNode();
        json.put("id", dataset.id().toString());
        json.put("name", dataset.name().value());
        json.put("kind", dataset.kind().name().toLowerCase(Locale.ROOT));
        json.put("dtype", dataset.elementType().numpyName());
        json.put("axes", dataset.axes());
        ArrayNode shape = json.putArray("shape");
        Extent extent = dataset.levels().get(0).extent();
        for (Axis axis : Axis.values()) {
            if (dataset.axes().contains(axis.letter())) {
                shape.add(extent.along(axis));
            }
        }
        putVoxelSize(json, dataset.voxelSize());
        json.put("modality", dataset.modality());
        ArrayNode tags = json.putArray("tags");
        dataset.tags().forEach(tags::add);
        json.put("created_at", dataset.createdAt().toString());
        ArrayNode levels = json.putArray("levels");
        for (Level level : dataset.levels()) {
            ObjectNode entry = levels.addObject();
            entry.put("level", level.level());
            Extent size = level.extent();
            entry.putArray("extent")
                    .add(size.t())
                    .add(size.c())
                    .add(size.z())
                    .add(size.y())
                    .add(size.x());
            putShape(entry, "chunk", level.chunk().extent());
            putShape(entry, "shard", level.shard());
            putVoxelSize(entry, level.voxelSize());
        }
        return json;
    }

    private static void putShape(ObjectNode json, String name, Extent shape) {
        json.putArray(name).add(shape.z()).add(shape.y()).add(shape.x());
    }

    private static void putVoxelSize(ObjectNode json, @Nullable VoxelSize size) {
        if (size == null) {
            json.putNull("voxel_size");
        } else {
            json.putArray("voxel_size").add(size.z()).add(size.y()).add(size.x());
        }
    }
}
