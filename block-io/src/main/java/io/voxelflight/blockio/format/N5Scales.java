package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.model.Axis;
import io.voxelflight.model.VoxelSize;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How large the voxels of an N5 volume's levels are, as the conventions say it: n5-viewer's and BigDataViewer's {@code
 * pixelResolution}, {@code resolution}, {@code units}, {@code scales} and {@code downsamplingFactors} (N5's own order: x
 * first), and OpenOrganelle's {@code transform}, which names its axes.
 */
final class N5Scales {
    private final JsonNode group;
    private final String place;
    private @Nullable VoxelSize base;

    /** @param group attributes of what holds the levels; empty for a dataset that stands alone */
    N5Scales(JsonNode group, String place) {
        this.group = group;
        this.place = place;
    }

    /** A group that lists the factors of more levels than there are is not whole. */
    void checkCount(int levels) {
        int listed = factors().size();
        if (listed > levels) {
            throw Metadata.corrupt(place, "lists " + listed + " scale levels, " + levels + " are there");
        }
    }

    /** Levels in order, the finest first. */
    VolumeMetadata.LevelMetadata level(int level, String path, ArrayMetadata array, JsonNode attributes) {
        List<Axis> axes = array.axes();
        JsonNode transform =
                group.path("multiscales").path(0).path("datasets").path(level).path("transform");
        if (transform.isMissingNode()) {
            transform = attributes.path("transform");
        }
        Optional<double[]> exact = spatial(transform, "scale");
        VoxelSize size;
        if (exact.isPresent()) {
            size = voxelSize(exact.get()).orElse(null);
            base = level == 0 ? size : base;
        } else {
            size = byFactors(level, axes, attributes);
        }
        VolumeMetadata.Translation translation = spatial(transform, "translate")
                .map(zyx -> new VolumeMetadata.Translation(zyx[0], zyx[1], zyx[2]))
                .orElse(null);
        return new VolumeMetadata.LevelMetadata(path, array, size, translation);
    }

    private @Nullable VoxelSize byFactors(int level, List<Axis> axes, JsonNode attributes) {
        VoxelSize own = resolution(attributes, axes).orElse(null);
        if (level == 0) {
            base = resolution(group, axes).orElse(own);
        }
        JsonNode listed = factors().path(level);
        JsonNode factor = listed.isArray() ? listed : attributes.path("downsamplingFactors");
        Optional<double[]> factors = zyx(numbers(factor), axes);
        VoxelSize finest = base;
        if (finest != null && factors.isPresent()) {
            double[] by = factors.get();
            return by[0] > 0 && by[1] > 0 && by[2] > 0 ? finest.times(by[0], by[1], by[2]) : null;
        }
        return level == 0 ? finest : own;
    }

    /** The list of each level's factors, if there is one. */
    private JsonNode factors() {
        for (String field : List.of("scales", "downsamplingFactors")) {
            if (group.path(field).path(0).isArray()) {
                return group.path(field);
            }
        }
        return Metadata.object();
    }

    private static Optional<VoxelSize> resolution(JsonNode attributes, List<Axis> axes) {
        JsonNode pixel = attributes.path("pixelResolution");
        JsonNode values = pixel.isObject() ? pixel.path("dimensions") : pixel;
        if (!values.isArray()) {
            values = attributes.path("resolution");
        }
        List<Double> numbers = numbers(values);
        List<Double> nanometres = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i++) {
            String unit = pixel.path("unit")
                    .asText(attributes
                            .path("units")
                            .path(i)
                            .asText(attributes.path("unit").asText()));
            double factor = Units.nanometres(unit);
            // an axis of another kind has a unit of its own, and no length
            nanometres.add(factor > 0 ? numbers.get(i) * factor : Double.NaN);
        }
        return zyx(nanometres, axes).flatMap(N5Scales::voxelSize);
    }

    /** Numbers in N5's order as (z, y, x): one for each dimension, or one for each of x, y and z. */
    private static Optional<double[]> zyx(List<Double> numbers, List<Axis> axes) {
        if (numbers.size() == axes.size() && axes.containsAll(List.of(Axis.Z, Axis.Y, Axis.X))) {
            List<Double> slowestFirst = Axes.reversed(numbers);
            return Optional.of(new double[] {
                slowestFirst.get(axes.indexOf(Axis.Z)),
                slowestFirst.get(axes.indexOf(Axis.Y)),
                slowestFirst.get(axes.indexOf(Axis.X))
            });
        }
        return numbers.size() == 3
                ? Optional.of(new double[] {numbers.get(2), numbers.get(1), numbers.get(0)})
                : Optional.empty();
    }

    /** A field of a transform, in nanometres along z, y and x. */
    private static Optional<double[]> spatial(JsonNode transform, String field) {
        Optional<List<Axis>> axes =
                Axes.named(transform.path("axes"), transform.path("axes").size());
        List<Double> numbers = numbers(transform.path(field));
        if (axes.isEmpty() || numbers.size() != axes.get().size()) {
            return Optional.empty();
        }
        Map<Axis, Double> lengths = new EnumMap<>(Axis.class);
        for (int i = 0; i < numbers.size(); i++) {
            double unit = Units.nanometres(transform.path("units").path(i).asText());
            if (unit > 0) {
                lengths.put(axes.get().get(i), numbers.get(i) * unit);
            }
        }
        Double z = lengths.get(Axis.Z);
        Double y = lengths.get(Axis.Y);
        Double x = lengths.get(Axis.X);
        return z == null || y == null || x == null ? Optional.empty() : Optional.of(new double[] {z, y, x});
    }

    private static Optional<VoxelSize> voxelSize(double[] zyx) {
        boolean lengths = true;
        for (double length : zyx) {
            lengths &= length > 0 && length < Double.POSITIVE_INFINITY;
        }
        return lengths ? Optional.of(new VoxelSize(zyx[0], zyx[1], zyx[2])) : Optional.empty();
    }

    private static List<Double> numbers(JsonNode list) {
        List<Double> numbers = new ArrayList<>();
        for (JsonNode number : list) {
            if (!number.isNumber()) {
                return List.of();
            }
            numbers.add(number.doubleValue());
        }
        return numbers;
    }
}
