package io.voxelflight.sql;

import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.execute.ResultSink;
import io.voxelflight.sql.translate.Visibility;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A whole result as Java values.
 *
 * @param batches number of batches it came in
 */
record Answer(Schema schema, List<List<@Nullable Object>> rows, int batches) {
    static Answer of(SqlEngine engine, String statement, String... literals) {
        return of(engine, statement, Visibility.ALL, literals);
    }

    static Answer of(SqlEngine engine, String statement, Visibility visibility, String... literals) {
        return of(engine, engine.prepare(statement, visibility), literals);
    }

    static Answer of(SqlEngine engine, PreparedQuery query, String... literals) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        List<Integer> batches = new ArrayList<>();
        List<VectorSchemaRoot> roots = new ArrayList<>();
        engine.execution(query, List.of(List.of(literals))).run(new ResultSink() {
            @Override
            public void begin(VectorSchemaRoot root) {
                roots.add(root);
            }

            @Override
            public void batch() {
                VectorSchemaRoot root = roots.get(0);
                batches.add(root.getRowCount());
                for (int row = 0; row < root.getRowCount(); row++) {
                    List<@Nullable Object> values = new ArrayList<>();
                    for (FieldVector vector : root.getFieldVectors()) {
                        Object value = vector.getObject(row);
                        values.add(value instanceof org.apache.arrow.vector.util.Text text ? text.toString() : value);
                    }
                    rows.add(values);
                }
            }
        });
        return new Answer(query.schema(), rows, batches.size());
    }

    @Nullable
    Object single() {
        return rows.get(0).get(0);
    }
}
