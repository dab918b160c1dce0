package io.voxelflight.sql.print;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** An array of objects, one a line: whole documents for parsers, lines for {@code grep}. */
final class JsonPrinter implements ResultPrinter {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonFactory JSON = MAPPER.getFactory();

    private final Writer out;
    private final Set<Integer> nested;
    private boolean begun;

    /** @param nested columns of JSON text, which becomes part of the document */
    JsonPrinter(OutputStream out, Set<Integer> nested) {
        this.nested = nested;
        this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
    }

    @Override
    public void batch(VectorSchemaRoot root) throws IOException {
        for (int row = 0; row < root.getRowCount(); row++) {
            out.write(begun ? ",\n" : "[\n");
            begun = true;
            StringWriter line = new StringWriter();
            try (JsonGenerator json = JSON.createGenerator(line)) {
                // not an ObjectNode: two columns may have the same name
                json.writeStartObject();
                for (int i = 0; i < root.getFieldVectors().size(); i++) {
                    FieldVector column = root.getFieldVectors().get(i);
                    JsonNode value = Cells.json(column, row);
                    json.writeFieldName(column.getName());
                    json.writeTree(nested.contains(i) && value.isTextual() ? MAPPER.readTree(value.asText()) : value);
                }
                json.writeEndObject();
            }
            out.write(line.toString());
        }
    }

    @Override
    public void end(boolean cut) throws IOException {
        out.write(begun ? "\n]\n" : "[]\n");
        out.flush();
    }
}
