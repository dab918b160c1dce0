package io.voxelflight.sql.catalogue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeMappingRule;
import org.jspecify.annotations.Nullable;

/** Makes types for the validator: PostgreSQL's, and those that Calcite only passes through. */
public final class PostgresTypes extends SqlTypeFactoryImpl {
    public PostgresTypes() {
        super(new PostgresTypeSystem());
    }

    @Override
    public Charset getDefaultCharset() {
        return StandardCharsets.UTF_8;
    }

    @Override
    public RelDataType createTypeWithNullability(RelDataType type, boolean nullable) {
        return type instanceof OpaqueRelType opaque
                ? opaque.withNullability(nullable)
                : super.createTypeWithNullability(type, nullable);
    }

    /** Vectors of one length stay what they are in unions and cases. */
    @Override
    public @Nullable RelDataType leastRestrictive(List<RelDataType> types, SqlTypeMappingRule mappingRule) {
        boolean vectors = types.stream().allMatch(VectorRelType.class::isInstance);
        if (vectors
                && types.stream()
                                .map(type -> ((VectorRelType) type).length())
                                .distinct()
                                .count()
                        == 1) {
            return ((VectorRelType) types.get(0)).withNullability(true);
        }
        return super.leastRestrictive(types, mappingRule);
    }
}
