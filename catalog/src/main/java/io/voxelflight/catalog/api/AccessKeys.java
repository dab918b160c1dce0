package io.voxelflight.catalog.api;

import java.util.List;

/** Who has access. Every change is written to the audit log. Errors: UNAVAILABLE if the database does not answer. */
public interface AccessKeys {
    /** All keys, revoked ones too, the oldest first. */
    List<AccessKey> keys();

    /** A number that is another one after each change: cheap to ask for. */
    long version();

    /**
     * Adds a key.
     *
     * @param actor who does it, for the audit log
     * @throws io.voxelflight.model.ServiceException ALREADY_EXISTS if a key of that name is not revoked
     */
    void create(AccessKey key, String actor);

    /**
     * Replaces rights, quota and expiry of a key that is not revoked.
     *
     * @throws io.voxelflight.model.ServiceException NOT_FOUND
     */
    void change(AccessKey key, String actor);

    /**
     * Revokes the key of that name, for good.
     *
     * @return the key
     * @throws io.voxelflight.model.ServiceException NOT_FOUND if no key that is not revoked has that name
     */
    AccessKey revoke(String name, String actor);

    /** The last changes, the newest first. */
    List<AuditEntry> audit(int most);
}
