package io.voxelflight.blockio.decode;

import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;

/** Undoes an array-to-bytes step that is more than voxels one behind the other. Safe for many threads. */
interface ArrayCodec {
    /**
     * Decodes {@code input} into {@code output}, which it fills: voxels little-endian in C order.
     *
     * @param lengths voxels along each dimension as encoded, slowest first
     * @throws ServiceException CORRUPT_DATA if it is not valid or has another size
     */
    void decode(ByteBuffer input, ByteBuffer output, long[] lengths, Scratch scratch, String place);
}
