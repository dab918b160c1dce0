package io.voxelflight.sql.print;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Columns for people. Widths are those of the first {@value #SAMPLE} rows, so that a result of any length streams; a later,
 * longer value moves its row aside. Values over {@value #LONGEST} characters are cut, with an ellipsis that says so.
 */
final class TablePrinter implements ResultPrinter {
    static final int SAMPLE = 500;
    static final int LONGEST = 80;

    private final Writer out;
    private final List<String[]> sample = new ArrayList<>();
    private String @Nullable [] names;
    private boolean[] numeric = {};
    private int @Nullable [] widths;

    TablePrinter(OutputStream out) {
        this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
    }

    @Override
    public void batch(VectorSchemaRoot root) throws IOException {
        List<FieldVector> columns = root.getFieldVectors();
        if (names == null) {
            names = columns.stream().map(FieldVector::getName).toArray(String[]::new);
            numeric = new boolean[columns.size()];
            for (int i = 0; i < numeric.length; i++) {
                numeric[i] = switch (columns.get(i).getField().getType().getTypeID()) {
                    case Int, FloatingPoint, Decimal -> true;
                    default -> false;
                };
            }
        }
        for (int row = 0; row < root.getRowCount(); row++) {
            String[] cells = new String[columns.size()];
            for (int i = 0; i < cells.length; i++) {
                JsonNode value = Cells.json(columns.get(i), row);
                cells[i] = shown(value.isNull() ? "NULL" : Cells.text(value));
            }
            if (widths == null) {
                sample.add(cells);
                if (sample.size() == SAMPLE) {
                    begin(names);
                }
            } else {
                print(cells, widths);
            }
        }
    }

    @Override
    public void end(boolean cut) throws IOException {
        if (widths == null && names != null) {
            begin(names);
        }
        out.flush();
    }

    private void begin(String[] header) throws IOException {
        int[] found = new int[header.length];
        for (int i = 0; i < found.length; i++) {
            found[i] = width(header[i]);
            for (String[] row : sample) {
                found[i] = Math.max(found[i], width(row[i]));
            }
        }
        widths = found;
        print(header, found);
        String[] rule = new String[found.length];
        for (int i = 0; i < found.length; i++) {
            rule[i] = "-".repeat(found[i]);
        }
        print(rule, found);
        for (String[] row : sample) {
            print(row, found);
        }
        sample.clear();
    }

    private void print(String[] cells, int[] found) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String padding = " ".repeat(Math.max(0, found[i] - width(cells[i])));
            line.append(i == 0 ? "" : "  ").append(numeric[i] ? padding + cells[i] : cells[i] + padding);
        }
        out.write(line.toString().stripTrailing());
        out.write('\n');
    }

    private static String shown(String text) {
        String line = text.replaceAll("\\R", " ");
        return width(line) <= LONGEST ? line : line.substring(0, line.offsetByCodePoints(0, LONGEST - 1)) + "…";
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
