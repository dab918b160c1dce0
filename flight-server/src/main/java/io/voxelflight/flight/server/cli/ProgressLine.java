package io.voxelflight.flight.server.cli;

import io.voxelflight.flight.config.ByteSize;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far long work is: one line drawn over and over with bar, rate and time left on a terminal; elsewhere a plain line
 * now and then. For use by any thread.
 */
final class ProgressLine implements AutoCloseable {
    private static final long DRAW_EVERY_NANOS = Duration.ofMillis(200).toNanos();
    private static final long LOG_EVERY_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int BAR = 24;

    private final PrintWriter err;
    private final boolean terminal;
    private final int columns;
    private final LongSupplier nanoTime;
    private final String label;
    private final long start;

    private long lastShown;
    private boolean drawn;

    /** @param columns width of the terminal */
    ProgressLine(PrintWriter err, boolean terminal, int columns, LongSupplier nanoTime, String label) {
        this.err = err;
        this.terminal = terminal;
        this.columns = columns;
        this.nanoTime = nanoTime;
        this.label = label;
        this.start = nanoTime.getAsLong();
        this.lastShown = start;
    }

    /** Progress as the launcher found the terminal: it knows whether standard error is one. */
    static ProgressLine onStandardError(PrintWriter err, String label) {
        return new ProgressLine(
                err,
                Boolean.getBoolean("voxelflight.terminal"),
                Integer.getInteger("voxelflight.columns", 80),
                System::nanoTime,
                label);
    }

    /** Shows the state, if the last showing is long enough ago or the work is done. */
    synchronized void update(long doneBytes, long totalBytes) {
        long now = nanoTime.getAsLong();
        boolean complete = doneBytes >= totalBytes;
        if (now - lastShown < (terminal ? DRAW_EVERY_NANOS : LOG_EVERY_NANOS) && !(complete && terminal)) {
            return;
        }
        lastShown = now;
        String line = line(doneBytes, totalBytes, now - start);
        if (terminal) {
            err.print('\r' + (line.length() >= columns ? line.substring(0, columns - 1) : line) + "\u001b[K");
            drawn = true;
        } else {
            err.println(line);
        }
        err.flush();
    }

    /** Ends the line that is drawn over, so that what follows begins on its own. */
    @Override
    public synchronized void close() {
        if (drawn) {
            err.println();
            err.flush();
            drawn = false;
        }
    }

    private String line(long doneBytes, long totalBytes, long nanos) {
        double share = totalBytes <= 0 ? 1 : Math.min(1, (double) doneBytes / totalBytes);
        double rate = nanos <= 0 ? 0 : doneBytes / (nanos / 1e9);
        StringBuilder line = new StringBuilder(label).append("  ");
        if (terminal) {
            int full = (int) Math.round(share * BAR);
            line.append('[')
                    .append("#".repeat(full))
                    .append("-".repeat(BAR - full))
                    .append("]  ");
        }
        line.append(String.format(Locale.ROOT, "%3d %%  ", (int) (share * 100)))
                .append(new ByteSize(doneBytes))
                .append(" of ")
                .append(new ByteSize(totalBytes))
                .append(String.format(Locale.ROOT, "  %.0f MB/s", rate / 1e6));
        if (doneBytes > 0 && doneBytes < totalBytes) {
            line.append("  ETA ").append(time((long) ((totalBytes - doneBytes) / rate)));
        }
        return line.toString();
    }

    private static String time(long seconds) {
        return seconds >= 3600
                ? String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }
}
