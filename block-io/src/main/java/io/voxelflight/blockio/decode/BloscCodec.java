package io.voxelflight.blockio.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The container of C-Blosc 1: a header, where each block begins, and blocks that are compressed (each byte plane alone, if
 * they are split) and shuffled on their own. What the header says is believed, not what the array's metadata says, as C-Blosc
 * does; its size must fit.
 *
 * @see <a href="https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst">C-Blosc's format</a>
 */
final class BloscCodec implements ByteCodec.Decompressor {
    private static final int HEADER_BYTES = 16;
    private static final int NEWEST_VERSION = 2;
    private static final int SHUFFLED = 1;
    private static final int COPIED = 2;
    private static final int BIT_SHUFFLED = 4;
    private static final int NOT_SPLIT = 16;
    private static final int MAX_SPLITS = 16;
    private static final int MIN_SPLIT_BYTES = 128;

    private static final int BLOSCLZ = 0;
    private static final int LZ4 = 1;
    private static final int ZLIB = 3;
    private static final int ZSTD = 4;

    private final ByteCodec.Decompressor zstd = new ZstdCodec();
    private final ByteCodec.Decompressor zlib = new ZlibCodec();

    /** What the header says. */
    private record Header(int flags, int elementBytes, int bytes, int blockBytes, int stored) {
        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        int compressor() {
            return flags >> 5 & 7;
        }

        int splits(int blockLength) {
            boolean split = !has(NOT_SPLIT)
                    && elementBytes <= MAX_SPLITS
                    && blockBytes / elementBytes >= MIN_SPLIT_BYTES
                    && blockLength == blockBytes;
            return split ? elementBytes : 1;
        }
    }

    @Override
    public int decode(ByteBuffer input, ByteBuffer output, Scratch scratch, String place) {
        ByteBuffer in = input.slice().order(ByteOrder.LITTLE_ENDIAN);
        Header header = header(in, output.remaining(), place);
        ByteBuffer out = output.slice(output.position(), header.bytes());
        if (header.bytes() == 0) {
            return 0;
        }
        if (header.has(COPIED)) {
            if (header.stored() < HEADER_BYTES + header.bytes()) {
                throw ends(place);
            }
            out.put(0, in, HEADER_BYTES, header.bytes());
            return header.bytes();
        }
        int blocks = (int) (((long) header.bytes() + header.blockBytes() - 1) / header.blockBytes());
        if (HEADER_BYTES + (long) Integer.BYTES * blocks > header.stored()) {
            throw ends(place);
        }
        boolean shuffled = header.has(SHUFFLED) && header.elementBytes() > 1;
        boolean bitShuffled = !shuffled && header.has(BIT_SHUFFLED);
        if (!shuffled && !bitShuffled) {
            for (int block = 0; block < blocks; block++) {
                block(in, header, block, blockOf(out, header, block), scratch, place);
            }
            return header.bytes();
        }
        try (Scratch.Lease first = scratch.lease(header.blockBytes());
                Scratch.Lease second = scratch.lease(bitShuffled ? header.blockBytes() : 0)) {
            for (int block = 0; block < blocks; block++) {
                ByteBuffer to = blockOf(out, header, block);
                ByteBuffer planes = first.bytes().slice(0, to.remaining());
                block(in, header, block, planes, scratch, place);
                if (shuffled) {
                    Unshuffle.bytes(planes, to, header.elementBytes());
                } else {
                    unshuffleBits(planes, second.bytes(), to, header.elementBytes());
                }
            }
        }
        return header.bytes();
    }

    private static Header header(ByteBuffer in, int room, String place) {
        if (in.remaining() < HEADER_BYTES) {
            throw ChunkDecoder.corrupt(
                    place, "has " + in.remaining() + " bytes, a blosc header alone takes " + HEADER_BYTES, null);
        }
        int version = in.get(0) & 0xff;
        if (version < 1 || version > NEWEST_VERSION) {
            throw ChunkDecoder.corrupt(
                    place,
                    "is of blosc format " + version + ", 1 and 2 (C-Blosc 1) are supported; later ones are of Blosc2",
                    null);
        }
        Header header = new Header(in.get(2) & 0xff, in.get(3) & 0xff, in.getInt(4), in.getInt(8), in.getInt(12));
        if (header.bytes() < 0 || header.bytes() > room) {
            throw ChunkDecoder.corrupt(
                    place,
                    "says that it holds " + Integer.toUnsignedString(header.bytes()) + " bytes, there is room for "
                            + room,
                    null);
        }
        if (header.stored() < HEADER_BYTES || header.stored() > in.remaining()) {
            throw ChunkDecoder.corrupt(
                    place,
                    "says that it takes " + Integer.toUnsignedString(header.stored()) + " bytes, there are "
                            + in.remaining(),
                    null);
        }
        if (header.elementBytes() == 0 || (header.bytes() > 0 && header.blockBytes() <= 0)) {
            throw ChunkDecoder.corrupt(
                    place,
                    "has blosc blocks of " + header.blockBytes() + " bytes and elements of " + header.elementBytes(),
                    null);
        }
        // a block that is larger than all of it: what it may take is bounded by what there is
        return header.blockBytes() > header.bytes()
                ? new Header(
                        header.flags(),
                        header.elementBytes(),
                        header.bytes(),
                        Math.max(1, header.bytes()),
                        header.stored())
                : header;
    }

    private static ByteBuffer blockOf(ByteBuffer out, Header header, int block) {
        int start = block * header.blockBytes();
        return out.slice(start, Math.min(header.blockBytes(), header.bytes() - start));
    }

    /** Decompresses one block, whole or plane by plane, shuffled as it is. */
    private void block(ByteBuffer in, Header header, int block, ByteBuffer to, Scratch scratch, String place) {
        int at = in.getInt(HEADER_BYTES + Integer.BYTES * block);
        int splits = header.splits(to.remaining());
        int piece = to.remaining() / splits;
        for (int split = 0; split < splits; split++) {
            if (at < HEADER_BYTES || at > header.stored() - Integer.BYTES) {
                throw ends(place);
            }
            int stored = in.getInt(at);
            at += Integer.BYTES;
            if (stored < 0 || stored > header.stored() - at) {
                throw ends(place);
            }
            ByteBuffer from = in.slice(at, stored);
            ByteBuffer into = to.slice(split * piece, piece);
            int count =
                    stored == piece ? copy(from, into) : decompress(header.compressor(), from, into, scratch, place);
            if (count != piece) {
                throw ChunkDecoder.corrupt(
                        place, "has a blosc block that holds " + count + " bytes, not " + piece, null);
            }
            at += stored;
        }
    }

    private static int copy(ByteBuffer from, ByteBuffer to) {
        to.put(0, from, 0, from.remaining());
        return from.remaining();
    }

    private int decompress(int compressor, ByteBuffer from, ByteBuffer to, Scratch scratch, String place) {
        return switch (compressor) {
            case BLOSCLZ -> BloscLz.decode(from, to, place);
            case LZ4 -> Lz4.decode(from, to, place);
            case ZLIB -> zlib.decode(from, to, scratch, place);
            case ZSTD -> zstd.decode(from, to, scratch, place);
            default ->
                throw new io.voxelflight.model.ServiceException(
                        io.voxelflight.model.ErrorCode.UNSUPPORTED,
                        place + " is compressed by blosc with compressor " + compressor
                                + (compressor == 2 ? " (snappy)" : "") + ", which is not supported");
        };
    }

    /** As bitshuffle does it: whole groups of eight elements only, else nothing was shuffled. */
    private static void unshuffleBits(ByteBuffer planes, ByteBuffer scratch, ByteBuffer to, int elementBytes) {
        int elements = planes.remaining() / elementBytes;
        if (elements == 0 || elements % 8 != 0) {
            to.put(0, planes, 0, planes.remaining());
            return;
        }
        int whole = elements * elementBytes;
        if (elementBytes == 1) {
            Unshuffle.bits(planes, to, elements, 1);
        } else {
            ByteBuffer bytes = scratch.slice(0, whole);
            Unshuffle.bits(planes, bytes, elements, elementBytes);
            Unshuffle.bytes(bytes, to.slice(0, whole), elementBytes);
        }
        to.put(whole, planes, whole, planes.remaining() - whole);
    }

    private static RuntimeException ends(String place) {
        return ChunkDecoder.corrupt(place, "has blosc data that ends early", null);
    }
}
