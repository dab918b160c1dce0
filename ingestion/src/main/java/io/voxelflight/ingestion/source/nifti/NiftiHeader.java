package io.voxelflight.ingestion.source.nifti;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.ingestion.source.array.StoredShape;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VoxelSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header of a NIfTI image (nifti1.h, nifti2.h).
 *
 * @param lengths of x, y, z and, where they are longer than 1, t and c: fastest first
 * @param slope 1 and {@code intercept} 0 if the voxels are meant as they are stored
 */
record NiftiHeader(
        int version,
        boolean bigEndian,
        long[] lengths,
        List<Axis> axes,
        ElementType stored,
        double slope,
        double intercept,
        long dataPosition,
        @Nullable VoxelSize voxelSize,
        ObjectNode metadata) {
    /** Enough for either version. */
    static final int BYTES = 540;

    private static final int VERSION_1_BYTES = 348;
    private static final Axis[] ORDER = {Axis.X, Axis.Y, Axis.Z, Axis.T, Axis.C};

    /** Whether a file that begins like this is a NIfTI image, or one half of a .hdr/.img pair. */
    static boolean recognises(byte[] head) {
        if (head.length < VERSION_1_BYTES) {
            return false;
        }
        ByteBuffer buffer = ByteBuffer.wrap(head);
        int size = buffer.getInt(0);
        if (size == VERSION_1_BYTES || Integer.reverseBytes(size) == VERSION_1_BYTES) {
            String magic = new String(head, 344, 3, StandardCharsets.ISO_8859_1);
            return magic.equals("n+1") || magic.equals("ni1");
        }
        if (size == BYTES || Integer.reverseBytes(size) == BYTES) {
            String magic = new String(head, 4, 3, StandardCharsets.ISO_8859_1);
            return magic.equals("n+2") || magic.equals("ni2");
        }
        return false;
    }

    /**
     * @param head the first bytes of the image, decompressed
     * @param file for messages
     */
    static NiftiHeader parse(byte[] head, SourceFile file) {
        ByteBuffer buffer = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        int size = buffer.getInt(0);
        boolean bigEndian = size != VERSION_1_BYTES && size != BYTES;
        if (bigEndian) {
            buffer.order(ByteOrder.BIG_ENDIAN);
        }
        int version = buffer.getInt(0) == VERSION_1_BYTES ? 1 : 2;
        if (version == 2 && head.length < BYTES) {
            throw file.corrupt("it ends within its NIfTI-2 header of " + BYTES + " bytes");
        }
        if (head[(version == 1 ? 344 : 4) + 1] == 'i') {
            throw file.unsupported("a .hdr/.img pair is not supported: save it as one .nii file");
        }
        long[] dim = new long[8];
        double[] pixdim = new double[8];
        for (int i = 0; i < 8; i++) {
            dim[i] = version == 1 ? buffer.getShort(40 + 2 * i) : buffer.getLong(16 + 8 * i);
            pixdim[i] = version == 1 ? buffer.getFloat(76 + 4 * i) : buffer.getDouble(80 + 8 * i);
        }
        int type = buffer.getShort(version == 1 ? 70 : 12);
        double offset = version == 1 ? buffer.getFloat(108) : buffer.getLong(168);
        double slope = version == 1 ? buffer.getFloat(112) : buffer.getDouble(176);
        double intercept = version == 1 ? buffer.getFloat(116) : buffer.getDouble(184);
        int units = version == 1 ? head[123] : buffer.getInt(500);
        if (slope == 0 || !Double.isFinite(slope) || !Double.isFinite(intercept)) {
            slope = 1;
            intercept = 0;
        }
        long[] lengths = lengths(file, dim);
        long least = version == 1 ? VERSION_1_BYTES + 4 : BYTES + 4;
        if (offset == 0) {
            offset = least;
        }
        if (offset < least - 4 || offset != Math.rint(offset) || offset > 1L << 40) {
            throw file.corrupt("its NIfTI header places the voxels at byte " + offset);
        }
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        metadata.put("nifti_version", version);
        ArrayNode spacing = metadata.putArray("pixdim");
        for (int i = 1; i <= 4; i++) {
            spacing.add(pixdim[i]);
        }
        metadata.put("xyzt_units", units);
        if (version == 1) {
            sform(buffer, metadata);
        }
        List<Axis> axes = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            if (i < 3 || lengths[i] > 1) {
                axes.add(ORDER[i]);
            }
        }
        long[] kept = new long[axes.size()];
        for (int i = 0, k = 0; i < lengths.length; i++) {
            if (i < 3 || lengths[i] > 1) {
                kept[k++] = lengths[i];
            }
        }
        return new NiftiHeader(
                version,
                bigEndian,
                kept,
                axes,
                type(file, type),
                slope,
                intercept,
                (long) offset,
                voxelSize(units, pixdim),
                metadata);
    }

    /** Whether what the voxels mean is other numbers than are stored. */
    boolean isScaled() {
        return slope != 1 || intercept != 0;
    }

    /** The type of the voxels as they are meant: scaled ones are floats wide enough for the stored numbers. */
    ElementType meant() {
        if (!isScaled()) {
            return stored;
        }
        return switch (stored) {
            case UINT8, INT8, UINT16, INT16, FLOAT32 -> ElementType.FLOAT32;
            default -> ElementType.FLOAT64;
        };
    }

    /** Bytes of all voxels as stored. */
    long dataBytes(StoredShape shape) {
        return shape.extent().voxels() * stored.bytes();
    }

    private static long[] lengths(SourceFile file, long[] dim) {
        if (dim[0] < 1 || dim[0] > 7) {
            throw file.corrupt("its NIfTI header claims " + dim[0] + " dimensions, 1 to 7 can be");
        }
        int rank = (int) dim[0];
        for (int i = 1; i <= rank; i++) {
            if (dim[i] < 1) {
                throw file.corrupt("its NIfTI header claims a length of " + dim[i] + " for dimension " + i);
            }
        }
        if (rank < 3) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED, file + " has " + rank + " dimensions: a volume needs x, y and z");
        }
        for (int i = 6; i <= rank; i++) {
            if (dim[i] > 1) {
                throw file.unsupported("its dimension " + i + " is " + dim[i]
                        + " long: a volume has at most x, y, z, time and channel");
            }
        }
        long[] lengths = new long[Math.min(5, rank)];
        System.arraycopy(dim, 1, lengths, 0, lengths.length);
        return lengths;
    }

    private static ElementType type(SourceFile file, int code) {
        return switch (code) {
            case 2 -> ElementType.UINT8;
            case 4 -> ElementType.INT16;
            case 8 -> ElementType.INT32;
            case 16 -> ElementType.FLOAT32;
            case 64 -> ElementType.FLOAT64;
            case 256 -> ElementType.INT8;
            case 512 -> ElementType.UINT16;
            case 768 -> ElementType.UINT32;
            case 1024 -> ElementType.INT64;
            case 1280 -> ElementType.UINT64;
            default -> throw file.unsupported("voxels of NIfTI type " + code + name(code) + " are not supported");
        };
    }

    private static String name(int code) {
        return switch (code) {
            case 1 -> " (one bit)";
            case 32, 1792, 2048 -> " (complex)";
            case 128, 2304 -> " (RGB colour)";
            case 1536 -> " (float of 128 bits)";
            default -> "";
        };
    }

    private static @Nullable VoxelSize voxelSize(int units, double[] pixdim) {
        double unit =
                switch (units & 7) {
                    case 1 -> 1e9;
                    case 2 -> 1e6;
                    case 3 -> 1e3;
                    default -> Double.NaN;
                };
        double x = Math.abs(pixdim[1]) * unit;
        double y = Math.abs(pixdim[2]) * unit;
        double z = Math.abs(pixdim[3]) * unit;
        boolean fine = x > 0 && y > 0 && z > 0 && Double.isFinite(x + y + z);
        return fine ? new VoxelSize(z, y, x) : null;
    }

    /** Where the voxels lie in the patient; they are served in the order in which they are stored. */
    private static void sform(ByteBuffer buffer, ObjectNode metadata) {
        if (buffer.getShort(254) > 0) {
            ArrayNode rows = metadata.putArray("sform");
            for (int i = 0; i < 12; i++) {
                rows.add(buffer.getFloat(280 + 4 * i));
            }
        }
    }
}
