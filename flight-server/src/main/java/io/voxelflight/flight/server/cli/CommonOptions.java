package io.voxelflight.flight.server.cli;

import io.voxelflight.flight.config.Home;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that every command takes, and where it writes. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
final class CommonOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Folder of the database, volumes, logs and settings"
                    + " (default: $$VOXELFLIGHT_HOME, else ~/.voxelflight).")
    private @Nullable Path home;

    @Option(names = "--debug", description = "Log more, and print the trace of an error.")
    void debug(boolean on) {
        // the program's entry and the error handler look for the word itself: both are needed without a parsed command
    }

    Home home() {
        return Home.choose(home, System.getenv());
    }

    /** The home that was asked for, else a folder of that name inside the usual one. */
    Home homeOr(String ownFolder) {
        Home usual = home();
        return home != null ? usual : new Home(usual.root().resolve(ownFolder));
    }

    /** For results only. */
    PrintWriter out() {
        return command.commandLine().getOut();
    }

    /** For everything else. */
    PrintWriter err() {
        return command.commandLine().getErr();
    }
}
