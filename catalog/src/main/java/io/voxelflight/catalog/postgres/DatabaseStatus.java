package io.voxelflight.catalog.postgres;

/**
 * Which database runs.
 *
 * @param kind embedded or external
 * @param place data folder or host
 * @param version of PostgreSQL
 * @param vectors version of pgvector and its index, or why there are none
 * @param schemaVersion of the catalog
 * @param readers how SQL users are kept from writing: a role of their own, or read-only transactions
 */
public record DatabaseStatus(
        String kind, String place, String version, String vectors, String schemaVersion, String readers) {}
