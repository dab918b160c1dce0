package io.voxelflight.sql;

import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.execute.Describer;
import io.voxelflight.sql.execute.Execution;
import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.execute.ResultLimits;
import io.voxelflight.sql.parse.StatementParser;
import io.voxelflight.sql.translate.Translator;
import io.voxelflight.sql.translate.Visibility;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.arrow.memory.BufferAllocator;

/** Answers queries over the catalog's views: prepares them (cached) and runs them. */
public final class SqlEngine implements AutoCloseable {
    /** One row must fit a client's message limit of 16 MiB with room for Arrow's own bytes. */
    private static final int MAX_ROW_BYTES = 6 << 20;

    private final DataSource readOnly;
    private final SqlLimits limits;
    private final ResultLimits resultLimits;
    private final BufferAllocator allocator;
    private final Catalogue catalogue;
    private final Statements statements;
    private final Map<PlanKey, PreparedQuery> plans;

    private record PlanKey(String statement, Visibility visibility) {}

    /**
     * Reads the tables from the database.
     *
     * @param readOnly connections that can read schema main and nothing else
     * @param allocator parent of the engine's own
     * @throws ServiceException UNAVAILABLE if the database does not answer
     */
    public SqlEngine(DataSource readOnly, BufferAllocator allocator, SqlLimits limits) {
        this.readOnly = readOnly;
        this.limits = limits;
        this.resultLimits = new ResultLimits(
                limits.maxRows(), limits.batchRows(), limits.batchBytes(), MAX_ROW_BYTES, limits.statementTimeout());
        this.catalogue = Catalogue.read(readOnly);
        this.statements = new Statements(
                catalogue,
                new Translator(catalogue, new StatementParser(limits.maxStatementBytes(), limits.maxDepth())),
                new Describer(readOnly, limits.statementTimeout()));
        this.plans = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<PlanKey, PreparedQuery> eldest) {
                return size() > limits.cachedPlans();
            }
        };
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
            if (known != null) {
                return known;
            }
        }
        Statements.Prepared prepared = statements.prepare(statement, visibility);
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
        return new Execution(query, arguments, readOnly, allocator, resultLimits);
    }

    /** The memory of results under way; empty when nothing runs. */
    public BufferAllocator allocator() {
        return allocator;
    }

    @Override
    public void close() {
        allocator.close();
    }
}
