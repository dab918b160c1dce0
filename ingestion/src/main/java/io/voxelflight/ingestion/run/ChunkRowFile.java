package io.voxelflight.ingestion.run;

import io.voxelflight.blockio.encode.WriteFailures;
import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.model.Box;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Chunk rows on their way to the catalog: written to a file as chunks are finished, read back one by one. Millions of
 * rows take no heap. Many threads may append.
 */
public final class ChunkRowFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int HAS_VALUES = 1;
    private static final int HAS_ENTROPY = 2;
    private static final int HAS_BOX = 4;

    private final Path file;
    private final DataOutputStream out;
    private long rows;

    /** Begins a new file. */
    public ChunkRowFile(Path file) {
        this.file = file;
        try {
            this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES));
        } catch (IOException e) {
            throw WriteFailures.of(file, e);
        }
    }

    synchronized void append(ChunkRow row) {
        try {
            write(row);
            rows++;
        } catch (IOException e) {
            throw WriteFailures.of(file, e);
        }
    }

    private void write(ChunkRow row) throws IOException {
        Double min = row.min();
        Double max = row.max();
        Double mean = row.mean();
        Double stddev = row.stddev();
        boolean values = min != null && max != null && mean != null && stddev != null;
        Double entropy = row.entropy();
        Box box = row.nonzeroBox();
        out.writeByte((values ? HAS_VALUES : 0) | (entropy != null ? HAS_ENTROPY : 0) | (box != null ? HAS_BOX : 0));
        out.writeByte(row.level());
        write(row.origin());
        out.writeInt(row.sizeZ());
        out.writeInt(row.sizeY());
        out.writeInt(row.sizeX());
        if (min != null && max != null && mean != null && stddev != null) {
            out.writeDouble(min);
            out.writeDouble(max);
            out.writeDouble(mean);
            out.writeDouble(stddev);
        }
        out.writeDouble(row.nonzeroFraction());
        if (entropy != null) {
            out.writeDouble(entropy);
        }
        out.writeLong(row.storedBytes());
        out.writeInt(row.checksum());
        if (box != null) {
            write(box.start());
            write(box.stop());
        }
        byte[] attrs = row.attrsJson().getBytes(StandardCharsets.UTF_8);
        out.writeInt(attrs.length);
        out.write(attrs);
    }

    private void write(Point point) throws IOException {
        out.writeLong(point.t());
        out.writeLong(point.c());
        out.writeLong(point.z());
        out.writeLong(point.y());
        out.writeLong(point.x());
    }

    /** How many rows were appended. */
    public synchronized long rows() {
        return rows;
    }

    /** Ends writing. */
    @Override
    public synchronized void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw WriteFailures.of(file, e);
        }
    }

    /** Reads back all rows, in the order in which they came; after {@link #close}. */
    public Rows read() {
        try {
            return new Rows(
                    new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)), rows());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private ServiceException unreadable(IOException e) {
        return new ServiceException(ErrorCode.UNAVAILABLE, file + " cannot be read back: " + e, e);
    }

    /** The rows of a file, once. */
    public final class Rows implements Iterator<ChunkRow>, AutoCloseable {
        private final DataInputStream in;
        private long left;

        private Rows(DataInputStream in, long rows) {
            this.in = in;
            this.left = rows;
        }

        @Override
        public boolean hasNext() {
            return left > 0;
        }

        @Override
        public ChunkRow next() {
            if (left == 0) {
                throw new NoSuchElementException("all rows of " + file + " are read");
            }
            left--;
            try {
                return row();
            } catch (IOException e) {
                throw unreadable(e);
            }
        }

        private ChunkRow row() throws IOException {
            int flags = in.readByte();
            int level = in.readByte();
            Point origin = point();
            int sizeZ = in.readInt();
            int sizeY = in.readInt();
            int sizeX = in.readInt();
            boolean values = (flags & HAS_VALUES) != 0;
            Double min = real(values);
            Double max = real(values);
            Double mean = real(values);
            Double stddev = real(values);
            double nonzero = in.readDouble();
            Double entropy = real((flags & HAS_ENTROPY) != 0);
            long stored = in.readLong();
            int checksum = in.readInt();
            Box box = (flags & HAS_BOX) != 0 ? new Box(point(), point()) : null;
            byte[] attrs = new byte[in.readInt()];
            in.readFully(attrs);
            return new ChunkRow(
                    level,
                    origin,
                    sizeZ,
                    sizeY,
                    sizeX,
                    min,
                    max,
                    mean,
                    stddev,
                    nonzero,
                    entropy,
                    stored,
                    checksum,
                    box,
                    new String(attrs, StandardCharsets.UTF_8));
        }

        private Point point() throws IOException {
            return new Point(in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
        }

        private @Nullable Double real(boolean there) throws IOException {
            return there ? in.readDouble() : null;
        }

        @Override
        public void close() {
            try {
                in.close();
            } catch (IOException e) {
                throw unreadable(e);
            }
        }
    }
}
