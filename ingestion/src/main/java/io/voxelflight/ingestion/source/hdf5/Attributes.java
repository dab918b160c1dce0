package io.voxelflight.ingestion.source.hdf5;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jhdf.api.Attribute;
import io.jhdf.api.Node;
import io.voxelflight.ingestion.source.array.StoredShape;
import io.voxelflight.model.Axis;
import io.voxelflight.model.VoxelSize;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the attributes of a dataset say of its axes and voxel size, and all of them as JSON. */
final class Attributes {
    private static final int MAX_BYTES = 1 << 16;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Names for the size of a voxel. Without a unit {@code element_size_um}'s kin is in micrometres by its name, and
     * {@code resolution} and {@code voxel_size} are in nanometres, z first, as gunpowder, funlib and CREMI write them.
     */
    private static final Pattern SIZE = Pattern.compile(
            "(?:element_size|voxel_size|resolution|spacing)(?:_(nm|um))?(?:_(zyx|xyz))?", Pattern.CASE_INSENSITIVE);

    private final ObjectNode json = JsonNodeFactory.instance.objectNode();

    private @Nullable List<Axis> axes;
    private @Nullable VoxelSize voxelSize;
    private @Nullable String voxelSizeFrom;

    Attributes(Node node) {
        Map<String, Attribute> attributes;
        try {
            attributes = node.getAttributes();
        } catch (RuntimeException e) {
            json.put("unreadable", Hdf5Tree.reason(e));
            return;
        }
        for (Map.Entry<String, Attribute> each : attributes.entrySet()) {
            try {
                Attribute attribute = each.getValue();
                if (attribute.isEmpty() || attribute.getSizeInBytes() > MAX_BYTES) {
                    continue;
                }
                JsonNode value = JSON.valueToTree(plain(attribute.getData()));
                json.set(each.getKey(), value);
                interpret(each.getKey(), value);
            } catch (RuntimeException e) {
                json.put(each.getKey(), "unreadable: " + Hdf5Tree.reason(e));
            }
        }
    }

    /** All attributes that could be read. */
    ObjectNode json() {
        return json;
    }

    /** The axes in the dataset's own order; null if the attributes do not name them all. */
    @Nullable
    List<Axis> axes() {
        return axes;
    }

    @Nullable
    VoxelSize voxelSize() {
        return voxelSize;
    }

    /** The attribute that says the voxel size. */
    @Nullable
    String voxelSizeFrom() {
        return voxelSizeFrom;
    }

    private void interpret(String name, JsonNode value) {
        if (name.equals("axistags") && value.isTextual()) {
            axes = axisTags(value.asText());
        } else if (name.equals("DIMENSION_LABELS") && value.isArray() && axes == null) {
            StringBuilder letters = new StringBuilder();
            for (JsonNode label : value) {
                letters.append(label.asText().length() == 1 ? label.asText() : "?");
            }
            axes = StoredShape.parseAxes(letters.toString());
        }
        Matcher size = SIZE.matcher(name);
        if (size.matches() && value.isArray() && value.size() == 3 && voxelSize == null) {
            String unit = size.group(1);
            boolean micrometres = unit != null
                    ? unit.toLowerCase(Locale.ROOT).equals("um")
                    : name.toLowerCase(Locale.ROOT).startsWith("element_size");
            boolean xyz = size.group(2) != null
                    && size.group(2).toLowerCase(Locale.ROOT).equals("xyz");
            double scale = micrometres ? 1000 : 1;
            double first = value.get(0).asDouble() * scale;
            double last = value.get(2).asDouble() * scale;
            double middle = value.get(1).asDouble() * scale;
            if (first > 0 && middle > 0 && last > 0 && Double.isFinite(first + middle + last)) {
                voxelSize = xyz ? new VoxelSize(last, middle, first) : new VoxelSize(first, middle, last);
                voxelSizeFrom = name;
            }
        }
    }

    /** vigra's axis tags, as ilastik writes them. */
    private static @Nullable List<Axis> axisTags(String text) {
        try {
            List<String> letters = new ArrayList<>();
            for (JsonNode axis : JSON.readTree(text).path("axes")) {
                letters.add(axis.path("key").asText("?"));
            }
            return StoredShape.parseAxes(String.join("", letters));
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** Arrays of any depth as lists, so that bytes become numbers and not base64. */
    private static @Nullable Object plain(@Nullable Object value) {
        if (value == null || !value.getClass().isArray()) {
            return value instanceof Number || value instanceof Boolean || value == null ? value : value.toString();
        }
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = 0; i < Array.getLength(value); i++) {
            list.add(plain(Array.get(value, i)));
        }
        return list;
    }
}
