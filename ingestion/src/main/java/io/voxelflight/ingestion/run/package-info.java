/**
 * Third stage: runs tasks: read a region, cut chunks, statistics, pyramid, encode, write, report. Tasks are idempotent and share nothing.
 *
 * <p>Arrives: tasks, a source, a volume writer. Leaves: durable shards and chunk rows.
 */
@NullMarked
package io.voxelflight.ingestion.run;

import org.jspecify.annotations.NullMarked;
