/**
 * A source volume to a stored, published dataset. {@link io.voxelflight.ingestion.Ingestor} leads through the stages:
 * {@code source} -> {@code plan} -> {@code run} -> {@code publish}.
 */
@NullMarked
package io.voxelflight.ingestion;

import org.jspecify.annotations.NullMarked;
