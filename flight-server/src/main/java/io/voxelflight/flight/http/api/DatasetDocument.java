package io.voxelflight.flight.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.Acquisition;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.InPlace;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.catalog.api.LevelStatistics;
import io.voxelflight.model.Axis;
import io.voxelflight.model.Extent;
import io.voxelflight.model.VoxelSize;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A dataset as JSON: fields are named as the columns of SQL's tables are. Where it lies on the server is not told. */
final class DatasetDocument {
    private DatasetDocument() {}

    /** As it stands in a list. */
    static ObjectNode brief(Dataset dataset) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", dataset.id().toString());
        json.put("name", dataset.name().value());
        json.put("kind", dataset.kind().name().toLowerCase(Locale.ROOT));
        json.put("dtype", dataset.elementType().numpyName());
        json.put("axes", dataset.axes());
        shape(json.putArray("shape"), dataset, dataset.levels().get(0).extent());
        json.set("voxel_size", voxelSize(dataset.voxelSize()));
        json.put("modality", dataset.modality());
        dataset.tags().forEach(json.putArray("tags")::add);
        json.put("levels", dataset.levels().size());
        json.put("created_at", dataset.createdAt().toString());
        return json;
    }

    /** All that is known. */
    static ObjectNode full(Dataset dataset, List<Acquisition> acquisitions, List<LevelStatistics> statistics) {
        ObjectNode json = brief(dataset);
        boolean inPlace = InPlace.of(dataset).isPresent();
        ArrayNode levels = json.putArray("levels");
        for (Level level : dataset.levels()) {
            ObjectNode node = levels.addObject();
            node.put("level", level.level());
            shape(node.putArray("shape"), dataset, level.extent());
            Extent extent = level.extent();
            node.putArray("extent")
                    .add(extent.t())
                    .add(extent.c())
                    .add(extent.z())
                    .add(extent.y())
                    .add(extent.x());
            sides(node.putArray("chunk_shape"), level.chunk().extent());
            sides(node.putArray("shard_shape"), level.shard());
            node.set("voxel_size", voxelSize(level.voxelSize()));
            node.put("byte_size", inPlace ? null : Long.valueOf(level.storedBytes()));
            node.set("statistics", statistics(level.level(), statistics));
        }
        ArrayNode recorded = json.putArray("acquisitions");
        acquisitions.forEach(acquisition -> recorded.add(acquisition(acquisition)));
        attributes(json, dataset.attrs());
        return json;
    }

    /** Whence it came, what the source itself said, and the rest. */
    private static void attributes(ObjectNode json, ObjectNode attrs) {
        ObjectNode rest = attrs.deepCopy();
        JsonNode said = rest.remove("metadata"); // of a volume that is served from where it lies
        ObjectNode provenance = json.putObject("provenance");
        JsonNode source = rest.remove("source");
        if (source instanceof ObjectNode object) {
            JsonNode inside = object.remove("metadata");
            said = inside == null ? said : inside;
        }
        put(provenance, "source", source);
        put(provenance, "ingestion", rest.remove("ingestion"));
        put(provenance, InPlace.FIELD, rest.remove(InPlace.FIELD));
        json.set("source_metadata", said == null ? JsonNodeFactory.instance.nullNode() : said);
        json.set("attrs", rest);
    }

    private static void put(ObjectNode json, String name, @Nullable JsonNode value) {
        if (value != null) {
            json.set(name, value);
        }
    }

    private static ObjectNode acquisition(Acquisition acquisition) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", acquisition.id().toString());
        json.put("instrument", acquisition.instrument());
        json.put(
                "started_at",
                acquisition.startedAt() == null ? null : acquisition.startedAt().toString());
        Duration duration = acquisition.duration();
        json.put("duration_seconds", duration == null ? null : duration.toNanos() / 1e9);
        json.set("attrs", acquisition.attrs());
        return json;
    }

    private static JsonNode statistics(int level, List<LevelStatistics> known) {
        for (LevelStatistics statistics : known) {
            if (statistics.level() == level) {
                ObjectNode json = JsonNodeFactory.instance.objectNode();
                json.put("chunks", statistics.chunks());
                json.put("voxels", statistics.voxels());
                json.put("vmin", statistics.min());
                json.put("vmax", statistics.max());
                json.put("mean", statistics.mean());
                json.put("stddev", statistics.stddev());
                json.put("nonzero_fraction", statistics.nonzeroFraction());
                return json;
            }
        }
        return JsonNodeFactory.instance.nullNode();
    }

    /** The lengths along the axes that the dataset has. */
    private static void shape(ArrayNode array, Dataset dataset, Extent extent) {
        for (Axis axis : Axis.values()) {
            if (dataset.axes().contains(axis.letter())) {
                array.add(extent.along(axis));
            }
        }
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
