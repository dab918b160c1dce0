package io.voxelflight.sql.print;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** One JSON object with the columns, the rows as arrays, and whether they are all. */
final class DocumentPrinter implements ResultPrinter {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonFactory JSON = MAPPER.getFactory();

    private final JsonGenerator json;
    private final Schema schema;
    private final Set<Integer> nested;
    private final long mostRows;
    private boolean begun;
    private long rows;

    /** @param nested columns of JSON text, which becomes part of the document */
    DocumentPrinter(OutputStream out, Schema schema, Set<Integer> nested, long mostRows) {
        this.schema = schema;
        this.nested = nested;
        this.mostRows = mostRows;
        try {
            this.json = JSON.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e); // nothing is written yet
        }
    }

    private void begin() throws IOException {
        if (begun) {
            return;
        }
        begun = true;
        json.writeStartObject();
        json.writeArrayFieldStart("columns");
        for (Field field : schema.getFields()) {
            json.writeStartObject();
            json.writeStringField("name", field.getName());
            json.writeStringField("type", type(field));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("rows");
    }

    /** As Arrow writes it: {@code Int(64, true)}; of a list with the type of its values. */
    private static String type(Field field) {
        String type = field.getType().toString();
        return field.getChildren().isEmpty()
                ? type
                : type + "<" + type(field.getChildren().get(0)) + ">";
    }

    @Override
    public void batch(VectorSchemaRoot root) throws IOException {
        begin();
        for (int row = 0; row < root.getRowCount(); row++) {
            json.writeStartArray();
            for (int i = 0; i < root.getFieldVectors().size(); i++) {
                FieldVector column = root.getFieldVectors().get(i);
                JsonNode value = Cells.json(column, row);
                json.writeTree(nested.contains(i) && value.isTextual() ? MAPPER.readTree(value.asText()) : value);
            }
            json.writeEndArray();
        }
        rows += root.getRowCount();
    }

    @Override
    public void end(boolean cut) throws IOException {
        begin();
        json.writeEndArray();
        json.writeNumberField("row_count", rows);
        json.writeNumberField("row_limit", mostRows);
        json.writeBooleanField("truncated", cut);
        json.writeEndObject();
        json.flush();
    }
}
