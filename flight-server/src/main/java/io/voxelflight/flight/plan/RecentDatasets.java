package io.voxelflight.flight.plan;

import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.model.DatasetName;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Datasets as the catalog had them a moment ago: a client that asks for block after block does not ask the database each
 * time. The moment is shorter than a command takes to end, so that who has just removed a dataset does not find it. What is
 * not there is looked up each time, and so are lists. Safe for use by many threads.
 */
public final class RecentDatasets implements DatasetReader {
    static final Duration MOMENT = Duration.ofMillis(50);

    private static final int MOST = 1000;

    private record Found(Dataset dataset, long atNanos) {}

    private final DatasetReader catalog;
    private final LongSupplier clock;

    /** By name and by id; the longest unused first. */
    private final Map<Object, Found> found = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Found> eldest) {
            return size() > MOST;
        }
    };

    public RecentDatasets(DatasetReader catalog) {
        this(catalog, System::nanoTime);
    }

    /** @param clock in nanoseconds */
    RecentDatasets(DatasetReader catalog, LongSupplier clock) {
        this.catalog = catalog;
        this.clock = clock;
    }

    @Override
    public List<Dataset> datasets() {
        return catalog.datasets();
    }

    @Override
    public Map<UUID, DatasetName> names() {
        return catalog.names();
    }

    @Override
    public Optional<Dataset> find(DatasetName name) {
        return find(name, () -> catalog.find(name));
    }

    @Override
    public Optional<Dataset> find(UUID id) {
        return find(id, () -> catalog.find(id));
    }

    private Optional<Dataset> find(Object key, Supplier<Optional<Dataset>> lookUp) {
        long now = clock.getAsLong();
        synchronized (found) {
            Found before = found.get(key);
            if (before != null && now - before.atNanos < MOMENT.toNanos()) {
                return Optional.of(before.dataset);
            }
        }
        Optional<Dataset> dataset = lookUp.get();
        synchronized (found) {
            if (dataset.isPresent()) {
                found.put(key, new Found(dataset.get(), now));
            } else {
                found.remove(key);
            }
        }
        return dataset;
    }
}
