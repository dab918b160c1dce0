package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads Zarr v2 array metadata ({@code .zarray}). What it does not know it refuses by name.
 *
 * @see <a href="https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html">Zarr v2</a>
 */
final class ZarrV2 {
    private static final Pattern DATA_TYPE = Pattern.compile("([<>|=])([biuf])([0-9]+)");

    private ZarrV2() {}

    /** A data type as NumPy writes it: {@code <u2}. */
    record DataType(ElementType type, boolean bigEndian) {}

    /**
     * Resolves an array's metadata.
     *
     * @param axes of the array in stored order; null: by rank
     */
    static ArrayMetadata array(JsonNode json, @Nullable List<Axis> axes, String place) {
        if (json.path("zarr_format").asInt() != 2) {
            throw Metadata.corrupt(place, "is not the metadata of a Zarr v2 array");
        }
        long[] shape = Axes.lengths(json.path("shape"), place, "shape", 0);
        List<Axis> own = axes != null ? axes : Axes.byRank(shape.length, place);
        Axes.requireFit(own, shape.length, place);
        long[] chunks = Axes.lengths(json.path("chunks"), place, "chunks", 1);
        if (chunks.length != shape.length) {
            throw Metadata.corrupt(place, "has " + shape.length + " dimensions and chunks of " + chunks.length);
        }
        DataType data = dataType(json.path("dtype"), place);
        Extent chunk = Axes.spread(chunks, own, place);
        return new ArrayMetadata(
                own,
                Axes.spread(shape, own, place),
                data.type(),
                chunk,
                ArrayMetadata.Edge.WHOLE,
                new KeyEncoding.Indices("", separator(json, place), own),
                codecs(json, data, shape.length, place),
                FillValues.parse(json.path("fill_value"), data.type(), place));
    }

    private static char separator(JsonNode json, String place) {
        String separator = json.path("dimension_separator").asText(".");
        if (!separator.equals("/") && !separator.equals(".")) {
            throw Metadata.corrupt(place, "has the dimension separator '" + separator + "', '/' or '.' is allowed");
        }
        return separator.charAt(0);
    }

    static DataType dataType(JsonNode json, String place) {
        Matcher parts = DATA_TYPE.matcher(json.asText());
        if (!json.isTextual() || !parts.matches()) {
            throw unsupported(json, place);
        }
        int bytes = Integer.parseInt(parts.group(3).length() > 2 ? "99" : parts.group(3));
        String name =
                switch (parts.group(2)) {
                    case "b" -> bytes == 1 ? "bool" : "";
                    case "i" -> "int" + 8 * bytes;
                    case "u" -> "uint" + 8 * bytes;
                    default -> "float" + 8 * bytes;
                };
        for (ElementType type : ElementType.values()) {
            if (name.equals("bool") || type.numpyName().equals(name)) {
                return new DataType(
                        name.equals("bool") ? ElementType.UINT8 : type,
                        parts.group(1).equals(">"));
            }
        }
        throw unsupported(json, place);
    }

    private static RuntimeException unsupported(JsonNode type, String place) {
        return Metadata.unsupported(
                place,
                "has the data type " + type + ", which is not supported (supported: bool, integers of 8 to 64 bits,"
                        + " floats of 16 to 64)");
    }

    private static List<CodecSpec> codecs(JsonNode json, DataType data, int rank, String place) {
        List<CodecSpec> chain = new ArrayList<>();
        String order = json.path("order").asText("C");
        if (order.equals("F")) {
            List<Integer> reversed = new ArrayList<>();
            for (int i = rank - 1; i >= 0; i--) {
                reversed.add(i);
            }
            chain.add(new CodecSpec.Transpose(reversed));
        } else if (!order.equals("C")) {
            throw Metadata.corrupt(place, "has the order '" + order + "', 'C' or 'F' is allowed");
        }
        chain.add(new CodecSpec.Bytes(data.bigEndian() && data.type().bytes() > 1));
        for (JsonNode filter : json.path("filters")) {
            chain.add(step(filter, data, place));
        }
        JsonNode compressor = json.path("compressor");
        if (!compressor.isNull() && !compressor.isMissingNode()) {
            chain.add(step(compressor, data, place));
        }
        return chain;
    }

    private static CodecSpec.BytesToBytes step(JsonNode json, DataType data, String place) {
        return NumcodecsCodecs.parse(json.path("id").asText(), json, data.type(), data.bigEndian(), place);
    }
}
