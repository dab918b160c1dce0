package io.voxelflight.ingestion.publish;

import io.voxelflight.blockio.encode.WriteFailures;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.model.DatasetName;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder {@code .staging} among the volumes, in which ingestions have theirs. */
public final class StagingArea {
    private static final Logger LOG = LoggerFactory.getLogger(StagingArea.class);

    /**
     * Folders that this process holds. File locks are the process', not the opener's: without this it would find its own
     * locks free, and closing the file would lose them.
     */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path volumes;
    private final Path root;

    /** @param volumes the folder in which stored volumes lie */
    public StagingArea(Path volumes) {
        this.volumes = volumes.toAbsolutePath().normalize();
        this.root = this.volumes.resolve(".staging");
    }

    /** Makes and locks a folder for one ingestion. */
    public StagingFolder open(DatasetName name) {
        synchronized (HELD) {
            try (FileChannel gate = gate();
                    FileLock entered = gate.lock()) {
                Path folder = root.resolve(name + "-" + UUID.randomUUID());
                Files.createDirectory(folder);
                FileChannel lock = lockFile(folder);
                lock.lock();
                HELD.add(folder);
                return new StagingFolder(this, folder, lock);
            } catch (IOException e) {
                throw WriteFailures.of(root, e);
            }
        }
    }

    Path volumes() {
        return volumes;
    }

    void release(Path folder, FileChannel lock) {
        synchronized (HELD) {
            HELD.remove(folder);
            try {
                lock.close();
            } catch (IOException e) {
                throw WriteFailures.of(folder, e);
            }
        }
    }

    /**
     * Deletes what ingestions left behind whose process is gone: their folders, and volumes that they had moved to the
     * final place without having published them.
     *
     * @param catalog tells which volumes are published
     */
    public void sweep(DatasetReader catalog) {
        if (!Files.isDirectory(root)) {
            return;
        }
        synchronized (HELD) {
            // nobody makes a folder meanwhile, so that none is seen before its lock is held
            try (FileChannel gate = gate();
                    FileLock entered = gate.lock()) {
                List<Dataset> published = null;
                for (Path folder : folders()) {
                    if (!HELD.contains(folder)) {
                        published = sweep(folder, catalog, published);
                    }
                }
            } catch (IOException e) {
                throw WriteFailures.of(root, e);
            }
        }
    }

    private @Nullable List<Dataset> sweep(Path folder, DatasetReader catalog, @Nullable List<Dataset> known)
            throws IOException {
        List<Dataset> published = known;
        try (FileChannel lock = lockFile(folder);
                FileLock mine = lock.tryLock()) {
            if (mine == null) {
                return published; // another process is at work
            }
            Path target = target(folder);
            if (target != null && Files.exists(target)) {
                if (published == null) {
                    published = catalog.datasets();
                }
                String location = target.toUri().toString();
                if (published.stream().noneMatch(dataset -> sameLocation(dataset.location(), location))) {
                    LOG.info("removing {}, which an ingestion left unpublished", target);
                    Folders.delete(target);
                }
            }
            LOG.info("removing {}, which an ingestion left behind", folder);
            Folders.delete(folder);
        }
        return published;
    }

    private @Nullable Path target(Path folder) throws IOException {
        Path note = folder.resolve(StagingFolder.TARGET);
        if (!Files.exists(note)) {
            return null;
        }
        String name = Files.readString(note, StandardCharsets.UTF_8);
        Path target = volumes.resolve(name);
        boolean child = !name.isEmpty() && volumes.equals(target.normalize().getParent());
        return child ? target : null; // a note cut short by a power cut: the volume was not moved yet
    }

    private static boolean sameLocation(String one, String other) {
        return stripSlash(one).equals(stripSlash(other));
    }

    private static String stripSlash(String uri) {
        return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    }

    private List<Path> folders() throws IOException {
        List<Path> folders = new ArrayList<>();
        try (Stream<Path> all = Files.list(root)) {
            all.filter(Files::isDirectory).forEach(folders::add);
        }
        return folders;
    }

    private FileChannel gate() throws IOException {
        Files.createDirectories(root);
        return FileChannel.open(root.resolve("gate"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static FileChannel lockFile(Path folder) throws IOException {
        return FileChannel.open(
                folder.resolve(StagingFolder.LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** Moves a folder in here and deletes it, so that it disappears from among the volumes at once. */
    void discard(Path folder) throws IOException {
        Path grave = root.resolve(folder.getFileName() + "-removed-" + UUID.randomUUID());
        Files.createDirectories(root);
        Files.move(folder, grave);
        Folders.delete(grave);
    }
}
