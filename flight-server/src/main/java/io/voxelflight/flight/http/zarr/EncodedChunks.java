package io.voxelflight.flight.http.zarr;

import io.voxelflight.model.BlockIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.arrow.memory.ArrowBuf;

/**
 * Chunks that were encoded, bounded in bytes; those used last stay. One encoding serves all who ask meanwhile. A chunk of
 * fill value is remembered as nothing.
 */
final class EncodedChunks implements AutoCloseable {
    /** A chunk of a level: encoded alike in both formats. */
    record Key(UUID dataset, int level, BlockIndex chunk) {}

    /** What remembering a chunk of fill value counts. */
    private static final long FILL_BYTES = 256;

    private final long limitBytes;
    private final Map<Key, Optional<ArrowBuf>> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Key, List<CompletableFuture<Optional<ArrowBuf>>>> running = new HashMap<>();
    private long bytes;
    private boolean closed;

    EncodedChunks(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * The encoded chunk; empty if it is all fill value. Each asker closes what they get.
     *
     * @param encode makes it if it is not here; what it gives becomes ours
     */
    CompletableFuture<Optional<ArrowBuf>> get(Key key, Supplier<CompletableFuture<Optional<ArrowBuf>>> encode) {
        CompletableFuture<Optional<ArrowBuf>> mine = new CompletableFuture<>();
        synchronized (this) {
            Optional<ArrowBuf> found = kept.get(key);
            if (found != null) {
                found.ifPresent(buffer -> buffer.getReferenceManager().retain());
                mine.complete(found);
                return mine;
            }
            List<CompletableFuture<Optional<ArrowBuf>>> askers = running.get(key);
            if (askers != null) {
                askers.add(mine);
                // the failure may be the first asker's own affair: a lost right, a used up quota
                return mine.exceptionallyCompose(failure -> get(key, encode));
            }
            running.put(key, new ArrayList<>(List.of(mine)));
        }
        CompletableFuture<Optional<ArrowBuf>> made;
        try {
            made = encode.get();
        } catch (RuntimeException | Error e) {
            made = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<?> unused = made.thenAccept(encoded -> finish(key, encoded))
                .exceptionally(failure -> {
                    fail(key, failure);
                    return null;
                });
        return mine;
    }

    private void finish(Key key, Optional<ArrowBuf> encoded) {
        List<CompletableFuture<Optional<ArrowBuf>>> askers;
        synchronized (this) {
            askers = ended(key);
            for (int i = 0; i < askers.size(); i++) { // the reference that we got is the cache's
                encoded.ifPresent(buffer -> buffer.getReferenceManager().retain());
            }
            keep(key, encoded);
        }
        for (CompletableFuture<Optional<ArrowBuf>> asker : askers) {
            if (!asker.complete(encoded)) {
                encoded.ifPresent(ArrowBuf::close);
            }
        }
    }

    private void fail(Key key, Throwable failure) {
        List<CompletableFuture<Optional<ArrowBuf>>> askers;
        synchronized (this) {
            askers = ended(key);
        }
        askers.forEach(asker -> asker.completeExceptionally(failure));
    }

    /** Those who ask for what was being encoded. */
    private List<CompletableFuture<Optional<ArrowBuf>>> ended(Key key) {
        List<CompletableFuture<Optional<ArrowBuf>>> askers = running.remove(key);
        return askers == null ? List.of() : askers;
    }

    private void keep(Key key, Optional<ArrowBuf> encoded) {
        if (closed || weight(encoded) > limitBytes) {
            encoded.ifPresent(ArrowBuf::close);
            return;
        }
        kept.put(key, encoded);
        bytes += weight(encoded);
        Iterator<Optional<ArrowBuf>> eldest = kept.values().iterator();
        while (bytes > limitBytes) {
            Optional<ArrowBuf> dropped = eldest.next();
            eldest.remove();
            bytes -= weight(dropped);
            dropped.ifPresent(ArrowBuf::close);
        }
    }

    private static long weight(Optional<ArrowBuf> encoded) {
        return encoded.map(buffer -> buffer.getReferenceManager().getSize()).orElse(0L) + FILL_BYTES;
    }

    synchronized long bytes() {
        return bytes;
    }

    /** Drops all; what is encoded from now on is not kept. */
    @Override
    public synchronized void close() {
        closed = true;
        kept.values().forEach(chunk -> chunk.ifPresent(ArrowBuf::close));
        kept.clear();
        bytes = 0;
    }
}
