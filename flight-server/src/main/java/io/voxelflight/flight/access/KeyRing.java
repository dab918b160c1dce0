package io.voxelflight.flight.access;

import io.voxelflight.catalog.api.AccessKey;
import io.voxelflight.catalog.api.AccessKeys;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of the catalog, held in memory: calls ask no database. Changes arrive within half a second, whoever made them.
 * While the database does not answer the last known keys go on, for a bounded time; then nobody is let in.
 */
public final class KeyRing implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KeyRing.class);

    /** A change is to be seen within a second. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** A key that is not known may be a new one: then the catalog is asked, but by all strangers together not more often. */
    private static final Duration NOT_KNOWN = Duration.ofMillis(10);

    /** For how long what was known last is believed. */
    private static final Duration BELIEVED = Duration.ofSeconds(60);

    private record Known(long version, Map<String, AccessKey> byPrefix, long atNanos) {}

    private final AccessKeys keys;
    private final Clock clock;
    private final ScheduledExecutorService looking;
    private volatile Known known;
    private long lookedNanos = System.nanoTime();
    private boolean warned;

    /** @throws ServiceException UNAVAILABLE if the keys cannot be read */
    public KeyRing(AccessKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
        this.known = read();
        this.looking = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "access-keys");
            thread.setDaemon(true);
            return thread;
        });
        Future<?> unused =
                looking.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * The caller who has a key.
     *
     * @throws ServiceException UNAUTHENTICATED; the message tells a stranger nothing that they do not know. UNAVAILABLE for a
     *     key that may be new while the catalog cannot be asked
     */
    Caller admit(KeyText text) {
        AccessKey key = believed().byPrefix.get(text.prefix());
        if (key == null) {
            key = lookedAtSince(System.nanoTime()).byPrefix.get(text.prefix());
        }
        if (key == null || !text.fits(key)) {
            throw Credential.refused("the API key is not known: check it, or ask for a new one");
        }
        if (key.revokedAt() != null) {
            throw Credential.refused("API key '" + key.name() + "' was revoked: ask for a new one");
        }
        Instant expires = key.expiresAt();
        if (expires != null && !clock.instant().isBefore(expires)) {
            throw Credential.refused("API key '" + key.name() + "' expired at " + expires + ": ask for a new one");
        }
        return new Caller("key:" + key.prefix(), key.name(), key.role(), key.datasets(), key.quota(), expires);
    }

    private Known believed() {
        Known now = known;
        if (System.nanoTime() - now.atNanos > BELIEVED.toNanos()) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    "API keys cannot be checked, the database has not answered for a minute: try again later");
        }
        return now;
    }

    /** The keys as they were at that time or later: who has just been given a key is let in. */
    private synchronized Known lookedAtSince(long nanos) {
        if (lookedNanos - nanos < 0) {
            pace();
            look();
        }
        if (known.atNanos - nanos < 0) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    "the API key cannot be checked, the database does not answer: try again later");
        }
        return known;
    }

    private void pace() {
        try {
            TimeUnit.NANOSECONDS.sleep(lookedNanos + NOT_KNOWN.toNanos() - System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServiceException(ErrorCode.CANCELLED, "interrupted while an API key was looked up", e);
        }
    }

    private synchronized void look() {
        lookedNanos = System.nanoTime();
        try {
            Known last = known;
            long version = keys.version();
            known = version == last.version ? new Known(version, last.byPrefix, lookedNanos) : read();
            warned = false;
        } catch (RuntimeException e) {
            if (!warned) {
                warned = true;
                log.warn("API keys cannot be looked up, those known go on for {} s", BELIEVED.toSeconds(), e);
            }
        }
    }

    private Known read() {
        long began = System.nanoTime();
        long version = keys.version(); // before the keys: a change in between is read twice, not missed
        Map<String, AccessKey> byPrefix = new HashMap<>();
        for (AccessKey key : keys.keys()) {
            byPrefix.put(key.prefix(), key);
        }
        return new Known(version, byPrefix, began);
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
