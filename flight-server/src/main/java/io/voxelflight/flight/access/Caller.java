package io.voxelflight.flight.access;

import io.voxelflight.model.DatasetName;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a call, and what they may do.
 *
 * @param id tells callers apart: tickets, limits and usage go by it
 * @param name for people: of the key, or the subject of the token
 * @param datasets those that exist for the caller
 * @param until when the key or token expires; null: never
 */
public record Caller(
        String id,
        String name,
        Role role,
        DatasetPatterns datasets,
        Quota quota,
        @Nullable Instant until) {
    /** Everybody, where access control is off. */
    public static final Caller ANYONE = new Caller("", "anyone", Role.ADMIN, DatasetPatterns.ALL, Quota.NONE, null);

    /** Whoever asks for what is open to all: no dataset exists for them. */
    public static final Caller STRANGER =
            new Caller("stranger", "stranger", Role.READER, DatasetPatterns.NONE, Quota.NONE, null);

    /** Whether a dataset of that name exists for the caller, if it exists at all. */
    public boolean sees(DatasetName dataset) {
        return datasets.contains(dataset);
    }

    /**
     * Refuses a caller of a lesser role.
     *
     * @param what the caller wants to do, such as {@code the server's status}
     * @throws ServiceException PERMISSION_DENIED
     */
    public void require(Role needed, String what) {
        if (!role.includes(needed)) {
            throw new ServiceException(
                    ErrorCode.PERMISSION_DENIED, what + " is for role " + needed + ", '" + name + "' has role " + role);
        }
    }
}
