package io.voxelflight.flight.http.answer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * An answer for a writer who may wait: cut into parts, few of which are on their way at once. Nothing is sent until the first
 * part is full, so that an answer that fails early can still become a problem document; {@link #flush} sends nothing.
 */
public final class AnswerStream extends OutputStream {
    private static final int PART_BYTES = 64 << 10;
    private static final int UNSENT = 4;

    private final Outlet outlet;
    private final Duration patience;
    private final LongSupplier nanosToWait;
    private final LongConsumer sent;
    private byte[] part = new byte[PART_BYTES];
    private int filled;
    private long bytes;
    private long waitedNanos;
    private boolean cancelled;

    /**
     * @param patience how long a client may take nothing
     * @param nanosToWait for how long nothing may be sent because it would go out too fast; 0: not any more
     * @param sent told how many bytes a part has
     */
    public AnswerStream(Outlet outlet, Duration patience, LongSupplier nanosToWait, LongConsumer sent) {
        this.outlet = outlet;
        this.patience = patience;
        this.nanosToWait = nanosToWait;
        this.sent = sent;
        outlet.onReady(this::wake);
    }

    private synchronized void wake() {
        notifyAll();
    }

    /** What is written from now on is refused; who waits to write does so no longer. */
    public synchronized void cancel() {
        cancelled = true;
        notifyAll();
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (filled == part.length) {
                send();
            }
            int some = Math.min(left, part.length - filled);
            System.arraycopy(source, from, part, filled, some);
            filled += some;
            from += some;
            left -= some;
        }
    }

    /** Ends the answer. */
    @Override
    public void close() throws IOException {
        if (filled > 0) {
            send();
        }
        outlet.end();
    }

    private void send() throws IOException {
        awaitRoom();
        ByteBuffer full = ByteBuffer.wrap(part, 0, filled);
        bytes += filled;
        sent.accept(filled);
        part = new byte[PART_BYTES];
        filled = 0;
        outlet.send(BufferBody.of(full));
    }

    private synchronized void awaitRoom() throws IOException {
        long begin = System.nanoTime();
        long end = begin + patience.toNanos();
        try {
            while (true) {
                if (cancelled || outlet.isGone()) {
                    throw new IOException("the client has gone");
                }
                long early = nanosToWait.getAsLong();
                if (early > 0) {
                    end = System.nanoTime() + patience.toNanos(); // no fault of the client's
                    wait(Math.max(1, early / 1_000_000));
                } else if (outlet.unsent() >= UNSENT) {
                    long left = (end - System.nanoTime()) / 1_000_000;
                    if (left <= 0) {
                        throw new IOException(
                                "the client took no data for " + patience.toSeconds() + " s: read faster");
                    }
                    wait(left);
                } else {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("the server stops").initCause(e);
        } finally {
            waitedNanos += System.nanoTime() - begin;
        }
    }

    /** Bytes that were handed over so far. */
    public long bytes() {
        return bytes;
    }

    /** How long the writer had to wait so far. */
    public synchronized long waitedNanos() {
        return waitedNanos;
    }
}
