package io.voxelflight.blockio.fetch;

import io.voxelflight.model.Cancellation;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Read access to stored objects by key: a relative path with {@code /}. Objects do not change while a store is open.
 * Safe for many threads.
 */
public interface ByteStore extends AutoCloseable {
    /** Where fetched bytes go. */
    interface Room {
        /**
         * A direct buffer of {@code bytes} bytes, asked for once a fetch. What it throws ends the fetch: room that is
         * refused because the object is too large costs no transfer.
         */
        ByteBuffer take(long bytes);
    }

    /**
     * What was fetched.
     *
     * @param bytes the room's buffer, from position 0 to its limit
     * @param objectBytes the size of the whole object
     */
    record Fetched(ByteBuffer bytes, long objectBytes) {}

    /**
     * Fetches bytes of an object.
     *
     * @return null if there is no such object: then no room was taken
     * @throws io.voxelflight.model.ServiceException CORRUPT_DATA if the object has fewer bytes; UNAVAILABLE naming the
     *     object and the cause if it could not be read; CANCELLED
     */
    @Nullable
    Fetched fetch(String key, ByteRange range, Room room, Cancellation cancellation);

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
    default boolean read(String key, long offset, ByteBuffer destination) {
        ByteBuffer target = destination.slice();
        ByteRange span = new ByteRange.Span(offset, target.remaining());
        if (fetch(key, span, bytes -> target, new Cancellation()) == null) {
            return false;
        }
        destination.position(destination.limit());
        return true;
    }

    /** Whether a request takes so long that many should run side by side, and near ranges be joined into one. */
    boolean isRemote();

    /** Where an object lies, for messages; never with a credential. */
    String describe(String key);

    @Override
    void close();
}
