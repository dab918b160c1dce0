package io.voxelflight.ingestion.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.model.Axis;
import io.voxelflight.model.Box;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/** Reads sources in tests. */
final class Reading {
    private Reading() {}

    static SourceOptions options(Path scratch) {
        return new SourceOptions(null, null, scratch, 64 << 20);
    }

    static SourceOptions dataset(Path scratch, String dataset) {
        return new SourceOptions(dataset, null, scratch, 64 << 20);
    }

    static SourceOptions axes(Path scratch, String letters) {
        List<Axis> axes = letters.chars()
                .mapToObj(c -> Axis.valueOf(String.valueOf((char) c)))
                .toList();
        return new SourceOptions(null, axes, scratch, 64 << 20);
    }

    static byte[] all(VolumeSource source, BufferAllocator allocator) {
        return box(source, Box.of(source.description().extent()), allocator);
    }

    static byte[] box(VolumeSource source, Box box, BufferAllocator allocator) {
        byte[] bytes = new byte
                [Math.toIntExact(box.extent().voxels()
                        * source.description().elementType().bytes())];
        try (ArrowBuf buffer = allocator.buffer(bytes.length + 8L)) {
            buffer.setLong(bytes.length, 0x5a5a5a5a5a5a5a5aL);
            source.read(box, buffer);
            buffer.getBytes(0, bytes);
            assertThat(buffer.getLong(bytes.length))
                    .as("bytes behind the box stay")
                    .isEqualTo(0x5a5a5a5a5a5a5a5aL);
        }
        return bytes;
    }

    /** Reads random boxes and compares each with the same part of {@code all}. */
    static void assertBoxesMatch(VolumeSource source, byte[] all, BufferAllocator allocator, int boxes) {
        Random random = new Random(7);
        Extent volume = source.description().extent();
        int bytes = source.description().elementType().bytes();
        for (int i = 0; i < boxes; i++) {
            long[] start = new long[5];
            long[] size = new long[5];
            for (Axis axis : Axis.values()) {
                long length = volume.along(axis);
                boolean whole = random.nextInt(4) == 0;
                start[axis.ordinal()] = whole ? 0 : (long) (random.nextDouble() * length);
                size[axis.ordinal()] =
                        whole ? length : 1 + (long) (random.nextDouble() * (length - start[axis.ordinal()]));
            }
            Box box = Box.at(
                    new Point(start[0], start[1], start[2], start[3], start[4]),
                    new Extent(size[0], size[1], size[2], size[3], size[4]));
            assertThat(box(source, box, allocator)).as("box %s", box).isEqualTo(part(all, volume, box, bytes));
        }
    }

    private static byte[] part(byte[] all, Extent volume, Box box, int bytes) {
        Extent size = box.extent();
        byte[] part = new byte[Math.toIntExact(size.voxels() * bytes)];
        int to = 0;
        int row = Math.toIntExact(size.x() * bytes);
        for (long t = box.start().t(); t < box.stop().t(); t++) {
            for (long c = box.start().c(); c < box.stop().c(); c++) {
                for (long z = box.start().z(); z < box.stop().z(); z++) {
                    for (long y = box.start().y(); y < box.stop().y(); y++) {
                        long from = (((t * volume.c() + c) * volume.z() + z) * volume.y() + y) * volume.x()
                                + box.start().x();
                        System.arraycopy(all, Math.toIntExact(from * bytes), part, to, row);
                        to += row;
                    }
                }
            }
        }
        return part;
    }

    /** The voxels of a whole volume put into another order of t, c and z, such as {@code tzcyx}. */
    static byte[] inOrder(byte[] all, SourceDescription description, String axes) {
        if (!axes.startsWith("tzc")) {
            assertThat("tczyx").as("an order that needs no change").endsWith(axes);
            return all;
        }
        Extent size = description.extent();
        int plane =
                Math.toIntExact(size.y() * size.x() * description.elementType().bytes());
        byte[] turned = new byte[all.length];
        int to = 0;
        for (long t = 0; t < size.t(); t++) {
            for (long z = 0; z < size.z(); z++) {
                for (long c = 0; c < size.c(); c++) {
                    long from = ((t * size.c() + c) * size.z() + z) * plane;
                    System.arraycopy(all, Math.toIntExact(from), turned, to, plane);
                    to += plane;
                }
            }
        }
        return turned;
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
