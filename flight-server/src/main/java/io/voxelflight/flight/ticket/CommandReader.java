package io.voxelflight.flight.ticket;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads commands (JSON objects) and paths into {@link BlockRequest}s. Their reference is docs/protocol.md. */
public final class CommandReader {
    private static final String FIELDS = "dataset, level, block, origins, box";

    private final RequestLimits limits;
    private final JsonFactory json;

    public CommandReader(RequestLimits limits) {
        this.limits = limits;
        this.json = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(8)
                        .maxNumberLength(32)
                        .maxStringLength(limits.commandBytes())
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
    }

    /** Whether a descriptor's command is meant for us: everything else is Flight SQL's. */
    public static boolean isCommand(byte[] command) {
        return command.length > 0 && command[0] == '{';
    }

    /**
     * Reads a path: {@code [dataset]} or {@code [dataset, level]}, the whole grid.
     *
     * @throws ServiceException INVALID_ARGUMENT
     */
    public BlockRequest path(List<String> path) {
        if (path.isEmpty() || path.size() > 2) {
            throw invalid("a path has a dataset and, if wanted, a level, not " + path.size() + " parts");
        }
        int level = 0;
        if (path.size() == 2) {
            try {
                level = Integer.parseInt(path.get(1));
            } catch (NumberFormatException e) {
                throw invalid("level '" + shorten(path.get(1)) + "' of the path is not a whole number");
            }
        }
        return new BlockRequest(new DatasetName(path.get(0)), checkLevel(level), null, new BlockRequest.Grid());
    }

    /**
     * Reads a command.
     *
     * @throws ServiceException INVALID_ARGUMENT naming the field and the value; UNSUPPORTED for what is not there yet
     */
    public BlockRequest command(byte[] command) {
        if (command.length > limits.commandBytes()) {
            throw invalid("a command has at most " + limits.commandBytes() + " bytes, this one has " + command.length);
        }
        try (JsonParser parser = json.createParser(command)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw invalid("a command is a JSON object");
            }
            BlockRequest request = object(parser);
            if (parser.nextToken() != null) {
                throw invalid("there is something behind the command's JSON object");
            }
            return request;
        } catch (JsonProcessingException e) {
            throw new ServiceException(ErrorCode.INVALID_ARGUMENT, noJson(e), e);
        } catch (IOException e) {
            throw new ServiceException(ErrorCode.INVALID_ARGUMENT, "the command is no JSON: " + e.getMessage(), e);
        }
    }

    private BlockRequest object(JsonParser parser) throws IOException {
        DatasetName dataset = null;
        int level = 0;
        BlockShape block = null;
        Origins origins = null;
        Box box = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (field) {
                case "dataset" -> {
                    if (value != JsonToken.VALUE_STRING) {
                        throw invalid("field 'dataset' is a string");
                    }
                    dataset = new DatasetName(parser.getText());
                }
                case "level" -> {
                    long asked = whole(parser, value, field);
                    if (asked != (int) asked) {
                        throw invalid("level " + asked + " does not exist");
                    }
                    level = checkLevel((int) asked);
                }
                case "block" -> block = block(parser, value);
                case "origins" -> origins = origins(parser, value);
                case "box" -> box = box(parser, value);
                case "sql", "sample" ->
                    throw new ServiceException(
                            ErrorCode.UNSUPPORTED,
                            "field '" + field + "' is not supported by this server yet, use one of " + FIELDS);
                default -> throw invalid("field '" + shorten(field) + "' is unknown, a command has " + FIELDS);
            }
        }
        if (dataset == null) {
            throw invalid("a command needs the field 'dataset'");
        }
        if (origins != null && box != null) {
            throw invalid("a command has either 'origins' or 'box', not both");
        }
        BlockRequest.Selection selection = origins != null
                ? new BlockRequest.At(origins)
                : box != null ? new BlockRequest.Within(box) : new BlockRequest.Grid();
        return new BlockRequest(dataset, level, block, selection);
    }

    private static int checkLevel(int level) {
        if (level < 0) {
            throw invalid("level " + level + " does not exist, levels count from 0, the finest");
        }
        return level;
    }

    private BlockShape block(JsonParser parser, JsonToken value) throws IOException {
        long[] sides = new long[3];
        int count = numbers(parser, value, "block", sides);
        if (count != 3) {
            throw invalid("field 'block' has three numbers [z, y, x], not " + count);
        }
        for (long side : sides) {
            if (side < 1 || side > limits.blockSide()) {
                throw invalid("block side " + side + " is not allowed, use 1 to " + limits.blockSide());
            }
        }
        return new BlockShape((int) sides[0], (int) sides[1], (int) sides[2]);
    }

    private Origins origins(JsonParser parser, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            throw invalid("field 'origins' is a list of [z, y, x] or [t, c, z, y, x]");
        }
        Origins.Builder origins = new Origins.Builder();
        long[] numbers = new long[5];
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
            if (origins.size() == limits.origins()) {
                throw invalid("a command has at most " + limits.origins() + " origins: ask in several");
            }
            String place = "origin " + origins.size();
            origins.add(point(numbers, numbers(parser, next, place, numbers), place));
        }
        return origins.build();
    }

    private Box box(JsonParser parser, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            throw invalid("field 'box' is an object {\"start\": [...], \"stop\": [...]}");
        }
        long[] start = new long[5];
        long[] stop = new long[5];
        int startCount = 0;
        int stopCount = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken token = parser.nextToken();
            switch (field) {
                case "start" -> startCount = numbers(parser, token, "box.start", start);
                case "stop" -> stopCount = numbers(parser, token, "box.stop", stop);
                default -> throw invalid("field 'box." + shorten(field) + "' is unknown, a box has start and stop");
            }
        }
        if (startCount == 0 || stopCount == 0) {
            throw invalid("a box needs 'start' and 'stop'");
        }
        if (startCount != stopCount) {
            throw invalid("box.start has " + startCount + " numbers and box.stop " + stopCount);
        }
        Point from = point(start, startCount, "box.start");
        Point to = startCount == 5 ? point(stop, 5, "box.stop") : withFirst(point(stop, stopCount, "box.stop"));
        try {
            return new Box(from, to);
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage());
        }
    }

    /** Three numbers speak of the first time point and channel. */
    private static Point withFirst(Point stop) {
        return new Point(1, 1, stop.z(), stop.y(), stop.x());
    }

    private static Point point(long[] numbers, int count, String place) {
        return switch (count) {
            case 3 -> Point.zyx(numbers[0], numbers[1], numbers[2]);
            case 5 -> new Point(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
            default -> throw invalid(place + " has three numbers [z, y, x] or five [t, c, z, y, x], not " + count);
        };
    }

    /** Reads a list of whole numbers into {@code into}; how many there were, at most one more than fit. */
    private static int numbers(JsonParser parser, @Nullable JsonToken value, String place, long[] into)
            throws IOException {
        if (value != JsonToken.START_ARRAY) {
            throw invalid(place + " is a list of whole numbers");
        }
        int count = 0;
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
            if (count == into.length) {
                throw invalid(place + " has more than " + into.length + " numbers");
            }
            into[count++] = whole(parser, next, place);
        }
        return count;
    }

    private static long whole(JsonParser parser, @Nullable JsonToken value, String place) throws IOException {
        if (value != JsonToken.VALUE_NUMBER_INT) {
            throw invalid(place + " takes whole numbers, not '" + shorten(parser.getText()) + "'");
        }
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw invalid(place + " has a number beyond 64 bits");
        }
        return parser.getLongValue();
    }

    private static String noJson(JsonProcessingException e) {
        String what = e.getOriginalMessage();
        int source = what.indexOf(" (start marker at");
        String place = e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
        return "the command is no JSON" + place + ": " + (source < 0 ? what : what.substring(0, source));
    }

    private static ServiceException invalid(@Nullable String message) {
        return new ServiceException(ErrorCode.INVALID_ARGUMENT, String.valueOf(message));
    }

    private static String shorten(@Nullable String text) {
        String shown = String.valueOf(text);
        return shown.length() > 60 ? shown.substring(0, 60) + "..." : shown;
    }
}
