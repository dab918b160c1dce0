package io.voxelflight.blockio.fetch;

import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Objects of a remote store, whatever its protocol: limits requests at once, makes those again that failed in passing,
 * stops those that are cancelled or take too long, and checks that what came is what was asked for.
 */
class RemoteStore implements ByteStore {
    /** How long a cancelled request may go on unnoticed. */
    private static final long POLL_MILLIS = 20;

    private final RemoteObjects objects;
    private final StoreSettings settings;
    private final RequestSlots slots;
    private final StoreCounters counters;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Takes over {@code objects}; slots and counters are shared with other stores of the endpoint. */
    RemoteStore(RemoteObjects objects, StoreSettings settings, RequestSlots slots, StoreCounters counters) {
        this.objects = objects;
        this.settings = settings;
        this.slots = slots;
        this.counters = counters;
    }

    /** Something that takes one request; its failure is thrown as {@link AttemptFailure}. */
    interface Attempt<T> {
        @Nullable
        T run() throws AttemptFailure;
    }

    /** The room of one fetch: taken once, however many requests it needs. */
    private static final class Place {
        private final Room room;
        private @Nullable ByteBuffer bytes;

        Place(Room room) {
            this.room = room;
        }

        ByteBuffer take(long length, Supplier<String> object) {
            ByteBuffer taken = bytes;
            if (taken == null) {
                taken = room.take(length);
                bytes = taken;
            } else if (taken.capacity() < length || taken.limit() != length) {
                throw new ServiceException(
                        ErrorCode.CORRUPT_DATA,
                        object.get() + " changed while it was read: " + taken.limit() + " bytes, now " + length);
            }
            return taken.clear().limit((int) length);
        }
    }

    @Override
    public @Nullable Fetched fetch(String key, ByteRange range, Room room, Cancellation cancellation) {
        checkKey(key);
        if (range instanceof ByteRange.Span span && span.length() == 0) {
            return nothingOf(key, span.offset(), room, cancellation);
        } else if (range instanceof ByteRange.Tail tail && tail.length() == 0) {
            return nothingOf(key, 0, room, cancellation);
        }
        Place place = new Place(room);
        Fetched fetched = persist(key, cancellation, () -> fetchOnce(key, range, place, cancellation));
        if (fetched == null || fetched.objectBytes() != Reply.UNKNOWN) {
            return fetched;
        }
        return new Fetched(
                fetched.bytes(), size(key, cancellation).orElse(fetched.bytes().remaining()));
    }

    /** An empty range is no range in HTTP: only the size is asked for. */
    private @Nullable Fetched nothingOf(String key, long offset, Room room, Cancellation cancellation) {
        OptionalLong size = size(key, cancellation);
        if (size.isEmpty()) {
            return null;
        }
        if (offset > size.getAsLong()) {
            throw truncated(key, size.getAsLong(), new ByteRange.Span(offset, 0));
        }
        return new Fetched(room.take(0).clear().limit(0), size.getAsLong());
    }

    private @Nullable Fetched fetchOnce(String key, ByteRange range, Place place, Cancellation cancellation)
            throws AttemptFailure {
        Arrival arrival = new Arrival(counters.bytes);
        long started = System.nanoTime();
        RemoteObjects.Running running = objects.get(key, range, arrival);
        boolean ended = false;
        try {
            Reply reply = await(key, arrival.reply, arrival, started, cancellation);
            if (reply instanceof Reply.Missing) {
                ended = true;
                return null;
            }
            if (reply instanceof Reply.Beyond beyond) {
                ended = true;
                throw truncated(key, beyond.objectBytes(), range);
            }
            Reply.Bytes bytes = (Reply.Bytes) reply;
            Fetched fetched;
            if (bytes.gzipped() || bytes.length() == Reply.UNKNOWN) {
                fetched = gathered(key, range, bytes, place, arrival, started, cancellation);
            } else {
                fetched = landed(key, range, bytes, place, arrival, started, cancellation);
            }
            ended = true;
            return fetched;
        } finally {
            arrival.abandon();
            if (!ended) {
                running.stop();
            }
        }
    }

    /** The body lands in the room as it comes. The object's size may stay unknown. */
    private Fetched landed(
            String key,
            ByteRange range,
            Reply.Bytes bytes,
            Place place,
            Arrival arrival,
            long started,
            Cancellation cancellation)
            throws AttemptFailure {
        long objectBytes = bytes.objectBytes();
        long offset = 0;
        long length = bytes.length();
        if (range instanceof ByteRange.Span span) {
            offset = span.offset();
            length = span.length();
        } else if (range instanceof ByteRange.Tail tail) {
            if (objectBytes == Reply.UNKNOWN) { // a tail ends where the object ends
                objectBytes = bytes.offset() + bytes.length();
            }
            offset = objectBytes - tail.length();
            length = tail.length();
        }
        if (objectBytes != Reply.UNKNOWN && (offset < 0 || offset > objectBytes - length)) {
            throw truncated(key, objectBytes, range);
        }
        boolean exact = bytes.offset() == offset && bytes.length() == length;
        if (!exact && !bytes.whole()) {
            throw AttemptFailure.lasting(
                    "bytes " + offset + " to " + (offset + length - 1) + " were asked for, the server sent "
                            + bytes.offset() + " to " + (bytes.offset() + bytes.length() - 1),
                    null);
        }
        if (!exact && bytes.length() > settings.unrangedBytes()) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    describe(key) + " has " + bytes.length() + " bytes and its server ignores ranges: objects of more"
                            + " than " + settings.unrangedBytes() + " bytes are not read whole for a part of them");
        }
        ByteBuffer room = place.take(length, () -> describe(key));
        arrival.land(room, offset - bytes.offset(), exact);
        await(key, arrival.end, arrival, started, cancellation);
        return new Fetched(room.flip(), objectBytes);
    }

    /** The body is gathered in memory first: only then its size is known. */
    private Fetched gathered(
            String key,
            ByteRange range,
            Reply.Bytes bytes,
            Place place,
            Arrival arrival,
            long started,
            Cancellation cancellation)
            throws AttemptFailure {
        if (bytes.offset() != 0 || (bytes.length() != Reply.UNKNOWN && !bytes.whole())) {
            throw AttemptFailure.lasting("a part of it comes compressed on its way (Content-Encoding: gzip)", null);
        }
        arrival.gather(settings.unrangedBytes());
        await(key, arrival.end, arrival, started, cancellation);
        byte[] all = arrival.gathered();
        if (bytes.length() != Reply.UNKNOWN && all.length != bytes.length()) {
            throw AttemptFailure.passing(
                    "the body ended after " + all.length + " of " + bytes.length() + " bytes", (Throwable) null);
        }
        if (bytes.gzipped()) {
            all = gunzip(all, settings.unrangedBytes());
        }
        int objectBytes = all.length;
        ByteRange.Span span = range.within(objectBytes).orElseThrow(() -> truncated(key, objectBytes, range));
        ByteBuffer room = place.take(span.length(), () -> describe(key));
        room.put(all, (int) span.offset(), (int) span.length());
        return new Fetched(room.flip(), objectBytes);
    }

    private static byte[] gunzip(byte[] compressed, long most) throws AttemptFailure {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            byte[] all = in.readNBytes((int) most + 1);
            if (all.length > most) {
                throw AttemptFailure.lasting(
                        "it comes compressed on its way (Content-Encoding: gzip) and has more than " + most + " bytes",
                        null);
            }
            return all;
        } catch (IOException e) {
            throw AttemptFailure.lasting(
                    "its server says Content-Encoding: gzip, which it is not: " + e.getMessage(), e);
        }
    }

    @Override
    public OptionalLong size(String key) {
        checkKey(key);
        return size(key, new Cancellation());
    }

    private OptionalLong size(String key, Cancellation cancellation) {
        Reply reply = persist(key, cancellation, () -> {
            Arrival arrival = new Arrival(counters.bytes);
            RemoteObjects.Running running = objects.head(key, arrival);
            try {
                return await(key, arrival.reply, arrival, System.nanoTime(), cancellation);
            } finally {
                arrival.abandon();
                if (!arrival.reply.isDone()) {
                    running.stop();
                }
            }
        });
        if (!(reply instanceof Reply.Bytes bytes)) {
            return OptionalLong.empty();
        }
        if (!bytes.gzipped() && bytes.objectBytes() != Reply.UNKNOWN) {
            return OptionalLong.of(bytes.objectBytes());
        }
        Place place = new Place(length -> ByteBuffer.allocate((int) Math.min(length, Integer.MAX_VALUE)));
        Fetched whole = persist(key, cancellation, () -> fetchOnce(key, ByteRange.WHOLE, place, cancellation));
        return whole == null ? OptionalLong.empty() : OptionalLong.of(whole.objectBytes());
    }

    /** Runs attempts until one is through, the failure is no passing one, or the policy says enough. */
    final <T> @Nullable T persist(String key, Cancellation cancellation, Attempt<T> attempt) {
        long started = System.nanoTime();
        for (int number = 1; ; number++) {
            AttemptFailure failure;
            checkOpen();
            cancellation.throwIfCancelled();
            slots.acquire(cancellation);
            try {
                counters.requests.increment();
                return attempt.run();
            } catch (AttemptFailure e) {
                failure = e;
            } finally {
                slots.release();
            }
            RetryPolicy policy = settings.retry();
            Duration asked = failure.retryAfter();
            boolean tooLong = asked != null && asked.compareTo(policy.longestRetryAfter()) > 0;
            if (!failure.mayPass() || number >= policy.attempts() || tooLong) {
                counters.failures.increment();
                throw givenUp(key, failure, number, started, tooLong ? asked : null);
            }
            Duration backoff = policy.backoff(number);
            pause(key, asked == null || asked.compareTo(backoff) < 0 ? backoff : asked.plus(backoff), cancellation);
            counters.retries.increment();
        }
    }

    private ServiceException givenUp(
            String key, AttemptFailure failure, int attempts, long started, @Nullable Duration asked) {
        StringBuilder message = new StringBuilder(describe(key));
        message.append(" cannot be read: ").append(failure.line());
        if (asked != null) {
            message.append(", and asks to wait for ").append(asked.toSeconds()).append(" s");
        }
        if (failure.mayPass()) {
            message.append(" (")
                    .append(attempts)
                    .append(attempts == 1 ? " attempt" : " attempts")
                    .append(" in ");
            message.append(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started))
                    .append(" ms)");
        }
        return new ServiceException(ErrorCode.UNAVAILABLE, message.toString(), failure);
    }

    private void pause(String key, Duration wait, Cancellation cancellation) {
        long until = System.nanoTime() + wait.toNanos();
        try {
            for (long left = wait.toNanos(); left > 0; left = until - System.nanoTime()) {
                cancellation.throwIfCancelled();
                long most = TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS);
                if (closed.await(Math.min(left, most), TimeUnit.NANOSECONDS)) {
                    throw closedStore();
                }
            }
        } catch (InterruptedException e) {
            throw interrupted(key, e);
        }
    }

    private <T extends @Nullable Object> T await(
            String key, CompletableFuture<T> future, Arrival arrival, long started, Cancellation cancellation)
            throws AttemptFailure {
        while (true) {
            try {
                return future.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                cancellation.throwIfCancelled();
                checkOpen();
                long quiet = arrival.quietNanos();
                if (quiet > settings.quietTimeout().toNanos()) {
                    throw AttemptFailure.passing("nothing came for " + seconds(quiet), (Throwable) null);
                }
                long took = System.nanoTime() - started;
                if (took > settings.requestTimeout().toNanos()) {
                    throw AttemptFailure.passing("it was not through after " + seconds(took), (Throwable) null);
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof AttemptFailure failure) {
                    throw failure;
                }
                throw AttemptFailure.lasting(String.valueOf(e.getCause()), e.getCause());
            } catch (InterruptedException e) {
                throw interrupted(key, e);
            }
        }
    }

    private static String seconds(long nanos) {
        return Duration.ofNanos(nanos).toMillis() / 1000.0 + " s";
    }

    final ServiceException interrupted(String key, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new ServiceException(ErrorCode.CANCELLED, "the read of " + describe(key) + " was interrupted", cause);
    }

    private ServiceException truncated(String key, long objectBytes, ByteRange range) {
        String has = objectBytes == Reply.UNKNOWN ? " is too short: " : " has " + objectBytes + " bytes, ";
        return new ServiceException(
                ErrorCode.CORRUPT_DATA,
                describe(key) + has + range.inWords() + " were asked for: the object is truncated");
    }

    private void checkKey(String key) {
        for (String name : key.split("/", -1)) {
            if (name.equals("..") || name.equals(".")) {
                throw new ServiceException(
                        ErrorCode.CORRUPT_DATA, "key '" + key + "' leads out of " + objects.describe(""));
            }
        }
    }

    private void checkOpen() {
        if (closed.getCount() == 0) {
            throw closedStore();
        }
    }

    private ServiceException closedStore() {
        return new ServiceException(ErrorCode.UNAVAILABLE, "store " + objects.describe("") + " is closed");
    }

    @Override
    public boolean isRemote() {
        return true;
    }

    @Override
    public String describe(String key) {
        return objects.describe(key);
    }

    @Override
    public void close() {
        closed.countDown();
        objects.close();
    }
}
