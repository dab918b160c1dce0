package io.voxelflight.blockio.assemble;

import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.model.Cancellation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Another store, seen as a remote one: counts requests, can hold them up and let them fail. */
final class RemoteLikeStore implements ByteStore {
    record Request(String key, ByteRange range) {}

    private final ByteStore store;
    final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger running = new AtomicInteger();
    final AtomicInteger mostAtOnce = new AtomicInteger();
    /** Which requests fail, and with what. */
    volatile Predicate<Request> fails = request -> false;

    volatile RuntimeException failure = new IllegalStateException("not set");
    /** Each request waits for it, or for its cancellation. */
    volatile CountDownLatch gate = new CountDownLatch(0);

    RemoteLikeStore(ByteStore store) {
        this.store = store;
    }

    @Override
    public @Nullable Fetched fetch(String key, ByteRange range, Room room, Cancellation cancellation) {
        Request request = new Request(key, range);
        requests.add(request);
        mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            while (!gate.await(5, TimeUnit.MILLISECONDS)) {
                cancellation.throwIfCancelled();
            }
            if (fails.test(request)) {
                throw failure;
            }
            return store.fetch(key, range, room, cancellation);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            running.decrementAndGet();
        }
    }

    @Override
    public OptionalLong size(String key) {
        return store.size(key);
    }

    @Override
    public boolean isRemote() {
        return true;
    }

    @Override
    public String describe(String key) {
        return "remote:" + key;
    }

    @Override
    public void close() {
        store.close();
    }
}
