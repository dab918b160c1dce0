/**
 * Last stage: the finished volume moves to its place and becomes visible, in one catalog transaction.
 */
@NullMarked
package io.voxelflight.ingestion.publish;

import org.jspecify.annotations.NullMarked;
