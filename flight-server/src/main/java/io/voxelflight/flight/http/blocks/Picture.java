package io.voxelflight.flight.http.blocks;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.HalfFloats;
import io.voxelflight.model.ServiceException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/**
 * A flat block as a grey picture: rows and columns are the two longer axes, in the order z, y, x. With a window, values are
 * spread over 0 to 255 and cut off beyond it; without one, uint8 and (as PNG) uint16 are kept as they are.
 */
final class Picture {
    static {
        ImageIO.setUseCache(false); // pictures are small: no temporary files
    }

    private final BlockFormat format;
    private final ElementType type;
    private final BlockQuery.@Nullable Window window;
    private final int height;
    private final int width;

    /** @throws ServiceException INVALID_ARGUMENT if the type needs a window and there is none */
    Picture(BlockFormat format, ElementType type, BlockShape shape, BlockQuery.@Nullable Window window) {
        this.format = format;
        this.type = type;
        this.window = window;
        this.height = shape.z() == 1 ? shape.y() : shape.z();
        this.width = shape.x() == 1 && shape.z() != 1 ? shape.y() : shape.x();
        boolean asIs = type == ElementType.UINT8 || (type == ElementType.UINT16 && format == BlockFormat.PNG);
        if (window == null && !asIs) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "parameter 'window' is missing: a " + format.token() + " of " + type.numpyName()
                            + " needs the values that shall be black and white, window=LO,HI");
        }
    }

    /** The file. Takes as long as compressing does. */
    ByteBuffer encode(ByteBuffer voxels) {
        ByteBuffer values = voxels.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image(values), format.token(), file)) {
                throw new IllegalStateException("this Java has no writer of " + format.token());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteBuffer.wrap(file.toByteArray());
    }

    private BufferedImage image(ByteBuffer values) {
        int pixels = height * width;
        if (window == null && type == ElementType.UINT16) {
            BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_USHORT_GRAY);
            values.asShortBuffer().get(((DataBufferUShort) image.getRaster().getDataBuffer()).getData(), 0, pixels);
            return image;
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        byte[] grey = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        if (window == null) {
            values.get(0, grey, 0, pixels);
            return image;
        }
        double scale = 255 / (window.high() - window.low());
        for (int i = 0; i < pixels; i++) {
            double value = (value(values, i) - window.low()) * scale;
            // NaN is black: a cast makes it 0
            grey[i] = (byte) (int) Math.max(0, Math.min(255, Math.rint(value)));
        }
        return image;
    }

    private double value(ByteBuffer values, int i) {
        return switch (type) {
            case UINT8 -> values.get(i) & 0xFF;
            case INT8 -> values.get(i);
            case UINT16 -> values.getShort(2 * i) & 0xFFFF;
            case INT16 -> values.getShort(2 * i);
            case UINT32 -> values.getInt(4 * i) & 0xFFFFFFFFL;
            case INT32 -> values.getInt(4 * i);
            case UINT64 -> unsigned(values.getLong(8 * i));
            case INT64 -> values.getLong(8 * i);
            case FLOAT16 -> HalfFloats.toFloat(values.getShort(2 * i));
            case FLOAT32 -> values.getFloat(4 * i);
            case FLOAT64 -> values.getDouble(8 * i);
        };
    }

    private static double unsigned(long value) {
        return value >= 0 ? value : (value >>> 1 | (value & 1)) * 2.0;
    }
}
