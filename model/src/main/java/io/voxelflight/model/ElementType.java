package io.voxelflight.model;

import java.util.Locale;

/** The type of a voxel, named as NumPy names it. Booleans are served as {@link #UINT8} 0/1. */
public enum ElementType {
    UINT8(1, Kind.UNSIGNED),
    INT8(1, Kind.SIGNED),
    UINT16(2, Kind.UNSIGNED),
    INT16(2, Kind.SIGNED),
    UINT32(4, Kind.UNSIGNED),
    INT32(4, Kind.SIGNED),
    UINT64(8, Kind.UNSIGNED),
    INT64(8, Kind.SIGNED),
    FLOAT16(2, Kind.FLOAT),
    FLOAT32(4, Kind.FLOAT),
    FLOAT64(8, Kind.FLOAT);

    private enum Kind {
        UNSIGNED,
        SIGNED,
        FLOAT
    }

    private final int bytes;
    private final Kind kind;

    ElementType(int bytes, Kind kind) {
        this.bytes = bytes;
        this.kind = kind;
    }

    /** Bytes a voxel takes. */
    public int bytes() {
        return bytes;
    }

    public boolean isFloat() {
        return kind == Kind.FLOAT;
    }

    /** True for the unsigned integers only. */
    public boolean isUnsigned() {
        return kind == Kind.UNSIGNED;
    }

    /** The name that NumPy, Zarr v3 and the catalog use: {@code uint8}, {@code float32}. */
    public String numpyName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The type with this NumPy name; {@code bool} is read as {@link #UINT8}.
     *
     * @throws ServiceException {@link ErrorCode#UNSUPPORTED} if it is none of ours
     */
    public static ElementType parse(String numpyName) {
        if (numpyName.equals("bool")) {
            return UINT8;
        }
        for (ElementType type : values()) {
            if (type.numpyName().equals(numpyName)) {
                return type;
            }
        }
        throw new ServiceException(
                ErrorCode.UNSUPPORTED,
                "voxels of type '" + numpyName
                        + "' are not supported, use an integer of 8 to 64 bits or a float of 16 to 64");
    }
}
