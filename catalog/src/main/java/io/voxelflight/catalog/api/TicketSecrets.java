package io.voxelflight.catalog.api;

import java.time.Duration;
import java.util.List;

/** The secrets that tickets are signed with. Errors: UNAVAILABLE if the database does not answer. */
public interface TicketSecrets {
    /**
     * The secrets that are in use, the newest last; at least one. First makes a new one if the newest is older than
     * {@code rotateAfter}, and deletes those older than {@code keep}, by the database's clock.
     */
    List<TicketSecret> current(Duration rotateAfter, Duration keep);
}
