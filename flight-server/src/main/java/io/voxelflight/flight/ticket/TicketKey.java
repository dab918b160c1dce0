package io.voxelflight.flight.ticket;

/**
 * What tickets are signed with.
 *
 * @param id names it in tickets
 * @param secret at least 32 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TicketKey(long id, byte[] secret) {
    private static final int SECRET_BYTES = 32;

    public TicketKey {
        if (secret.length < SECRET_BYTES) {
            throw new IllegalArgumentException("a ticket key has at least 32 bytes, not " + secret.length);
        }
    }
}
