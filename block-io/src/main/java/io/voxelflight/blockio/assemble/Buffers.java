package io.voxelflight.blockio.assemble;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;

/** Buffers of an exact size, and a refusal that people understand. */
final class Buffers {
    private Buffers() {}

    /**
     * A buffer whose capacity is {@code bytes}, though the allocator accounts for more where it rounds up.
     *
     * @param what for the message: {@code a block of 128x128x128}
     * @throws ServiceException RESOURCE_EXHAUSTED if the allocator's limit, or the machine's memory, does not allow it
     */
    static ArrowBuf allocate(BufferAllocator allocator, long bytes, String what) {
        try {
            ArrowBuf buffer = allocator.buffer(bytes);
            return buffer.capacity() == bytes ? buffer : buffer.slice(0, bytes);
        } catch (OutOfMemoryException e) {
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    what + " takes " + bytes + " bytes, more than is left of the memory of '" + allocator.getName()
                            + "' (" + allocator.getAllocatedMemory() + " of " + allocator.getLimit()
                            + " bytes in use): ask for less at once, or raise the limit",
                    e);
        }
    }
}
