package io.voxelflight.catalog.postgres.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What PostgreSQL says of itself in {@code postmaster.pid}.
 *
 * @param ready whether it takes connections
 */
record Postmaster(long pid, int port, boolean ready) {
    private static final int PID_LINE = 0;
    private static final int PORT_LINE = 3;
    private static final int STATUS_LINE = 7;

    /** The postmaster of a data folder, if one lives. A file that a dead one left is not one. */
    static Optional<Postmaster> find(Path data) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(data.resolve("postmaster.pid"));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            long pid = Long.parseLong(lines.get(PID_LINE).strip());
            if (!isPostgres(pid)) {
                return Optional.empty();
            }
            int port = lines.size() > PORT_LINE
                    ? Integer.parseInt(lines.get(PORT_LINE).strip())
                    : 0;
            boolean ready =
                    lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
            return Optional.of(new Postmaster(pid, port, ready && port > 0));
        } catch (NumberFormatException | IndexOutOfBoundsException beingWritten) {
            return Optional.empty();
        }
    }

    boolean isAlive() {
        return isPostgres(pid);
    }

    /** Process numbers are used again: another program under the old number is not our server. */
    private static boolean isPostgres(long pid) {
        Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        if (process.isEmpty()) {
            return false;
        }
        Path comm = Path.of("/proc/" + pid + "/comm");
        try {
            return !Files.exists(comm) || Files.readString(comm).startsWith("postgres");
        } catch (IOException gone) {
            return false;
        }
    }
}
