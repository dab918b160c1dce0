package io.voxelflight.sql.catalogue;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeName;

/** The type of a column of embeddings for the validator. Vectors of two lengths are of two types. */
public final class VectorRelType extends OpaqueRelType {
    private final int length;

    /** @param length of each vector; 0 if they differ */
    public VectorRelType(int length, boolean nullable) {
        super(SqlTypeName.ANY, nullable, null); // casts are taken, as of JSON
        this.length = length;
        computeDigest();
    }

    public int length() {
        return length;
    }

    @Override
    public RelDataType withNullability(boolean nullable) {
        return nullable == isNullable() ? this : new VectorRelType(length, nullable);
    }

    @Override
    protected void generateTypeString(StringBuilder text, boolean withDetail) {
        text.append("VECTOR(")
                .append(length == 0 ? "?" : Integer.toString(length))
                .append(')');
    }
}
