package io.voxelflight.catalog.postgres.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What PostgreSQL says of itself in {@code postmaster.pid}.
 *
 * @param data the data folder it serves
 * @param ready whether it takes connections
 */
record Postmaster(Path data, long pid, int port, boolean ready) {
    private static final String FILE = "postmaster.pid";
    private static final int PID_LINE = 0;
    private static final int PORT_LINE = 3;
    private static final int STATUS_LINE = 7;

    /** The postmaster of a data folder, if one lives. A file that a dead one left is not one. */
    static Optional<Postmaster> find(Path data) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(data.resolve(FILE));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            long pid = Long.parseLong(lines.get(PID_LINE).strip());
            if (!serves(pid, data)) {
                return Optional.empty();
            }
            int port = lines.size() > PORT_LINE
                    ? Integer.parseInt(lines.get(PORT_LINE).strip())
                    : 0;
            boolean ready =
                    lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
            return Optional.of(new Postmaster(data, pid, port, ready && port > 0));
        } catch (NumberFormatException | IndexOutOfBoundsException beingWritten) {
            return Optional.empty();
        }
    }

    /** Removes the file that a dead postmaster left. PostgreSQL would trip over it where its number is another's now. */
    static void forget(Path data) throws IOException {
        Files.deleteIfExists(data.resolve(FILE));
    }

    boolean isAlive() {
        return serves(pid, data);
    }

    /**
     * Process numbers are used again, after a restart of the machine even for other servers of ours: the command line tells
     * whose it is. A dead one that nobody has waited for has none.
     */
    private static boolean serves(long pid, Path data) {
        Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        if (process.isEmpty()) {
            return false;
        }
        Path commandLine = Path.of("/proc/" + pid + "/cmdline");
        if (!Files.exists(commandLine)) { // no Linux
            return process.get()
                    .info()
                    .command()
                    .map(c -> c.contains("postgres"))
                    .orElse(true);
        }
        try {
            List<String> arguments = Arrays.asList(Files.readString(commandLine).split("\0"));
            return arguments.contains(data.toString());
        } catch (IOException gone) {
            return false;
        }
    }
}
