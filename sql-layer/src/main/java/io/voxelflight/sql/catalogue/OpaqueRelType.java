package io.voxelflight.sql.catalogue;

import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.type.AbstractSqlType;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/** A type that Calcite passes through but knows nothing of. */
public abstract class OpaqueRelType extends AbstractSqlType {
    protected OpaqueRelType(SqlTypeName name, boolean nullable, @Nullable List<RelDataTypeField> fields) {
        super(name, nullable, fields);
    }

    /** The same type, nullable or not. */
    public abstract RelDataType withNullability(boolean nullable);
}
