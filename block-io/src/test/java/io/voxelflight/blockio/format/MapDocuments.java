package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Documents by key, and the folders that their keys make. */
final class MapDocuments implements Documents {
    private final Map<String, String> texts = new TreeMap<>();

    MapDocuments with(String key, String text) {
        texts.put(key, text);
        return this;
    }

    @Override
    public Optional<JsonNode> read(String key) {
        return Optional.ofNullable(texts.get(key))
                .map(text -> Metadata.parse(text.getBytes(StandardCharsets.UTF_8), describe(key)));
    }

    @Override
    public Optional<List<String>> folders(String path) {
        String prefix = path.isEmpty() ? "" : path + "/";
        return Optional.of(texts.keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .map(key -> key.substring(prefix.length()))
                .filter(rest -> rest.contains("/"))
                .map(rest -> rest.substring(0, rest.indexOf('/')))
                .distinct()
                .toList());
    }

    @Override
    public String describe(String key) {
        return "place/" + key;
    }
}
