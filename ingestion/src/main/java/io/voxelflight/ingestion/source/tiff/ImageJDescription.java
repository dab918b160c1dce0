package io.voxelflight.ingestion.source.tiff;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.model.Axis;
import io.voxelflight.model.VoxelSize;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What ImageJ writes into the image description of a stack: lines {@code key=value}. Its pages run c, then z, then t. */
final class ImageJDescription {
    private final Map<String, String> values = new HashMap<>();
    private final ObjectNode metadata = JsonNodeFactory.instance.objectNode();

    private ImageJDescription(String text) {
        for (String line : text.split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        }
        values.forEach((key, value) -> {
            if (!key.equals("min") && !key.equals("max") && !key.equals("loop")) {
                metadata.put(key, value);
            }
        });
    }

    /** Null if the text is not ImageJ's. */
    static @Nullable ImageJDescription of(@Nullable String text) {
        return text != null && text.startsWith("ImageJ=") ? new ImageJDescription(text) : null;
    }

    /** Images of the stack; 1 if not said. */
    long images(SourceFile file) {
        return number(file, "images");
    }

    StackAxes axes(SourceFile file, long pages, double xResolution, double yResolution) {
        long channels = number(file, "channels");
        long slices = number(file, "slices");
        long frames = number(file, "frames");
        if (channels == 1 && slices == 1 && frames == 1) {
            slices = pages;
        }
        return new StackAxes(
                "ImageJ",
                List.of(Axis.T, Axis.Z, Axis.C),
                new long[] {frames, slices, channels},
                null,
                voxelSize(xResolution, yResolution),
                metadata);
    }

    private long number(SourceFile file, String key) {
        String value = values.get(key);
        if (value == null) {
            return 1;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= 1 && number <= Integer.MAX_VALUE) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw file.corrupt("ImageJ's description says " + key + "=" + value);
    }

    /** ImageJ gives pixels per unit, and leaves the spacing of slices out where it is 1. */
    private @Nullable VoxelSize voxelSize(double xResolution, double yResolution) {
        double unit = nanometres(values.getOrDefault("unit", ""));
        double spacing;
        try {
            spacing = Math.abs(Double.parseDouble(values.getOrDefault("spacing", "1")));
        } catch (NumberFormatException e) {
            return null;
        }
        double x = unit / xResolution;
        double y = unit / yResolution;
        double z = unit * spacing;
        boolean fine = x > 0 && y > 0 && z > 0 && Double.isFinite(x + y + z);
        return fine ? new VoxelSize(z, y, x) : null;
    }

    /** A unit of length by the names in use; NaN for another. */
    static double nanometres(String unit) {
        return switch (unit.replace("\\u00B5", "µ").toLowerCase(Locale.ROOT)) {
            case "pm", "picometer", "picometre" -> 1e-3;
            case "å", "angstrom", "\u212b" -> 0.1;
            case "nm", "nanometer", "nanometers", "nanometre" -> 1;
            case "um", "µm", "\u03bcm", "micron", "microns", "micrometer", "micrometers", "micrometre" -> 1e3;
            case "mm", "millimeter", "millimeters", "millimetre" -> 1e6;
            case "cm", "centimeter", "centimetre" -> 1e7;
            case "m", "meter", "metre" -> 1e9;
            case "inch", "inches" -> 25.4e6;
            default -> Double.NaN;
        };
    }
}
