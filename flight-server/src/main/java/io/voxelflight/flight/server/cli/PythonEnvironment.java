package io.voxelflight.flight.server.cli;

import io.voxelflight.catalog.postgres.server.FileTree;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A virtual environment of Python with the client in it, made once. */
final class PythonEnvironment {
    private static final List<String> PACKAGES = List.of("numpy>=1.24", "pyarrow>=17", "pillow>=10.1");
    private static final long INSTALL_SECONDS = 300;

    private static final String IMPORTS = "import numpy, pyarrow.flight, PIL.ImageFont";

    private final String python;
    private final Path client;

    private PythonEnvironment(String python, Path client) {
        this.python = python;
        this.client = client;
    }

    /**
     * Makes the environment in {@code folder}, or takes the one that is there. Where none can be made, for want of a network
     * for example, the machine's own Python will do if it has the packages.
     *
     * @param client source folder of the Python client, used where it lies
     * @throws ServiceException UNAVAILABLE if Python is missing or pip cannot fetch a package
     */
    static PythonEnvironment prepare(Path folder, Path client) throws IOException, InterruptedException {
        try {
            return new PythonEnvironment(make(folder, client).toString(), client);
        } catch (ServiceException e) {
            if (start(folder.resolveSibling("python.log"), List.of("python3", "-c", IMPORTS))
                            .waitFor()
                    == 0) {
                return new PythonEnvironment("python3", client);
            }
            throw e;
        }
    }

    /** Makes the environment and says where its interpreter is. */
    private static Path make(Path folder, Path client) throws IOException, InterruptedException {
        Path python = folder.resolve("bin").resolve("python");
        Path note = folder.resolve("voxelflight-packages.txt");
        String wanted = String.join("\n", PACKAGES) + "\n" + client + "\n";
        if (!Files.exists(note) || !Files.readString(note).equals(wanted) || !Files.isExecutable(python)) {
            FileTree.delete(folder);
            Path log = Files.createDirectories(folder).resolve("install.log");
            run(log, "Python's venv module", List.of("python3", "-m", "venv", folder.toString()));
            List<String> pip = new ArrayList<>(
                    List.of(python.toString(), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"));
            pip.addAll(PACKAGES);
            run(log, "pip", pip);
            // a path file instead of an installation: always the client of this clone, and no network needed
            try (Stream<Path> found =
                    Files.find(folder.resolve("lib"), 3, (path, attributes) -> path.endsWith("site-packages"))) {
                Path packages = found.findFirst().orElseThrow(() -> new IOException(folder + " has no site-packages"));
                Files.writeString(packages.resolve("voxelflight.pth"), client + "\n");
            }
            Files.writeString(note, wanted);
        }
        return python;
    }

    /** How a person starts it. */
    String commandLine() {
        return python.startsWith("/") ? python : "PYTHONPATH=" + client + " " + python;
    }

    /**
     * Runs a script and waits for it.
     *
     * @param log what it says, kept for when it fails
     * @throws ServiceException INTERNAL with the last line that it said
     */
    void run(Path log, Path script, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(python, script.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = builder(log, command);
        builder.environment().put("PYTHONPATH", client.toString());
        Process process = start(builder);
        try {
            if (process.waitFor() != 0) {
                throw new ServiceException(
                        ErrorCode.INTERNAL,
                        script.getFileName() + " failed: " + lastLine(log) + " (all of it: " + log + ")");
            }
        } finally {
            process.destroy();
        }
    }

    private static void run(Path log, String what, List<String> command) throws IOException, InterruptedException {
        Process process = start(log, command);
        try {
            if (!process.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS)) {
                throw new ServiceException(
                        ErrorCode.TIMED_OUT, what + " did not end within " + INSTALL_SECONDS + " s, try again");
            }
            if (process.exitValue() != 0) {
                throw new ServiceException(
                        ErrorCode.UNAVAILABLE,
                        "the Python client cannot be set up, " + what + " failed (" + lastLine(log)
                                + "): check the network and pip's settings, then try again");
            }
        } finally {
            process.destroy();
        }
    }

    private static Process start(Path log, List<String> command) {
        return start(builder(log, command));
    }

    private static ProcessBuilder builder(Path log, List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().remove("PYTHONPATH");
        builder.environment().remove("PYTHONHOME");
        return builder;
    }

    private static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    builder.command().get(0) + " does not start (" + e.getMessage() + "): install Python 3.10 or newer",
                    e);
        }
    }

    private static String lastLine(Path log) throws IOException {
        String output = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).strip();
        return output.isEmpty() ? "it said nothing" : output.substring(output.lastIndexOf('\n') + 1);
    }
}
