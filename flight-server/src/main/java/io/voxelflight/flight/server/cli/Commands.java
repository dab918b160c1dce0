package io.voxelflight.flight.server.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program's root command: its help, and the commands under it. */
@Command(
        name = "voxelflight",
        description =
                "Serves very large microscopy volumes to training jobs as Arrow tensors, and answers SQL about every chunk.",
        synopsisHeading = "Usage: ",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            IngestCommand.class,
            RegisterCommand.class,
            UpCommand.class,
            DownCommand.class,
            ServeCommand.class,
            StatusCommand.class,
            DatasetsCommand.class,
            InfoCommand.class,
            SqlCommand.class,
            RemoveCommand.class,
            KeysCommand.class,
            UsageCommand.class,
            HelpCommand.class
        },
        footerHeading = "%nFor a start:%n",
        footer = {
            "  voxelflight demo                                 the whole way on real data, in a home of its own",
            "  voxelflight ingest volume.h5 --name fib25        make a dataset of a file or folder",
            "  voxelflight register s3://b/v.zarr --name em     serve a volume where it lies",
            "  voxelflight up                                   a server in the background; prints its address",
            "  voxelflight sql \"SELECT name FROM datasets\"      ask about datasets and their chunks",
            "  voxelflight down                                 stop it",
            "",
            "'voxelflight COMMAND --help' explains a command. All it keeps lies in one folder, its home (--home)."
        })
public final class Commands implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Commands() {}

    /**
     * Runs one command line.
     *
     * @param out for results
     * @param err for everything else
     * @return the exit code: 0, 2 for a wrong call or input, 1 for a failure
     */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine commands = new CommandLine(new Commands())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(Math.min(120, Math.max(80, Integer.getInteger("voxelflight.columns", 100))));
        int code = Errors.install(commands).execute(args);
        out.flush();
        err.flush();
        return code;
    }

    /** Without a command: says which there are. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
