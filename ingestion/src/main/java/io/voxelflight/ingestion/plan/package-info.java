/**
 * Second stage: what shall be written (levels, shards) and the shard-aligned tasks that write it. Pure: no I/O.
 *
 * <p>Arrives: a source's description and settings. Leaves: tasks.
 */
@NullMarked
package io.voxelflight.ingestion.plan;

import org.jspecify.annotations.NullMarked;
