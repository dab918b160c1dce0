package io.voxelflight.sql;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.execute.Describer;
import io.voxelflight.sql.execute.Execution;
import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.execute.ResultLimits;
import io.voxelflight.sql.guard.Operators;
import io.voxelflight.sql.parse.StatementParser;
import io.voxelflight.sql.tensor.BlockTensors;
import io.voxelflight.sql.tensor.TensorColumn;
import io.voxelflight.sql.translate.Translator;
import io.voxelflight.sql.translate.Visibility;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.arrow.memory.BufferAllocator;

/** Answers queries over the catalog's views: prepares them (cached) and runs them. */
public final class SqlEngine implements AutoCloseable {
    /** One row must fit a client's message limit of 16 MiB with room for Arrow's own bytes. */
    private static final int MAX_ROW_BYTES = 6 << 20;

    /** Of all tensors of a row. */
    private static final long MAX_TENSOR_BYTES = 32L << 20;

    /** Some hundred thousand rows with all columns of {@code chunks}. */
    private static final long SPOOL_BYTES = 64L << 20;

    private final DataSource readOnly;
    private final SqlLimits limits;
    private final ResultLimits resultLimits;
    private final BufferAllocator allocator;
    private final Catalogue catalogue;
    private final BlockTensors tensors;
    private final ExecutorService readers;
    private final Statements statements;
    private final Map<PlanKey, PreparedQuery> plans;

    private record PlanKey(String statement, Visibility visibility) {}

    /** An engine without voxels: {@code blocks(...)} is refused. */
    public SqlEngine(DataSource readOnly, BufferAllocator allocator, SqlLimits limits) {
        this(readOnly, allocator, limits, BlockTensors.NONE);
    }

    /**
     * Reads the tables from the database.
     *
     * @param readOnly connections that can read schema main and nothing else
     * @param allocator parent of the engine's own
     * @param tensors where the voxels of {@code blocks(...)} come from
     * @throws ServiceException UNAVAILABLE if the database does not answer
     */
    public SqlEngine(DataSource readOnly, BufferAllocator allocator, SqlLimits limits, BlockTensors tensors) {
        this.tensors = tensors;
        this.readOnly = readOnly;
        this.limits = limits;
        this.resultLimits = new ResultLimits(
                limits.maxRows(),
                limits.batchRows(),
                limits.batchBytes(),
                MAX_ROW_BYTES,
                SPOOL_BYTES,
                limits.statementTimeout());
        this.catalogue = Catalogue.read(readOnly, Operators.scalarNames(), Operators.aggregateNames());
        this.statements = new Statements(
                catalogue,
                new Translator(catalogue, new StatementParser(limits.maxStatementBytes(), limits.maxDepth()), tensors),
                new Describer(readOnly, limits.statementTimeout()));
        this.plans = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<PlanKey, PreparedQuery> eldest) {
                return size() > limits.cachedPlans();
            }
        };
        AtomicInteger number = new AtomicInteger();
        this.readers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), task -> {
            Thread thread = new Thread(task, "sql-read-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.allocator = allocator.newChildAllocator("sql", 0, limits.memoryBytes());
    }

    public Catalogue catalogue() {
        return catalogue;
    }

    public SqlLimits limits() {
        return limits;
    }

    /**
     * Checks a statement, and finds the types of its parameters and result. Runs nothing.
     *
     * @throws ServiceException if it is not a query, not allowed, not supported or wrong
     */
    public PreparedQuery prepare(String statement, Visibility visibility) {
        PlanKey key = new PlanKey(statement, visibility);
        synchronized (plans) {
            PreparedQuery known = plans.get(key);
            if (known != null && isCurrent(known)) {
                return known;
            }
        }
        Statements.Prepared prepared = statements.prepare(statement, visibility);
        checkTensors(prepared.query());
        if (prepared.lasting()) {
            synchronized (plans) {
                plans.put(key, prepared.query());
            }
        }
        return prepared.query();
    }

    /**
     * A run of a query, not yet started.
     *
     * @param arguments for each run of the statement the literals of its parameters
     */
    public Execution execution(PreparedQuery query, List<List<String>> arguments) {
        return execution(query, arguments, UUID.randomUUID());
    }

    /** @param run its name, by which it can be cancelled ({@link #cancel}) */
    public Execution execution(PreparedQuery query, List<List<String>> arguments, UUID run) {
        return new Execution(run, query, arguments, readOnly, allocator, resultLimits, tensors, readers);
    }

    /**
     * Stops the statement of a run, also where another server runs it.
     *
     * @return whether the database was working on it
     * @throws ServiceException UNAVAILABLE if the database does not answer
     */
    public boolean cancel(UUID run) {
        return Execution.cancel(run, readOnly);
    }

    private static void checkTensors(PreparedQuery query) {
        long bytes =
                query.tensors().values().stream().mapToLong(TensorColumn::bytes).sum();
        if (bytes > MAX_TENSOR_BYTES) {
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "the tensors of a row have " + bytes + " bytes, at most " + MAX_TENSOR_BYTES
                            + " are sent: select fewer tensors, or a dataset with smaller chunks");
        }
    }

    /** Whether its datasets are still what they were. */
    private boolean isCurrent(PreparedQuery query) {
        return query.tensors().values().stream().allMatch(column -> tensors.column(column.dataset(), column.level())
                .equals(column));
    }

    /** The memory of results under way; empty when nothing runs. */
    public BufferAllocator allocator() {
        return allocator;
    }

    @Override
    public void close() {
        readers.shutdown();
        allocator.close();
    }
}
