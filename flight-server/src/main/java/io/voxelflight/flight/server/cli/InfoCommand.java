package io.voxelflight.flight.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.InPlace;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.flight.config.ByteSize;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.Installation;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "info", description = "Tells all about one dataset: shape, voxel size, levels, where it came from.")
final class InfoCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "NAME", description = "Name of the dataset.")
    private String name = "";

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        DatasetName wanted = new DatasetName(name);
        Dataset dataset = find(common.home(), wanted).orElseThrow(() -> unknown(wanted, common.home()));
        if (json) {
            common.out().println(DatasetJson.text(DatasetJson.object(dataset)));
        } else {
            print(dataset, common.out());
        }
        return 0;
    }

    static ServiceException unknown(DatasetName name, Home home) {
        return new ServiceException(
                ErrorCode.NOT_FOUND,
                "there is no dataset '" + name + "' in home " + home.root() + ", 'voxelflight datasets' lists all");
    }

    private static Optional<Dataset> find(Home home, DatasetName name) {
        if (!Installation.exists(home, System.getenv())) {
            return Optional.empty();
        }
        try (Installation installation = Installation.open(home, System.getenv(), true)) {
            return installation.datasets().find(name);
        }
    }

    private static void print(Dataset dataset, PrintWriter out) {
        long voxels = dataset.levels().get(0).extent().voxels();
        line(out, "name", dataset.name().value());
        line(out, "kind", DatasetJson.kind(dataset));
        line(out, "dtype", dataset.elementType().numpyName());
        line(
                out,
                "shape",
                DatasetJson.shapeText(dataset, dataset.levels().get(0).extent()) + " (" + dataset.axes() + "), "
                        + voxels + " voxels, "
                        + new ByteSize(voxels * dataset.elementType().bytes()));
        line(out, "voxel size", DatasetJson.voxelSizeText(dataset.voxelSize()) + " nm (z, y, x)");
        line(out, "modality", dataset.modality() == null ? "unknown" : dataset.modality());
        line(out, "tags", dataset.tags().isEmpty() ? "none" : String.join(", ", dataset.tags()));
        line(out, "made", dataset.createdAt().truncatedTo(ChronoUnit.SECONDS).toString());
        line(out, "stored", DatasetJson.storedText(dataset));
        InPlace.of(dataset).ifPresent(inPlace -> printFormat(inPlace, out));
        line(out, "id", dataset.id().toString());
        out.println();
        Optional<InPlace> inPlace = InPlace.of(dataset);
        if (inPlace.isPresent()) {
            ObjectNode rest = dataset.attrs().deepCopy();
            rest.remove(InPlace.FIELD);
            attributes(out, "", rest);
            out.println();
            registeredLevels(dataset, inPlace.get()).print(out);
            return;
        }
        attributes(out, "", dataset.attrs());
        out.println();
        TextTable levels = new TextTable("level", "shape", "voxel size (nm)", "chunk", "shard", "stored");
        for (Level level : dataset.levels()) {
            levels.row(
                    level.level(),
                    DatasetJson.shapeText(dataset, level.extent()),
                    DatasetJson.voxelSizeText(level.voxelSize()),
                    level.chunk(),
                    level.shard(),
                    new ByteSize(level.storedBytes()));
        }
        levels.print(out);
    }

    private static void printFormat(InPlace inPlace, PrintWriter out) {
        line(out, "format", inPlace.format());
        String said = inPlace.axes();
        line(
                out,
                "stored axes",
                inPlace.levels().path(0).path("stored_axes").asText() + ", slowest first"
                        + (said == null ? "" : " (as --axes said)"));
    }

    /** As stored: with all axes, in their stored order. */
    private static TextTable registeredLevels(Dataset dataset, InPlace inPlace) {
        TextTable table = new TextTable("level", "path", "shape", "voxel size (nm)", "chunk", "shard", "codecs");
        for (Level level : dataset.levels()) {
            JsonNode stored = inPlace.levels().path(level.level());
            List<String> codecs = new ArrayList<>();
            stored.path("codecs").forEach(codec -> codecs.add(codec.asText()));
            table.row(
                    level.level(),
                    level.path().isEmpty() ? "." : level.path(),
                    lengths(stored.path("shape")),
                    DatasetJson.voxelSizeText(level.voxelSize()),
                    lengths(stored.path("chunk")),
                    stored.has("shard") ? lengths(stored.path("shard")) : "-",
                    String.join(", ", codecs));
        }
        return table;
    }

    private static String lengths(JsonNode list) {
        List<String> lengths = new ArrayList<>();
        list.forEach(length -> lengths.add(length.asText()));
        return String.join(" x ", lengths);
    }

    /** What has parts is written as one line for each of them, named by the way to it. */
    private static void attributes(PrintWriter out, String path, JsonNode value) {
        if (value.isObject() && !value.isEmpty()) {
            value.properties()
                    .forEach(part -> attributes(
                            out, path.isEmpty() ? part.getKey() : path + "." + part.getKey(), part.getValue()));
        } else if (!path.isEmpty()) {
            out.println(String.format("%-32s %s", path, value.isTextual() ? value.asText() : value.toString()));
        }
    }

    private static void line(PrintWriter out, String what, String value) {
        out.println(String.format("%-12s %s", what, value));
    }
}
