package io.voxelflight.flight.server.cli;

import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.InPlace;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.Installation;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "datasets", description = "Lists the datasets of the home.")
final class DatasetsCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    @Override
    public Integer call() {
        List<Dataset> datasets = datasets(common.home());
        if (json) {
            common.out().println(DatasetJson.text(DatasetJson.array(datasets)));
            return 0;
        }
        if (datasets.isEmpty()) {
            Errors.print(
                    common.err(),
                    "no datasets yet, make one with 'voxelflight ingest SOURCE --name NAME', or 'voxelflight register URI --name NAME'");
            return 0;
        }
        TextTable table = new TextTable("name", "kind", "dtype", "axes", "shape", "voxel size (nm)", "stored", "made");
        for (Dataset dataset : datasets) {
            table.row(
                    dataset.name(),
                    DatasetJson.kind(dataset),
                    dataset.elementType().numpyName(),
                    dataset.axes(),
                    DatasetJson.shapeText(dataset, dataset.levels().get(0).extent()),
                    DatasetJson.voxelSizeText(dataset.voxelSize()),
                    InPlace.of(dataset).isPresent() ? "in place" : DatasetJson.byteSize(dataset),
                    dataset.createdAt().truncatedTo(ChronoUnit.SECONDS));
        }
        table.print(common.out());
        return 0;
    }

    private static List<Dataset> datasets(Home home) {
        if (!Installation.exists(home, System.getenv())) {
            return List.of();
        }
        try (Installation installation = Installation.open(home, System.getenv(), true)) {
            return installation.datasets().datasets();
        }
    }
}
