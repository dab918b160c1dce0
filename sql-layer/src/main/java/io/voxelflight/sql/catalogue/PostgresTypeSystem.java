package io.voxelflight.sql.catalogue;

import java.math.RoundingMode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;

/** Types as PostgreSQL bounds them: microseconds, text of any length, long numerics; sums and means as in DuckDB. */
public final class PostgresTypeSystem extends RelDataTypeSystemImpl {
    private static final int MAX_NUMERIC = 1000;
    private static final int MICROSECONDS = 6;

    @Override
    public int getMaxPrecision(SqlTypeName type) {
        return switch (type) {
            case DECIMAL -> MAX_NUMERIC;
            case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ -> MICROSECONDS;
            default -> super.getMaxPrecision(type);
        };
    }

    @Override
    public int getMaxScale(SqlTypeName type) {
        return type == SqlTypeName.DECIMAL ? MAX_NUMERIC : super.getMaxScale(type);
    }

    @Override
    public int getDefaultPrecision(SqlTypeName type) {
        return switch (type) {
            case VARCHAR, VARBINARY -> RelDataType.PRECISION_NOT_SPECIFIED;
            case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ -> MICROSECONDS;
            case DECIMAL -> ColumnType.MAX_PRECISION;
            default -> super.getDefaultPrecision(type);
        };
    }

    @Override
    public RoundingMode roundingMode() {
        return RoundingMode.HALF_UP;
    }

    @Override
    public RelDataType deriveSumType(RelDataTypeFactory factory, RelDataType argument) {
        RelDataType sum =
                switch (argument.getSqlTypeName()) {
                    case TINYINT, SMALLINT, INTEGER -> factory.createSqlType(SqlTypeName.BIGINT);
                    case BIGINT -> factory.createSqlType(SqlTypeName.DECIMAL, ColumnType.MAX_PRECISION, 0);
                    case DECIMAL ->
                        factory.createSqlType(
                                SqlTypeName.DECIMAL,
                                Math.max(ColumnType.MAX_PRECISION, argument.getPrecision()),
                                argument.getScale());
                    default -> argument;
                };
        return factory.createTypeWithNullability(sum, argument.isNullable());
    }

    @Override
    public RelDataType deriveAvgAggType(RelDataTypeFactory factory, RelDataType argument) {
        return argument.getSqlTypeName().getFamily() == SqlTypeName.DOUBLE.getFamily()
                        || SqlTypeName.NUMERIC_TYPES.contains(argument.getSqlTypeName())
                ? factory.createTypeWithNullability(factory.createSqlType(SqlTypeName.DOUBLE), argument.isNullable())
                : argument;
    }

    @Override
    public RelDataType deriveCovarType(RelDataTypeFactory factory, RelDataType first, RelDataType second) {
        return factory.createTypeWithNullability(
                factory.createSqlType(SqlTypeName.DOUBLE), first.isNullable() || second.isNullable());
    }

    @Override
    public boolean shouldConvertRaggedUnionTypesToVarying() {
        return true;
    }
}
