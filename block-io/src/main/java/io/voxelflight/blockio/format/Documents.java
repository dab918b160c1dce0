package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/** The metadata documents of one place, by key: what a format reads to understand what lies there. */
public interface Documents {
    /**
     * The JSON object under {@code key}; empty if there is no such object.
     *
     * @throws io.voxelflight.model.ServiceException CORRUPT_DATA if it is not one; UNAVAILABLE if it cannot be read
     */
    Optional<JsonNode> read(String key);

    /**
     * The names of the folders directly below {@code path} (empty: the place itself), in order; empty if folders cannot be
     * listed there, as over HTTP.
     *
     * @throws io.voxelflight.model.ServiceException UNAVAILABLE
     */
    default Optional<List<String>> folders(String path) {
        return Optional.empty();
    }

    /** Where a document lies, for messages. */
    String describe(String key);
}
