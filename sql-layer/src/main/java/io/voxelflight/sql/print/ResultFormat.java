package io.voxelflight.sql.print;

import java.io.OutputStream;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;

/** How a result is written. */
public enum ResultFormat {
    /** Columns for people: as wide as the first rows need, long values cut with an ellipsis. */
    TABLE,
    /** RFC 4180 with a header. NULL is an empty field, an empty string is {@code ""}; lists are JSON. */
    CSV,
    /** An array of objects, one a line. Timestamps are ISO 8601 text; NaN and infinities, which JSON lacks, too. */
    JSON,
    /**
     * A JSON object for programs: {@code columns} with name and type, {@code rows} as arrays, {@code row_count}, {@code
     * row_limit}, and {@code truncated} if there were more.
     */
    DOCUMENT,
    /** Arrow IPC stream: exact types, for programs. */
    ARROW;

    /**
     * @param out written to, flushed and not closed
     * @param schema of the rows
     * @param json numbers of the columns whose text is JSON
     * @param mostRows how many rows there will be at most
     */
    public ResultPrinter to(OutputStream out, Schema schema, Set<Integer> json, long mostRows) {
        return switch (this) {
            case TABLE -> new TablePrinter(out);
            case CSV -> new CsvPrinter(out);
            case JSON -> new JsonPrinter(out, json);
            case DOCUMENT -> new DocumentPrinter(out, schema, json, mostRows);
            case ARROW -> new ArrowPrinter(out);
        };
    }
}
