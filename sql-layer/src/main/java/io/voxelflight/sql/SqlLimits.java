package io.voxelflight.sql;

import java.time.Duration;

/**
 * What SQL users may use up.
 *
 * @param maxStatementBytes of a statement's text
 * @param maxDepth of brackets in one another
 * @param maxRows of a result
 * @param batchRows at most in an Arrow batch
 * @param batchBytes after which a batch is sent
 * @param memoryBytes for batches under way, of all statements
 * @param statementTimeout for one statement, the delivery of its rows included
 * @param stallTimeout how long a client may take no batch before its statement ends
 * @param statements that run at once
 * @param waitingStatements that wait for their turn; more are refused
 * @param cachedPlans of statements seen before
 * @param secondScans large scans that have a second connection at once; others have one
 */
public record SqlLimits(
        int maxStatementBytes,
        int maxDepth,
        long maxRows,
        int batchRows,
        int batchBytes,
        long memoryBytes,
        Duration statementTimeout,
        Duration stallTimeout,
        int statements,
        int waitingStatements,
        int cachedPlans,
        int secondScans) {

    /** With fewer a second connection only takes time from the first, and from the client. */
    private static final int PROCESSORS_FOR_TWO = 4;

    public static final SqlLimits DEFAULT = new SqlLimits(
            256 << 10,
            100,
            50_000_000,
            16_384,
            1 << 20,
            512L << 20,
            Duration.ofMinutes(5),
            Duration.ofSeconds(60),
            16,
            128,
            512,
            Runtime.getRuntime().availableProcessors() < PROCESSORS_FOR_TWO ? 0 : 4);

    public SqlLimits {
        if (maxStatementBytes < 1
                || maxDepth < 1
                || maxRows < 1
                || batchRows < 1
                || batchBytes < 1
                || memoryBytes < 1
                || statements < 1
                || waitingStatements < 1
                || cachedPlans < 1
                || secondScans < 0
                || statementTimeout.isNegative()
                || statementTimeout.isZero()
                || stallTimeout.isNegative()
                || stallTimeout.isZero()) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }
}
