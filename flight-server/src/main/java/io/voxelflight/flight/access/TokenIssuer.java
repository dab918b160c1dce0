package io.voxelflight.flight.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JWSAlgorithm;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may issue tokens, how they are checked, and what their claims mean; docs/security.md describes the file.
 *
 * @param issuer the claim {@code iss}, exactly
 * @param audience what the claim {@code aud} must name
 * @param algorithms the only ones that are taken
 * @param keys what tokens are checked with
 * @param clockSkew by how much clocks may differ
 * @param roleClaim holds a word or a list of words; the highest role that they mean counts
 * @param roles what the words mean; empty: reader, writer and admin mean themselves
 * @param usualRole of tokens without a known word; null: they are refused
 * @param datasetsClaim holds patterns of dataset names, a list or a text with commas
 * @param usualDatasets of tokens without that claim
 * @param quota of each subject
 */
public record TokenIssuer(
        String issuer,
        String audience,
        Set<JWSAlgorithm> algorithms,
        Keys keys,
        Duration clockSkew,
        String roleClaim,
        Map<String, Role> roles,
        @Nullable Role usualRole,
        String datasetsClaim,
        DatasetPatterns usualDatasets,
        Quota quota) {
    /** What tokens are checked with. */
    public sealed interface Keys {}

    /** A JSON Web Key Set that is fetched, and fetched again when a token names a key that is not in it. */
    public record KeySetAt(URI url) implements Keys {}

    /** A JSON Web Key Set in a file, read again when the file changes. */
    public record KeySetFile(Path file) implements Keys {}

    /** A shared secret of at least 32 bytes, for HS256. */
    public record SharedSecret(Path file) implements Keys {}

    private static final Set<JWSAlgorithm> KNOWN = Set.of(JWSAlgorithm.HS256, JWSAlgorithm.RS256, JWSAlgorithm.ES256);
    private static final Set<String> FIELDS = Set.of(
            "issuer",
            "audience",
            "algorithms",
            "jwks_url",
            "jwks_file",
            "secret_file",
            "clock_skew_seconds",
            "role_claim",
            "roles",
            "default_role",
            "datasets_claim",
            "default_datasets",
            "limits");
    private static final int USUAL_SKEW_SECONDS = 30;
    private static final int MOST_SKEW_SECONDS = 600;

    /**
     * Reads a settings file: a JSON object with a list {@code issuers}.
     *
     * @throws ServiceException INVALID_ARGUMENT naming the file, the field and what it may be
     */
    public static List<TokenIssuer> read(Path file) {
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw wrong(
                    file,
                    "cannot be read: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
        JsonNode issuers = json.path("issuers");
        if (!issuers.isArray() || issuers.isEmpty()) {
            throw wrong(file, "has no list 'issuers' with an issuer");
        }
        Map<String, TokenIssuer> byName = new LinkedHashMap<>();
        for (JsonNode issuer : issuers) {
            TokenIssuer read = issuer(file, issuer);
            if (byName.put(read.issuer, read) != null) {
                throw wrong(file, "names issuer '" + read.issuer + "' twice");
            }
        }
        return List.copyOf(byName.values());
    }

    private static TokenIssuer issuer(Path file, JsonNode json) {
        Iterator<String> names = json.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (!FIELDS.contains(name)) {
                throw wrong(
                        file,
                        "has a field '" + name + "' that an issuer has not: "
                                + String.join(", ", FIELDS.stream().sorted().toList()));
            }
        }
        Set<JWSAlgorithm> algorithms = new LinkedHashSet<>();
        for (String name : words(file, json, "algorithms")) {
            JWSAlgorithm algorithm = new JWSAlgorithm(name.toUpperCase(Locale.ROOT));
            if (!KNOWN.contains(algorithm)) {
                throw wrong(file, "names algorithm '" + name + "': HS256, RS256 and ES256 are taken");
            }
            algorithms.add(algorithm);
        }
        Keys keys = keys(file, json);
        boolean shared = keys instanceof SharedSecret;
        if (algorithms.isEmpty()
                || algorithms.contains(JWSAlgorithm.HS256) != shared
                || (shared && algorithms.size() > 1)) {
            // else a public key could be taken for a shared secret
            throw wrong(
                    file,
                    "must name 'algorithms': HS256 alone with a secret_file, RS256 and ES256 with a jwks_url or jwks_file");
        }
        Map<String, Role> roles = new LinkedHashMap<>();
        json.path("roles")
                .properties()
                .forEach(entry ->
                        roles.put(entry.getKey(), Role.parse(entry.getValue().asText())));
        JsonNode skew = json.path("clock_skew_seconds");
        if (!skew.isMissingNode() && (!skew.isInt() || skew.asInt() < 0 || skew.asInt() > MOST_SKEW_SECONDS)) {
            throw wrong(file, "has a clock_skew_seconds of " + skew + ": 0 to " + MOST_SKEW_SECONDS);
        }
        JsonNode limits = json.path("limits");
        return new TokenIssuer(
                text(file, json, "issuer"),
                text(file, json, "audience"),
                Set.copyOf(algorithms),
                keys,
                Duration.ofSeconds(skew.asInt(USUAL_SKEW_SECONDS)),
                json.path("role_claim").asText("role"),
                Map.copyOf(roles),
                json.hasNonNull("default_role")
                        ? Role.parse(json.get("default_role").asText())
                        : null,
                json.path("datasets_claim").asText("datasets"),
                new DatasetPatterns(words(file, json, "default_datasets")),
                new Quota(
                        limits.hasNonNull("requests_per_second")
                                ? limits.get("requests_per_second").asDouble()
                                : null,
                        limits.hasNonNull("bytes_per_second")
                                ? limits.get("bytes_per_second").asLong()
                                : null,
                        limits.hasNonNull("streams") ? limits.get("streams").asInt() : null,
                        limits.hasNonNull("sql_seconds_per_minute")
                                ? limits.get("sql_seconds_per_minute").asDouble()
                                : null));
    }

    private static Keys keys(Path file, JsonNode json) {
        List<Keys> keys = new ArrayList<>();
        if (json.hasNonNull("jwks_url")) {
            URI url = URI.create(json.get("jwks_url").asText());
            boolean local = "localhost".equals(url.getHost()) || "127.0.0.1".equals(url.getHost());
            if (!"https".equals(url.getScheme()) && !(local && "http".equals(url.getScheme()))) {
                throw wrong(file, "has jwks_url '" + url + "': https, or http of this machine");
            }
            keys.add(new KeySetAt(url));
        }
        if (json.hasNonNull("jwks_file")) {
            keys.add(new KeySetFile(beside(file, json.get("jwks_file").asText())));
        }
        if (json.hasNonNull("secret_file")) {
            keys.add(new SharedSecret(beside(file, json.get("secret_file").asText())));
        }
        if (keys.size() != 1) {
            throw wrong(file, "must name one of jwks_url, jwks_file and secret_file");
        }
        return keys.get(0);
    }

    private static Path beside(Path file, String name) {
        return file.toAbsolutePath().resolveSibling(name).normalize();
    }

    private static String text(Path file, JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual() || value.asText().isBlank()) {
            throw wrong(file, "has an issuer without '" + field + "'");
        }
        return value.asText();
    }

    private static List<String> words(Path file, JsonNode json, String field) {
        List<String> words = new ArrayList<>();
        JsonNode list = json.path(field);
        if (!list.isMissingNode() && !list.isArray()) {
            throw wrong(file, "has a '" + field + "' that is no list");
        }
        list.forEach(word -> words.add(word.asText()));
        return words;
    }

    private static ServiceException wrong(Path file, String what) {
        return new ServiceException(ErrorCode.INVALID_ARGUMENT, "token settings " + file + " " + what);
    }
}
