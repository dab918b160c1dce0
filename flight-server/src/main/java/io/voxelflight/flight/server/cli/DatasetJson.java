package io.voxelflight.flight.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.InPlace;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.flight.config.ByteSize;
import io.voxelflight.model.Axis;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VoxelSize;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Datasets as the commands print them. Field names are those of the SQL table {@code datasets}. */
final class DatasetJson {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private DatasetJson() {}

    static String text(JsonNode json) {
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static ArrayNode array(List<Dataset> datasets) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        datasets.forEach(dataset -> array.add(object(dataset)));
        return array;
    }

    static ObjectNode object(Dataset dataset) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("id", dataset.id().toString());
        object.put("name", dataset.name().value());
        object.put("kind", kind(dataset));
        object.put("dtype", dataset.elementType().numpyName());
        object.put("axes", dataset.axes());
        shape(dataset, dataset.levels().get(0).extent()).forEach(object.putArray("shape")::add);
        object.set("voxel_size", voxelSize(dataset.voxelSize()));
        object.put("modality", dataset.modality());
        dataset.tags().forEach(object.putArray("tags")::add);
        object.put("location", dataset.location());
        boolean inPlace = InPlace.of(dataset).isPresent();
        object.put("stored", inPlace ? "in place" : "in the home");
        object.put("byte_size", inPlace ? null : byteSize(dataset).bytes());
        object.put("created_at", dataset.createdAt().toString());
        ArrayNode levels = object.putArray("levels");
        for (Level level : dataset.levels()) {
            ObjectNode node = levels.addObject();
            node.put("level", level.level());
            shape(dataset, level.extent()).forEach(node.putArray("shape")::add);
            sides(node.putArray("chunk_shape"), level.chunk().extent());
            sides(node.putArray("shard_shape"), level.shard());
            node.set("voxel_size", voxelSize(level.voxelSize()));
            node.put("path", level.path());
            node.put("byte_size", inPlace ? null : Long.valueOf(level.storedBytes()));
        }
        object.set("attrs", dataset.attrs());
        return object;
    }

    /** What an ingested dataset takes; how much a registered one does, nobody counted. */
    static ByteSize byteSize(Dataset dataset) {
        return new ByteSize(
                dataset.levels().stream().mapToLong(Level::storedBytes).sum());
    }

    static String storedText(Dataset dataset) {
        return (InPlace.of(dataset).isPresent() ? "in place" : byteSize(dataset)) + " at " + dataset.location();
    }

    static String kind(Dataset dataset) {
        return dataset.kind().name().toLowerCase(Locale.ROOT);
    }

    /** The lengths along the axes that the dataset has. */
    static List<Long> shape(Dataset dataset, Extent extent) {
        List<Long> shape = new ArrayList<>();
        for (Axis axis : Axis.values()) {
            if (dataset.axes().contains(axis.letter())) {
                shape.add(extent.along(axis));
            }
        }
        return shape;
    }

    static String shapeText(Dataset dataset, Extent extent) {
        return shape(dataset, extent).stream()
                .map(String::valueOf)
                .reduce((a, b) -> a + " x " + b)
                .orElse("");
    }

    static String voxelSizeText(@Nullable VoxelSize size) {
        return size == null ? "unknown" : number(size.z()) + " x " + number(size.y()) + " x " + number(size.x());
    }

    private static String number(double value) {
        return new BigDecimal(value)
                .round(new MathContext(7))
                .stripTrailingZeros()
                .toPlainString();
    }

    private static JsonNode voxelSize(@Nullable VoxelSize size) {
        JsonNodeFactory factory = JsonNodeFactory.instance;
        return size == null
                ? factory.nullNode()
                : factory.arrayNode().add(size.z()).add(size.y()).add(size.x());
    }

    private static void sides(ArrayNode array, Extent shape) {
        array.add(shape.z()).add(shape.y()).add(shape.x());
    }
}
