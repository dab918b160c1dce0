package io.voxelflight.flight.measure;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.voxelflight.model.Box;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What shall be measured.
 *
 * @param box of voxels of the level, 3-D boxes at t = 0 and c = 0; null: the whole level
 * @param bins of a histogram; 0: none
 * @param range that the histogram covers; null: from the smallest to the largest value
 * @param threshold of the bounding box
 */
public record MeasureRequest(
        DatasetName dataset,
        int level,
        @Nullable Box box,
        int bins,
        @Nullable Range range,
        double threshold) {
    private static final int MOST_BYTES = 64 << 10;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Values from {@code low} to {@code high}, both included. */
    public record Range(double low, double high) {
        public Range {
            if (!Double.isFinite(low) || !Double.isFinite(high) || low > high) {
                throw invalid("range [" + low + ", " + high + "] is none: give two finite numbers, the smaller first");
            }
        }
    }

    public MeasureRequest {
        if (level < 0) {
            throw invalid("level " + level + " is negative");
        }
        if (bins < 0) {
            throw invalid("bins " + bins + " is negative");
        }
        if (range != null && bins == 0) {
            throw invalid("range is that of a histogram: say its bins too");
        }
        if (!Double.isFinite(threshold)) {
            throw invalid("threshold " + threshold + " is no finite number");
        }
    }

    /**
     * Reads the body of an action.
     *
     * @param fields that this action has
     * @throws ServiceException INVALID_ARGUMENT naming the field
     */
    public static MeasureRequest read(byte[] body, Set<String> fields) {
        if (body.length > MOST_BYTES) {
            throw invalid("the request has " + body.length + " bytes, at most " + MOST_BYTES + " are read");
        }
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (IOException e) {
            throw invalid("the request is no JSON object ("
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + ")");
        }
        if (json == null || !json.isObject()) {
            throw invalid("the request is no JSON object such as {\"dataset\": \"NAME\"}");
        }
        Iterator<String> names = json.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (!fields.contains(name)) {
                throw invalid("there is no field '" + name + "': there are "
                        + String.join(", ", fields.stream().sorted().toList()));
            }
        }
        if (!json.path("dataset").isTextual()) {
            throw invalid("'dataset' is missing: the name of a dataset, as text");
        }
        JsonNode box = json.path("box");
        JsonNode range = json.path("range");
        if (!range.isMissingNode()
                && !(range.size() == 2
                        && range.get(0).isNumber()
                        && range.get(1).isNumber())) {
            throw invalid("'range' is " + range + ": give two numbers, [LOW, HIGH]");
        }
        return new MeasureRequest(
                new DatasetName(json.get("dataset").asText()),
                integer(json, "level"),
                box.isMissingNode() ? null : box(corner(box, "start"), corner(box, "stop")),
                integer(json, "bins"),
                range.isMissingNode()
                        ? null
                        : new Range(range.get(0).asDouble(), range.get(1).asDouble()),
                number(json, "threshold"));
    }

    /** A box of 3 (z, y, x) or 5 (t, c, z, y, x) coordinates. */
    static Box box(long[] start, long[] stop) {
        if (start.length != stop.length || (start.length != 3 && start.length != 5)) {
            throw invalid("a box has 3 (z, y, x) or 5 (t, c, z, y, x) first and last coordinates, not " + start.length
                    + " and " + stop.length);
        }
        Point from = point(start, 0);
        Point to = point(stop, 1);
        for (int i = 0; i < start.length; i++) {
            if (start[i] < 0 || stop[i] <= start[i]) {
                throw invalid(
                        "a box begins at 0 or later and ends after its beginning, not from " + from + " to " + to);
            }
        }
        return new Box(from, to);
    }

    private static Point point(long[] at, long missing) {
        return at.length == 3
                ? new Point(missing, missing, at[0], at[1], at[2])
                : new Point(at[0], at[1], at[2], at[3], at[4]);
    }

    private static long[] corner(JsonNode box, String name) {
        JsonNode corner = box.path(name);
        long[] numbers = new long[corner.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!corner.get(i).canConvertToLong() || !corner.get(i).isIntegralNumber()) {
                throw invalid("'box' has a " + name + " of " + corner + ": give whole numbers");
            }
            numbers[i] = corner.get(i).asLong();
        }
        if (numbers.length == 0) {
            throw invalid("'box' is " + box + ": write {\"start\": [z, y, x], \"stop\": [z, y, x]}");
        }
        return numbers;
    }

    private static int integer(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isMissingNode() && !value.isInt()) {
            throw invalid("'" + field + "' is " + value + ": give a whole number");
        }
        return value.asInt(0);
    }

    private static double number(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isMissingNode() && !value.isNumber()) {
            throw invalid("'" + field + "' is " + value + ": give a number");
        }
        return value.asDouble(0);
    }

    static ServiceException invalid(String why) {
        return new ServiceException(ErrorCode.INVALID_ARGUMENT, why);
    }
}
