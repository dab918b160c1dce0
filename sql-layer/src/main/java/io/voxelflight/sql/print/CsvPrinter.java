package io.voxelflight.sql.print;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** RFC 4180, but for a line end of one character, as every tool of today writes and reads it. */
final class CsvPrinter implements ResultPrinter {
    private final Writer out;
    private boolean begun;

    CsvPrinter(OutputStream out) {
        this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
    }

    @Override
    public void batch(VectorSchemaRoot root) throws IOException {
        List<FieldVector> columns = root.getFieldVectors();
        if (!begun) {
            begun = true;
            for (int i = 0; i < columns.size(); i++) {
                out.write(i == 0 ? "" : ",");
                out.write(quoted(columns.get(i).getName()));
            }
            out.write('\n');
        }
        for (int row = 0; row < root.getRowCount(); row++) {
            for (int i = 0; i < columns.size(); i++) {
                out.write(i == 0 ? "" : ",");
                JsonNode value = Cells.json(columns.get(i), row);
                out.write(value.isNull() ? "" : quoted(Cells.text(value)));
            }
            out.write('\n');
        }
    }

    @Override
    public void end(boolean cut) throws IOException {
        out.flush();
    }

    private static String quoted(String text) {
        boolean plain = !text.isEmpty();
        for (int i = 0; i < text.length() && plain; i++) {
            char c = text.charAt(i);
            plain = c != ',' && c != '"' && c != '\n' && c != '\r';
        }
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
