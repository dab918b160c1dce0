package io.voxelflight.flight.admission;

import io.github.bucket4j.TimeMeter;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.model.Quota;
import io.voxelflight.model.TryLaterException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much each caller and each address may take: requests, bytes, streams and time of SQL. Each server counts for itself.
 * Remembers a bounded number of callers and addresses, those who came last.
 */
public final class Limits {
    /** No bound. */
    public static final Limits NONE = new Limits(Quota.NONE, null);

    private static final MathContext FOUR_DIGITS = new MathContext(4);
    private static final int CALLERS = 10_000;
    private static final int ADDRESSES = 100_000;
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** A request as tokens: so that a rate need not be a whole number. */
    private static final int REQUEST_TOKENS = 1000;

    /** What bytes of a second may go out at once: little, so that the rate holds over seconds too. */
    private static final double BYTES_AT_ONCE = 0.25;

    /** What a caller has left. */
    private record Left(
            Quota quota,
            @Nullable Rate requests,
            @Nullable Rate bytes,
            @Nullable Rate sqlMillis) {}

    private final Quota usual;
    private final @Nullable Double perAddress;
    private final TimeMeter time;
    private final Map<String, Left> callers = bounded(CALLERS);
    private final Map<String, Rate> addresses = bounded(ADDRESSES);

    /**
     * @param usual for callers whose own quota says nothing
     * @param perAddress requests a second from one address; null: no bound
     */
    public Limits(Quota usual, @Nullable Double perAddress) {
        this(usual, perAddress, TimeMeter.SYSTEM_NANOTIME);
    }

    Limits(Quota usual, @Nullable Double perAddress, TimeMeter time) {
        this.usual = usual;
        this.perAddress = perAddress;
        this.time = time;
    }

    /**
     * Counts a call from an address, before it is known who makes it: guessing at secrets counts too.
     *
     * @throws TryLaterException if it is one too many
     */
    public void knock(String address) {
        Double bound = perAddress;
        if (bound == null) {
            return;
        }
        String network = network(address);
        Rate rate;
        synchronized (addresses) {
            rate = addresses.computeIfAbsent(network, from -> requests(bound));
        }
        long nanos = rate.tryTake(REQUEST_TOKENS);
        if (nanos > 0) {
            throw new TryLaterException(
                    "address " + network + " makes more than " + number(bound) + " requests/s",
                    Duration.ofNanos(nanos));
        }
    }

    /**
     * Counts a request of a caller.
     *
     * @throws TryLaterException if it is one too many
     */
    public void request(Caller caller) {
        Left left = left(caller);
        if (left.requests == null) {
            return;
        }
        long nanos = left.requests.tryTake(REQUEST_TOKENS);
        if (nanos > 0) {
            throw new TryLaterException(
                    "'" + caller.name() + "' makes more than " + number(left.quota.requestsPerSecond()) + " requests/s",
                    Duration.ofNanos(nanos));
        }
    }

    /** How fast an answer to a caller may go out. */
    public Pace pace(Caller caller) {
        Rate bytes = left(caller).bytes;
        return bytes == null ? Pace.FREE : new Pace(bytes);
    }

    /** How many streams of a caller may run at once. */
    public int streams(Caller caller) {
        Integer bound = caller.quota().or(usual).streams();
        return bound == null ? Integer.MAX_VALUE : bound;
    }

    /**
     * Asks whether a statement of a caller may begin.
     *
     * @throws TryLaterException if those before took all the time there is
     */
    public void statement(Caller caller) {
        Left left = left(caller);
        if (left.sqlMillis == null) {
            return;
        }
        long nanos = left.sqlMillis.nanosToWait();
        if (nanos > 0) {
            throw new TryLaterException(
                    "the statements of '" + caller.name() + "' took more than "
                            + number(left.quota.sqlSecondsPerMinute()) + " s of a minute",
                    Duration.ofNanos(nanos));
        }
    }

    /** Counts the time that a statement took. */
    public void ran(Caller caller, Duration time) {
        Rate sqlMillis = left(caller).sqlMillis;
        if (sqlMillis != null) {
            sqlMillis.take(Math.max(1, time.toMillis()));
        }
    }

    private Left left(Caller caller) {
        Quota quota = caller.quota().or(usual);
        synchronized (callers) {
            Left known = callers.get(caller.id());
            if (known == null || !known.quota.equals(quota)) { // a change of a key counts from now on
                known = new Left(quota, requests(quota.requestsPerSecond()), bytes(quota), sqlMillis(quota));
                callers.put(caller.id(), known);
            }
            return known;
        }
    }

    private @Nullable Rate requests(@Nullable Double perSecond) {
        if (perSecond == null) {
            return null;
        }
        double tokens = perSecond * REQUEST_TOKENS;
        // in a longer period a rate of less than one a second is a whole number of tokens
        return perSecond < 1
                ? new Rate(tokens * MINUTE.toSeconds(), MINUTE, REQUEST_TOKENS, time)
                : new Rate(tokens, SECOND, tokens, time);
    }

    private @Nullable Rate bytes(Quota quota) {
        Long perSecond = quota.bytesPerSecond();
        if (perSecond == null) {
            return null;
        }
        double tokens = (double) perSecond / Pace.TOKEN_BYTES;
        return new Rate(tokens, SECOND, tokens * BYTES_AT_ONCE, time);
    }

    private @Nullable Rate sqlMillis(Quota quota) {
        Double perMinute = quota.sqlSecondsPerMinute();
        return perMinute == null ? null : new Rate(perMinute * 1000, MINUTE, perMinute * 1000, time);
    }

    /** Who has one IPv6 address has as many as they like: the network that a customer gets counts as one. */
    private static String network(String address) {
        if (!address.contains(":")) {
            return address;
        }
        String[] parts = address.split(":", -1);
        return parts.length == 8 ? String.join(":", parts[0], parts[1], parts[2], parts[3]) + "::/64" : address;
    }

    private static String number(@Nullable Double bound) {
        return bound == null
                ? "any"
                : new BigDecimal(bound, FOUR_DIGITS).stripTrailingZeros().toPlainString();
    }

    private static <V> Map<String, V> bounded(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > most;
            }
        };
    }
}
