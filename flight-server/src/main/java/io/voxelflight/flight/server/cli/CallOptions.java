package io.voxelflight.flight.server.cli;

import io.voxelflight.flight.server.ServerSettings.CallSettings;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Quota;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What callers may take, and what is noted of their calls: a part of {@link ServeOptions}. */
final class CallOptions {
    @Option(
            names = "--rate",
            paramLabel = "N/s",
            description = "Requests a second of each caller whose key says nothing about it (default: no bound).")
    private @Nullable String rate;

    @Option(
            names = "--bytes",
            paramLabel = "SIZE/s",
            description = "Bytes a second of each such caller, such as 500MB/s: faster streams are slowed.")
    private @Nullable String bytes;

    @Option(names = "--streams-per-key", paramLabel = "N", description = "Streams at once of each such caller.")
    private @Nullable Integer streams;

    @Option(
            names = "--sql-seconds",
            paramLabel = "N",
            description = "Seconds that statements of each such caller may run in a minute.")
    private @Nullable Double sqlSeconds;

    @Option(
            names = "--rate-per-address",
            paramLabel = "N/s",
            description = "Requests a second from one address, those with a wrong key too (default: no bound).")
    private @Nullable String ratePerAddress;

    @Option(
            names = "--access-log",
            paramLabel = "off|SHARE|full",
            defaultValue = "off",
            description =
                    "Which of the blocks that are sent get a row of the SQL table block_access: none, a share such"
                            + " as 0.01, or all (default: ${DEFAULT-VALUE}).")
    private String accessLog = "off";

    @Option(
            names = "--keep-access-log",
            paramLabel = "DAYS",
            defaultValue = "30",
            description = "How many days that table goes back (default: ${DEFAULT-VALUE}).")
    private int keepAccessLog = 30;

    @Option(
            names = "--request-log",
            paramLabel = "on|off",
            defaultValue = "on",
            description = "Whether each call is a line of the log (default: ${DEFAULT-VALUE}).")
    private Switch requestLog = Switch.on;

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "Lines of the log for people, or each a JSON object (default: ${DEFAULT-VALUE}).")
    private LogFormat logFormat = LogFormat.text;

    /** The values of {@code --request-log}, as they are written. */
    enum Switch {
        on,
        off
    }

    LogFormat logFormat() {
        return logFormat;
    }

    /** The same options as arguments of another process. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "--access-log",
                accessLog,
                "--keep-access-log",
                String.valueOf(keepAccessLog),
                "--request-log",
                requestLog.name(),
                "--log-format",
                logFormat.name()));
        add(arguments, "--rate", rate);
        add(arguments, "--bytes", bytes);
        add(arguments, "--streams-per-key", streams);
        add(arguments, "--sql-seconds", sqlSeconds);
        add(arguments, "--rate-per-address", ratePerAddress);
        return arguments;
    }

    private static void add(List<String> arguments, String option, @Nullable Object value) {
        if (value != null) {
            arguments.addAll(List.of(option, value.toString()));
        }
    }

    CallSettings settings() {
        Quota usual = new Quota(
                rate == null ? null : KeyRights.requests("--rate", rate),
                bytes == null ? null : KeyRights.bytes(bytes),
                streams,
                sqlSeconds);
        Double perAddress = ratePerAddress == null
                ? null
                : new Quota(KeyRights.requests("--rate-per-address", ratePerAddress), null, null, null)
                        .requestsPerSecond();
        return new CallSettings(usual, perAddress, share(), keepAccessLog, requestLog == Switch.on);
    }

    private double share() {
        String text = accessLog.toLowerCase(Locale.ROOT);
        if (text.equals("off")) {
            return 0;
        }
        if (text.equals("full")) {
            return 1;
        }
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "--access-log '" + accessLog + "' is no share of the blocks: off, full, or 0 to 1",
                    e);
        }
    }
}
