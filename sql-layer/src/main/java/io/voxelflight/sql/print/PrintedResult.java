package io.voxelflight.sql.print;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.Kind;
import io.voxelflight.sql.execute.Execution;
import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.execute.ResultSink;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** The result of an execution, written batch by batch as it arrives. */
public final class PrintedResult implements ResultSink {
    /** How much was written. */
    public record Written(long rows, boolean cut) {}

    /** Ends an execution of which enough rows have come. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Enough() {
            super("enough rows have come", null, false, false);
        }
    }

    private final ResultPrinter printer;
    private final long mostRows;
    private @Nullable VectorSchemaRoot root;
    private long rows;

    private PrintedResult(ResultPrinter printer, long mostRows) {
        this.printer = printer;
        this.mostRows = mostRows;
    }

    /**
     * Runs a query and writes its rows.
     *
     * @param query what {@code execution} runs
     * @param out written to, flushed and not closed
     * @return number of rows
     * @throws ServiceException as {@link Execution#run}; UNAVAILABLE if {@code out} cannot be written
     */
    public static long write(PreparedQuery query, Execution execution, ResultFormat format, OutputStream out) {
        return write(query, execution, format, Long.MAX_VALUE, out).rows();
    }

    /**
     * Runs a query and writes its first rows; then it is stopped.
     *
     * @param mostRows how many rows are written at most
     * @throws ServiceException as above
     */
    public static Written write(
            PreparedQuery query, Execution execution, ResultFormat format, long mostRows, OutputStream out) {
        ResultPrinter printer = format.to(out, query.schema(), json(query), mostRows);
        PrintedResult result = new PrintedResult(printer, mostRows);
        try {
            boolean cut = false;
            try {
                execution.run(result);
            } catch (Enough enough) {
                cut = true;
            }
            printer.end(cut);
            return new Written(result.rows, cut);
        } catch (UncheckedIOException e) {
            throw unwritable(e.getCause());
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** The columns whose text is JSON. */
    private static Set<Integer> json(PreparedQuery query) {
        return IntStream.range(0, query.columns().size())
                .filter(i -> query.columns().get(i).kind() == Kind.JSONB)
                .boxed()
                .collect(Collectors.toSet());
    }

    @Override
    public void begin(VectorSchemaRoot batches) {
        root = batches;
    }

    @Override
    public void batch() {
        if (root == null) {
            return;
        }
        long room = mostRows - rows;
        try {
            if (root.getRowCount() <= room) {
                rows += root.getRowCount();
                printer.batch(root);
                return;
            }
            try (VectorSchemaRoot first = root.slice(0, (int) room)) {
                rows += room;
                printer.batch(first);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new Enough();
    }

    private static ServiceException unwritable(@Nullable IOException e) {
        String reason = e == null ? "unknown" : String.valueOf(e.getMessage());
        return new ServiceException(ErrorCode.UNAVAILABLE, "the result cannot be written: " + reason, e);
    }
}
