package io.voxelflight.blockio.decode;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.voxelflight.blockio.format.CodecSpec;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Undoes a codec chain: stored bytes in, voxels in C order and little-endian out, straight into the destination. The
 * destination's size is what the array's metadata says a chunk holds; data that claims or yields another size is corrupt.
 * Safe for many threads.
 */
public final class ChunkDecoder {
    /**
     * Native contexts, made as threads need them and used again by all arrays: making one costs more than a small chunk, and
     * one per array would stay behind with each volume that is closed. At most as many as threads that decode at once.
     */
    private static final ConcurrentLinkedDeque<ZstdDecompressCtx> CONTEXTS = new ConcurrentLinkedDeque<>();

    private final List<CodecSpec> chain;
    private final int elementBytes;

    /** @param chain as validated by {@code format}: bytes first, at most one compressor */
    public ChunkDecoder(List<CodecSpec> chain, int elementBytes) {
        this.chain = List.copyOf(chain);
        this.elementBytes = elementBytes;
    }

    /** The most bytes that a chunk of {@code decodedBytes} may take when stored: more is refused before it is read. */
    public static long maxStoredBytes(long decodedBytes) {
        return decodedBytes + decodedBytes / 8 + (1 << 16);
    }

    /**
     * Decodes one chunk.
     *
     * @param stored direct buffer, from its position to its limit; its position is undefined afterwards
     * @param destination direct buffer; exactly its remaining bytes are filled
     * @param place names array and chunk, for messages
     * @throws ServiceException CORRUPT_DATA
     */
    public void decode(ByteBuffer stored, ByteBuffer destination, String place) {
        ByteBuffer input = stored.slice();
        boolean written = false;
        boolean bigEndian = false;
        for (int i = chain.size() - 1; i >= 0; i--) {
            CodecSpec codec = chain.get(i);
            if (codec instanceof CodecSpec.Crc32c) {
                if (written) {
                    throw new IllegalStateException("a checksum inside a compressor has no place of its own: " + chain);
                }
                input = checked(input, place);
            } else if (codec instanceof CodecSpec.Zstd) {
                unzstd(input, destination, place);
                written = true;
            } else if (codec instanceof CodecSpec.Gzip) {
                gunzip(input, destination, place);
                written = true;
            } else if (codec instanceof CodecSpec.Bytes bytes) {
                bigEndian = bytes.bigEndian();
            }
        }
        if (!written) {
            if (input.remaining() != destination.remaining()) {
                throw wrongSize(place, input.remaining(), destination.remaining());
            }
            destination.duplicate().put(input);
        }
        if (bigEndian && elementBytes > 1) {
            swap(destination);
        }
    }

    private static ByteBuffer checked(ByteBuffer input, String place) {
        if (input.remaining() < Integer.BYTES) {
            throw corrupt(place, "has " + input.remaining() + " bytes, too few for its checksum", null);
        }
        ByteBuffer body = input.slice(0, input.remaining() - Integer.BYTES);
        int stored = input.order(ByteOrder.LITTLE_ENDIAN).getInt(body.remaining());
        CRC32C crc = new CRC32C();
        crc.update(body.duplicate());
        if ((int) crc.getValue() != stored) {
            throw corrupt(
                    place,
                    String.format("has the CRC-32C %08x, its data gives %08x", stored, (int) crc.getValue()),
                    null);
        }
        return body;
    }

    private void unzstd(ByteBuffer input, ByteBuffer destination, String place) {
        ZstdDecompressCtx context = CONTEXTS.pollFirst();
        if (context == null) {
            context = new ZstdDecompressCtx();
        }
        boolean sound = false;
        try {
            int size = context.decompressDirectByteBuffer(
                    destination,
                    destination.position(),
                    destination.remaining(),
                    input,
                    input.position(),
                    input.remaining());
            sound = true;
            if (size != destination.remaining()) {
                throw wrongSize(place, size, destination.remaining());
            }
        } catch (ZstdException e) {
            throw corrupt(place, "cannot be decompressed by zstd: " + e.getMessage(), e);
        } finally {
            if (sound) {
                CONTEXTS.offerFirst(context);
            } else {
                context.close(); // after an error its state is not to be relied on
            }
        }
    }

    private static void gunzip(ByteBuffer input, ByteBuffer destination, String place) {
        ByteBuffer output = destination.duplicate();
        Inflater inflater = new Inflater(true);
        try {
            ByteBuffer body = GzipHeader.skip(input, place);
            inflater.setInput(body);
            while (!inflater.finished()) {
                int count = inflater.inflate(output);
                if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw corrupt(place, "has gzip data that ends early", null);
                }
                if (count == 0 && !output.hasRemaining() && !inflater.finished()) {
                    throw corrupt(place, "holds more than the " + destination.remaining() + " bytes of a chunk", null);
                }
            }
            if (output.hasRemaining()) {
                throw wrongSize(place, destination.remaining() - output.remaining(), destination.remaining());
            }
            GzipHeader.checkTrailer(body, destination, place);
        } catch (DataFormatException e) {
            throw corrupt(place, "cannot be decompressed by gzip: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
    }

    private void swap(ByteBuffer voxels) {
        ByteBuffer little = voxels.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int start = little.position();
        int end = little.limit();
        switch (elementBytes) {
            case 2 -> {
                for (int i = start; i < end; i += 2) {
                    little.putShort(i, Short.reverseBytes(little.getShort(i)));
                }
            }
            case 4 -> {
                for (int i = start; i < end; i += 4) {
                    little.putInt(i, Integer.reverseBytes(little.getInt(i)));
                }
            }
            case 8 -> {
                for (int i = start; i < end; i += 8) {
                    little.putLong(i, Long.reverseBytes(little.getLong(i)));
                }
            }
            default -> throw new IllegalStateException("voxels of " + elementBytes + " bytes");
        }
    }

    private static ServiceException wrongSize(String place, long found, long expected) {
        return corrupt(place, "holds " + found + " decoded bytes, a chunk of this array holds " + expected, null);
    }

    static ServiceException corrupt(String place, String what, @Nullable Throwable cause) {
        return new ServiceException(ErrorCode.CORRUPT_DATA, place + " " + what, cause);
    }
}
