package io.voxelflight.sql.print;

import java.io.OutputStream;
import java.util.Set;

/** How a result is written. */
public enum ResultFormat {
    /** Columns for people: as wide as the first rows need, long values cut with an ellipsis. */
    TABLE,
    /** RFC 4180 with a header. NULL is an empty field, an empty string is {@code ""}; lists are JSON. */
    CSV,
    /** An array of objects, one a line. Timestamps are ISO 8601 text; NaN and infinities, which JSON lacks, too. */
    JSON,
    /** Arrow IPC stream: exact types, for programs. */
    ARROW;

    /**
     * @param out written to, flushed and not closed
     * @param json numbers of the columns whose text is JSON
     */
    public ResultPrinter to(OutputStream out, Set<Integer> json) {
        return switch (this) {
            case TABLE -> new TablePrinter(out);
            case CSV -> new CsvPrinter(out);
            case JSON -> new JsonPrinter(out, json);
            case ARROW -> new ArrowPrinter(out);
        };
    }
}
