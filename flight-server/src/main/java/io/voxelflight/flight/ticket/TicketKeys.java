package io.voxelflight.flight.ticket;

import java.util.Optional;

/** The keys of tickets: one signs, and those before it are still taken. */
public interface TicketKeys {
    /** What new tickets are signed with. */
    TicketKey newest();

    Optional<TicketKey> find(long id);

    /** One key for ever: for tests and for servers without a catalog. */
    static TicketKeys of(byte[] secret) {
        TicketKey only = new TicketKey(0, secret);
        return new TicketKeys() {
            @Override
            public TicketKey newest() {
                return only;
            }

            @Override
            public Optional<TicketKey> find(long id) {
                return id == only.id() ? Optional.of(only) : Optional.empty();
            }
        };
    }
}
