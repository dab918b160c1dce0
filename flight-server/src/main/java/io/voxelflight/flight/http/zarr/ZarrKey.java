package io.voxelflight.flight.http.zarr;

import io.voxelflight.blockio.format.ZarrFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a key below a dataset names. */
sealed interface ZarrKey {
    /** A metadata document, by its key: {@code zarr.json}, {@code 0/.zarray}. */
    record Document(String key) implements ZarrKey {}

    /**
     * A chunk.
     *
     * @param level as its number
     * @param indices in the chunk grid, along the axes that the dataset has
     */
    record Chunk(int level, List<Long> indices) implements ZarrKey {
        public Chunk {
            indices = List.copyOf(indices);
        }
    }

    /** A number without leading zeros, small enough for its kind. */
    String NUMBER = "(?:0|[1-9][0-9]{0,17})";

    Pattern CHUNK_V3 = Pattern.compile("(0|[1-9][0-9]{0,3})/c((?:/" + NUMBER + "){1,5})");
    Pattern CHUNK_V2 = Pattern.compile("(0|[1-9][0-9]{0,3})((?:/" + NUMBER + "){1,5})");
    Pattern DOCUMENT = Pattern.compile("(?:[0-9]{1,4}/)?(?:zarr\\.json|\\.zgroup|\\.zarray|\\.zattrs|\\.zmetadata)");

    /** Reads a key; empty for what no dataset has. */
    static Optional<ZarrKey> parse(String key, ZarrFormat format) {
        Matcher chunk = (format == ZarrFormat.V3 ? CHUNK_V3 : CHUNK_V2).matcher(key);
        if (chunk.matches()) {
            List<Long> indices = new ArrayList<>();
            for (String index : chunk.group(2).substring(1).split("/")) {
                indices.add(Long.valueOf(index));
            }
            return Optional.of(new Chunk(Integer.parseInt(chunk.group(1)), indices));
        }
        return DOCUMENT.matcher(key).matches() ? Optional.of(new Document(key)) : Optional.empty();
    }
}
