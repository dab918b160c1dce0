package io.voxelflight.blockio.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.Map;

/** Metadata documents: JSON as writers write it, which includes bare NaN and Infinity, and BigDataViewer's comments. */
public final class Metadata {
    /** The largest metadata document that is read. */
    public static final int MAX_BYTES = 32 << 20;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(100)
                            .maxStringLength(MAX_BYTES)
                            .build())
                    .build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS.mappedFeature())
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS.mappedFeature())
            .build();

    private Metadata() {}

    /** @throws ServiceException CORRUPT_DATA naming {@code place} if it is not a JSON object */
    public static JsonNode parse(byte[] document, String place) {
        try {
            JsonNode node = JSON.readTree(document);
            if (node == null || !node.isObject()) {
                throw corrupt(place, "is not a JSON object");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new ServiceException(
                    ErrorCode.CORRUPT_DATA, place + " is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (java.io.IOException e) {
            throw new ServiceException(ErrorCode.CORRUPT_DATA, place + " cannot be parsed: " + e.getMessage(), e);
        }
    }

    /** An empty object. */
    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** An object of text fields. */
    static JsonNode object(Map<String, String> fields) {
        return JSON.valueToTree(fields);
    }

    static ServiceException corrupt(String place, String what) {
        return new ServiceException(ErrorCode.CORRUPT_DATA, place + " " + what);
    }

    static ServiceException unsupported(String place, String what) {
        return new ServiceException(ErrorCode.UNSUPPORTED, place + " " + what);
    }
}
