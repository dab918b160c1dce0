package io.voxelflight.model;

import org.jspecify.annotations.Nullable;

/**
 * How much one caller may take of a server; null: no bound but the server's own.
 *
 * @param requestsPerSecond calls of any kind
 * @param bytesPerSecond of all its answers together
 * @param streams that run at once, blocks and SQL
 * @param sqlSecondsPerMinute time that its statements may run in any minute
 * @throws ServiceException INVALID_ARGUMENT for a bound that lets nothing through
 */
public record Quota(
        @Nullable Double requestsPerSecond,
        @Nullable Long bytesPerSecond,
        @Nullable Integer streams,
        @Nullable Double sqlSecondsPerMinute) {
    public static final Quota NONE = new Quota(null, null, null, null);

    public Quota {
        positive("requests per second", requestsPerSecond);
        positive("bytes per second", bytesPerSecond);
        positive("streams", streams);
        positive("seconds of SQL per minute", sqlSecondsPerMinute);
    }

    /** These bounds, and those of {@code usual} where there is none. */
    public Quota or(Quota usual) {
        return new Quota(
                requestsPerSecond == null ? usual.requestsPerSecond : requestsPerSecond,
                bytesPerSecond == null ? usual.bytesPerSecond : bytesPerSecond,
                streams == null ? usual.streams : streams,
                sqlSecondsPerMinute == null ? usual.sqlSecondsPerMinute : sqlSecondsPerMinute);
    }

    private static void positive(String what, @Nullable Number value) {
        if (value != null && !(value.doubleValue() > 0 && value.doubleValue() < Double.POSITIVE_INFINITY)) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a bound of " + value + " " + what + " lets nothing through: leave it out, or give more than 0");
        }
    }
}
