package io.voxelflight.blockio.encode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file written under another name and renamed when it is whole and on the disk. */
final class LocalObjectWriter implements ObjectWriter {
    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private long position;
    private boolean committed;

    LocalObjectWriter(Path target) {
        this.target = target;
        this.temporary = target.resolveSibling(target.getFileName() + ".partial");
        try {
            Files.createDirectories(target.getParent());
            this.channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw WriteFailures.of(target, e);
        }
    }

    @Override
    public void append(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                position += channel.write(bytes);
            }
        } catch (IOException e) {
            throw WriteFailures.of(target, e);
        }
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void commit() {
        try {
            channel.force(true);
            channel.close();
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            committed = true;
        } catch (IOException e) {
            throw WriteFailures.of(target, e);
        }
    }

    @Override
    public void close() {
        if (committed) {
            return;
        }
        try {
            channel.close();
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw WriteFailures.of(target, e);
        }
    }

    /** Folders too must reach the disk for a rename to survive a power cut. */
    static void syncFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw WriteFailures.of(folder, e);
        }
    }
}
