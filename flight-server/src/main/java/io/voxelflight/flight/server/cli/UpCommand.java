package io.voxelflight.flight.server.cli;

import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.RunningServer;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "up",
        description = {
            "Starts the server in the background and prints its address.",
            "Does nothing but print the address if it runs already. Its log is logs/server.log of the home."
        })
final class UpCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private ServeOptions options = new ServeOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Home home = common.home().prepare();
        Optional<RunningServer> running = RunningServer.find(home);
        if (running.isEmpty()) {
            running = Optional.of(ServerProcess.start(home, options.arguments()));
        }
        common.out().println(running.get().uri());
        return 0;
    }
}
