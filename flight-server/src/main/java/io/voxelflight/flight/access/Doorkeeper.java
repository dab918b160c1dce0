package io.voxelflight.flight.access;

import io.voxelflight.model.ServiceException;

/** Says who a caller is. Must answer at once when it has seen the secret before; safe for use by many threads. */
@FunctionalInterface
public interface Doorkeeper {
    /** Lets everybody in: access control is off. */
    Doorkeeper OPEN = credential -> Caller.ANYONE;

    /**
     * The caller who has this credential.
     *
     * @throws ServiceException UNAUTHENTICATED for a secret that is missing, wrong, expired or revoked; UNAVAILABLE if that
     *     cannot be found out now
     */
    Caller admit(Credential credential);
}
