package io.voxelflight.flight.server.sql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.ColumnType;
import io.voxelflight.sql.execute.Literals;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code POST /sql} is asked.
 *
 * @param statement SQL
 * @param parameters values of its question marks, as JSON has them
 * @param rowLimit how many rows are wanted at most
 */
record SqlQuestion(String statement, List<JsonNode> parameters, long rowLimit) {
    static final long USUAL_ROWS = 10_000;
    static final long MOST_ROWS = 1_000_000;

    private static final int MOST_PARAMETERS = 1_000;
    private static final String FIELDS = "sql, parameters, row_limit";

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(8).build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    SqlQuestion {
        parameters = List.copyOf(parameters);
    }

    /** How a body says it, by its media type; null if it is of none that is read. */
    static @Nullable Form form(@Nullable String contentType) {
        if (contentType == null) {
            return Form.EITHER;
        }
        return switch (contentType.split(";", -1)[0].strip().toLowerCase(Locale.ROOT)) {
            case "application/json" -> Form.JSON;
            case "text/plain", "application/sql" -> Form.TEXT;
            default -> null;
        };
    }

    /** What a body is. */
    enum Form {
        JSON,
        TEXT,
        /** JSON if it begins as an object does, which no statement does. */
        EITHER
    }

    /** @throws ServiceException INVALID_ARGUMENT naming what is wrong */
    static SqlQuestion of(byte[] body, Form form) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ServiceException(ErrorCode.INVALID_ARGUMENT, "the body is no UTF-8 text", e);
        }
        if (text.isBlank()) {
            throw invalid("the body is empty: send a statement, or a JSON object with " + FIELDS);
        }
        boolean json =
                form == Form.JSON || (form == Form.EITHER && text.stripLeading().startsWith("{"));
        return json ? ofJson(text) : new SqlQuestion(text, List.of(), USUAL_ROWS);
    }

    private static SqlQuestion ofJson(String text) {
        JsonNode object;
        try {
            object = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new ServiceException(ErrorCode.INVALID_ARGUMENT, "the body is no JSON: " + e.getOriginalMessage(), e);
        }
        if (!object.isObject()) {
            throw invalid("the body is no JSON object: send one with " + FIELDS);
        }
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!List.of(FIELDS.split(", ", -1)).contains(name)) {
                throw invalid("field '" + shorten(name) + "' is unknown, use " + FIELDS);
            }
        }
        JsonNode sql = object.path("sql");
        if (!sql.isTextual()) {
            throw invalid(
                    sql.isMissingNode() ? "field 'sql' is missing" : "field 'sql' is " + shorten(sql) + ", no text");
        }
        return new SqlQuestion(
                sql.textValue(), parameters(object.path("parameters")), rowLimit(object.path("row_limit")));
    }

    private static List<JsonNode> parameters(JsonNode given) {
        List<JsonNode> parameters = new ArrayList<>();
        if (given.isMissingNode()) {
            return parameters;
        }
        if (!given.isArray() || given.size() > MOST_PARAMETERS) {
            throw invalid("field 'parameters' is " + shorten(given) + ", no array of at most " + MOST_PARAMETERS);
        }
        for (JsonNode value : given) {
            if (!value.isValueNode()) {
                throw invalid("parameter " + (parameters.size() + 1) + " is " + shorten(value)
                        + ": use a text, a number, a boolean or null");
            }
            parameters.add(value);
        }
        return parameters;
    }

    private static long rowLimit(JsonNode given) {
        if (given.isMissingNode()) {
            return USUAL_ROWS;
        }
        if (!given.canConvertToExactIntegral()
                || !given.canConvertToLong()
                || given.longValue() < 0
                || given.longValue() > MOST_ROWS) {
            throw invalid("field 'row_limit' is " + shorten(given) + ", use 0 to " + MOST_ROWS
                    + "; for more rows use Flight SQL");
        }
        return given.longValue();
    }

    /**
     * The values as literals.
     *
     * @param types that the statement's parameters have
     * @throws ServiceException INVALID_ARGUMENT if there are more or fewer
     */
    List<String> literals(List<ColumnType> types) {
        if (types.size() != parameters.size()) {
            throw invalid("the statement has " + types.size() + " parameters, but " + parameters.size() + " are given");
        }
        List<String> literals = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            JsonNode value = parameters.get(i);
            literals.add(Literals.of(types.get(i), value.isNull() ? null : value.asText(), i + 1));
        }
        return literals;
    }

    private static String shorten(Object shown) {
        String text = shown.toString();
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }

    private static ServiceException invalid(String message) {
        return new ServiceException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
