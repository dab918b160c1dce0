package io.voxelflight.blockio.decode;

import io.voxelflight.blockio.format.CodecSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Neuroglancer's compressed segmentation. A channel is cut into blocks; each has a header of two 32-bit words (where its
 * table of labels is and how many bits a voxel takes, where its voxels are), and voxels are numbers of rows of the table.
 * All positions count 32-bit words from the channel's start.
 *
 * @see <a
 *     href="https://github.com/google/neuroglancer/tree/master/src/sliceview/compressed_segmentation">The format</a>
 */
final class CompressedSegmentationCodec implements ArrayCodec {
    private static final int HEADER_WORDS = 2;

    private final int blockZ;
    private final int blockY;
    private final int blockX;
    private final boolean wide;

    /** @param elementBytes 4 or 8 */
    CompressedSegmentationCodec(CodecSpec.CompressedSegmentation spec, int elementBytes) {
        this.blockZ = spec.blockZ();
        this.blockY = spec.blockY();
        this.blockX = spec.blockX();
        this.wide = elementBytes == Long.BYTES;
    }

    @Override
    public void decode(ByteBuffer input, ByteBuffer output, long[] lengths, Scratch scratch, String place) {
        ByteBuffer in = input.slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer out = output.slice().order(ByteOrder.LITTLE_ENDIAN);
        int rank = lengths.length;
        int channels = rank > 3 ? (int) lengths[0] : 1;
        int sizeZ = (int) lengths[rank - 3];
        int sizeY = (int) lengths[rank - 2];
        int sizeX = (int) lengths[rank - 1];
        long words = in.remaining() / Integer.BYTES;
        if (in.remaining() % Integer.BYTES != 0 || words < channels) {
            throw ChunkDecoder.corrupt(
                    place,
                    "has " + in.remaining() + " bytes, which is no compressed segmentation of " + channels
                            + " channels",
                    null);
        }
        for (int channel = 0; channel < channels; channel++) {
            long start = in.getInt(channel * Integer.BYTES) & 0xffffffffL;
            if (start < channels || start > words) {
                throw ChunkDecoder.corrupt(
                        place, "has channel " + channel + " at word " + start + " of " + words, null);
            }
            int firstVoxel = channel * sizeZ * sizeY * sizeX;
            new Channel(in, (int) start, words - start, out, firstVoxel, sizeZ, sizeY, sizeX, place).decode();
        }
    }

    /** One channel: the words from {@code start} on. */
    private final class Channel {
        private final ByteBuffer in;
        private final int start;
        private final long words;
        private final ByteBuffer out;
        private final int firstVoxel;
        private final int sizeZ;
        private final int sizeY;
        private final int sizeX;
        private final String place;

        Channel(
                ByteBuffer in,
                int start,
                long words,
                ByteBuffer out,
                int firstVoxel,
                int sizeZ,
                int sizeY,
                int sizeX,
                String place) {
            this.in = in;
            this.start = start;
            this.words = words;
            this.out = out;
            this.firstVoxel = firstVoxel;
            this.sizeZ = sizeZ;
            this.sizeY = sizeY;
            this.sizeX = sizeX;
            this.place = place;
        }

        void decode() {
            long block = 0;
            for (int z = 0; z < sizeZ; z += blockZ) {
                for (int y = 0; y < sizeY; y += blockY) {
                    for (int x = 0; x < sizeX; x += blockX) {
                        block(block++, z, y, x);
                    }
                }
            }
        }

        private void block(long number, int z0, int y0, int x0) {
            long header = number * HEADER_WORDS;
            if (header + HEADER_WORDS > words) {
                throw outside("the header of block " + number, header);
            }
            int first = word(header);
            int table = first & 0xffffff;
            int bits = first >>> 24;
            long values = word(header + 1) & 0xffffffffL;
            boolean power = bits == 0 || (bits <= 32 && Integer.bitCount(bits) == 1);
            if (!power) {
                throw ChunkDecoder.corrupt(
                        place,
                        "has a block " + number + " of " + bits + " bits a voxel, 0, 1, 2, 4 ... 32 exist",
                        null);
            }
            long voxels = (long) blockZ * blockY * blockX;
            long valueWords = (voxels * bits + 31) / 32;
            if (values + valueWords > words && bits > 0) {
                throw outside("the voxels of block " + number, values);
            }
            int lastZ = Math.min(sizeZ, z0 + blockZ);
            int lastY = Math.min(sizeY, y0 + blockY);
            int lastX = Math.min(sizeX, x0 + blockX);
            int mask = bits == 32 ? -1 : (1 << bits) - 1;
            for (int z = z0; z < lastZ; z++) {
                for (int y = y0; y < lastY; y++) {
                    int target = firstVoxel + (z * sizeY + y) * sizeX + x0;
                    long bit = (((long) (z - z0) * blockY + (y - y0)) * blockX) * bits;
                    for (int x = x0; x < lastX; x++) {
                        long row = bits == 0 ? 0 : ((word(values + (bit >>> 5)) >>> (bit & 31)) & mask) & 0xffffffffL;
                        bit += bits;
                        put(target++, table, row);
                    }
                }
            }
        }

        private void put(int voxel, int table, long row) {
            if (wide) {
                long at = table + 2 * row;
                if (at + 2 > words) {
                    throw outside("label " + row + " of the table", at);
                }
                out.putLong(voxel * Long.BYTES, in.getLong((start + (int) at) * Integer.BYTES));
            } else {
                long at = table + row;
                if (at >= words) {
                    throw outside("label " + row + " of the table", at);
                }
                out.putInt(voxel * Integer.BYTES, word(at));
            }
        }

        private int word(long at) {
            return in.getInt((start + (int) at) * Integer.BYTES);
        }

        private io.voxelflight.model.ServiceException outside(String what, long at) {
            return ChunkDecoder.corrupt(
                    place,
                    "has " + what + " at word " + at + " of " + words + ": it is no compressed segmentation",
                    null);
        }
    }
}
