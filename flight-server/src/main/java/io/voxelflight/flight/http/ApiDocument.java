package io.voxelflight.flight.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** The port's description in OpenAPI 3.1: that of the door itself, joined with those of its parts. */
final class ApiDocument {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ApiDocument() {}

    /** @throws IllegalStateException if two parts describe the same thing */
    static ObjectNode of(List<HttpRoutes> parts, String version) {
        ObjectNode document = read(ApiDocument.class, "door.openapi.json");
        ((ObjectNode) document.get("info")).put("version", version);
        for (HttpRoutes part : parts) {
            String name = part.description();
            if (name != null) {
                join(document, read(part.getClass(), name), name);
            }
        }
        return document;
    }

    /** Objects are joined field by field; anything else may be there once only. */
    private static void join(ObjectNode into, ObjectNode part, String place) {
        for (Map.Entry<String, JsonNode> field : part.properties()) {
            JsonNode there = into.get(field.getKey());
            if (there == null) {
                into.set(field.getKey(), field.getValue());
            } else if (there instanceof ObjectNode object && field.getValue() instanceof ObjectNode more) {
                join(object, more, place + "/" + field.getKey());
            } else {
                throw new IllegalStateException(place + "/" + field.getKey() + " is described twice");
            }
        }
    }

    private static ObjectNode read(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            if (in != null && JSON.readTree(in) instanceof ObjectNode object) {
                return object;
            }
            throw new IllegalStateException("there is no JSON object " + name + " beside " + beside);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
