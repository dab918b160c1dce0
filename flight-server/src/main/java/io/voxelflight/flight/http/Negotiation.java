package io.voxelflight.flight.http;

import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a client would like, by an {@code Accept} or {@code Accept-Encoding} header (RFC 9110, 12.5). */
public final class Negotiation {
    /** Ranges of a header that are looked at. */
    private static final int MOST_RANGES = 32;

    /** One wish: {@code image/png}, {@code image/*} or {@code gzip}, and how much it is wanted, from 0 (not) to 1. */
    private record Range(String value, double quality) {
        /** The more of it is spelled out, the more it counts. */
        int precision() {
            return value.equals("*/*") || value.equals("*") ? 0 : value.endsWith("/*") ? 1 : 2;
        }

        boolean covers(String offered) {
            return switch (precision()) {
                case 0 -> true;
                case 1 -> offered.startsWith(value.substring(0, value.length() - 1));
                default -> offered.equals(value);
            };
        }
    }

    private final List<Range> ranges;

    private Negotiation(List<Range> ranges) {
        this.ranges = ranges;
    }

    /** What {@code Accept} says; without that header, anything will do. */
    public static Negotiation type(Context context) {
        return of(context.header("Accept"), "*/*");
    }

    /** What {@code Accept-Encoding} says; without that header, nothing is coded. */
    public static Negotiation coding(Context context) {
        return of(context.header("Accept-Encoding"), "identity");
    }

    static Negotiation of(@Nullable String header, String otherwise) {
        List<Range> ranges = new ArrayList<>();
        for (String part : (header == null || header.isBlank() ? otherwise : header).split(",", MOST_RANGES + 1)) {
            if (ranges.size() < MOST_RANGES) {
                range(part).ifPresent(ranges::add);
            }
        }
        return new Negotiation(ranges);
    }

    private static Optional<Range> range(String text) {
        String[] pieces = text.split(";", -1);
        double quality = 1;
        for (int i = 1; i < pieces.length; i++) {
            String piece = pieces[i].strip().toLowerCase(Locale.ROOT);
            if (piece.startsWith("q=")) {
                try {
                    quality = Math.max(0, Math.min(1, Double.parseDouble(piece.substring(2))));
                } catch (NumberFormatException e) {
                    quality = 0;
                }
            }
        }
        String value = pieces[0].strip().toLowerCase(Locale.ROOT);
        return value.isEmpty() ? Optional.empty() : Optional.of(new Range(value, quality));
    }

    /** The most wanted of what can be made, the first of those that are wanted as much; empty if none is wanted. */
    public <T> Optional<T> best(List<T> offered, Function<T, String> name) {
        return offered.stream()
                .filter(offer -> quality(name.apply(offer)) > 0)
                .max(Comparator.<T>comparingDouble(offer -> quality(name.apply(offer)))
                        .thenComparing(Comparator.comparingInt(offered::indexOf).reversed()));
    }

    private double quality(String offered) {
        List<Range> covering =
                ranges.stream().filter(range -> range.covers(offered)).toList();
        return covering.isEmpty()
                ? 0
                : Collections.max(covering, Comparator.comparingInt(Range::precision))
                        .quality();
    }
}
