package io.voxelflight.flight.server.cli;

import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.InPlace;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.Installation;
import io.voxelflight.model.DatasetName;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "remove",
        description = {
            "Takes a dataset out of the catalog and deletes its stored volume, without asking.",
            "The source it was made of is not touched, nor is a registered volume. A running server stops serving it at"
                    + " once."
        })
final class RemoveCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "NAME", description = "Name of the dataset.")
    private String name = "";

    @Override
    public Integer call() {
        DatasetName wanted = new DatasetName(name);
        Home home = common.home();
        if (!Installation.exists(home, System.getenv())) {
            throw InfoCommand.unknown(wanted, home);
        }
        try (Installation installation = Installation.open(home, System.getenv(), true)) {
            Dataset removed = installation.remove(wanted);
            common.out()
                    .println("removed " + removed.name() + ": "
                            + DatasetJson.shapeText(
                                    removed, removed.levels().get(0).extent()) + " "
                            + removed.elementType().numpyName() + ", " + DatasetJson.storedText(removed)
                            + (InPlace.of(removed).isPresent() ? ", which stays there" : ""));
        }
        return 0;
    }
}
