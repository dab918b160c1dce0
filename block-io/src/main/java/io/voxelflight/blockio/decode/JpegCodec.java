package io.voxelflight.blockio.decode;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * JPEG pictures of 8 bits and one or three components, as Neuroglancer precomputed stores image chunks: the picture may
 * have any width and height, its rows one behind the other are the voxels. The JDK's decoder is libjpeg. It fills what a
 * damaged file lacks with grey and warns: a warning is an error here.
 */
final class JpegCodec implements ArrayCodec {
    /** The largest picture: it is decoded on the heap. */
    static final long MAX_BYTES = 64L << 20;

    @Override
    public void decode(ByteBuffer input, ByteBuffer output, long[] lengths, Scratch scratch, String place) {
        int channels = lengths.length > 3 ? (int) lengths[0] : 1;
        long voxels = output.remaining() / channels;
        if (output.remaining() > MAX_BYTES) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    place + " is a JPEG of " + output.remaining() + " bytes, at most " + MAX_BYTES + " are decoded");
        }
        byte[] stored = new byte[input.remaining()];
        input.duplicate().get(stored);
        ImageReader reader = reader();
        try (ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(stored))) {
            reader.setInput(stream, true, true);
            Warnings warnings = new Warnings();
            reader.addIIOReadWarningListener(warnings);
            long width = reader.getWidth(0);
            long height = reader.getHeight(0);
            if (width * height != voxels) {
                throw ChunkDecoder.corrupt(
                        place,
                        "is a picture of " + width + "x" + height + " pixels, a chunk there has " + voxels + " voxels",
                        null);
            }
            BufferedImage picture = reader.read(0);
            Raster raster = picture.getRaster();
            if (warnings.first != null) {
                throw ChunkDecoder.corrupt(place, "is damaged JPEG: " + warnings.first, null);
            }
            if (raster.getNumBands() != channels || raster.getSampleModel().getSampleSize(0) != 8) {
                throw ChunkDecoder.corrupt(
                        place,
                        "is JPEG of " + raster.getNumBands() + " components, the volume has " + channels + " channels",
                        null);
            }
            copy(raster, channels, output.slice());
        } catch (IOException | IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException e) {
            throw ChunkDecoder.corrupt(place, "cannot be decoded as JPEG: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    /** One component behind the other. */
    private static void copy(Raster raster, int channels, ByteBuffer output) {
        int width = raster.getWidth();
        int[] row = new int[width];
        byte[] bytes = new byte[width];
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < raster.getHeight(); y++) {
                raster.getSamples(0, y, width, 1, channel, row);
                for (int x = 0; x < width; x++) {
                    bytes[x] = (byte) row[x];
                }
                output.put(bytes);
            }
        }
    }

    private static ImageReader reader() {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
        if (!readers.hasNext()) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "this Java runtime has no JPEG decoder: use one with the module java.desktop");
        }
        return readers.next();
    }

    private static final class Warnings implements IIOReadWarningListener {
        @Nullable
        String first;

        @Override
        public void warningOccurred(ImageReader source, String warning) {
            first = first == null ? warning : first;
        }
    }
}
