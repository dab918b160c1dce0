package io.voxelflight.sql.tensor;

import io.voxelflight.sql.catalogue.OpaqueRelType;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeComparability;
import org.apache.calcite.rel.type.RelDataTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;

/** The type of a tensor column for the validator. Tensors of two datasets or levels are of two types, and none compares. */
public final class TensorRelType extends OpaqueRelType {
    private final TensorColumn column;

    public TensorRelType(TensorColumn column, boolean nullable) {
        super(SqlTypeName.OTHER, nullable, null);
        this.column = column;
        computeDigest();
    }

    public TensorColumn column() {
        return column;
    }

    @Override
    public RelDataType withNullability(boolean nullable) {
        return nullable == isNullable() ? this : new TensorRelType(column, nullable);
    }

    @Override
    protected void generateTypeString(StringBuilder text, boolean withDetail) {
        text.append("TENSOR(")
                .append(column.elementType().numpyName())
                .append(", ")
                .append(column.block());
        if (withDetail) { // what makes two types differ
            text.append(", ").append(column.datasetId()).append(", ").append(column.level());
        }
        text.append(')');
    }

    @Override
    public RelDataTypeFamily getFamily() {
        return this;
    }

    @Override
    public RelDataTypeComparability getComparability() {
        return RelDataTypeComparability.NONE;
    }
}
