package io.voxelflight.sql.translate;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.tensor.TensorRelType;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.validate.SqlValidator;
import org.jspecify.annotations.Nullable;

/**
 * What may be done with a tensor: be selected, counted, and asked whether it is NULL. Where PostgreSQL works there is only
 * a number in its place, so anything else would answer with that number's sense.
 */
final class TensorUse extends SqlBasicVisitor<@Nullable Void> {
    private static final Set<SqlKind> ALLOWED = Set.of(SqlKind.IS_NULL, SqlKind.IS_NOT_NULL, SqlKind.COUNT);

    private static final Set<SqlKind> KEYS = Set.of(SqlKind.DESCENDING, SqlKind.NULLS_FIRST, SqlKind.NULLS_LAST);

    private final SqlValidator validator;
    /** Under which names a tensor may come: the validator does not keep the types of all names that it expands. */
    private final Set<String> names = new HashSet<>(Set.of(BlocksTables.TENSOR));

    private String where = "a query";

    private TensorUse(SqlValidator validator) {
        this.validator = validator;
    }

    /** @throws ServiceException UNSUPPORTED saying what is done with a tensor that cannot be */
    static void check(SqlNode valid, SqlValidator validator) {
        TensorUse use = new TensorUse(validator);
        use.findNames(valid);
        valid.accept(use);
    }

    private void findNames(SqlNode tree) {
        int known;
        do { // names of names
            known = names.size();
            tree.accept(new SqlBasicVisitor<@Nullable Void>() {
                @Override
                public @Nullable Void visit(SqlCall call) {
                    if (call.getKind() == SqlKind.AS && isTensor(call.operand(0))) {
                        names.add(name(call));
                    }
                    return super.visit(call);
                }
            });
        } while (names.size() > known);
    }

    @Override
    public @Nullable Void visit(SqlIdentifier name) {
        if (isTensor(name)) {
            throw refuse("a tensor in " + where, "compute with voxels where you read them");
        }
        return null;
    }

    @Override
    public @Nullable Void visit(SqlCall call) {
        if (call instanceof SqlSelect select) {
            checkSelect(select);
            return null;
        }
        if (SqlKind.SET_QUERY.contains(call.getKind())) {
            RelDataType row = validator.getValidatedNodeTypeIfKnown(call);
            if (row != null
                    && row.isStruct()
                    && row.getFieldList().stream().anyMatch(field -> field.getType() instanceof TensorRelType)) {
                throw refuse(call.getKind() + " of tensors", "send a statement for each");
            }
        }
        if (call.getKind() == SqlKind.AS) {
            call.operand(0).accept(this); // the rest are names
            return null;
        }
        String outer = where;
        where = call.getOperator().getName();
        for (SqlNode operand : call.getOperandList()) {
            if (operand != null && !(ALLOWED.contains(call.getKind()) && operand instanceof SqlIdentifier)) {
                operand.accept(this);
            }
        }
        where = outer;
        return null;
    }

    private void checkSelect(SqlSelect select) {
        int tensors = 0;
        for (SqlNode item : select.getSelectList()) {
            SqlNode value = item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
            if (isTensor(value)) {
                tensors++;
            }
            if (!(value instanceof SqlIdentifier)) {
                value.accept(this);
            }
        }
        if (tensors > 0 && select.isDistinct()) {
            throw refuse("DISTINCT of tensors", "leave the tensor out, or DISTINCT");
        }
        checkKeys(select.getGroup(), select, "GROUP BY a tensor");
        checkKeys(select.getOrderList(), select, "ORDER BY a tensor");
        for (SqlNode part : new SqlNode[] {
            select.getFrom(),
            select.getWhere(),
            select.getGroup(),
            select.getHaving(),
            select.getWindowList(),
            select.getQualify(),
            select.getOrderList()
        }) {
            if (part != null) {
                part.accept(this);
            }
        }
    }

    private void checkKeys(@Nullable SqlNodeList keys, SqlSelect select, String what) {
        if (keys == null) {
            return;
        }
        for (SqlNode key : keys) {
            SqlNode bare = key;
            while (bare instanceof SqlCall call && KEYS.contains(call.getKind())) {
                bare = call.operand(0);
            }
            boolean ordinal = bare instanceof SqlNumericLiteral number
                    && number.isInteger()
                    && isTensorItem(select, number.intValue(true));
            if (ordinal || isTensor(bare)) {
                throw refuse(what, "sort and group by its place: z, y, x");
            }
        }
    }

    private boolean isTensorItem(SqlSelect select, int number) {
        List<SqlNode> items = select.getSelectList();
        if (number < 1 || number > items.size()) {
            return false;
        }
        SqlNode item = items.get(number - 1);
        return isTensor(item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item);
    }

    private static String name(SqlNode item) {
        SqlNode named = item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(1) : item;
        return named instanceof SqlIdentifier one
                ? one.names.get(one.names.size() - 1).toLowerCase(Locale.ROOT)
                : "";
    }

    private boolean isTensor(SqlNode node) {
        RelDataType type = node instanceof SqlLiteral ? null : validator.getValidatedNodeTypeIfKnown(node);
        return type != null
                ? type instanceof TensorRelType
                : node instanceof SqlIdentifier && names.contains(name(node));
    }

    private static ServiceException refuse(String what, String hint) {
        return new ServiceException(ErrorCode.UNSUPPORTED, what + " is not supported: " + hint);
    }
}
