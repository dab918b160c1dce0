package io.voxelflight.flight.server.cli;

import io.voxelflight.flight.config.ByteSize;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a key may do, as options; what is not given is null. */
final class KeyRights {
    private static final Pattern TIME = Pattern.compile("(\\d{1,6})([mhdwy])");
    private static final Pattern RATE = Pattern.compile("(.+?)(/s)?");

    @Option(
            names = "--role",
            paramLabel = "reader|writer|admin",
            description =
                    "reader looks at datasets, writer makes and removes them too, admin sees the server's state and"
                            + " everybody's usage too (default: reader).")
    private @Nullable String role;

    @Option(
            names = "--datasets",
            paramLabel = "NAMES",
            description =
                    "The datasets that exist for its owner: names with '*' for any characters, separated by commas,"
                            + " such as 'fib25,mouse-*' (default: '*', all).")
    private @Nullable String datasets;

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            description = "How long it is good for, such as 12h, 90d or 1y; 'never' (the default).")
    private @Nullable String expires;

    @Option(
            names = "--rate",
            paramLabel = "N/s",
            description = "Requests a second, of each server (default: what the server allows).")
    private @Nullable String rate;

    @Option(
            names = "--bytes",
            paramLabel = "SIZE/s",
            description = "Bytes a second, of each server, such as 500MB/s: faster streams are slowed.")
    private @Nullable String bytes;

    @Option(names = "--streams", paramLabel = "N", description = "Streams at once, of each server.")
    private @Nullable Integer streams;

    @Option(
            names = "--sql-seconds",
            paramLabel = "N",
            description = "Seconds that its statements may run in a minute, of each server.")
    private @Nullable Double sqlSeconds;

    Role role(Role usual) {
        return role == null ? usual : Role.parse(role);
    }

    DatasetPatterns datasets(DatasetPatterns usual) {
        return datasets == null ? usual : DatasetPatterns.parse(datasets);
    }

    Quota quota(Quota usual) {
        return new Quota(
                        rate == null ? null : requests("--rate", rate),
                        bytes == null ? null : bytes(bytes),
                        streams,
                        sqlSeconds)
                .or(usual);
    }

    @Nullable
    Instant expiry(@Nullable Instant usual) {
        if (expires == null) {
            return usual;
        }
        if (expires.equals("never")) {
            return null;
        }
        return Instant.now().plus(time("--expires", expires, " or never")).truncatedTo(ChronoUnit.SECONDS);
    }

    /** A time such as 12h or 90d. */
    static Duration time(String option, String text, String orElse) {
        Matcher form = TIME.matcher(text);
        if (!form.matches()) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    option + " '" + text + "' is not a time: write it like 12h, 90d, 4w, 1y" + orElse);
        }
        long count = Long.parseLong(form.group(1));
        return switch (form.group(2)) {
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "d" -> Duration.ofDays(count);
            case "w" -> Duration.ofDays(7 * count);
            default -> Duration.ofDays(365 * count);
        };
    }

    private static String perSecond(String text) {
        Matcher form = RATE.matcher(text.strip());
        return form.matches() ? form.group(1) : text;
    }

    /** Bytes a second, such as 500MB/s. */
    static long bytes(String text) {
        return ByteSize.parse(perSecond(text)).bytes();
    }

    /** Requests a second, such as 100/s. */
    static double requests(String option, String text) {
        try {
            return Double.parseDouble(perSecond(text));
        } catch (NumberFormatException e) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    option + " '" + text + "' is no number of requests: write it like 100/s",
                    e);
        }
    }
}
