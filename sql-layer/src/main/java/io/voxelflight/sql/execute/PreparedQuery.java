package io.voxelflight.sql.execute;

import io.voxelflight.sql.catalogue.ColumnType;
import io.voxelflight.sql.tensor.TensorColumn;
import io.voxelflight.sql.translate.Translation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A translated statement whose result types are known.
 *
 * @param columns types of the result's columns
 * @param large whether PostgreSQL expects many rows
 */
public record PreparedQuery(Translation translation, List<ColumnType> columns, boolean large) {
    public PreparedQuery(Translation translation, List<ColumnType> columns) {
        this(translation, columns, false);
    }

    public PreparedQuery {
        columns = List.copyOf(columns);
    }

    /** Of every batch of the result. */
    public Schema schema() {
        List<Field> fields = new ArrayList<>(rowSchema().getFields());
        translation.tensors().forEach((index, column) -> {
            Field tensor = column.field();
            FieldType type = tensor.getFieldType();
            FieldType nullable = new FieldType(true, type.getType(), type.getDictionary(), type.getMetadata());
            fields.set(index, new Field(translation.columns().get(index), nullable, tensor.getChildren()));
        });
        return new Schema(fields);
    }

    /** Of the rows that PostgreSQL sends: with the numbers of blocks where the result has their voxels. */
    Schema rowSchema() {
        return schema(columns, translation.columns());
    }

    /** Which columns (from 0) are tensors. */
    public Map<Integer, TensorColumn> tensors() {
        return translation.tensors();
    }

    /** One field for each parameter, named {@code $1}, {@code $2} ... */
    public Schema parameterSchema() {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= translation.parameters().size(); i++) {
            names.add("$" + i);
        }
        return schema(translation.parameters(), names);
    }

    private static Schema schema(List<ColumnType> types, List<String> names) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            fields.add(types.get(i).field(names.get(i), Map.of()));
        }
        return new Schema(fields);
    }
}
