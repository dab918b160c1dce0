package io.voxelflight.blockio.fetch;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * Read access to stored objects by key: a relative path with {@code /}. Objects do not change while a store is open.
 * Safe for many threads.
 */
public interface ByteStore extends AutoCloseable {
    /**
     * The size of an object in bytes; empty if there is none.
     *
     * @throws io.voxelflight.model.ServiceException UNAVAILABLE naming the object if that cannot be found out
     */
    OptionalLong size(String key);

    /**
     * Fills {@code destination} from byte {@code offset} of an object on.
     *
     * @return false if there is no such object; {@code destination} is then as it was
     * @throws io.voxelflight.model.ServiceException CORRUPT_DATA if the object ends before; UNAVAILABLE on a failed read
     */
    boolean read(String key, long offset, ByteBuffer destination);

    /** Where an object lies, for messages. */
    String describe(String key);

    @Override
    void close();
}
