package io.voxelflight.catalog.api;

import java.time.Instant;

/**
 * A change of who has access.
 *
 * @param actor who did it
 * @param action {@code create}, {@code change} or {@code revoke}
 * @param prefix public part of the key
 * @param details what the key may do after it, as JSON
 */
public record AuditEntry(Instant at, String actor, String action, String prefix, String details) {}
