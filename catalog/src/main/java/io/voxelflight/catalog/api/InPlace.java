package io.voxelflight.catalog.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the catalog keeps of a dataset that was registered: it is served from where it lies, and its files are not ours.
 * A field of {@link Dataset#attrs}.
 *
 * @param format as people name it: {@code OME-Zarr 0.4}
 * @param axes of the stored arrays, slowest first, as the caller said: {@code zyx}; null: as the volume's metadata says
 * @param levels what is stored of each level, for people: a JSON array
 */
public record InPlace(String format, @Nullable String axes, JsonNode levels) {
    /** Among the attributes. */
    public static final String FIELD = "registered";

    /** Empty for a dataset that was ingested: its volume is ours. */
    public static Optional<InPlace> of(Dataset dataset) {
        JsonNode json = dataset.attrs().path(FIELD);
        return json.isObject()
                ? Optional.of(new InPlace(
                        json.path("format").asText(),
                        json.hasNonNull("axes") ? json.get("axes").asText() : null,
                        json.path("levels")))
                : Optional.empty();
    }

    /** Adds it to attributes. */
    public void writeTo(ObjectNode attrs) {
        ObjectNode json = attrs.putObject(FIELD).put("format", format);
        if (axes != null) {
            json.put("axes", axes);
        }
        json.set("levels", levels);
    }
}
