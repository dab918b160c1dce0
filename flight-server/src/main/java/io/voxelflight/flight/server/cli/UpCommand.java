package io.voxelflight.flight.server.cli;

import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.RunningServer;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "up",
        description = {
            "Starts the server in the background and prints its address.",
            "Does nothing but print the address if it runs already. Its log is logs/server.log of the home."
        })
final class UpCommand implements Callable<Integer> {
    private static final long PATIENCE_SECONDS = 90;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private ServeOptions options = new ServeOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Home home = common.home().prepare();
        Optional<RunningServer> running = RunningServer.find(home);
        if (running.isEmpty()) {
            running = Optional.of(start(home));
        }
        common.out().println(running.get().uri());
        return 0;
    }

    private RunningServer start(Home home) throws IOException, InterruptedException {
        Path log = home.logs().resolve("server.log");
        long before = Files.exists(log) ? Files.size(log) : 0;
        Process process = new ProcessBuilder(command(home))
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < deadline) {
            boolean ended = process.waitFor(50, TimeUnit.MILLISECONDS);
            Optional<RunningServer> running = RunningServer.find(home);
            if (running.isPresent()) {
                return running.get();
            }
            if (ended) {
                throw new ServiceException(
                        ErrorCode.UNAVAILABLE,
                        "the server did not start: " + lastLine(log, before) + " (log: " + log + ")");
            }
        }
        process.destroy();
        throw new ServiceException(
                ErrorCode.TIMED_OUT,
                "the server was not ready after " + PATIENCE_SECONDS + " s and was stopped: " + lastLine(log, before)
                        + " (log: " + log + ")");
    }

    private List<String> command(Home home) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid"); // out of this terminal's session: closing it must not stop the server
        } else {
            command.add("nohup");
        }
        command.add(Launcher.path().toString());
        command.add("serve");
        command.addAll(List.of("--home", home.root().toString()));
        command.addAll(options.arguments());
        return command;
    }

    private static String lastLine(Path log, long from) throws IOException {
        byte[] all = Files.readAllBytes(log);
        String text = new String(all, (int) from, all.length - (int) from, StandardCharsets.UTF_8);
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1).replaceFirst("^voxelflight: ", "");
    }
}
