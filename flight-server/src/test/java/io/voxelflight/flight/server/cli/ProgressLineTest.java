package io.voxelflight.flight.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final StringWriter written = new StringWriter();
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void aTerminalSeesOneLineWithBarRateAndTimeLeft() {
        try (ProgressLine progress = line(true, 120)) {
            nanos.set(2_000_000_000L);
            progress.update(50_000_000, 200_000_000);
        }
        assertThat(written.toString())
                .isEqualToIgnoringNewLines("\ringest fib25  [######------------------]   25 %  "
                        + "47.7 MiB of 191 MiB  25 MB/s  ETA 0:06\u001b[K");
    }

    @Test
    void aLineNeverWrapsOnANarrowTerminal() {
        try (ProgressLine progress = line(true, 30)) {
            nanos.set(2_000_000_000L);
            progress.update(50_000_000, 200_000_000);
        }
        assertThat(written.toString().strip().replaceAll("\u001b\\[K", "")).hasSizeLessThan(30);
    }

    @Test
    void aLogFileSeesAPlainLineEveryFewSeconds() {
        try (ProgressLine progress = line(false, 80)) {
            for (int tenths = 1; tenths <= 120; tenths++) {
                nanos.set(tenths * 100_000_000L);
                progress.update(tenths, 120);
            }
        }
        assertThat(written.toString().lines()).hasSize(2).allMatch(line -> !line.contains("\r"));
    }

    @Test
    void nothingToDoIsNotADivisionByZero() {
        try (ProgressLine progress = line(true, 80)) {
            progress.update(0, 0);
        }
        assertThat(written.toString()).contains("100 %");
    }

    private ProgressLine line(boolean terminal, int columns) {
        return new ProgressLine(new PrintWriter(written), terminal, columns, nanos::get, "ingest fib25");
    }
}
