package io.voxelflight.flight.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.flight.config.ByteSize;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.RunningServer;
import io.voxelflight.model.Axis;
import io.voxelflight.model.Extent;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a demo has found, for people.
 *
 * @param python how to start a Python that has the client
 */
record DemoReport(PrintWriter out, Home home, RunningServer server, String python) {
    private static final long SMALL_BYTES = 1L << 28;

    /** A dataset and what it took to make it. */
    record Ingested(Dataset dataset, double seconds) {
        long bytes() {
            return dataset.levels().get(0).extent().voxels()
                    * dataset.elementType().bytes();
        }
    }

    /** Prints all: what was made, how fast it was read, what SQL answered, and how to go on. */
    void print(String title, List<Ingested> ingested, JsonNode result) {
        out.println();
        out.println(title);
        out.println();
        ingested(ingested);
        out.println();
        reads(result.path("reads"));
        result.path("answers").forEach(this::answer);
        out.println();
        out.println("Picture  " + result.path("picture").asText());
        goOn(ingested.get(0).dataset());
        out.flush();
    }

    private void ingested(List<Ingested> ingested) {
        TextTable made = new TextTable("ingested", "voxels", "dtype", "chunks", "stored", "seconds", "MB/s");
        for (Ingested one : ingested) {
            Dataset set = one.dataset();
            made.row(
                    set.name(),
                    DatasetJson.shapeText(set, set.levels().get(0).extent()),
                    set.elementType().numpyName(),
                    chunks(set),
                    new ByteSize(
                            set.levels().stream().mapToLong(Level::storedBytes).sum()),
                    String.format(Locale.ROOT, "%.2f", one.seconds()),
                    megabytesPerSecond(one.bytes(), one.seconds()));
        }
        made.print(out);
        if (ingested.stream().mapToLong(Ingested::bytes).sum() < SMALL_BYTES) {
            out.println("(so small a volume costs little more than starting up: gigabytes show the rate)");
        }
    }

    private void reads(JsonNode reads) {
        long bytes = reads.path("bytes").asLong();
        double cold = reads.path("cold_seconds").asDouble();
        double warm = reads.path("warm_seconds").asDouble();
        String blocks = reads.path("blocks").asInt() + " random unaligned blocks";
        new TextTable("read by pyarrow", "", "seconds", "MB/s")
                .row(
                        blocks,
                        "cold: nothing decoded yet",
                        String.format(Locale.ROOT, "%.3f", cold),
                        megabytesPerSecond(bytes, cold))
                .row(
                        blocks,
                        "warm: from the server's cache",
                        String.format(Locale.ROOT, "%.3f", warm),
                        megabytesPerSecond(bytes, warm))
                .print(out);
    }

    private void answer(JsonNode answer) {
        out.println();
        out.println(String.format(
                Locale.ROOT,
                "%s  (%.0f ms)",
                answer.path("title").asText(),
                answer.path("seconds").asDouble() * 1e3));
        answer.path("sql").asText().lines().forEach(line -> out.println("    " + line));
        List<String> columns = new ArrayList<>();
        answer.path("columns").forEach(column -> columns.add(column.asText()));
        TextTable table = new TextTable(columns.toArray(String[]::new));
        for (JsonNode row : answer.path("rows")) {
            List<String> cells = new ArrayList<>();
            row.forEach(cell -> cells.add(cell.isNull() ? "-" : cell.asText()));
            table.row(cells.toArray());
        }
        table.print(out);
    }

    private void goOn(Dataset dataset) {
        String name = dataset.name().value();
        out.println("Server   " + server.uri() + " keeps running; './voxelflight down --home " + home.root()
                + "' stops it");
        out.println("Go on    " + python);
        out.println();
        out.println("    import voxelflight");
        out.println("    client = voxelflight.connect(\"" + server.uri() + "\")");
        out.println("    volume = client[\"" + name + "\"]");
        out.println("    print(volume, volume.voxel_size, volume[" + crop(dataset) + "].mean())");
        Extent extent = dataset.levels().get(0).extent();
        String unaligned = "(" + extent.z() / 3 + ", " + extent.y() / 3 + ", " + extent.x() / 3 + ")";
        out.println("    for block in volume.blocks([(0, 0, 0), " + unaligned + "], shape=(64, 64, 64)):");
        out.println("        print(block.origin, block.array.shape, block.array.max())");
        out.println("    print(client.sql(\"SELECT name, shape FROM datasets\").to_pylist())");
    }

    private static String crop(Dataset dataset) {
        Extent extent = dataset.levels().get(0).extent();
        List<String> slices = new ArrayList<>();
        for (Axis axis : Axis.values()) {
            if (dataset.axes().contains(axis.letter())) {
                long length = extent.along(axis);
                boolean space = axis.ordinal() >= Axis.Z.ordinal();
                slices.add(space ? length / 4 + ":" + Math.max(length / 4 + 1, length / 2) : "0");
            }
        }
        return String.join(", ", slices);
    }

    private static long chunks(Dataset dataset) {
        long chunks = 0;
        for (Level level : dataset.levels()) {
            Extent extent = level.extent();
            chunks += extent.t()
                    * extent.c()
                    * count(extent.z(), level.chunk().z())
                    * count(extent.y(), level.chunk().y())
                    * count(extent.x(), level.chunk().x());
        }
        return chunks;
    }

    private static long count(long length, int side) {
        return (length + side - 1) / side;
    }

    private static String megabytesPerSecond(long bytes, double seconds) {
        return String.format(Locale.ROOT, "%.0f", bytes / seconds / 1e6);
    }
}
