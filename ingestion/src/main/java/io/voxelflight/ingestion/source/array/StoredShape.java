package io.voxelflight.ingestion.source.array;

import io.voxelflight.model.Axis;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The axes of an array as it is stored, in its own order, and their lengths. */
public final class StoredShape {
    private static final List<Axis> ALL = List.of(Axis.values());

    private final List<Axis> axes;
    private final long[] lengths;

    private StoredShape(List<Axis> axes, long[] lengths) {
        this.axes = axes;
        this.lengths = lengths;
    }

    /**
     * The shape of an array.
     *
     * @param what names the array in messages
     * @param lengths of its axes in its own order
     * @param named the axes as the format names them; null if it does not: then they are zyx, czyx or tczyx by their number
     * @param asked the axes as the caller names them, which win; null if it does not
     * @throws ServiceException INVALID_ARGUMENT if {@code asked} does not fit; UNSUPPORTED if this is no volume
     */
    public static StoredShape of(String what, long[] lengths, @Nullable List<Axis> named, @Nullable List<Axis> asked) {
        int rank = lengths.length;
        String text = shape(lengths);
        if (rank < 3) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    what + " has " + rank + (rank == 1 ? " dimension (" : " dimensions (") + text
                            + "): a volume needs three to five, such as z, y, x");
        }
        if (rank > 5) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    what + " has " + rank + " dimensions (" + text + "): a volume has at most t, c, z, y and x");
        }
        if (asked != null && asked.size() != rank) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "axes '" + letters(asked) + "' name " + asked.size() + " axes, but " + what + " has " + rank + " ("
                            + text + ")");
        }
        List<Axis> axes = asked != null ? asked : named != null ? named : ALL.subList(5 - rank, 5);
        if (EnumSet.copyOf(axes).size() != rank || !axes.contains(Axis.Y) || !axes.contains(Axis.X)) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "axes '" + letters(axes) + "' of " + what + " do not name each of its " + rank
                            + " axes once, y and x among them: name them with --axes");
        }
        for (long length : lengths) {
            if (length < 1) {
                throw new ServiceException(ErrorCode.UNSUPPORTED, what + " is empty: its shape is " + text);
            }
        }
        StoredShape shape = new StoredShape(List.copyOf(axes), lengths.clone());
        try {
            Math.multiplyExact(shape.extent().voxels(), 8L);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new ServiceException(
                    ErrorCode.CORRUPT_DATA, what + " claims to hold " + text + " voxels, which no file can", e);
        }
        return shape;
    }

    /** For messages: {@code 260x330x300}. */
    public static String shape(long[] lengths) {
        return Arrays.stream(lengths).mapToObj(Long::toString).collect(Collectors.joining("x"));
    }

    private static String letters(List<Axis> axes) {
        return axes.stream().map(Axis::letter).collect(Collectors.joining());
    }

    /** The axes that letters such as {@code tzyxc} name, in any case; null if one of them is none of ours. */
    public static @Nullable List<Axis> parseAxes(String letters) {
        String upper = letters.toUpperCase(Locale.ROOT);
        if (!upper.matches("[TCZYX]+")) {
            return null;
        }
        return upper.chars()
                .mapToObj(c -> Axis.valueOf(String.valueOf((char) c)))
                .collect(Collectors.toList());
    }

    public int rank() {
        return lengths.length;
    }

    public Axis axis(int index) {
        return axes.get(index);
    }

    public long length(int index) {
        return lengths[index];
    }

    /** The axes as stored. */
    public String letters() {
        return letters(axes);
    }

    /** The lengths in (t, c, z, y, x) order, 1 for an axis that is not stored. */
    public Extent extent() {
        long[] canonical = canonical(lengths, 1);
        return new Extent(canonical[0], canonical[1], canonical[2], canonical[3], canonical[4]);
    }

    /** The axes that are there, in (t, c, z, y, x) order; z always. */
    public List<Axis> canonicalAxes() {
        EnumSet<Axis> set = EnumSet.copyOf(axes);
        set.add(Axis.Z);
        return List.copyOf(set);
    }

    /** Values of the stored axes put into (t, c, z, y, x) order. */
    public long[] canonical(long[] stored, long missing) {
        long[] canonical = new long[5];
        Arrays.fill(canonical, missing);
        for (int i = 0; i < axes.size(); i++) {
            canonical[axes.get(i).ordinal()] = stored[i];
        }
        return canonical;
    }

    /** Bytes between neighbours along each stored axis of an array whose last axis is the fastest. */
    public static long[] rowMajor(long[] lengths, int elementBytes) {
        long[] strides = new long[lengths.length];
        long stride = elementBytes;
        for (int i = lengths.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride = Math.multiplyExact(stride, lengths[i]);
        }
        return strides;
    }

    /** Bytes between neighbours along each stored axis of an array whose first axis is the fastest. */
    public static long[] columnMajor(long[] lengths, int elementBytes) {
        long[] strides = new long[lengths.length];
        long stride = elementBytes;
        for (int i = 0; i < lengths.length; i++) {
            strides[i] = stride;
            stride = Math.multiplyExact(stride, lengths[i]);
        }
        return strides;
    }

    public long[] lengths() {
        return lengths.clone();
    }

    @Override
    public String toString() {
        return shape(lengths) + " (" + letters() + ")";
    }
}
