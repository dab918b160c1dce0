package io.voxelflight.ingestion.source.hdf5;

import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.EnumDataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import io.voxelflight.model.ElementType;
import java.nio.ByteOrder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the voxels of an HDF5 dataset are stored. */
record Hdf5Type(ElementType element, boolean bigEndian) {
    /** The type; null if it is none of ours. An enumeration, such as h5py's bool, is read as its numbers. */
    static @Nullable Hdf5Type of(DataType type) {
        if (type instanceof FixedPoint integer) {
            ElementType element = element((integer.isSigned() ? "int" : "uint") + 8 * type.getSize());
            boolean full = integer.getBitOffset() == 0 && integer.getBitPrecision() == 8 * type.getSize();
            return element != null && full ? new Hdf5Type(element, isBig(integer.getByteOrder())) : null;
        }
        if (type instanceof FloatingPoint number) {
            ElementType element = element("float" + 8 * type.getSize());
            int exponent =
                    switch (type.getSize()) {
                        case 2 -> 5;
                        case 4 -> 8;
                        default -> 11;
                    };
            boolean ieee = number.getExponentSize() == exponent
                    && number.getMantissaSize() == 8 * type.getSize() - exponent - 1
                    && number.getBitOffset() == 0;
            return element != null && ieee ? new Hdf5Type(element, isBig(number.getByteOrder())) : null;
        }
        if (type instanceof EnumDataType enumeration) {
            Hdf5Type base = of(enumeration.getBaseType());
            if (base != null && base.element == ElementType.INT8 && isBoolean(enumeration)) {
                return new Hdf5Type(ElementType.UINT8, false);
            }
            return base;
        }
        return null;
    }

    /** For messages. */
    static String describe(DataType type) {
        return type.getClass().getSimpleName().replace("DataType", "").toLowerCase(Locale.ROOT) + " of "
                + type.getSize() + " bytes";
    }

    private static boolean isBoolean(EnumDataType enumeration) {
        var names = enumeration.getEnumMapping();
        return names.size() == 2 && "FALSE".equals(names.get(0)) && "TRUE".equals(names.get(1));
    }

    private static @Nullable ElementType element(String name) {
        for (ElementType type : ElementType.values()) {
            if (type.numpyName().equals(name)) {
                return type;
            }
        }
        return null;
    }

    private static boolean isBig(ByteOrder order) {
        return order == ByteOrder.BIG_ENDIAN;
    }
}
