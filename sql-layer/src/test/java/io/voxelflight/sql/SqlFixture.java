package io.voxelflight.sql;

import io.voxelflight.sql.tensor.BlockTensors;
import java.time.Duration;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An engine over the sample catalog, for all tests of a class; after each test nothing may be allocated. */
final class SqlFixture implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private final SqlLimits limits;
    private final BlockTensors tensors;

    @SuppressWarnings("NullAway.Init")
    private BufferAllocator allocator;

    @SuppressWarnings("NullAway.Init")
    private SqlEngine engine;

    SqlFixture() {
        this(SqlLimits.DEFAULT);
    }

    SqlFixture(SqlLimits limits) {
        this(limits, BlockTensors.NONE);
    }

    SqlFixture(SqlLimits limits, BlockTensors tensors) {
        this.limits = limits;
        this.tensors = tensors;
    }

    /** The usual limits but a few. */
    static SqlLimits limits(long maxRows, int batchRows, int batchBytes, Duration timeout) {
        SqlLimits usual = SqlLimits.DEFAULT;
        return new SqlLimits(
                usual.maxStatementBytes(),
                usual.maxDepth(),
                maxRows,
                batchRows,
                batchBytes,
                usual.memoryBytes(),
                timeout,
                usual.stallTimeout(),
                usual.statements(),
                usual.waitingStatements(),
                usual.cachedPlans(),
                usual.secondScans());
    }

    SqlEngine engine() {
        return engine;
    }

    BufferAllocator allocator() {
        return allocator;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        allocator = new RootAllocator();
        engine = new SqlEngine(SampleCatalog.database().readOnly(), allocator, limits, tensors);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (engine.allocator().getAllocatedMemory() != 0) {
            throw new AssertionError(
                    "the test left memory:\n" + engine.allocator().toVerboseString());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        engine.close();
        allocator.close();
    }
}
