package io.voxelflight.blockio.fetch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A kind of remote store that can be asked which names there are. */
interface RemoteNames {
    /**
     * A page of names.
     *
     * @param names without the prefix; those of folders end in {@code /}
     * @param next the mark of the next page; null: this is the last
     */
    record Page(List<String> names, @Nullable String next) {}

    /**
     * Names directly below a prefix.
     *
     * @param prefix a key without {@code /} at its end; empty: the root
     * @param after the mark of the page before; null: the first page
     * @throws AttemptFailure if the page could not be had
     */
    Page page(String prefix, @Nullable String after) throws AttemptFailure, InterruptedException;
}
