package io.voxelflight.flight.server.cli;

import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.Server;
import io.voxelflight.flight.server.ServerSettings;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "serve",
        description = {
            "Runs the server in the foreground, until Ctrl-C or SIGTERM.",
            "Prints one line 'ready grpc://HOST:PORT http://HOST:PORT' on standard output when clients may connect: Arrow"
                    + " Flight and Flight SQL on the first, the HTTP API, health and metrics on the second. Logs to standard error."
        })
final class ServeCommand implements Callable<Integer> {
    private static final long START_SECONDS = 60;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private ServeOptions options = new ServeOptions();

    @Override
    public Integer call() throws InterruptedException {
        options.calls.logFormat().apply();
        Home home = common.home();
        ServerSettings settings = options.settings(home);
        CompletableFuture<Server> started = new CompletableFuture<>();
        CountDownLatch stopped = new CountDownLatch(1);
        // before the start: a signal that comes meanwhile must not leave a database behind
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started, stopped), "stop-server"));
        Server server;
        try {
            server = Server.start(home, System.getenv(), settings);
            started.complete(server);
        } catch (RuntimeException e) {
            started.completeExceptionally(e);
            throw e;
        }
        common.out().println("ready " + server.flightUri() + " " + server.httpUri());
        common.out().flush();
        if (!settings.access().required()) {
            Errors.print(
                    common.err(),
                    "access control is off: whoever reaches " + options.host + " can read every dataset of "
                            + home.root());
        }
        stopped.await();
        return 0;
    }

    /** Stops the server, then the program with exit code 0: an end that was asked for is not a failure. */
    private void stop(CompletableFuture<Server> started, CountDownLatch stopped) {
        int code = 0;
        try {
            started.get(START_SECONDS, TimeUnit.SECONDS).close();
        } catch (ExecutionException failedToStart) {
            return; // the command itself says why and with which code
        } catch (InterruptedException | TimeoutException e) {
            code = Errors.FAILURE;
        } catch (RuntimeException e) {
            Errors.print(common.err(), "while stopping: " + Errors.line(e));
            code = Errors.FAILURE;
        }
        stopped.countDown();
        LogFormat.finish();
        common.err().flush();
        Runtime.getRuntime().halt(code); // the JVM's own code would be 128 + the signal
    }
}
