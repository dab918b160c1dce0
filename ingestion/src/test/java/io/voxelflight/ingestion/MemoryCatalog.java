package io.voxelflight.ingestion;

import io.voxelflight.catalog.api.Acquisition;
import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetPublisher;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A catalog in memory, with hooks where a database may fail. */
final class MemoryCatalog implements DatasetReader, DatasetPublisher {
    record Entry(Dataset dataset, List<Acquisition> acquisitions, List<ChunkRow> chunks) {}

    final Map<DatasetName, Entry> entries = new ConcurrentHashMap<>();
    Runnable beforeCommit = () -> {};
    Runnable afterCommit = () -> {};
    Runnable beforeFind = () -> {};

    Entry entry(DatasetName name) {
        return Optional.ofNullable(entries.get(name)).orElseThrow();
    }

    @Override
    public void publish(Dataset dataset, List<Acquisition> acquisitions, Iterator<ChunkRow> chunks) {
        List<ChunkRow> rows = new ArrayList<>();
        chunks.forEachRemaining(rows::add);
        beforeCommit.run();
        if (entries.putIfAbsent(dataset.name(), new Entry(dataset, acquisitions, rows)) != null) {
            throw new ServiceException(ErrorCode.ALREADY_EXISTS, "dataset '" + dataset.name() + "' exists already");
        }
        afterCommit.run();
    }

    @Override
    public Dataset remove(DatasetName name) {
        Entry removed = entries.remove(name);
        if (removed == null) {
            throw new ServiceException(ErrorCode.NOT_FOUND, "there is no dataset '" + name + "'");
        }
        return removed.dataset();
    }

    @Override
    public List<Dataset> datasets() {
        return entries.values().stream().map(Entry::dataset).toList();
    }

    @Override
    public Optional<Dataset> find(DatasetName name) {
        beforeFind.run();
        return Optional.ofNullable(entries.get(name)).map(Entry::dataset);
    }
}
