package io.voxelflight.sql.execute;

/**
 * How much a statement may do.
 *
 * @param maxRows of a result
 * @param batchRows at most in a batch
 * @param batchBytes after which a batch is sent, as PostgreSQL sends them; Arrow needs up to twice as much
 * @param maxRowBytes of one row: clients refuse messages over 16 MiB
 * @param spoolBytes of all rows of a result with tensors, the tensors not counted
 */
public record ResultLimits(long maxRows, int batchRows, int batchBytes, int maxRowBytes, long spoolBytes) {}
