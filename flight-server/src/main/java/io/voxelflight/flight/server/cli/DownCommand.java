package io.voxelflight.flight.server.cli;

import io.voxelflight.catalog.postgres.server.EmbeddedPostgres;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.RunningServer;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "down",
        description = {
            "Stops the server of the home, and its embedded database.",
            "Streams under way are given a moment to end. An ingestion under way loses its database and fails."
        })
final class DownCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int POLL_MILLIS = 50;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws InterruptedException {
        Home home = common.home();
        List<String> stopped = new ArrayList<>();
        Optional<RunningServer> server = RunningServer.find(home);
        if (server.isPresent()) {
            stop(home, server.get());
            stopped.add("server " + server.get().uri());
        }
        if (EmbeddedPostgres.stop(home.root()) || (server.isPresent() && System.getenv("DATABASE_URL") == null)) {
            stopped.add("embedded database");
        }
        common.out()
                .println(
                        stopped.isEmpty()
                                ? "nothing was running in home " + home.root()
                                : "stopped " + String.join(" and ", stopped));
        return 0;
    }

    private static void stop(Home home, RunningServer server) throws InterruptedException {
        ProcessHandle process = ProcessHandle.of(server.pid())
                .orElseThrow(() -> new ServiceException(
                        ErrorCode.UNAVAILABLE,
                        "the server of home " + home.root() + " (process " + server.pid()
                                + ") cannot be signalled from here: stop it where it was started"));
        process.destroy();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (RunningServer.isClaimed(home)) { // not isAlive: in a container without an init it stays as a zombie
            if (System.nanoTime() > deadline) {
                throw new ServiceException(
                        ErrorCode.TIMED_OUT,
                        "the server (process " + server.pid() + ") did not stop within " + PATIENCE.toSeconds()
                                + " s: look into " + home.logs().resolve("server.log") + ", or kill it");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
