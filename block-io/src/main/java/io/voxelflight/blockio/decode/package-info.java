/**
 * Third stage: stored bytes through the codec chain straight into the destination buffer.
 *
 * <p>Arrives: stored bytes and a codec spec. Leaves: decoded voxels, C order, little-endian. Imports neither locate nor fetch.
 */
@NullMarked
package io.voxelflight.blockio.decode;

import org.jspecify.annotations.NullMarked;
