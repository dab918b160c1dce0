package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** The metadata documents of one place, by key: what a format reads to understand what lies there. */
public interface Documents {
    /**
     * The JSON object under {@code key}; empty if there is no such object.
     *
     * @throws io.voxelflight.model.ServiceException CORRUPT_DATA if it is not one; UNAVAILABLE if it cannot be read
     */
    Optional<JsonNode> read(String key);

    /** Where a document lies, for messages. */
    String describe(String key);
}
