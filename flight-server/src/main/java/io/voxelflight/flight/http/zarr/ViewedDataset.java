package io.voxelflight.flight.http.zarr;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.blockio.format.ArrayMetadata;
import io.voxelflight.blockio.format.Axes;
import io.voxelflight.blockio.format.VolumeMetadata;
import io.voxelflight.blockio.format.ZarrFormat;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockGrid;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Extent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A dataset as the view shows it.
 *
 * @param axes in the order of the view's arrays
 * @param levels the finest first
 * @param documents the metadata in each format, by key
 */
record ViewedDataset(
        Dataset dataset, List<Axis> axes, List<ViewedLevel> levels, Map<ZarrFormat, Map<String, byte[]>> documents) {
    private static final int SIDE = 128;

    /** Describes a dataset whose volume's metadata is known. */
    static ViewedDataset of(Dataset dataset, VolumeMetadata volume) {
        List<Axis> axes = Axes.parse(dataset.axes());
        BlockShape block = new BlockShape(side(axes, Axis.Z), side(axes, Axis.Y), side(axes, Axis.X));
        List<ViewedLevel> levels = new ArrayList<>();
        for (Level level : dataset.levels()) {
            VolumeMetadata.LevelMetadata stored = volume.levels().get(level.level());
            ArrayMetadata array = stored.array();
            Map<ZarrFormat, ChunkForm> forms = new EnumMap<>(ZarrFormat.class);
            for (ZarrFormat format : ZarrFormat.values()) {
                forms.put(format, ChunkForm.of(array, axes, block.extent(), format));
            }
            levels.add(new ViewedLevel(
                    level, new BlockGrid(level.extent(), block), array.fillValue(), stored.translation(), forms));
        }
        OmeDescription ome = new OmeDescription(dataset, axes, levels, volume.attributes());
        Map<ZarrFormat, Map<String, byte[]>> documents = new EnumMap<>(ZarrFormat.class);
        documents.put(ZarrFormat.V3, bytes(ZarrV3Documents.of(ome)));
        documents.put(ZarrFormat.V2, bytes(ZarrV2Documents.of(ome)));
        return new ViewedDataset(dataset, axes, List.copyOf(levels), documents);
    }

    /** An axis that is not there is not cut. */
    private static int side(List<Axis> axes, Axis axis) {
        return axes.contains(axis) ? SIDE : 1;
    }

    private static Map<String, byte[]> bytes(Map<String, JsonNode> documents) {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        documents.forEach((key, json) -> bytes.put(key, json.toString().getBytes(StandardCharsets.UTF_8)));
        return bytes;
    }

    Optional<byte[]> document(ZarrFormat format, String key) {
        return Optional.ofNullable(documents.getOrDefault(format, Map.of()).get(key));
    }

    /** The chunk that a key names; empty if the dataset has none there. */
    Optional<BlockIndex> chunk(ZarrKey.Chunk key) {
        if (key.level() >= levels.size() || key.indices().size() != axes.size()) {
            return Optional.empty();
        }
        Extent counts = levels.get(key.level()).grid().counts();
        long[] index = new long[Axis.values().length];
        for (int i = 0; i < axes.size(); i++) {
            Axis axis = axes.get(i);
            index[axis.ordinal()] = key.indices().get(i);
            if (index[axis.ordinal()] >= counts.along(axis)) {
                return Optional.empty();
            }
        }
        return Optional.of(new BlockIndex(index[0], index[1], index[2], index[3], index[4]));
    }
}
