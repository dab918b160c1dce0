package io.voxelflight.testkit;

import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Another store, one of whose objects has other bytes than it has. */
final class MutatedStore implements ByteStore {
    private final ByteStore store;
    private final String mutated;
    private final UnaryOperator<byte[]> mutation;

    MutatedStore(ByteStore store, String mutated, UnaryOperator<byte[]> mutation) {
        this.store = store;
        this.mutated = mutated;
        this.mutation = mutation;
    }

    private byte @Nullable [] bytes(String key) {
        Fetched fetched = store.fetch(
                key, ByteRange.WHOLE, size -> ByteBuffer.allocateDirect(Math.toIntExact(size)), new Cancellation());
        if (fetched == null) {
            return null;
        }
        byte[] bytes = new byte[fetched.bytes().remaining()];
        fetched.bytes().get(bytes);
        return mutation.apply(bytes);
    }

    @Override
    public @Nullable Fetched fetch(String key, ByteRange range, Room room, Cancellation cancellation) {
        if (!key.equals(mutated)) {
            return store.fetch(key, range, room, cancellation);
        }
        byte[] bytes = bytes(key);
        if (bytes == null) {
            return null;
        }
        ByteRange.Span span = range.within(bytes.length)
                .orElseThrow(() -> new ServiceException(ErrorCode.CORRUPT_DATA, describe(key) + " is truncated"));
        ByteBuffer into = room.take(span.length());
        into.clear().limit((int) span.length());
        into.put(bytes, (int) span.offset(), (int) span.length());
        return new Fetched(into.flip(), bytes.length);
    }

    @Override
    public OptionalLong size(String key) {
        return store.size(key);
    }

    @Override
    public boolean isRemote() {
        return store.isRemote();
    }

    @Override
    public String describe(String key) {
        return store.describe(key);
    }

    @Override
    public void close() {
        store.close();
    }
}
