package io.voxelflight.model;

import java.util.Locale;

/** What a caller may do; each role may all that those before it may. */
public enum Role {
    /** Look at datasets: metadata, voxels, SQL. */
    READER,
    /** Make datasets and take them away. */
    WRITER,
    /** See what the server is doing, and everybody's usage. */
    ADMIN;

    /**
     * Reads a role as people write it.
     *
     * @throws ServiceException INVALID_ARGUMENT naming the roles that there are
     */
    public static Role parse(String text) {
        for (Role role : values()) {
            if (role.toString().equals(text.toLowerCase(Locale.ROOT))) {
                return role;
            }
        }
        throw new ServiceException(
                ErrorCode.INVALID_ARGUMENT, "role '" + text + "' is none of reader, writer and admin");
    }

    /** Whether a caller of this role may do what {@code needed} may. */
    public boolean includes(Role needed) {
        return compareTo(needed) >= 0;
    }

    /** As people write it: {@code reader}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
