package io.voxelflight.catalog.api;

import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What tickets of a time are signed with, by all servers of a catalog.
 *
 * @param id of the secret; tickets name it
 */
public record TicketSecret(long id, byte[] secret, Instant createdAt) {
    public TicketSecret {
        secret = secret.clone();
    }

    @Override
    public byte[] secret() {
        return secret.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TicketSecret known && id == known.id && Arrays.equals(secret, known.secret);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "ticket secret " + id + " of " + createdAt;
    }
}
