package io.voxelflight.sql.execute;

import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.tensor.BlockTensors;
import io.voxelflight.sql.tensor.TensorColumn;
import io.voxelflight.sql.translate.Template;
import io.voxelflight.sql.translate.Translation;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOut;

/** One run of a prepared query: it may be cancelled at any moment by any thread. */
public final class Execution {
    private final UUID run;
    private final PreparedQuery query;
    private final List<List<String>> arguments;
    private final Connections connections;
    private final BufferAllocator allocator;
    private final ResultLimits limits;
    private final BlockTensors tensors;
    private final Executor readers;
    private final Cancels cancels;
    private final Semaphore scans;
    private final Cancellation cancellation = new Cancellation();
    private boolean cancelled;
    private final List<Session> sessions = new ArrayList<>();

    /**
     * @param run its name, by which any server can cancel it
     * @param arguments for each run of the statement the literals of its parameters ({@link Literals}); the rows of all
     *     runs make one result. One empty list if it has no parameters
     * @param tensors where voxels come from
     * @param readers threads that read them
     * @param cancels stop it
     * @param scans a permit for each second connection that a large scan may take
     */
    public Execution(
            UUID run,
            PreparedQuery query,
            List<List<String>> arguments,
            Connections connections,
            BufferAllocator allocator,
            ResultLimits limits,
            BlockTensors tensors,
            Executor readers,
            Cancels cancels,
            Semaphore scans) {
        this.cancels = cancels;
        this.scans = scans;
        this.run = run;
        this.tensors = tensors;
        this.readers = readers;
        this.query = query;
        this.arguments = arguments;
        this.connections = connections;
        this.allocator = allocator;
        this.limits = limits;
    }

    /** The tensors in its rows. */
    public Collection<TensorColumn> tensors() {
        return query.tensors().values();
    }

    /** Stops the run: PostgreSQL is told at once, and {@link #run} ends with CANCELLED. */
    public void cancel() {
        List<Session> running;
        synchronized (this) {
            cancelled = true;
            running = List.copyOf(sessions);
        }
        cancellation.cancel();
        running.forEach(cancels::cancel);
    }

    /**
     * Runs the statement and hands its rows to a sink; at least one batch, which may be empty.
     *
     * @return number of rows
     * @throws ServiceException CANCELLED; TIMED_OUT; RESOURCE_EXHAUSTED for too many rows or too little memory;
     *     INVALID_ARGUMENT for values that a function or cast refuses; UNAVAILABLE if the database does not answer
     */
    public long run(ResultSink sink) {
        try {
            return query.tensors().isEmpty() ? runRows(sink) : runTensors(sink);
        } catch (OutOfMemoryException e) {
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED, "the memory for SQL results is in use: try again later", e);
        }
    }

    private long runRows(ResultSink sink) {
        try (VectorSchemaRoot root = VectorSchemaRoot.create(query.rowSchema(), allocator)) {
            sink.begin(root);
            BatchWriter writer = new BatchWriter(query, root, sink, limits);
            for (List<String> values : arguments) {
                copy(query.translation().template().fill(values), writer);
            }
            return writer.finish();
        }
    }

    private long runTensors(ResultSink sink) {
        try (RowSpool spool = new RowSpool(limits.spoolBytes());
                TensorStream stream = new TensorStream(query, tensors, readers, allocator, cancellation)) {
            long rows = runRows(spool);
            stream.send(spool.batches(), sink);
            return rows;
        }
    }

    private void copy(String statement, BatchWriter writer) {
        try {
            if (query.large() && scans.tryAcquire()) {
                try {
                    copyHalves(writer);
                } finally {
                    scans.release();
                }
                return;
            }
            Translation.Explained explained = query.translation().explained();
            try (Session opened = explained == null ? connections.single() : connections.transaction()) {
                own(opened);
                String answered = explained == null
                        ? statement
                        : new Explanation(opened.connection(), run).of(statement, explained);
                copy(opened, answered, writer, null);
            } finally {
                disown();
            }
        } catch (SQLException e) {
            synchronized (this) {
                if (cancelled) {
                    throw cancelled(e);
                }
            }
            throw connections.failure(e);
        } catch (IOException e) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, "a result cannot be delivered: " + e.getMessage(), e);
        }
    }

    /** The halves of a scan, each by a connection of its own, as of one moment. */
    private void copyHalves(BatchWriter writer) throws SQLException, IOException {
        List<Template> halves = query.translation().halves();
        try (Session first = connections.lead()) {
            own(first);
            try (SecondScan second = new SecondScan(
                    connections.follow(first.snapshot()), binary(halves.get(1).fill(List.of())))) {
                own(second.session());
                copy(first, halves.get(0).fill(List.of()), writer, second);
                second.takeRest(writer);
            }
        } finally {
            disown();
        }
    }

    private void copy(Session session, String statement, BatchWriter writer, @Nullable SecondScan second)
            throws SQLException, IOException {
        CopyOut copy = session.postgres().getCopyAPI().copyOut(binary(statement));
        try {
            CopyStream rows = new CopyStream(copy);
            while (rows.next()) {
                writer.row(rows.bytes(), rows.offset());
                if (second != null) {
                    second.takeSome(writer);
                }
            }
        } finally {
            if (copy.isActive()) {
                session.cancel();
                drain(copy);
            }
        }
    }

    private String binary(String statement) {
        return Connections.named(run, "COPY (" + statement + ") TO STDOUT (FORMAT binary)");
    }

    private synchronized void own(Session owned) {
        sessions.add(owned);
        if (cancelled) {
            throw cancelled(null);
        }
    }

    private synchronized void disown() {
        sessions.clear();
    }

    private static ServiceException cancelled(@Nullable Throwable cause) {
        return new ServiceException(ErrorCode.CANCELLED, "the statement was cancelled", cause);
    }

    /** Reads what a cancelled COPY still sends: before its end the connection can do nothing else. */
    private static void drain(CopyOut copy) {
        try {
            while (copy.readFromCopy() != null) {
                // what comes is of no use any more
            }
        } catch (SQLException e) {
            // the end that a cancelled COPY has
        }
    }
}
