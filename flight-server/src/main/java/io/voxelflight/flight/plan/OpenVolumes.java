package io.voxelflight.flight.plan;

import io.voxelflight.blockio.assemble.VolumeOpener;
import io.voxelflight.blockio.assemble.VolumeReader;
import io.voxelflight.blockio.format.Axes;
import io.voxelflight.blockio.format.VolumeMetadata;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.InPlace;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opened volumes by dataset id, shared by all streams. Those not in use stay open, the last used ones, so that their
 * cached chunks stay too.
 */
public final class OpenVolumes implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OpenVolumes.class);

    private static final class Entry {
        final UUID id;
        int leases;
        boolean gone;

        /** Changed under this entry's monitor, so that opening one volume delays nobody who wants another. */
        @Nullable
        volatile VolumeReader reader;

        Entry(UUID id) {
            this.id = id;
        }
    }

    /** The use of an open volume until it is closed. */
    public final class Lease implements AutoCloseable {
        private final Entry entry;
        private final VolumeReader reader;
        private boolean closed;

        private Lease(Entry entry, VolumeReader reader) {
            this.entry = entry;
            this.reader = reader;
        }

        VolumeReader reader() {
            return reader;
        }

        /** What the volume's metadata says. */
        public VolumeMetadata metadata() {
            return reader.metadata();
        }

        @Override
        public void close() {
            synchronized (OpenVolumes.this) {
                if (closed) {
                    return;
                }
                closed = true;
            }
            giveBack(entry);
        }
    }

    private final VolumeOpener opener;
    private final int keep;
    private final Map<UUID, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    /** @param keep how many volumes stay open while nobody uses them */
    public OpenVolumes(VolumeOpener opener, int keep) {
        this.opener = opener;
        this.keep = keep;
    }

    /**
     * Opens the dataset's volume if it is not open.
     *
     * @throws ServiceException as {@link VolumeOpener#open}
     */
    public Lease acquire(Dataset dataset) {
        Entry entry;
        synchronized (this) {
            entry = entries.computeIfAbsent(dataset.id(), Entry::new);
            entry.leases++;
        }
        try {
            return new Lease(entry, reader(entry, dataset));
        } catch (RuntimeException e) {
            giveBack(entry);
            throw e;
        }
    }

    private VolumeReader reader(Entry entry, Dataset dataset) {
        synchronized (entry) {
            VolumeReader reader = entry.reader;
            if (reader == null) {
                reader = opener.open(location(dataset), axes(dataset));
                entry.reader = reader;
            }
            return reader;
        }
    }

    /** What the owner of a registered volume said of its axes. */
    private static @Nullable List<Axis> axes(Dataset dataset) {
        String letters = InPlace.of(dataset).map(InPlace::axes).orElse(null);
        return letters == null ? null : Axes.parse(letters);
    }

    private static URI location(Dataset dataset) {
        try {
            return URI.create(dataset.location());
        } catch (IllegalArgumentException e) {
            throw new ServiceException(
                    ErrorCode.CORRUPT_DATA,
                    "dataset '" + dataset.name() + "' lies at '" + dataset.location() + "', which is no URI",
                    e);
        }
    }

    /** Whether a volume is open now. */
    public boolean isOpen(UUID id) {
        Entry entry;
        synchronized (this) {
            entry = entries.get(id);
        }
        return entry != null && entry.reader != null;
    }

    /** The ids of all volumes that are open now. */
    public synchronized Set<UUID> ids() {
        return Set.copyOf(entries.keySet());
    }

    /** Closes volumes whose datasets are gone: at once, or when their last stream ends. */
    public void forget(Set<UUID> gone) {
        List<Entry> unused = new ArrayList<>();
        synchronized (this) {
            for (UUID id : gone) {
                Entry entry = entries.remove(id);
                if (entry != null) {
                    entry.gone = true;
                    if (entry.leases == 0) {
                        unused.add(entry);
                    }
                }
            }
        }
        unused.forEach(OpenVolumes::close);
    }

    private void giveBack(Entry entry) {
        List<Entry> unused = new ArrayList<>();
        synchronized (this) {
            entry.leases--;
            if (entry.leases == 0 && entry.gone) {
                unused.add(entry);
            }
            var eldest = entries.values().iterator();
            int over = entries.size() - keep;
            while (over > 0 && eldest.hasNext()) {
                Entry other = eldest.next();
                if (other.leases == 0) {
                    eldest.remove();
                    unused.add(other);
                    over--;
                }
            }
        }
        unused.forEach(OpenVolumes::close);
    }

    private static void close(Entry entry) {
        synchronized (entry) {
            VolumeReader reader = entry.reader;
            entry.reader = null;
            if (reader != null) {
                try {
                    reader.close();
                } catch (RuntimeException e) {
                    log.warn("volume of dataset {} could not be closed", entry.id, e);
                }
            }
        }
    }

    /** Closes all; no lease may be open any more. */
    @Override
    public void close() {
        List<Entry> all;
        synchronized (this) {
            all = List.copyOf(entries.values());
            entries.clear();
        }
        all.forEach(OpenVolumes::close);
    }
}
