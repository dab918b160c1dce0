package io.voxelflight.sql.translate;

import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.catalogue.PostgresTypes;
import io.voxelflight.sql.guard.Operators;
import java.util.Map;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorUtil;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.apache.calcite.sql2rel.StandardConvertletTable;

/** Calcite's plan of a query as text, for explanations. */
final class Plans {
    private Plans() {}

    /** The plan, or why there is none: PostgreSQL runs more than Calcite plans. */
    static String text(
            Catalogue catalogue, SqlNode valid, Map<String, RelDataType> tensorTypes, SqlValidator.Config config) {
        try {
            PostgresTypes types = new PostgresTypes();
            CalciteCatalogReader reader = catalogue.reader(types, tensorTypes);
            SqlValidator validator = SqlValidatorUtil.newValidator(Operators.table(), reader, types, config);
            HepPlanner planner = new HepPlanner(HepProgram.builder().build());
            RelOptCluster cluster = RelOptCluster.create(planner, new RexBuilder(types));
            SqlToRelConverter converter = new SqlToRelConverter(
                    (table, query, schema, path) -> {
                        throw new UnsupportedOperationException("views");
                    },
                    validator,
                    reader,
                    cluster,
                    StandardConvertletTable.INSTANCE,
                    SqlToRelConverter.config().withExpand(false));
            return RelOptUtil.toString(converter.convertQuery(valid, true, true).rel)
                    .strip();
        } catch (RuntimeException | AssertionError e) {
            return "none: Calcite does not plan this, PostgreSQL does";
        }
    }
}
