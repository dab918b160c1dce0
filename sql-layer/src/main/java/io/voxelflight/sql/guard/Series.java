package io.voxelflight.sql.guard;

import java.util.List;
import java.util.Locale;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlTableFunction;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeName;

/** A function whose rows are numbers in order, in one BIGINT column that has the function's name. */
final class Series extends SqlFunction implements SqlTableFunction {
    private final SqlReturnTypeInference rows;

    Series(String name) {
        super(
                name,
                SqlKind.OTHER_FUNCTION,
                ReturnTypes.CURSOR,
                null,
                OperandTypes.repeat(SqlOperandCountRanges.between(1, 3), OperandTypes.INTEGER),
                SqlFunctionCategory.USER_DEFINED_TABLE_FUNCTION);
        this.rows = binding -> {
            RelDataType number = binding.getTypeFactory().createSqlType(SqlTypeName.BIGINT);
            return binding.getTypeFactory().createStructType(List.of(number), List.of(lower(name)));
        };
    }

    @Override
    public SqlReturnTypeInference getRowTypeInference() {
        return rows;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
