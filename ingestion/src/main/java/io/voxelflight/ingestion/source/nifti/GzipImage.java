package io.voxelflight.ingestion.source.nifti;

import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** A decompressed copy of a .nii.gz in the scratch folder, as gzip cannot be read from the middle. */
record GzipImage(Path copy) {
    /** Deflate cannot shrink anything by more than this. */
    private static final long MAX_RATIO = 1032;

    /** What may follow the voxels: some writers pad. */
    private static final long MAX_EXTRA_BYTES = 1 << 20;

    private static final int BUFFER_BYTES = 1 << 17;

    static boolean isGzip(byte[] head) {
        return head.length >= 2 && head[0] == 0x1f && head[1] == (byte) 0x8b;
    }

    /** The first decompressed bytes; as many as there are if the stream is damaged. */
    static byte[] head(Path path) {
        byte[] head = new byte[NiftiHeader.BYTES];
        int count = 0;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(path))) {
            while (count < head.length) {
                int more = in.read(head, count, head.length - count);
                if (more < 0) {
                    break;
                }
                count += more;
            }
        } catch (EOFException | ZipException e) {
            // what could be read is judged
        } catch (IOException e) {
            throw new ServiceException(ErrorCode.UNAVAILABLE, path + " cannot be read: " + e.getMessage(), e);
        }
        return Arrays.copyOf(head, count);
    }

    /**
     * Decompresses a file, all of it, so that its checksum is known to be right.
     *
     * @param expected bytes that the header says: never more than that is written
     */
    static GzipImage decompress(Path path, SourceFile original, long expected, Path scratch) {
        if (expected / MAX_RATIO > original.size()) {
            throw original.corrupt("its header promises " + expected + " bytes, which " + original.size()
                    + " compressed bytes cannot hold: it is truncated or damaged");
        }
        Path copy = null;
        try {
            long usable = Files.getFileStore(scratch).getUsableSpace();
            if (usable < expected) {
                throw new ServiceException(
                        ErrorCode.RESOURCE_EXHAUSTED,
                        path + " needs " + expected + " bytes decompressed, but the scratch folder " + scratch + " has "
                                + usable + " left");
            }
            copy = Files.createTempFile(scratch, "nifti-", ".nii");
            write(path, original, expected, copy);
            return new GzipImage(copy);
        } catch (IOException e) {
            discard(copy);
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE, path + " cannot be decompressed into " + scratch + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            discard(copy);
            throw e;
        }
    }

    private static void write(Path path, SourceFile original, long expected, Path copy) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long done = 0;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(path), BUFFER_BYTES);
                OutputStream out = Files.newOutputStream(copy)) {
            while (true) {
                int count;
                try {
                    count = in.read(buffer);
                } catch (EOFException | ZipException e) {
                    throw original.corrupt("its gzip stream is damaged or ends after " + done
                            + " decompressed bytes of " + expected + ": " + e.getMessage());
                }
                if (count < 0) {
                    break;
                }
                out.write(buffer, 0, (int) Math.min(count, Math.max(0, expected - done)));
                done += count;
                if (done > expected + MAX_EXTRA_BYTES) {
                    throw original.corrupt(
                            "it decompresses to more than the " + expected + " bytes that its header promises");
                }
            }
        }
        if (done < expected) {
            throw original.corrupt(
                    "it decompresses to " + done + " bytes, but its header promises " + expected + ": it is truncated");
        }
    }

    SourceFile open() {
        return SourceFile.open(copy);
    }

    void delete() {
        discard(copy);
    }

    private static void discard(@Nullable Path copy) {
        if (copy == null) {
            return;
        }
        try {
            Files.deleteIfExists(copy);
        } catch (IOException e) {
            // a stray file in a scratch folder is not worth failing for
        }
    }
}
