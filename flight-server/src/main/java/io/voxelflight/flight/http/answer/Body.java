package io.voxelflight.flight.http.answer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A part of an answer, made piece by piece as the network takes it. Used by one thread at a time. */
public interface Body extends AutoCloseable {
    /** The next bytes, good until the next call or the closing; null behind the last. May work, must not wait. */
    @Nullable
    ByteBuffer next();

    /** Gives back what it holds, sent or not. */
    @Override
    void close();
}
