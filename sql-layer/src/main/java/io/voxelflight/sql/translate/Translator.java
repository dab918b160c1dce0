package io.voxelflight.sql.translate;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.catalogue.ColumnType;
import io.voxelflight.sql.catalogue.Kind;
import io.voxelflight.sql.catalogue.PostgresTypes;
import io.voxelflight.sql.catalogue.VectorRelType;
import io.voxelflight.sql.guard.Guard;
import io.voxelflight.sql.guard.Operators;
import io.voxelflight.sql.parse.ParsedStatement;
import io.voxelflight.sql.parse.StatementParser;
import io.voxelflight.sql.rewrite.Copies;
import io.voxelflight.sql.rewrite.Desugar;
import io.voxelflight.sql.rewrite.FamiliarNames;
import io.voxelflight.sql.tensor.BlockTensors;
import io.voxelflight.sql.tensor.TensorColumn;
import io.voxelflight.sql.tensor.TensorRelType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlDelegatingConformance;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorUtil;

/** The whole way of a statement before PostgreSQL: parse, rewrite, validate, guard, write. */
public final class Translator {
    /** Digits after the point of a numeric whose scale nobody states. */
    private static final int MAX_SCALE = 18;

    private static final SqlValidator.Config CONFIG = SqlValidator.Config.DEFAULT
            .withIdentifierExpansion(true)
            .withColumnReferenceExpansion(true)
            .withCallRewrite(false)
            .withLenientOperatorLookup(false)
            .withTypeCoercionEnabled(true)
            .withTypeCoercionFactory(Coercion::new)
            .withConformance(new SqlDelegatingConformance(SqlConformanceEnum.BABEL) {
                @Override
                public boolean isNonStrictGroupBy() {
                    return false;
                }

                /** As in DuckDB; with ANY, an unknown column would be taken for an alias that names itself. */
                @Override
                public SelectAliasLookup isSelectAlias() {
                    return SelectAliasLookup.LEFT_TO_RIGHT;
                }
            });

    private final Catalogue catalogue;
    private final StatementParser parser;
    private final BlockTensors tensors;
    private final Refusals refusals;

    public Translator(Catalogue catalogue, StatementParser parser, BlockTensors tensors) {
        this.tensors = tensors;
        this.catalogue = catalogue;
        this.parser = parser;
        this.refusals = new Refusals(catalogue);
    }

    /** @throws ServiceException if it is no statement of ours */
    public ParsedStatement parse(String statement) {
        try {
            return parser.parse(statement);
        } catch (StackOverflowError e) {
            throw new ServiceException(ErrorCode.RESOURCE_EXHAUSTED, StatementParser.TOO_DEEP, e);
        }
    }

    /**
     * Translates a query; asks no database.
     *
     * @throws ServiceException if it is not a query, not allowed, or wrong
     */
    public Translation translate(ParsedStatement parsed, Visibility visibility) {
        return checked(parsed, () -> {
            Validated validated = validate(parsed, visibility);
            return write(validated, visibility);
        });
    }

    /** As {@link #translate}, to be explained. */
    public Translation explain(ParsedStatement parsed, Visibility visibility, boolean analyze) {
        return checked(parsed, () -> {
            Validated planned = validate(parsed, visibility);
            String plan = Plans.text(catalogue, planned.tree(), planned.tensorTypes(), CONFIG);
            Translation written = write(validate(parsed, visibility), visibility);
            boolean restricted = visibility.hidesRows(written.template());
            return written.explained(new Translation.Explained(analyze, restricted, plan));
        });
    }

    private <T> T checked(ParsedStatement parsed, Supplier<T> work) {
        try {
            return work.get();
        } catch (ServiceException e) {
            throw e;
        } catch (RuntimeException | AssertionError e) {
            throw refusals.of(e, parsed);
        } catch (StackOverflowError e) {
            throw new ServiceException(ErrorCode.RESOURCE_EXHAUSTED, StatementParser.TOO_DEEP, e);
        }
    }

    /**
     * A valid tree, with who knows its types and its columns' names.
     *
     * @param blocks the tables that exist for this statement only
     */
    private record Validated(SqlNode tree, SqlValidator validator, OutputNames names, BlocksTables blocks) {
        Map<String, RelDataType> tensorTypes() {
            return blocks.types();
        }
    }

    private Validated validate(ParsedStatement parsed, Visibility visibility) {
        SqlNode tree = Copies.of(parsed.tree());
        BlocksTables blocks = BlocksTables.of(tree, tensors, visibility);
        SqlNode standard = Desugar.apply(tree, query -> columns(query, blocks));
        ExpressionNames.add(standard, parsed);
        OutputNames names = OutputNames.of(standard, parsed);
        SqlValidator validator = validator(blocks);
        SqlNode valid = validator.validate(FamiliarNames.apply(standard));
        Guard.check(valid);
        if (!blocks.tables().isEmpty()) {
            TensorUse.check(valid, validator);
        }
        return new Validated(valid, validator, names, blocks);
    }

    private List<String> columns(SqlNode query, BlocksTables blocks) {
        SqlValidator validator = validator(blocks);
        SqlNode valid = validator.validate(FamiliarNames.apply(query));
        return validator.getValidatedNodeType(valid).getFieldNames();
    }

    private SqlValidator validator(BlocksTables blocks) {
        PostgresTypes types = new PostgresTypes();
        return SqlValidatorUtil.newValidator(Operators.table(), catalogue.reader(types, blocks.types()), types, CONFIG);
    }

    private Translation write(Validated validated, Visibility visibility) {
        SqlNode valid = validated.tree();
        SqlValidator validator = validated.validator();
        List<ColumnType> parameters = new ArrayList<>();
        for (RelDataTypeField field : validator.getParameterRowType(valid).getFieldList()) {
            parameters.add(parameter(field.getType(), parameters.size() + 1));
        }
        List<RelDataTypeField> columns = validator.getValidatedNodeType(valid).getFieldList();
        List<Integer> details =
                columns.stream().map(column -> detail(column.getType())).toList();
        Map<Integer, TensorColumn> tensorColumns = new HashMap<>();
        for (RelDataTypeField column : columns) {
            if (column.getType() instanceof TensorRelType tensor) {
                tensorColumns.put(column.getIndex(), tensor.column());
            }
        }
        Map<String, String> rows = new HashMap<>();
        validated
                .blocks()
                .tables()
                .forEach((name, column) ->
                        rows.put(name, BlocksTables.rows(catalogue.table("chunks"), column, visibility)));
        Template template = PostgresWriter.write(PostgresForm.of(valid, validator, catalogue, visibility, rows));
        return new Translation(
                template,
                parameters,
                validated
                        .names()
                        .name(columns.stream().map(RelDataTypeField::getName).toList()),
                details,
                tensorColumns,
                parameters.isEmpty() && rows.isEmpty() ? Halves.of(valid, validator, catalogue, visibility) : List.of(),
                null);
    }

    private static int detail(RelDataType type) {
        if (type instanceof VectorRelType vector) {
            return vector.length();
        }
        return type.getSqlTypeName() == SqlTypeName.DECIMAL
                ? Math.max(0, Math.min(MAX_SCALE, type.getScale()))
                : MAX_SCALE;
    }

    private static ColumnType parameter(RelDataType type, int number) {
        Kind kind =
                switch (type.getSqlTypeName()) {
                    case BOOLEAN -> Kind.BOOLEAN;
                    case TINYINT, SMALLINT -> Kind.INT2;
                    case INTEGER -> Kind.INT4;
                    case BIGINT -> Kind.INT8;
                    case REAL -> Kind.FLOAT4;
                    case FLOAT, DOUBLE -> Kind.FLOAT8;
                    case DECIMAL -> Kind.NUMERIC;
                    case CHAR, VARCHAR, ANY -> Kind.TEXT;
                    case VARBINARY, BINARY -> Kind.BYTEA;
                    case UUID -> Kind.UUID;
                    case DATE -> Kind.DATE;
                    case TIME -> Kind.TIME;
                    case TIMESTAMP -> Kind.TIMESTAMP;
                    case TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ -> Kind.TIMESTAMPTZ;
                    default ->
                        throw new ServiceException(
                                ErrorCode.UNSUPPORTED,
                                "parameter " + number + " would have the type " + type
                                        + ", which is not supported: write CAST(? AS type) with another type");
                };
        if (kind == Kind.NUMERIC && type.getPrecision() <= ColumnType.MAX_PRECISION) {
            return ColumnType.decimal(type.getPrecision(), type.getScale());
        }
        return ColumnType.of(kind);
    }
}
