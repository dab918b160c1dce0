package io.voxelflight.flight.server.sql;

import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.Role;
import io.voxelflight.sql.translate.Visibility;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which rows exist for a caller, as the SQL layer wants to know it: those of some datasets, by id, and of what callers did
 * the caller's own, unless it is an admin. Names are looked up in the catalog, at most
 * four times a second however many statements come, so that callers who may see some see a new one that much later.
 */
public final class VisibleDatasets {
    private static final Duration FRESH = Duration.ofMillis(250);

    private record Known(Map<UUID, DatasetName> names, long atNanos) {}

    private final DatasetReader datasets;
    private @Nullable Known known;

    public VisibleDatasets(DatasetReader datasets) {
        this.datasets = datasets;
    }

    public Visibility to(Caller caller) {
        String own = caller.role().includes(Role.ADMIN) ? null : caller.id();
        if (caller.datasets().all()) {
            return own == null ? Visibility.ALL : new Visibility(null, own);
        }
        return new Visibility(
                names().entrySet().stream()
                        .filter(dataset -> caller.sees(dataset.getValue()))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet()),
                own);
    }

    private synchronized Map<UUID, DatasetName> names() {
        Known last = known;
        if (last == null || System.nanoTime() - last.atNanos > FRESH.toNanos()) {
            last = new Known(datasets.names(), System.nanoTime());
            known = last;
        }
        return last.names;
    }
}
