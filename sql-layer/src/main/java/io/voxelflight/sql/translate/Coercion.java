package io.voxelflight.sql.translate;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.implicit.TypeCoercionImpl;
import org.jspecify.annotations.Nullable;

/** Implicit casts: Calcite's, and of text to UUID where the two are compared. */
final class Coercion extends TypeCoercionImpl {
    Coercion(RelDataTypeFactory factory, SqlValidator validator) {
        super(factory, validator);
    }

    @Override
    public @Nullable RelDataType commonTypeForBinaryComparison(
            @Nullable RelDataType first, @Nullable RelDataType second) {
        if (first != null && second != null) {
            if (first.getSqlTypeName() == SqlTypeName.UUID && isText(second)) {
                return first;
            }
            if (second.getSqlTypeName() == SqlTypeName.UUID && isText(first)) {
                return second;
            }
        }
        return super.commonTypeForBinaryComparison(first, second);
    }

    private static boolean isText(RelDataType type) {
        return SqlTypeName.CHAR_TYPES.contains(type.getSqlTypeName());
    }
}
