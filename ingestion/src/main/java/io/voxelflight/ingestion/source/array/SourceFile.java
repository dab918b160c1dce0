package io.voxelflight.ingestion.source.array;

import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.fetch.LocalStore;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** A file read by position, by many threads at once. */
public final class SourceFile implements AutoCloseable {
    private final ByteStore store;
    private final String key;
    private final boolean owned;
    private final long size;

    private SourceFile(ByteStore store, String key, boolean owned) {
        this.store = store;
        this.key = key;
        this.owned = owned;
        this.size = store.size(key)
                .orElseThrow(
                        () -> new ServiceException(ErrorCode.NOT_FOUND, "there is no file " + store.describe(key)));
    }

    /** A file of its own; {@link #close} closes it. */
    public static SourceFile open(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        Path folder = absolute.getParent();
        Path name = absolute.getFileName();
        if (folder == null || name == null) {
            throw new ServiceException(ErrorCode.INVALID_ARGUMENT, path + " is not a file");
        }
        ByteStore store = new LocalStore(folder, 1);
        try {
            return new SourceFile(store, name.toString(), true);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** One of many files of a store, which stays the caller's to close. */
    public static SourceFile in(ByteStore store, String key) {
        return new SourceFile(store, key, false);
    }

    public long size() {
        return size;
    }

    /** Fills {@code destination} from byte {@code position} on. */
    public void read(long position, ByteBuffer destination) {
        if (!store.read(key, position, destination)) {
            throw new ServiceException(ErrorCode.UNAVAILABLE, this + " is gone since it was opened");
        }
    }

    /**
     * Some bytes of a header or table, in a little-endian buffer of their own.
     *
     * @param what names them in messages
     * @throws ServiceException CORRUPT_DATA if the file ends before
     */
    public ByteBuffer bytes(long position, int count, String what) {
        requireInside(position, count, what);
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        read(position, buffer);
        return buffer.flip();
    }

    /**
     * Returns if the file has these bytes.
     *
     * @throws ServiceException CORRUPT_DATA naming {@code what}, where it should end, and the file's size
     */
    public void requireInside(long position, long count, String what) {
        if (position < 0 || count < 0 || count > size || position > size - count) {
            throw corrupt(what + " should take bytes " + position + " to "
                    + (position < 0 || count < 0 || position > Long.MAX_VALUE - count ? "?" : position + count)
                    + ", but the file has " + size + " bytes: it is truncated or damaged");
        }
    }

    /** For throwing: what is wrong with this file. */
    public ServiceException corrupt(String what) {
        return new ServiceException(ErrorCode.CORRUPT_DATA, this + ": " + what);
    }

    /** For throwing: what in this file is not supported. */
    public ServiceException unsupported(String what) {
        return new ServiceException(ErrorCode.UNSUPPORTED, this + ": " + what);
    }

    @Override
    public void close() {
        if (owned) {
            store.close();
        }
    }

    /** Where the file lies. */
    @Override
    public String toString() {
        return store.describe(key);
    }
}
