package io.voxelflight.catalog.api;

import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An API key as the catalog keeps it: everything but the secret.
 *
 * @param prefix the public part of the key, by which it is found; never used again
 * @param name for people; unique among keys that are not revoked
 * @param hash of the salt and the secret
 * @param expiresAt null: never
 * @param revokedAt null: not revoked
 * @throws ServiceException INVALID_ARGUMENT for a name that is none
 */
public record AccessKey(
        String prefix,
        String name,
        Role role,
        DatasetPatterns datasets,
        Quota quota,
        byte[] salt,
        byte[] hash,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

    public AccessKey {
        if (!NAME.matcher(name).matches()) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "key name '" + name + "' is not allowed: use letters, digits, '.', '_', '@' and '-', at most 64,"
                            + " beginning with a letter or digit");
        }
        salt = salt.clone();
        hash = hash.clone();
    }

    @Override
    public byte[] salt() {
        return salt.clone();
    }

    @Override
    public byte[] hash() {
        return hash.clone();
    }

    /** The same key with other rights. */
    public AccessKey with(Role newRole, DatasetPatterns newDatasets, Quota newQuota, @Nullable Instant newExpiry) {
        return new AccessKey(prefix, name, newRole, newDatasets, newQuota, salt, hash, createdAt, newExpiry, revokedAt);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AccessKey key
                && prefix.equals(key.prefix)
                && name.equals(key.name)
                && role == key.role
                && datasets.equals(key.datasets)
                && quota.equals(key.quota)
                && Arrays.equals(salt, key.salt)
                && Arrays.equals(hash, key.hash)
                && createdAt.equals(key.createdAt)
                && Objects.equals(expiresAt, key.expiresAt)
                && Objects.equals(revokedAt, key.revokedAt);
    }

    @Override
    public int hashCode() {
        return prefix.hashCode();
    }

    /** Without salt and hash. */
    @Override
    public String toString() {
        return "key " + prefix + " '" + name + "', " + role + " of " + datasets;
    }
}
