package io.voxelflight.flight.server.cli;

import io.voxelflight.flight.config.Home;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every command takes. */
final class CommonOptions {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Folder of the database, volumes, logs and settings"
                    + " (default: $$VOXELFLIGHT_HOME, else ~/.voxelflight).")
    private @Nullable Path home;

    @Option(names = "--debug", description = "Log more, and print the trace of an error.")
    private boolean debug;

    Home home() {
        return Home.choose(home, System.getenv());
    }

    /** The home that was asked for, else a folder of that name inside the usual one. */
    Home homeOr(String ownFolder) {
        Home usual = home();
        return home != null ? usual : new Home(usual.root().resolve(ownFolder));
    }

    boolean debug() {
        return debug;
    }
}
