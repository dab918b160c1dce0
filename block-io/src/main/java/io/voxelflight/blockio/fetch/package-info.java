/**
 * Second stage: bytes of a key, or of a range of it, from a store into a buffer. A missing object is a value, a failed read an exception.
 *
 * <p>Arrives: keys and ranges. Leaves: stored bytes. Imports neither locate nor decode.
 */
@NullMarked
package io.voxelflight.blockio.fetch;

import org.jspecify.annotations.NullMarked;
