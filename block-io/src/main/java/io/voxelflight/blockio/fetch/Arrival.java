package io.voxelflight.blockio.fetch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The receiving end of one request. The protocol's threads tell the {@link Reply}, then the body; the thread that fetches
 * looks at the reply, makes room, and lets the body come. Once {@link #abandon abandoned} nothing touches the room any more,
 * whatever a straggler brings: its memory may be another's by then.
 */
final class Arrival {
    /** The body of a response: not a byte comes before it is asked for. */
    interface Body {
        void begin();

        void cancel();
    }

    final CompletableFuture<Reply> reply = new CompletableFuture<>();
    final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    private final LongAdder arrived;
    private volatile long lastNews = System.nanoTime();
    private boolean abandoned;
    private boolean over;
    private @Nullable Body body;
    private boolean wanted;
    private long skip;
    private @Nullable ByteBuffer room;
    private boolean exact;
    private @Nullable ByteArrayOutputStream gathered;
    private long mostGathered;

    /** @param arrived counts bytes of bodies */
    Arrival(LongAdder arrived) {
        this.arrived = arrived;
    }

    // told by the protocol

    void replied(Reply what) {
        lastNews = System.nanoTime();
        reply.complete(what);
    }

    void failed(AttemptFailure failure) {
        lastNews = System.nanoTime();
        if (!reply.completeExceptionally(failure)) {
            end.completeExceptionally(failure);
        }
    }

    void connected(Body source) {
        boolean begin;
        boolean cancel;
        synchronized (this) {
            body = source;
            begin = wanted && !abandoned;
            cancel = abandoned;
        }
        if (cancel) {
            source.cancel();
        } else if (begin) {
            source.begin();
        }
    }

    /** Takes bytes of the body; false: no more are wanted, the body is to be cancelled. */
    boolean take(ByteBuffer piece) {
        AttemptFailure failure;
        synchronized (this) {
            if (abandoned) {
                return false;
            }
            lastNews = System.nanoTime();
            arrived.add(piece.remaining());
            failure = gathered == null ? land(piece) : gather(gathered, piece);
            if (failure == null && !(room != null && !exact && !room.hasRemaining())) {
                return true;
            }
            abandoned = true;
            over = true;
        }
        if (failure == null) {
            end.complete(null);
        } else {
            end.completeExceptionally(failure);
        }
        return false;
    }

    private @Nullable AttemptFailure land(ByteBuffer piece) {
        ByteBuffer target = room;
        if (target == null) {
            return AttemptFailure.lasting("bytes came before they were asked for", null);
        }
        int skipped = (int) Math.min(skip, piece.remaining());
        piece.position(piece.position() + skipped);
        skip -= skipped;
        int count = Math.min(piece.remaining(), target.remaining());
        target.put(target.position(), piece, piece.position(), count);
        target.position(target.position() + count);
        return exact && count < piece.remaining()
                ? AttemptFailure.lasting("more bytes came than were announced", null)
                : null;
    }

    private @Nullable AttemptFailure gather(ByteArrayOutputStream into, ByteBuffer piece) {
        if (into.size() + (long) piece.remaining() > mostGathered) {
            return AttemptFailure.lasting(
                    "the server tells no size or compresses it, and more than " + mostGathered + " bytes came", null);
        }
        byte[] bytes = new byte[piece.remaining()];
        piece.get(bytes);
        into.write(bytes, 0, bytes.length);
        return null;
    }

    /** The body has ended as HTTP sees it. */
    void ended() {
        boolean shortBody;
        synchronized (this) {
            over = true;
            shortBody = room != null && room.hasRemaining();
        }
        if (shortBody) {
            end.completeExceptionally(AttemptFailure.passing("the body ended too soon", (Throwable) null));
        } else {
            end.complete(null);
        }
    }

    // done by who fetches

    /**
     * Lets the body come.
     *
     * @param exact the body has these bytes and no more; else it is cut off when they are there
     */
    void land(ByteBuffer destination, long skipBytes, boolean exact) {
        synchronized (this) {
            room = destination;
            skip = skipBytes;
            this.exact = exact;
        }
        begin();
    }

    /** Lets the body come, to be kept in memory. */
    void gather(long mostBytes) {
        synchronized (this) {
            gathered = new ByteArrayOutputStream();
            mostGathered = mostBytes;
        }
        begin();
    }

    /** What was gathered, after the end. */
    synchronized byte[] gathered() {
        return gathered == null ? new byte[0] : gathered.toByteArray();
    }

    private void begin() {
        Body source;
        synchronized (this) {
            wanted = true;
            source = body;
            lastNews = System.nanoTime();
        }
        if (source != null) {
            source.begin();
        }
    }

    long quietNanos() {
        return System.nanoTime() - lastNews;
    }

    /** From here on nothing is taken any more; a body that has not ended is cancelled. */
    void abandon() {
        Body source;
        synchronized (this) {
            abandoned = true;
            source = over ? null : body;
        }
        if (source != null) {
            source.cancel();
        }
    }
}
