package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Names and orders of axes, and what is spread along them. */
public final class Axes {
    private static final Map<Integer, String> BY_RANK = Map.of(1, "x", 2, "yx", 3, "zyx", 4, "czyx", 5, "tczyx");

    /** No volume is longer, and sums of two such lengths stay in range. */
    static final long MAX_LENGTH = 1L << 48;

    private Axes() {}

    /**
     * Axes written as letters in stored order, slowest first: {@code zyxc}.
     *
     * @throws ServiceException INVALID_ARGUMENT naming the text if it is none
     */
    public static List<Axis> parse(String letters) {
        List<Axis> axes = new ArrayList<>();
        for (char letter : letters.toLowerCase(Locale.ROOT).toCharArray()) {
            axes.add(byName(String.valueOf(letter))
                    .orElseThrow(() -> new ServiceException(
                            ErrorCode.INVALID_ARGUMENT,
                            "axes '" + letters + "' have a '" + letter + "': t, c, z, y and x are known")));
        }
        if (axes.isEmpty() || EnumSet.copyOf(axes).size() != axes.size()) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "axes '" + letters + "' must name each axis once, in stored order, such as zyx or czyx");
        }
        return List.copyOf(axes);
    }

    /** The letters of axes. */
    public static String letters(List<Axis> axes) {
        StringBuilder letters = new StringBuilder();
        axes.forEach(axis -> letters.append(axis.letter()));
        return letters.toString();
    }

    /** The same axes in canonical order. */
    public static List<Axis> canonical(List<Axis> axes) {
        return axes.stream().sorted().toList();
    }

    static Optional<Axis> byName(String name) {
        for (Axis axis : Axis.values()) {
            if (axis.letter().equals(name.toLowerCase(Locale.ROOT))) {
                return Optional.of(axis);
            }
        }
        return Optional.empty();
    }

    /** The axes of an array of {@code rank} dimensions whose metadata does not name them. */
    static List<Axis> byRank(int rank, String place) {
        String letters = BY_RANK.get(rank);
        if (letters == null) {
            throw Metadata.unsupported(place, "has " + rank + " dimensions, 1 to 5 are supported");
        }
        return parse(letters);
    }

    /** A list the other way round: N5 and Neuroglancer count from the fastest axis on. */
    static <T> List<T> reversed(List<T> list) {
        List<T> reversed = new ArrayList<>(list);
        Collections.reverse(reversed);
        return List.copyOf(reversed);
    }

    static long[] reversed(long[] values) {
        long[] reversed = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            reversed[i] = values[values.length - 1 - i];
        }
        return reversed;
    }

    /** The axes that all of {@code names} name; empty if they are other names, which say nothing about axes. */
    static Optional<List<Axis>> named(JsonNode names, int rank) {
        Set<Axis> axes = new java.util.LinkedHashSet<>();
        for (JsonNode name : names) {
            byName(name.asText()).ifPresent(axes::add);
        }
        return axes.size() == rank && names.size() == rank ? Optional.of(List.copyOf(axes)) : Optional.empty();
    }

    /** Lengths in JSON: integers of at least {@code least}. */
    static long[] lengths(JsonNode json, String place, String what, long least) {
        if (!json.isArray()) {
            throw Metadata.corrupt(place, "has no " + what);
        }
        long[] values = new long[json.size()];
        for (int i = 0; i < values.length; i++) {
            if (!json.get(i).canConvertToLong()
                    || !json.get(i).isIntegralNumber()
                    || json.get(i).asLong() < least
                    || json.get(i).asLong() > MAX_LENGTH) {
                throw Metadata.corrupt(place, "has a " + what + " of " + json);
            }
            values[i] = json.get(i).asLong();
        }
        return values;
    }

    /** Lengths along axes; axes that are not there have length 1. */
    static Extent spread(long[] lengths, List<Axis> axes, String place) {
        Map<Axis, Long> along = new EnumMap<>(Axis.class);
        for (int i = 0; i < lengths.length; i++) {
            along.put(axes.get(i), lengths[i]);
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

    /** Axes for an array of {@code rank} dimensions: those given if there are any, which must fit. */
    static void requireFit(List<Axis> axes, int rank, String place) {
        if (axes.size() != rank) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    place + " has " + rank + " dimensions, the axes '" + letters(axes) + "' name " + axes.size());
        }
    }
}
