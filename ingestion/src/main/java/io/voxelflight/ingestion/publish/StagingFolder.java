package io.voxelflight.ingestion.publish;

import io.voxelflight.blockio.encode.WriteFailures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The place where one ingestion writes until its volume is whole. It is held by a lock on a file in it, which the
 * operating system releases when the process dies: a folder whose lock is free was left behind.
 */
public final class StagingFolder implements AutoCloseable {
    static final String LOCK = "lock";
    static final String TARGET = "target";

    private final StagingArea area;
    private final Path folder;
    private final FileChannel lock;
    private boolean kept;

    StagingFolder(StagingArea area, Path folder, FileChannel lock) {
        this.area = area;
        this.folder = folder;
        this.lock = lock;
    }

    /** Where the volume is written. */
    public Path volume() {
        return folder.resolve("volume");
    }

    /** Where chunk rows wait to be published. */
    public Path rows() {
        return folder.resolve("rows");
    }

    /**
     * Moves the whole, durable volume to its final place. Where it goes is written down first, so that the next ingestion
     * can tell a volume that was not published before the process died, and remove it.
     */
    public void moveVolumeTo(Path target) {
        try {
            Path note = folder.resolve(TARGET);
            try (FileChannel file = FileChannel.open(note, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap(target.getFileName().toString().getBytes(StandardCharsets.UTF_8)));
                file.force(true);
            }
            Folders.sync(folder);
            Files.move(volume(), target, StandardCopyOption.ATOMIC_MOVE);
            Folders.sync(area.volumes());
        } catch (IOException e) {
            throw WriteFailures.of(target, e);
        }
    }

    /** Leaves the folder where it is when this closes, for a later ingestion to find out what became of it. */
    public void keep() {
        kept = true;
    }

    /** Deletes the folder and gives up the lock. */
    @Override
    public void close() {
        try {
            if (!kept) {
                Folders.delete(folder);
            }
        } finally {
            area.release(folder, lock);
        }
    }
}
