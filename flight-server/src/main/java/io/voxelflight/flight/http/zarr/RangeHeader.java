package io.voxelflight.flight.http.zarr;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which part of an answer is asked for (RFC 9110, 14). Several ranges at once, other units and what is malformed are
 * answered with the whole, as the standard allows.
 */
sealed interface RangeHeader {
    record Whole() implements RangeHeader {}

    /** Bytes {@code first} to {@code last}, both of them too. */
    record Part(int first, int last) implements RangeHeader {}

    /** A part that begins behind the end. */
    record Unsatisfiable() implements RangeHeader {}

    Pattern BYTES = Pattern.compile("(?i:bytes)\\s*=\\s*([0-9]{0,18})\\s*-\\s*([0-9]{0,18})");

    /** @param total bytes that there are */
    static RangeHeader parse(@Nullable String value, int total) {
        Matcher range = BYTES.matcher(value == null ? "" : value.strip());
        if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
            return new Whole();
        }
        if (range.group(1).isEmpty()) {
            long suffix = Math.min(total, Long.parseLong(range.group(2)));
            return suffix == 0 ? new Unsatisfiable() : new Part((int) (total - suffix), total - 1);
        }
        long first = Long.parseLong(range.group(1));
        long last = range.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(range.group(2));
        if (last < first) {
            return new Whole();
        }
        return first >= total ? new Unsatisfiable() : new Part((int) first, (int) Math.min(total - 1L, last));
    }
}
