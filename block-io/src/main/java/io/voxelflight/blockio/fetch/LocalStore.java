package io.voxelflight.blockio.fetch;

import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Objects as files below a folder. Keeps a bounded number of files open, those used last. A file that is not there is an
 * object that is not there, but a folder that was there and is not any more is a failure: a volume that is removed or
 * unmounted while it is read must not turn into fill values.
 */
public final class LocalStore implements ByteStore, ObjectLister {
    private final Path root;
    private final int maxOpenFiles;
    private final Map<String, OpenFile> open = new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;
    private volatile boolean found;

    /** A file and how many reads use it now: it is closed when it is out of the map and nobody reads. */
    private static final class OpenFile {
        final FileChannel channel;
        int readers;
        boolean evicted;

        OpenFile(FileChannel channel) {
            this.channel = channel;
        }
    }

    public LocalStore(Path root, int maxOpenFiles) {
        this.root = root.toAbsolutePath().normalize();
        this.maxOpenFiles = maxOpenFiles;
    }

    @Override
    public OptionalLong size(String key) {
        Long size = use(key, FileChannel::size);
        return size == null ? OptionalLong.empty() : OptionalLong.of(size);
    }

    @Override
    public boolean read(String key, long offset, ByteBuffer destination) {
        int start = destination.position();
        Boolean found = use(key, channel -> {
            destination.position(start);
            fill(key, channel, offset, destination);
            return true;
        });
        return found != null;
    }

    @Override
    public @Nullable Fetched fetch(String key, ByteRange range, Room room, Cancellation cancellation) {
        cancellation.throwIfCancelled();
        Place taken = new Place();
        return use(key, channel -> {
            long size = channel.size();
            ByteRange.Span span = range.within(size)
                    .orElseThrow(() -> new ServiceException(
                            ErrorCode.CORRUPT_DATA,
                            describe(key) + " has " + size + " bytes, " + range.inWords()
                                    + " were asked for: the file is truncated"));
            ByteBuffer bytes = taken.bytes == null ? room.take(span.length()) : taken.bytes;
            taken.bytes = bytes;
            bytes.clear().limit((int) span.length());
            fill(key, channel, span.offset(), bytes);
            return new Fetched(bytes.flip(), size);
        });
    }

    /** The room of one fetch, taken once though the file may have to be opened again. */
    private static final class Place {
        @Nullable
        ByteBuffer bytes;
    }

    private void fill(String key, FileChannel channel, long offset, ByteBuffer destination) throws IOException {
        long position = offset;
        while (destination.hasRemaining()) {
            int count = channel.read(destination, position);
            if (count < 0) {
                throw new ServiceException(
                        ErrorCode.CORRUPT_DATA,
                        describe(key) + " ends at byte " + channel.size() + ", bytes " + offset + " to "
                                + (position + destination.remaining()) + " were asked for: the file is truncated");
            }
            position += count;
        }
    }

    @Override
    public List<String> list(String prefix, long most) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(inside(prefix))) {
            for (Path entry : entries) {
                if (names.size() == most) {
                    throw new ServiceException(
                            ErrorCode.RESOURCE_EXHAUSTED, describe(prefix) + " holds more than " + most + " names");
                }
                names.add(entry.getFileName() + (Files.isDirectory(entry) ? "/" : ""));
            }
            return names;
        } catch (NoSuchFileException | NotDirectoryException nothing) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw unavailable(prefix, new IOException(e.getMessage(), e));
        } catch (IOException e) {
            throw unavailable(prefix, e);
        }
    }

    @Override
    public boolean isRemote() {
        return false;
    }

    /** What is done with an open file. */
    private interface Use<T> {
        T apply(FileChannel channel) throws IOException;
    }

    /**
     * Lends the object's file; null if there is none. Java closes a channel under everybody when one of its readers is
     * interrupted: the others open it anew.
     */
    private <T> @Nullable T use(String key, Use<T> use) {
        while (true) {
            OpenFile file;
            try {
                file = acquire(key);
            } catch (NoSuchFileException missing) {
                requireRoot();
                return null;
            } catch (IOException e) {
                throw unavailable(key, e);
            }
            try {
                return use.apply(file.channel);
            } catch (ClosedChannelException e) {
                forget(key, file);
                if (Thread.currentThread().isInterrupted()) {
                    throw new ServiceException(
                            ErrorCode.CANCELLED, "the read of " + describe(key) + " was interrupted", e);
                }
            } catch (IOException e) {
                throw unavailable(key, e);
            } finally {
                release(file);
            }
        }
    }

    @Override
    public String describe(String key) {
        return root + "/" + key;
    }

    @Override
    public void close() {
        List<OpenFile> idle = new ArrayList<>();
        synchronized (this) {
            closed = true;
            for (OpenFile file : open.values()) {
                file.evicted = true;
                if (file.readers == 0) {
                    idle.add(file);
                }
            }
            open.clear();
        }
        idle.forEach(LocalStore::closeQuietly);
    }

    private OpenFile acquire(String key) throws IOException {
        synchronized (this) {
            if (closed) {
                throw new ServiceException(ErrorCode.UNAVAILABLE, "store " + root + " is closed");
            }
            OpenFile file = open.get(key);
            if (file != null) {
                file.readers++;
                return file;
            }
        }
        OpenFile fresh = new OpenFile(FileChannel.open(path(key), StandardOpenOption.READ));
        found = true;
        OpenFile chosen;
        List<OpenFile> idle = new ArrayList<>();
        synchronized (this) {
            OpenFile other = open.get(key);
            if (other != null) {
                idle.add(fresh); // another thread opened it meanwhile
                chosen = other;
            } else {
                chosen = fresh;
                if (closed) {
                    fresh.evicted = true;
                } else {
                    open.put(key, fresh);
                }
            }
            chosen.readers++;
            var eldest = open.values().iterator();
            while (open.size() > maxOpenFiles && eldest.hasNext()) {
                OpenFile file = eldest.next();
                eldest.remove();
                file.evicted = true;
                if (file.readers == 0) {
                    idle.add(file);
                }
            }
        }
        idle.forEach(LocalStore::closeQuietly);
        return chosen;
    }

    private void requireRoot() {
        if (found && !Files.isDirectory(root)) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    "folder " + root + " is not there any more: it was removed, moved or unmounted");
        }
    }

    private synchronized void forget(String key, OpenFile file) {
        if (open.remove(key, file)) {
            file.evicted = true;
        }
    }

    private void release(OpenFile file) {
        boolean last;
        synchronized (this) {
            file.readers--;
            last = file.evicted && file.readers == 0;
        }
        if (last) {
            closeQuietly(file);
        }
    }

    private Path inside(String key) {
        Path path;
        try {
            path = root.resolve(key).normalize();
        } catch (InvalidPathException e) {
            throw new ServiceException(ErrorCode.CORRUPT_DATA, "'" + key + "' in " + root + " is no file name", e);
        }
        if (!path.startsWith(root)) {
            throw new ServiceException(ErrorCode.CORRUPT_DATA, "key '" + key + "' leads out of " + root);
        }
        return path;
    }

    private Path path(String key) throws IOException {
        Path path = inside(key);
        BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
        if (found.isDirectory()) {
            throw new NoSuchFileException(path.toString());
        }
        if (!found.isRegularFile()) { // to open a pipe would wait for ever
            throw new IOException("it is no regular file");
        }
        return path;
    }

    private ServiceException unavailable(String key, IOException cause) {
        String why = cause instanceof AccessDeniedException ? "permission denied" : cause.getMessage();
        return new ServiceException(ErrorCode.UNAVAILABLE, describe(key) + " cannot be read: " + why, cause);
    }

    private static void closeQuietly(OpenFile file) {
        try {
            file.channel.close();
        } catch (IOException e) {
            // it was open for reading only: nothing can be lost
        }
    }
}
