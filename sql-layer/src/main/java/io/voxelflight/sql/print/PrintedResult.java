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
    private final ResultPrinter printer;
    private @Nullable VectorSchemaRoot root;

    private PrintedResult(ResultPrinter printer) {
        this.printer = printer;
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
        ResultPrinter printer = format.to(out, json(query));
        try {
            long rows = execution.run(new PrintedResult(printer));
            printer.end();
            return rows;
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
        try {
            if (root != null) {
                printer.batch(root);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServiceException unwritable(@Nullable IOException e) {
        String reason = e == null ? "unknown" : String.valueOf(e.getMessage());
        return new ServiceException(ErrorCode.UNAVAILABLE, "the result cannot be written: " + reason, e);
    }
}
