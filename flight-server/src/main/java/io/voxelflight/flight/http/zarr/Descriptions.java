package io.voxelflight.flight.http.zarr;

import io.voxelflight.blockio.format.VolumeMetadata;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.plan.OpenLevel;
import io.voxelflight.flight.plan.Planner;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ServiceException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The descriptions of datasets, those used last. Clients ask for many chunks and for much that is not there: the catalog is
 * asked once in a while, not for each of them. What a caller may see is looked at each time.
 */
final class Descriptions {
    private record Known(ViewedDataset dataset, long checkedNanos) {}

    private final Planner planner;
    private final int limit;
    private final long recheckNanos;
    private final LongSupplier nanoTime;
    private final Map<DatasetName, Known> known = new LinkedHashMap<>(16, 0.75f, true);

    /** @param nanoTime a clock that only goes forward */
    Descriptions(Planner planner, int limit, Duration recheck, LongSupplier nanoTime) {
        this.planner = planner;
        this.limit = limit;
        this.recheckNanos = recheck.toNanos();
        this.nanoTime = nanoTime;
    }

    /**
     * Describes a dataset.
     *
     * @throws ServiceException NOT_FOUND if there is none for the caller; what opening its volume throws
     */
    ViewedDataset of(DatasetName name, Caller caller) {
        long now = nanoTime.getAsLong();
        Known found;
        synchronized (known) {
            found = known.get(name);
        }
        if (found != null && caller.sees(name) && now - found.checkedNanos() < recheckNanos) {
            return found.dataset();
        }
        Dataset dataset = planner.find(name, caller);
        ViewedDataset described =
                found != null && found.dataset().dataset().equals(dataset) ? found.dataset() : describe(dataset);
        keep(name, new Known(described, now));
        return described;
    }

    private ViewedDataset describe(Dataset dataset) {
        @Nullable VolumeMetadata volume = null;
        for (Level level : dataset.levels()) { // opened once, and each level compared with the catalog
            try (OpenLevel open = planner.open(dataset, level)) {
                volume = open.lease().metadata();
            }
        }
        if (volume == null) {
            throw new IllegalStateException("dataset '" + dataset.name() + "' has no level");
        }
        return ViewedDataset.of(dataset, volume);
    }

    private void keep(DatasetName name, Known described) {
        synchronized (known) {
            known.put(name, described);
            if (known.size() > limit) {
                known.remove(known.keySet().iterator().next());
            }
        }
    }
}
