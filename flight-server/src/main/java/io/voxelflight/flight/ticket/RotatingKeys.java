package io.voxelflight.flight.ticket;

import io.voxelflight.catalog.api.TicketSecret;
import io.voxelflight.catalog.api.TicketSecrets;
import io.voxelflight.model.ServiceException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that all servers of a catalog share: a new one each day, each taken for as long as its last tickets live.
 * Looked up when an hour has gone by, and when a ticket names one that is not known: another server may have made it.
 */
public final class RotatingKeys implements TicketKeys {
    private static final Logger log = LoggerFactory.getLogger(RotatingKeys.class);

    private static final Duration ROTATE = Duration.ofDays(1);
    private static final Duration LOOK = Duration.ofHours(1);

    /** Forged tickets name keys that nobody has: they must not keep the database busy. */
    private static final Duration NOT_KNOWN = Duration.ofSeconds(1);

    private final TicketSecrets secrets;
    private final Duration keep;
    private List<TicketKey> keys;
    private long lookedNanos;

    /**
     * @param ticketLife how long a ticket is good for
     * @throws ServiceException UNAVAILABLE if the catalog does not answer
     */
    public RotatingKeys(TicketSecrets secrets, Duration ticketLife) {
        this.secrets = secrets;
        this.keep = ROTATE.plus(LOOK).plus(ticketLife);
        this.keys = read();
    }

    @Override
    public synchronized TicketKey newest() {
        if (System.nanoTime() - lookedNanos > LOOK.toNanos()) {
            look();
        }
        return keys.get(keys.size() - 1);
    }

    @Override
    public synchronized Optional<TicketKey> find(long id) {
        Optional<TicketKey> known = known(id);
        if (known.isPresent() || System.nanoTime() - lookedNanos < NOT_KNOWN.toNanos()) {
            return known;
        }
        look();
        return known(id);
    }

    private Optional<TicketKey> known(long id) {
        return keys.stream().filter(key -> key.id() == id).findFirst();
    }

    private void look() {
        try {
            keys = read();
        } catch (ServiceException e) {
            log.warn("the keys of tickets cannot be looked up, those known go on", e);
        }
    }

    private List<TicketKey> read() {
        lookedNanos = System.nanoTime();
        return secrets.current(ROTATE, keep).stream().map(RotatingKeys::key).toList();
    }

    private static TicketKey key(TicketSecret secret) {
        return new TicketKey(secret.id(), secret.secret());
    }
}
