package io.voxelflight.sql;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.catalogue.Table;
import io.voxelflight.sql.execute.Cancels;
import io.voxelflight.sql.execute.Connections;
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
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.apache.arrow.memory.BufferAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers queries over the catalog's views: prepares them (cached) and runs them. */
public final class SqlEngine implements AutoCloseable {
    /** One row must fit a client's message limit of 16 MiB with room for Arrow's own bytes. */
    private static final int MAX_ROW_BYTES = 6 << 20;

    /** Of all tensors of a row. */
    private static final long MAX_TENSOR_BYTES = 32L << 20;

    /** Some hundred thousand rows with all columns of {@code chunks}. */
    private static final long SPOOL_BYTES = 64L << 20;

    /** How long a change of the schema may go unnoticed. */
    private static final Duration SCHEMA_LOOK = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(SqlEngine.class);

    private final DataSource readOnly;
    private final Connections connections;
    private final SqlLimits limits;
    private final ResultLimits resultLimits;
    private final BufferAllocator allocator;
    private final BlockTensors tensors;
    private final ExecutorService readers;
    private final StatementThreads statementThreads;
    private final Cancels cancels = new Cancels();
    private final Semaphore scans;
    private final StatementParser parser;
    private final AtomicLong looked = new AtomicLong();
    private volatile Surface surface;

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
        this.connections = new Connections(readOnly, limits.statementTimeout());
        this.limits = limits;
        this.scans = new Semaphore(limits.secondScans());
        this.resultLimits =
                new ResultLimits(limits.maxRows(), limits.batchRows(), limits.batchBytes(), MAX_ROW_BYTES, SPOOL_BYTES);
        this.parser = new StatementParser(limits.maxStatementBytes(), limits.maxDepth());
        this.surface = surface(Catalogue.tables(readOnly));
        looked.set(System.nanoTime());
        this.statementThreads = new StatementThreads(limits.statements(), limits.waitingStatements());
        AtomicInteger number = new AtomicInteger();
        this.readers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), task -> {
            Thread thread = new Thread(task, "sql-read-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.allocator = allocator.newChildAllocator("sql", 0, limits.memoryBytes());
    }

    private Surface surface(List<Table> tables) {
        Catalogue catalogue = new Catalogue(tables, Operators.scalarNames(), Operators.aggregateNames());
        Statements statements =
                new Statements(catalogue, new Translator(catalogue, parser, tensors), new Describer(connections));
        return new Surface(catalogue, statements, new PlanCache(limits.cachedPlans()));
    }

    /** The tables as they are: another server may have brought the schema to a new version meanwhile. */
    private Surface current() {
        long last = looked.get();
        long now = System.nanoTime();
        if (now - last > SCHEMA_LOOK.toNanos() && looked.compareAndSet(last, now)) { // one caller looks
            try {
                List<Table> tables = Catalogue.tables(readOnly);
                if (!tables.equals(surface.catalogue().tables())) {
                    LOG.info("the catalog's schema has changed: statements are prepared anew");
                    surface = surface(tables);
                }
            } catch (ServiceException e) {
                LOG.debug("the schema cannot be looked at, statements will say why", e);
            }
        }
        return surface;
    }

    public Catalogue catalogue() {
        return current().catalogue();
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
        Surface now = current();
        String normalised = parser.normalised(statement);
        PreparedQuery known = now.plans().get(normalised, visibility);
        if (known != null && isCurrent(known)) {
            return known;
        }
        Statements.Prepared prepared;
        try {
            prepared = now.statements().prepare(normalised, visibility);
        } catch (ServiceException e) {
            if (normalised.equals(statement)) {
                throw e;
            }
            prepared = now.statements().prepare(statement, visibility); // its errors name places in the user's own text
        }
        checkTensors(prepared.query());
        if (prepared.lasting()) {
            now.plans().put(normalised, visibility, prepared.query());
        }
        return prepared.query();
    }

    /** Statements whose plans are kept. */
    int cachedPlans() {
        return surface.plans().size();
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
        return new Execution(
                run, query, arguments, connections, allocator, resultLimits, tensors, readers, cancels, scans);
    }

    /**
     * Stops the statement of a run, also where another server runs it.
     *
     * @return whether the database was working on it
     * @throws ServiceException UNAVAILABLE if the database does not answer
     */
    public boolean cancel(UUID run) {
        return connections.cancel(run);
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
        return query.tensors().values().stream()
                .allMatch(column -> tensors.column(column.dataset(), column.level(), id -> true)
                        .equals(column));
    }

    /** Where statements are run. */
    public StatementThreads statementThreads() {
        return statementThreads;
    }

    /** The memory of results under way; empty when nothing runs. */
    public BufferAllocator allocator() {
        return allocator;
    }

    @Override
    public void close() {
        statementThreads.close();
        readers.shutdown();
        cancels.close();
        allocator.close();
    }
}
