package io.voxelflight.flight.server.cli;

import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.RunningServer;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A server in the background: a process of its own, out of this terminal's session. */
final class ServerProcess {
    private static final long PATIENCE_SECONDS = 90;
    private static final int MOST_LOG_BYTES = 1 << 20;

    private ServerProcess() {}

    /**
     * Starts the server and waits until it is ready.
     *
     * @param arguments of {@code serve}
     * @throws ServiceException UNAVAILABLE with the last line of its log if it ended; TIMED_OUT
     */
    static RunningServer start(Home home, List<String> arguments) throws IOException, InterruptedException {
        Path log = home.logs().resolve("server.log");
        long before = Files.exists(log) ? Files.size(log) : 0;
        Process process = new ProcessBuilder(command(home, arguments))
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
            if (ended
                    && !RunningServer.isClaimed(
                            home)) { // claimed: by another 'up' at the same time, wait for its server
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

    private static List<String> command(Home home, List<String> arguments) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid"); // out of this terminal's session: closing it must not stop the server
        } else {
            command.add("nohup");
        }
        command.add(Launcher.path().toString());
        command.add("serve");
        command.addAll(List.of("--home", home.root().toString()));
        command.addAll(arguments);
        return command;
    }

    private static String lastLine(Path log, long from) throws IOException {
        try (InputStream in = Files.newInputStream(log)) {
            in.skipNBytes(from);
            String text = new String(in.readNBytes(MOST_LOG_BYTES), StandardCharsets.UTF_8);
            List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
            return lines.isEmpty()
                    ? "it said nothing"
                    : lines.get(lines.size() - 1).replaceFirst("^voxelflight: ", "");
        }
    }
}
