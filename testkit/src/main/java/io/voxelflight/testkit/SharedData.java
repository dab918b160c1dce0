package io.voxelflight.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * The folder of real microscope data, and what is known of its arrays. It is where {@code VOXELFLIGHT_DATA} says, else
 * {@code ../shared/data} beside the project. Tests that need it are skipped, saying so, where it is absent.
 */
public final class SharedData {
    private static final String VARIABLE = "VOXELFLIGHT_DATA";

    private SharedData() {}

    /**
     * What an array of the folder holds, as found by NumPy.
     *
     * @param shape voxels along each of {@code axes}
     * @param axes such as {@code zyx}; empty where nobody said
     * @param dtype as NumPy names it
     * @param sha256 of the values in C order, little-endian, in hex
     * @param all every field: {@code min}, {@code max}, {@code sum}, {@code first}, {@code centre}, {@code last} ...
     */
    public record ExpectedArray(List<Long> shape, String axes, String dtype, String sha256, JsonNode all) {}

    /** The file or folder of that name; the calling test is skipped if it is not there. */
    public static Path require(String name) {
        Path path = folder().resolve(name);
        if (!Files.exists(path)) {
            Assumptions.abort("skipped: " + path + " is not here, set " + VARIABLE + " to the folder of sample data");
        }
        return path;
    }

    /**
     * What the array {@code key} holds; the calling test is skipped if there is no sample data.
     *
     * @param key as {@code expected.json} names it, such as {@code fib25/validation_A.h5:/raw}
     * @throws IllegalArgumentException if no such array is known
     */
    public static ExpectedArray expected(String key) {
        JsonNode all = ExpectedFile.read(require("expected.json")).path(key);
        if (!all.isObject()) {
            throw new IllegalArgumentException("expected.json knows no array '" + key + "'");
        }
        List<Long> shape = new ArrayList<>();
        all.path("shape").forEach(length -> shape.add(length.asLong()));
        return new ExpectedArray(
                List.copyOf(shape),
                all.path("axes").asText(),
                all.path("dtype").asText(),
                all.path("sha256_c_order_le").asText(),
                all);
    }

    private static Path folder() {
        String chosen = System.getenv(VARIABLE);
        return chosen == null || chosen.isEmpty()
                ? Path.of(System.getProperty("voxelflight.root", ".."), "..", "shared", "data")
                        .toAbsolutePath()
                        .normalize()
                : Path.of(chosen);
    }

    private static final class ExpectedFile {
        private static final ObjectMapper JSON = new ObjectMapper();

        private ExpectedFile() {}

        static JsonNode read(Path file) {
            try {
                return JSON.readTree(file.toFile());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
