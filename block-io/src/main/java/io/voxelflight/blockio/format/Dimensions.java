package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.model.Axis;
import io.voxelflight.model.Extent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lists of lengths, one for each dimension of an array, and the axes that they run along. */
final class Dimensions {
    /** No volume is longer, and sums of two such lengths stay in range. */
    static final long MAX_LENGTH = 1L << 48;

    private static final Map<Integer, List<Axis>> BY_RANK = Map.of(
            1, List.of(Axis.X),
            2, List.of(Axis.Y, Axis.X),
            3, List.of(Axis.Z, Axis.Y, Axis.X),
            4, List.of(Axis.C, Axis.Z, Axis.Y, Axis.X),
            5, List.of(Axis.T, Axis.C, Axis.Z, Axis.Y, Axis.X));

    private Dimensions() {}

    /** The axes, slowest first, of an array of which nobody says more than how many dimensions it has. */
    static List<Axis> byRank(int rank, String place) {
        List<Axis> axes = BY_RANK.get(rank);
        if (axes == null) {
            throw Metadata.unsupported(place, "has " + rank + " dimensions, 1 to 5 are supported");
        }
        return axes;
    }

    /** Axes by their letters, in the order of the list; empty if one is none of ours or comes twice. */
    static Optional<List<Axis>> named(JsonNode names) {
        List<Axis> axes = new ArrayList<>();
        for (JsonNode name : names) {
            Axis axis = axis((name.isObject() ? name.path("name") : name).asText());
            if (axis == null || axes.contains(axis)) {
                return Optional.empty();
            }
            axes.add(axis);
        }
        return axes.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(axes));
    }

    static @Nullable Axis axis(String letter) {
        for (Axis axis : Axis.values()) {
            if (axis.letter().equals(letter.toLowerCase(Locale.ROOT))) {
                return axis;
            }
        }
        return null;
    }

    static <T> List<T> reversed(List<T> list) {
        List<T> reversed = new ArrayList<>(list);
        Collections.reverse(reversed);
        return List.copyOf(reversed);
    }

    /** A list of whole numbers from {@code least} on. */
    static List<Long> lengths(JsonNode json, long least, String what, String place) {
        if (!json.isArray() || json.isEmpty()) {
            throw Metadata.corrupt(place, "has no " + what);
        }
        List<Long> values = new ArrayList<>();
        for (JsonNode value : json) {
            if (!value.isIntegralNumber()
                    || !value.canConvertToLong()
                    || value.asLong() < least
                    || value.asLong() > MAX_LENGTH) {
                throw Metadata.corrupt(place, "has a " + what + " of " + json);
            }
            values.add(value.asLong());
        }
        return List.copyOf(values);
    }

    /** @param lengths one for each of {@code axes}; along any other axis it is 1 */
    static Extent extent(List<Long> lengths, List<Axis> axes, String place) {
        Map<Axis, Long> along = new EnumMap<>(Axis.class);
        for (int i = 0; i < axes.size(); i++) {
            along.put(axes.get(i), lengths.get(i));
        }
        try {
            return new Extent(
                    along.getOrDefault(Axis.T, 1L),
                    along.getOrDefault(Axis.C, 1L),
                    along.getOrDefault(Axis.Z, 1L),
                    along.getOrDefault(Axis.Y, 1L),
                    along.getOrDefault(Axis.X, 1L));
        } catch (IllegalArgumentException e) {
            throw Metadata.corrupt(place, "declares an impossible size: " + e.getMessage());
        }
    }
}
