package io.voxelflight.flight.server.cli;

import io.voxelflight.flight.server.Installation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.SqlEngine;
import io.voxelflight.sql.SqlLimits;
import io.voxelflight.sql.execute.Execution;
import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.print.PrintedResult;
import io.voxelflight.sql.print.ResultFormat;
import io.voxelflight.sql.translate.Visibility;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "sql",
        description = {
            "Runs a query over the tables datasets, acquisitions, levels and chunks, and prints its rows.",
            "Works with or without a running server. Programs connect to the server by Flight SQL instead."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  voxelflight sql \"SELECT name, shape, voxel_size FROM datasets\"",
            "  voxelflight sql \"SELECT z, y, x, stddev FROM chunks WHERE dataset = 'fib25' AND level = 0",
            "                   ORDER BY stddev DESC LIMIT 5\"",
            "  voxelflight sql --format csv \"SELECT * FROM chunks\" > chunks.csv",
            "  voxelflight sql - < query.sql"
        })
final class SqlCommand implements Callable<Integer> {
    private static final long MEMORY_BYTES = 256L << 20;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "QUERY", description = "A SELECT statement; '-' reads it from standard input.")
    private String query = "";

    @Option(
            names = "--format",
            paramLabel = "table|csv|json|arrow",
            defaultValue = "table",
            description = "table for people, csv, json (an array, one object a line), arrow (an IPC stream)"
                    + " (default: ${DEFAULT-VALUE}).")
    private ResultFormat format = ResultFormat.TABLE;

    @Override
    public Integer call() throws IOException {
        String text = query.equals("-") ? standardInput() : query;
        try (CancelOnSignal signal = new CancelOnSignal();
                Installation installation = Installation.open(common.home(), System.getenv(), true);
                BufferAllocator memory = new RootAllocator(MEMORY_BYTES);
                SqlEngine engine = new SqlEngine(installation.database().readOnly(), memory, SqlLimits.DEFAULT)) {
            PreparedQuery prepared = engine.prepare(text, Visibility.ALL);
            if (!prepared.translation().parameters().isEmpty()) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT, "the query has parameters (?): write their values into it");
            }
            Execution execution = engine.execution(prepared, List.of(List.of()));
            signal.onCancel(execution::cancel);
            PrintedResult.write(prepared, execution, format, new FileOutputStream(FileDescriptor.out));
            return 0;
        } catch (ServiceException e) {
            if (e.getCause() instanceof IOException broken && "Broken pipe".equals(broken.getMessage())) {
                return Errors.FAILURE; // as '| head' does: whoever reads has enough, that's nothing to tell
            }
            throw e;
        }
    }

    private static String standardInput() throws IOException {
        return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    }
}
